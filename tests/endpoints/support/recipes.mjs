/**
 * The endpoints of docs/endpoints/, and how each is started.
 */

import path from "node:path";

/**
 * @typedef {object} Recipe
 * @property {string} name
 * @property {string} page below docs/
 * @property {string[]} needs programs, and files by their whole path
 * @property {string} install how to get them on Debian
 * @property {string[][]} [prepare] what is run once in the folder of the page's files
 * @property {boolean} [needsProxy] it does not see who is at the other end of the line
 * @property {[program: string, ...args: string[]]} serve what listens at env `PORT`; `{port}` is put in
 */

/** Beside this file. @param {string} file */
const beside = (file) => path.join(import.meta.dirname, file);

/** Where Debian's packages put their jars. */
const JARS = process.env["JARS"] ?? "/usr/share/java";
const jars = (/** @type {string[]} */ ...names) => names.map((name) => `${JARS}/${name}.jar`);
const JACKSON = jars("jackson-databind", "jackson-core", "jackson-annotations");
/** Debian's Spring is of the time before servlets were `jakarta`. */
const SPRING = jars("spring3-web", "spring3-core", "spring3-beans", "spring3-context", "commons-logging", "servlet-api", ...["catalina", "coyote", "juli", "util", "util-scan", "jni", "api", "annotations-api", "jaspic-api", "el-api"].map((name) => `tomcat9-${name}`));
const LARAVEL = ["Illuminate", "GuzzleHttp"].map((library) => `/usr/share/php/${library}/autoload.php`);

/** Serves the application `app` of wsgi.py. */
const WSGI = "import os, wsgiref.simple_server as server, wsgi; server.make_server('127.0.0.1', int(os.environ['PORT']), wsgi.app).serve_forever()";
/** A Django project that has the view and nothing else. */
const DJANGO = `
import os, wsgiref.simple_server as server
from django.conf import settings
settings.configure(SECRET_KEY="x", ALLOWED_HOSTS=["*"], ROOT_URLCONF="urls", MIDDLEWARE=["django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware"])
import django, sys, types
django.setup()
from django.urls import path
import twin_view
sys.modules["urls"] = types.SimpleNamespace(urlpatterns=[path("twin/events", twin_view.events)])
from django.core.wsgi import get_wsgi_application
server.make_server("127.0.0.1", int(os.environ["PORT"]), get_wsgi_application()).serve_forever()
`;
/** Into the folder itself: without the prefix npm would take the repository for the package. */
const NPM_INSTALL = ["npm", "install", "--prefix", ".", "--no-save", "--no-package-lock", "--no-audit", "--no-fund"];
const VENV = [["python3", "-m", "venv", "venv"]];

/** @type {Recipe[]} */
export const RECIPES = [
  { name: "Node, no framework", page: "endpoints/node.md", needs: ["node"], install: "", serve: ["node", "server.mjs"] },
  { name: "Express", page: "endpoints/node.md", needs: ["npm"], install: "npm", prepare: [[...NPM_INSTALL, "express@5.1.0"]], serve: ["node", "express.mjs"] },
  { name: "Next.js, its handler in Node", page: "endpoints/node.md", needs: ["node"], install: "", needsProxy: true, serve: ["node", beside("fetch-handler.mjs"), "next"] },
  {
    name: "Next.js",
    page: "endpoints/node.md",
    needs: ["npm"],
    install: "npm",
    prepare: [
      [...NPM_INSTALL, "next@15.5.29", "react@19.3.1", "react-dom@19.3.1"],
      ["sh", "-c", `mkdir -p app/twin/events && cp route.js twin.mjs app/twin/events/ && cp ${beside("next-layout.js")} app/layout.js`],
      ["npx", "next", "build"],
    ],
    needsProxy: true,
    serve: ["npx", "next", "start", "--hostname", "127.0.0.1", "--port", "{port}"],
  },
  { name: "Cloudflare Worker, in Node", page: "endpoints/worker.md", needs: ["node"], install: "", serve: ["node", beside("fetch-handler.mjs"), "worker"] },
  { name: "Cloudflare Worker", page: "endpoints/worker.md", needs: ["npm"], install: "npm", prepare: [[...NPM_INSTALL, "miniflare@4.20260426.0"]], serve: ["node", beside("fetch-handler.mjs"), "workerd"] },
  { name: "Server-side GTM", page: "endpoints/server-gtm.md", needs: ["node"], install: "", serve: ["node", beside("server-gtm.mjs")] },
  { name: "PHP, plain", page: "endpoints/php.md", needs: ["php"], install: "php-cli php-curl", serve: ["php", "-S", "127.0.0.1:{port}", "twin.php"] },
  { name: "Laravel", page: "endpoints/php.md", needs: ["php", ...LARAVEL], install: "php-cli php-laravel-framework php-guzzlehttp-guzzle", serve: ["php", "-S", "127.0.0.1:{port}", beside("laravel.php")] },
  { name: "Python, no framework", page: "endpoints/python.md", needs: ["python3"], install: "python3", serve: ["python3", "-c", WSGI] },
  {
    name: "FastAPI",
    page: "endpoints/python.md",
    needs: ["python3"],
    install: "python3 python3-venv",
    prepare: [...VENV, ["venv/bin/pip", "install", "--quiet", "--disable-pip-version-check", "fastapi==0.116.1", "uvicorn==0.35.0"]],
    serve: ["venv/bin/uvicorn", "fastapi_app:app", "--no-proxy-headers", "--port", "{port}"],
  },
  {
    name: "Django",
    page: "endpoints/python.md",
    needs: ["python3"],
    install: "python3 python3-venv",
    prepare: [...VENV, ["venv/bin/pip", "install", "--quiet", "--disable-pip-version-check", "django==5.2.5"]],
    serve: ["venv/bin/python", "-c", DJANGO],
  },
  { name: "Rack", page: "endpoints/ruby.md", needs: ["puma"], install: "puma", serve: ["puma", "--quiet", "--bind", "tcp://127.0.0.1:{port}", "config.ru"] },
  { name: "Rails", page: "endpoints/ruby.md", needs: ["puma", "rails"], install: "puma ruby-railties", serve: ["puma", "--quiet", "--bind", "tcp://127.0.0.1:{port}", beside("rails.ru")] },
  {
    name: "Java, no framework",
    page: "endpoints/java.md",
    needs: ["javac", ...JACKSON],
    install: "openjdk-17-jdk-headless libjackson2-databind-java",
    prepare: [["javac", "-d", "classes", "-cp", JACKSON.join(":"), "Twin.java", "Main.java"]],
    serve: ["java", "-cp", ["classes", ...JACKSON].join(":"), "Main"],
  },
  {
    name: "Spring",
    page: "endpoints/java.md",
    needs: ["javac", ...JACKSON, ...SPRING],
    install: "openjdk-17-jdk-headless libjackson2-databind-java libspring-web-java libspring-context-java libtomcat9-java libservlet-api-java",
    prepare: [
      ["sed", "-i", "s/jakarta[.]servlet/javax.servlet/", "TwinFilter.java"],
      ["javac", "-d", "classes", "-cp", [...JACKSON, ...SPRING].join(":"), "Twin.java", "TwinFilter.java", beside("Spring.java")],
    ],
    serve: ["java", "-cp", ["classes", ...JACKSON, ...SPRING].join(":"), "Spring"],
  },
  { name: "Go", page: "endpoints/go.md", needs: ["go"], install: "golang-go", serve: ["go", "run", "main.go"] },
];
