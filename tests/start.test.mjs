/**
 * `npm start` as a user runs it: it sets up, builds, serves, says what to do, and ends without a trace.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { root } from "../scripts/run.mjs";
import { freePort } from "./browser/support/free-port.mjs";
import { until } from "./browser/support/until.mjs";

/** @type {string[]} */
const folders = [];
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

/** @param {Record<string, string>} env */
async function npmStart(env = {}) {
  const [port, standinPort] = [await freePort(), await freePort()];
  const dataDir = await mkdtemp(path.join(tmpdir(), "twin-start-"));
  folders.push(dataDir);
  const child = spawn("npm", ["start"], {
    cwd: root,
    env: { ...process.env, PORT: String(port), STANDIN_PORT: String(standinPort), TWIN_DATA_DIR: dataDir, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own: Ctrl-C goes to all of it.
    detached: true,
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (said += data));
  // npm passes a signal on to itself when its script has ended by it.
  const ended = once(child, "close").then(([code, signal]) => (signal === "SIGINT" ? 0 : /** @type {number} */ (code)));
  return {
    shop: `http://localhost:${port}`,
    standin: `http://localhost:${standinPort}`,
    dataDir,
    said: () => said,
    ended,
    /** @param {NodeJS.Signals} signal */
    signal: (signal) => process.kill(-(child.pid ?? 0), signal),
  };
}

/** Whether nobody listens there. @param {string} url */
const isSilent = (url) => fetch(url).then(() => false, () => true);

test("npm start serves shop, endpoint and stand-in, and Ctrl-C ends all of it", async () => {
  const run = await npmStart();
  try {
    await Promise.race([until("the addresses", () => run.said().includes("Ctrl-C"), run.said, 600_000), run.ended.then(() => Promise.reject(new Error(run.said())))]);
    for (const text of [run.shop, `${run.standin}/`, "POST", "Buy something"]) assert.ok(run.said().includes(text), run.said());

    assert.match(await (await fetch(run.shop)).text(), /data-pixel-id="1234567890"/);
    assert.equal((await fetch(`${run.shop}/twin.js`)).headers.get("content-type")?.split(";")[0], "text/javascript");
    assert.match(await (await fetch(`${run.standin}/`)).text(), /Stand-in for Meta/);
    const event = { event_name: "Lead", event_time: Math.floor(Date.now() / 1000), event_id: "start-1", action_source: "website", event_source_url: `${run.shop}/`, user_data: {} };
    const post = await fetch(`${run.shop}/twin/events`, { method: "POST", headers: { origin: run.shop, "content-type": "application/json" }, body: JSON.stringify({ data: [event] }) });
    assert.equal(post.status, 202, await post.text());
    const rows = await until("the server twin", async () => {
      const found = await (await fetch(`${run.standin}/api/conversions`)).json();
      return found.length > 0 && found;
    });
    assert.deepEqual(rows.map((/** @type {any} */ row) => [row.event_id, row.status]), [["start-1", "server only"]]);
    assert.ok((await readdir(run.dataDir)).includes("relay.sqlite"));
    const [, office = "", token = ""] = /status +(http:\S+\/)#(\S+)/.exec(run.said()) ?? [];
    assert.match(await (await fetch(office)).text(), /<title>twin-relay/);
    const { events } = await (await fetch(`${office}status`, { headers: { authorization: `Bearer ${token}` } })).json();
    assert.equal(events[0].event_id, "start-1");
  } finally {
    run.signal("SIGINT");
  }
  assert.equal(await run.ended, 0, run.said());
  assert.doesNotMatch(run.said(), /WARN|ERROR/);
  assert.ok(await isSilent(run.shop));
  assert.ok(await isSilent(run.standin));
});

test("a taken port is said in plain words, with the way out", async () => {
  const taken = net.createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = /** @type {net.AddressInfo} */ (taken.address());
  const run = await npmStart({ PORT: String(port) });
  assert.notEqual(await run.ended, 0);
  assert.match(run.said(), new RegExp(`Port ${port} is taken.*PORT=${port + 1} npm start`));
  taken.close();
});

test("what keeps the relay from starting is said in its own words", async () => {
  const run = await npmStart({ TWIN_PIXEL_ID: "no digits" });
  assert.notEqual(await run.ended, 0);
  assert.match(run.said(), /pixel_id has the value "no digits"/);
  assert.ok(await isSilent(run.standin));
});
