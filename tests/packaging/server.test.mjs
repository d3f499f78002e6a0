/**
 * Importing the package in Node, as a server does that renders pages: nothing happens, and everything answers.
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { root } from "../../scripts/run.mjs";
import { openFolder, pack, unpack } from "./support/package.mjs";

/** @type {Awaited<ReturnType<typeof openFolder>>} */
let temp;
before(async () => {
  temp = await openFolder();
  await unpack(temp.folder, (await pack(temp.folder)).tarball);
  for (const framework of ["react", "vue"]) await symlink(path.join(root, "node_modules", framework), path.join(temp.folder, "node_modules", framework));
});
after(() => temp?.remove());

/** When a process that does not end by itself is killed, which fails its test. Generous: a busy machine is no bug. */
const LIMIT_MS = 60_000;

/**
 * Imports an entry in a process of its own, and gives what the code makes of it.
 * @param {string} entry @param {string} use an expression; `it` is the module @param {string} [framework] which the app has imported before
 */
async function imported(entry, use, framework = "node:path") {
  const file = path.join(temp.folder, "server.mjs");
  await writeFile(file, `
    import * as framework from "${framework}";
    const before = Reflect.ownKeys(globalThis);
    const it = await import("${entry}");
    const answer = ${use};
    // Vue's renderer leaves a mark of its own.
    const globals = Reflect.ownKeys(globalThis).filter((key) => !before.includes(key) && key !== "__VUE__").map(String);
    const timers = process.getActiveResourcesInfo().filter((name) => /Timeout|Immediate/.test(name));
    process.once("exit", () => console.log(JSON.stringify({ answer, globals, timers })));
  `);
  const { stdout } = await promisify(execFile)(process.execPath, [file], { timeout: LIMIT_MS });
  const { answer, ...traces } = JSON.parse(stdout);
  assert.deepEqual(traces, { globals: [], timers: [] });
  return answer;
}

const OPTIONS = JSON.stringify({ pixelId: "1234567890", endpoint: "/twin/events", autoIdentify: true, adopt: true, debug: true });

for (const entry of ["pixel-twin", "pixel-twin/wasm"]) {
  test(entry, async () => {
    const answers = await imported(entry, `await (async () => {
      const twin = await it.createTwin(${OPTIONS});
      const { consent, pixel } = twin.diagnose();
      return [
        twin.track("Purchase", { value: 1, currency: "USD" }, { orderId: "1" }), twin.hash("em", "a@b.co"), consent, pixel,
        [twin.identify({ em: "a@b.co" }), twin.consent("grant"), twin.dataLayer(), twin.inspect(), await twin.flush()].filter((answer) => answer !== undefined),
      ];
    })()`);
    assert.deepEqual(answers, ["", null, "unknown", "absent", []]);
  });
}

test("pixel-twin/react", async () => {
  assert.deepEqual(await imported("pixel-twin/react", `Object.keys(it).sort()`, "react"), ["TwinProvider", "useTrack", "useTwin"]);
});

test("pixel-twin/vue, in an app that is rendered to text", async () => {
  const html = await imported("pixel-twin/vue", `await (async () => {
    const { renderToString } = await import("vue/server-renderer");
    const { createSSRApp, h } = framework;
    const app = createSSRApp({ setup: () => (it.useTwin(), () => h("p", "Thank you")) });
    return renderToString(app.use(it.twin, ${OPTIONS}));
  })()`, "vue");
  assert.equal(html, "<p>Thank you</p>");
});
