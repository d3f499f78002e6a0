// The strongest that was found for Node: Fastify, SQLite with synchronous=FULL, one commit for all that came in a turn of the
// event loop, answered after it; four requests to Meta at once of 500 events.
import Database from "better-sqlite3";
import Fastify from "fastify";

const db = new Database(`${process.env.DATA}/outbox.sqlite`);
db.pragma("journal_mode = WAL");
db.pragma("synchronous = FULL");
db.pragma("wal_autocheckpoint = 4000");
db.exec("CREATE TABLE IF NOT EXISTS event (id INTEGER PRIMARY KEY, key TEXT UNIQUE, json TEXT, sent INTEGER NOT NULL DEFAULT 0); CREATE INDEX IF NOT EXISTS due ON event (id) WHERE sent = 0");
const insert = db.prepare("INSERT OR IGNORE INTO event (key, json) VALUES (?, ?)");
const due = db.prepare("SELECT id, json FROM event WHERE sent = 0 AND id > ? ORDER BY id LIMIT 500");
const settle = db.prepare("UPDATE event SET sent = 1, json = '' WHERE id = ?");
const all = db.transaction((/** @type {() => void} */ work) => work());

/** @type {{ events: any[], done: (status: number) => void }[]} */
let waiting = [];
function commit() {
  const group = waiting;
  waiting = [];
  try {
    all(() => group.forEach(({ events }) => events.forEach((event) => insert.run(`${event.event_name}\0${event.event_id}`, JSON.stringify(event)))));
    group.forEach(({ done }) => done(202));
  } catch {
    group.forEach(({ done }) => done(503));
  }
}

const app = Fastify({ bodyLimit: 262_144 });
app.post("/twin/events", (/** @type {any} */ request, /** @type {any} */ reply) => {
  const { data } = request.body;
  for (const event of data) {
    if (typeof event.event_name !== "string" || typeof event.event_id !== "string" || typeof event.event_time !== "number") return reply.code(422).send();
    event.user_data.client_ip_address = request.ip;
    event.user_data.client_user_agent = request.headers["user-agent"] ?? "bench";
  }
  return new Promise((resolve) => {
    if (waiting.length === 0) setImmediate(commit);
    waiting.push({ events: data, done: (status) => resolve(reply.code(status).send()) });
  });
});

let last = 0;
async function send() {
  for (;;) {
    const rows = /** @type {{ id: number, json: string }[]} */ (due.all(last));
    if (rows.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      continue;
    }
    last = rows.at(-1)?.id ?? last;
    for (;;) {
      const answer = await fetch(`${process.env.GRAPH}/v26.0/1234567890/events`, {
        method: "POST",
        headers: { authorization: "Bearer EAABbench", "content-type": "application/json" },
        body: `{"data":[${rows.map(({ json }) => json).join()}]}`,
      }).catch(() => undefined);
      if (answer?.ok) break;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    all(() => rows.forEach(({ id }) => settle.run(id)));
  }
}
await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
console.log("ready");
for (let number = 0; number < 4; number += 1) void send();
