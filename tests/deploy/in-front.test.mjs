/**
 * crates/relay/deploy/: the examples for nginx and Caddy, each running as the shop's own server with the relay behind it, and the
 * unit for systemd. What is put into them here is ports and a certificate; the lines that a shop copies are as they are.
 */

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import https from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { generate } from "selfsigned";
import { root } from "../../scripts/run.mjs";
import { startServer } from "../../scripts/servers.mjs";
import { freePort } from "../browser/support/free-port.mjs";
import { until } from "../browser/support/until.mjs";

const EXAMPLES = path.join(root, "crates/relay/deploy");
const PIXEL_ID = "1234567890";
const SHOP = "www.shop.example";
const FBP = "fb.1.1700000000000.123456789";
/** All of 127.0.0.0/8 is this machine; the visitor is another part of it than the proxy, which alone is trusted. */
const VISITOR = "127.0.0.9";

/** @type {string} */
let folder;
/** @type {import("../../scripts/servers.mjs").Server} */
let standin;
/** @type {import("../../scripts/servers.mjs").Server} */
let relay;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "twin-deploy-"));
  const { private: key, cert } = await generate([{ name: "commonName", value: SHOP }], { keySize: 2048, extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: SHOP }] }] });
  await writeFile(path.join(folder, "key.pem"), key, { mode: 0o600 });
  await writeFile(path.join(folder, "cert.pem"), cert);
  standin = await startServer("twin-standin", { args: ["--port", "0", "--latency-ms", "0"] });
  relay = await startServer("twin-relay", {
    args: ["serve"],
    env: { TWIN_LISTEN: "127.0.0.1:0", TWIN_PIXEL_ID: PIXEL_ID, TWIN_ACCESS_TOKEN: "deploy-test-token", TWIN_GRAPH_BASE: standin.url, TWIN_DATA_DIR: path.join(folder, "data"), TWIN_TRUSTED_PROXIES: "127.0.0.1" },
  });
});
after(async () => {
  await relay?.stop();
  await standin?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The text with `from` in it, once, replaced. @param {string} text @param {string} from @param {string} to */
function put(text, from, to) {
  assert.equal(text.split(from).length, 2, `${from} is not in the example once`);
  return text.replace(from, to);
}

/** An example, with the relay's address of here. @param {string} name */
const example = async (name) => put(await readFile(path.join(EXAMPLES, name), "utf8"), "127.0.0.1:8081", new URL(relay.url).host);

/** The servers that there are examples for. @type {{ name: string, lay: (port: number) => Promise<string[]> }[]} */
const SERVERS = [
  {
    name: "nginx",
    async lay(port) {
      const place = path.join(folder, "nginx");
      await mkdir(place);
      const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${place}/${name};`).join(" ");
      const file = path.join(place, "nginx.conf");
      await writeFile(
        file,
        // Started by root it would give up its rights, and with them those to this folder.
        `user root; daemon off; pid ${place}/pid; error_log stderr; events {}
         http { access_log off; ${temporary}
           server { listen 127.0.0.1:${port} ssl; server_name ${SHOP}; ssl_certificate ${folder}/cert.pem; ssl_certificate_key ${folder}/key.pem;
             ${await example("nginx.conf")}
             location / { return 200 "the shop"; } } }`,
      );
      return ["nginx", "-p", place, "-c", file];
    },
  },
  {
    name: "caddy",
    async lay(port) {
      const site = put(await example("Caddyfile"), "shop.example {", `https://${SHOP}:${port} {\n\tbind 127.0.0.1\n\ttls ${folder}/cert.pem ${folder}/key.pem`);
      const file = path.join(folder, "Caddyfile");
      await writeFile(file, `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${put(site, "# … the shop", 'respond "the shop"')}`);
      return ["caddy", "run", "--adapter", "caddyfile", "--config", file];
    },
  },
];

/** What a visitor asks of the shop. @param {number} port @param {https.RequestOptions} options @param {string} [body] @returns {Promise<{ status: number | undefined, headers: import("node:http").IncomingHttpHeaders, body: string }>} */
function ask(port, { headers, ...options }, body = "") {
  return new Promise((resolve, reject) => {
    // The certificate is our own; what it is for is not what is tested.
    const request = https.request({ host: "127.0.0.1", port, servername: SHOP, localAddress: VISITOR, rejectUnauthorized: false, agent: false, headers: { host: SHOP, ...headers }, ...options }, async (response) => {
      let text = "";
      for await (const part of response) text += part;
      resolve({ status: response.statusCode, headers: response.headers, body: text });
    });
    request.on("error", reject);
    request.end(body);
  });
}

/** @param {string} event_id */
const purchase = (event_id) => ({ event_name: "Purchase", event_time: Math.floor(Date.now() / 1000), event_id, action_source: "website", event_source_url: `https://${SHOP}/thanks`, user_data: { fbp: FBP }, custom_data: { value: 12.5, currency: "USD" } });

for (const { name, lay } of SERVERS) {
  const isMissing = spawnSync("which", [name]).status !== 0 && `no ${name} here: apt-get install ${name}`;
  test(`${name}: address, host, scheme and cookies come through, and what the relay refuses`, { skip: isMissing }, async () => {
    const port = await freePort();
    const [program = "", ...args] = await lay(port);
    const server = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, HOME: folder } });
    let said = "";
    server.stderr.on("data", (data) => (said += data));
    const ended = once(server, "exit");
    try {
      const home = await until(`${name} to answer`, () => ask(port, { path: "/" }).catch(() => undefined), () => said);
      assert.equal(home.body, "the shop");

      const origin = `https://${SHOP}`;
      const event_id = `order_${name}`;
      // Whatever a visitor claims of themselves: the proxy's word stands last, or alone.
      const forged = { "x-forwarded-for": "198.51.100.7", "x-forwarded-host": "evil.example", "x-forwarded-proto": "http" };
      const post = { method: "POST", path: "/twin/events", headers: { origin, "content-type": "application/json", "user-agent": "Mozilla/5.0 (Deploy)", cookie: `_fbp=${FBP}`, ...forged } };
      const answer = await ask(port, post, JSON.stringify({ data: [purchase(event_id)] }));
      assert.deepEqual([answer.status, JSON.parse(answer.body)], [202, { events_received: 1 }]);
      assert.deepEqual(answer.headers["set-cookie"], [
        `__Host-twin_fbp=${FBP}; Path=/; Max-Age=34214400; SameSite=Lax; Secure; HttpOnly`,
        `_fbp=${FBP}; Domain=.shop.example; Path=/; Max-Age=7776000; SameSite=Lax; Secure`,
      ]);
      assert.equal(answer.headers["x-content-type-options"], "nosniff");
      const rows = async () => (await (await fetch(`${standin.url}/api/conversions`)).json()).filter((/** @type {any} */ row) => row.event_id === event_id);
      const [row] = await until("the event at Meta", async () => ((await rows()).length > 0 ? rows() : undefined));
      const { client_ip_address, client_user_agent } = row.server.user_data;
      assert.deepEqual([client_ip_address, client_user_agent], [VISITOR, "Mozilla/5.0 (Deploy)"]);

      const foreign = await ask(port, { ...post, headers: { ...post.headers, origin: "https://evil.example" } }, "{}");
      assert.equal(foreign.status, 403);
      // Bodies are bounded by the relay, whose answer says why.
      const large = await ask(port, post, JSON.stringify({ data: [{ note: "x".repeat(300 * 1024) }] }));
      assert.deepEqual([large.status, JSON.parse(large.body).error.code], [413, "too_large"]);
      const ends = await ask(port, { method: "DELETE", path: "/twin/events", headers: { origin } });
      assert.deepEqual([ends.status, ends.headers["set-cookie"]?.length], [204, 2]);
      // A report may be larger than a post, and none is taken here.
      const report = await ask(port, { method: "POST", path: "/twin/webhooks/shopify", headers: { "content-type": "application/json" } }, " ".repeat(600 * 1024));
      assert.deepEqual([report.status, JSON.parse(report.body).error.code], [404, "not_found"]);
    } finally {
      server.kill("SIGTERM");
      await ended;
    }
  });
}

test("systemd finds nothing wrong with the unit", { skip: spawnSync("which", ["systemd-analyze"]).status !== 0 && "no systemd-analyze here: apt-get install systemd" }, async () => {
  const unit = await readFile(path.join(EXAMPLES, "twin-relay.service"), "utf8");
  const file = path.join(folder, "twin-relay.service");
  const verify = () => spawnSync("systemd-analyze", ["verify", file], { encoding: "utf8" });
  await writeFile(file, put(unit, "/usr/local/bin/twin-relay", path.join(root, "target/debug/twin-relay")));
  const { status, stderr } = verify();
  assert.deepEqual([status, stderr], [0, ""]);
  // It would have said so.
  await writeFile(file, put(unit, "ProtectHome=yes", "ProtectHom=yes"));
  assert.match(verify().stderr, /ProtectHom/);
});
