// The relay's status page: what was reported, what Meta has of it, and what has to be done, live.

import { make } from "../../../look/element.js";
import { ago, refresh } from "../../../look/time.js";
import { Charts, counters } from "./history.js";
import { eventRow, letterRow, problemRow } from "./lists.js";
import { quality } from "./quality.js";
import { ask, askJson, listen, remember, token, TokenRefused } from "./relay.js";

/** @typedef {import("./history.js").Slot} Slot */

const RETRY_MS = 2000;
const META_EVERY_MS = 600_000;

/** @param {string} id @returns {any} */
const at = (id) => document.getElementById(id);
/** @param {string} id @param {Node[]} children */
const fill = (id, children) => at(id).replaceChildren(...children);

const charts = new Charts(at("charts"));
/** @type {string[]} */
let fields = [];
/** @type {Slot[]} */
let slots = [];
/** @type {import("./quality.js").Meta[]} */
let meta = [];

/** @param {string} state @param {string} text */
function tell(state, text) {
  at("state").dataset.state = state;
  at("state").textContent = text;
  document.body.classList.toggle("stale", state === "lost");
}

/** What is wrong with a pixel, and who has to act. @type {Record<string, string>} */
const ILLNESSES = {
  token: "Meta does not take the access token. Everything is kept. Make a new one in Events Manager, Settings, Conversions API.",
  blocked: "Meta has blocked the account for a while. Everything is kept. See Business Support Home.",
  throttled: "Meta asks for fewer requests for a while. Nothing is to be done.",
  trouble: "Meta or the way there has trouble. Everything is kept and sent again.",
};

/** @param {any} now what `now` of the stream says */
function showNow({ start_ms, match_fields, events, errors, outbox, pixels }) {
  fields = match_fields;
  fill("since", [make("span", {}, "Figures since the start, "), ago(start_ms)]);
  const ill = pixels.filter((/** @type {any} */ pixel) => pixel.illness);
  fill("alarms", ill.map((/** @type {any} */ { pixel_id, illness }) => make("p.alarm", { "data-illness": illness.trouble }, `Pixel ${pixel_id}: ${ILLNESSES[illness.trouble]} (since `, ago(illness.since_ms), ")")));
  counter("waiting", "Waiting to be sent", outbox.waiting, outbox.oldest_waiting_s > 60 ? "warn" : "");
  counter("dead", "Dead letters", outbox.rejected + outbox.expired, "bad");
  fill("events", events.map(eventRow));
  at("no-events").hidden = events.length > 0;
  fill("errors", errors.map(problemRow));
  at("no-errors").hidden = errors.length > 0;
  void showLetters();
}

/** @param {string} name @param {string} label @param {string | number} value @param {string} tone */
function counter(name, label, value, tone) {
  const element = make(`div.counter${tone && `.${tone}`}`, { "data-counter": name, "data-zero": value === 0 || value === "0" || value === "–" }, make("dt", {}, label), make("dd", {}, String(value)));
  const known = at("counters").querySelector(`[data-counter="${name}"]`);
  known ? known.replaceWith(element) : at("counters").append(element);
}

function showHistory() {
  for (const [name, [label = "", value = "", tone = ""]] of Object.entries(counters(slots))) counter(name, label, value, tone);
  charts.show(slots);
  fill("quality", quality(fields, slots, meta));
}

async function showLetters() {
  const { dead_letters } = await askJson("/dead-letters");
  fill("letters", dead_letters.map((/** @type {any} */ letter) => letterRow(letter, (id) => retry(`/dead-letters/${id}/retry`))));
  at("no-letters").hidden = dead_letters.length > 0;
  at("retry-all").hidden = !dead_letters.some((/** @type {any} */ letter) => letter.state === "rejected");
}

/** @param {string} path */
async function retry(path) {
  await ask(path, { method: "POST" });
  await showLetters();
}

async function showMeta() {
  ({ pixels: meta } = await askJson("/status/meta"));
  fill("quality", quality(fields, slots, meta));
}

async function run() {
  try {
    const stream = listen("/status/stream", (name, data) => {
      at("login").hidden = true;
      at("board").hidden = false;
      if (name === "now") showNow(data);
      if (name === "history") {
        slots = data;
        showHistory();
      }
      tell(name === "unreadable" ? "lost" : "live", name === "unreadable" ? "The outbox can’t be read" : "Live");
    });
    // A token that is refused is told once, by the stream.
    showMeta().catch(() => {});
    await stream;
  } catch (error) {
    if (error instanceof TokenRefused) return login(token() ? "This is not the relay’s admin token." : "");
    tell("lost", "The relay does not answer");
    setTimeout(run, RETRY_MS);
  }
}

/** @param {string} problem */
function login(problem) {
  tell("paused", "Token wanted");
  at("board").hidden = true;
  at("login").hidden = false;
  at("login-problem").textContent = problem;
  at("login-problem").hidden = !problem;
  at("token").focus();
}

at("login").addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  remember(at("token").value.trim());
  void run();
});
at("retry-all").addEventListener("click", () => retry("/dead-letters/retry"));
setInterval(() => refresh(document.body), 1000);
setInterval(() => showMeta().catch(() => {}), META_EVERY_MS);
// `npm start` prints an address with the token behind the #, which no server gets to see.
if (location.hash) {
  remember(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
}
if (token()) void run();
else login("");
