/**
 * `npm run bench:relay`: twin-relay beside two Node endpoints, on this machine, in one run. Durable intake at full speed and at
 * half of it, how soon Meta has an event, memory, and what is lost at a kill -9 and in ten seconds of Meta's 500. Prints a table.
 *
 * Before it: `cargo build --release -p twin-relay -p twin-standin --example load` and `npm ci` in this folder.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const release = path.join(here, "../../target/release");
const CONNECTIONS = "64";
const SECONDS = process.env.SECONDS ?? "8";

const wait = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Starts a program and waits for a line of its stdout. @param {string} program @param {string[]} args @param {Record<string, string>} env @param {RegExp} ready */
async function start(program, args, env, ready) {
  const child = spawn(program, args, { env: { PATH: process.env.PATH ?? "", ...env }, stdio: ["ignore", "pipe", "ignore"] });
  let out = "";
  const found = await new Promise((resolve, reject) => {
    child.stdout.on("data", (data) => {
      out += data;
      const match = ready.exec(out);
      if (match) resolve(match);
    });
    child.on("exit", () => reject(new Error(`${program} ended: ${out}`)));
  });
  return { child, found };
}

/** @param {import("node:child_process").ChildProcess} child @param {NodeJS.Signals} signal */
async function end(child, signal) {
  const exited = once(child, "exit");
  child.kill(signal);
  await exited;
}

const meta = async () => {
  const { child, found } = await start(path.join(release, "twin-standin"), ["--port", "0", "--latency-ms", "150"], {}, /listening on (\S+)/);
  return { child, url: found[1] };
};

/** How to start each, given Meta's address and a folder. @typedef {(graph: string, data: string) => ReturnType<typeof start>} Start @type {Record<string, Start>} */
const ENDPOINTS = {
  "Express + Business SDK": (graph, data) => start("node", [path.join(here, "express-sdk.mjs")], { GRAPH: graph, PORT: "18191", DATA: data }, /ready/),
  "Fastify + SQLite, group commit": (graph, data) => start("node", [path.join(here, "fastify-sqlite.mjs")], { GRAPH: graph, PORT: "18191", DATA: data }, /ready/),
  "twin-relay": (graph, data) =>
    start(path.join(release, "twin-relay"), ["serve"], { TWIN_PIXEL_ID: "1234567890", TWIN_ACCESS_TOKEN: "EAABbench", TWIN_GRAPH_BASE: graph, TWIN_LISTEN: "127.0.0.1:18191", TWIN_DATA_DIR: data, TWIN_LOG_LEVEL: "error" }, /listening/),
};

/** @param {string} seconds @param {string} [rate] */
async function load(seconds, rate) {
  const child = spawn(path.join(release, "examples/load"), ["127.0.0.1:18191", CONNECTIONS, seconds, ...(rate ? [rate] : [])], { stdio: ["ignore", "pipe", "inherit"] });
  let out = "";
  child.stdout.on("data", (data) => (out += data));
  await once(child, "close");
  return JSON.parse(out);
}

/** Resident memory at its peak, in MB. @param {number | undefined} pid */
const peak_mb = (pid) => Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024);

/** What Meta counted, once that stands still. @param {string} url @param {number} expected */
async function counted(url, expected) {
  let last = -1;
  for (let still = 0; still < 10; still += 1) {
    const { totals } = await (await fetch(`${url}/__sim/report`)).json();
    if (totals.counted >= expected) return totals.counted;
    if (totals.counted !== last) still = 0;
    last = totals.counted;
    await wait(1000);
  }
  return last;
}

/** How long after its post Meta had an event, in ms, all but one of a hundred, by the time at the end of its id. @param {string} url @param {number} since_ms */
async function deliveryP99(url, since_ms) {
  /** @type {{ event_id: string, first_received_ms: number }[]} */
  const rows = await (await fetch(`${url}/api/conversions`)).json();
  const times = rows.map(({ event_id, first_received_ms }) => ({ posted_ms: Number(event_id.slice(event_id.lastIndexOf("_") + 1)), first_received_ms }));
  const waits = times.filter(({ posted_ms }) => posted_ms >= since_ms).map(({ posted_ms, first_received_ms }) => first_received_ms - posted_ms);
  return waits.sort((a, b) => a - b)[Math.floor(waits.length * 0.99)] ?? NaN;
}

/** @param {string} name @param {Start} launch */
async function measure(name, launch) {
  const data = mkdtempSync(path.join(tmpdir(), "bench-"));
  const folder = (/** @type {string} */ part) => {
    const place = path.join(data, part);
    spawnSync("mkdir", [place]);
    return place;
  };
  try {
    const graph = await meta();
    const { child } = await launch(graph.url, folder("speed"));
    await load("2");
    const full = await load(SECONDS);
    // What that has left behind is out of the way first.
    await counted(graph.url, Infinity);
    const since_ms = Date.now();
    const half = await load(SECONDS, String(Math.max(50, full.per_s / 2)));
    const rss_mb = peak_mb(child.pid);
    await counted(graph.url, Infinity);
    const delivery_ms = await deliveryP99(graph.url, since_ms);
    await end(child, "SIGKILL");
    await end(graph.child, "SIGKILL");

    const killed = await loss(launch, folder("kill"), "6", async (restart) => {
      await wait(3000);
      await restart();
    });
    const outage = await loss(launch, folder("outage"), "13", async (_restart, url) => {
      await wait(1000);
      await fetch(`${url}/__sim/fault`, { method: "POST", body: JSON.stringify({ name: "unknown", for_ms: 10_000 }) });
    });
    return { endpoint: name, "req/s": full.per_s, "p50 ms": full.p50_ms, "p99 ms": full.p99_ms, "p99 at half": half.p99_ms, "p99 to Meta": delivery_ms, "peak MB": rss_mb, "lost at kill -9": killed, "lost in outage": outage };
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

/** Posts at 200 a second while something goes wrong; how many of those answered 202 Meta never counted. @param {Start} launch @param {string} data @param {string} seconds @param {(restart: () => Promise<void>, url: string) => Promise<void>} trouble */
async function loss(launch, data, seconds, trouble) {
  const graph = await meta();
  let { child } = await launch(graph.url, data);
  const posting = load(seconds, "200");
  await trouble(async () => {
    await end(child, "SIGKILL");
    ({ child } = await launch(graph.url, data));
  }, graph.url);
  const { accepted, refused } = await posting;
  const lost = Math.max(0, accepted - (await counted(graph.url, accepted)));
  await end(child, "SIGKILL");
  await end(graph.child, "SIGKILL");
  return `${lost} of ${accepted}${refused > 0 ? ` (${refused} refused)` : ""}`;
}

const rows = [];
for (const [name, launch] of Object.entries(ENDPOINTS)) rows.push(await measure(name, launch));
console.table(rows);
