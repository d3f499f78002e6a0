/**
 * The report as one HTML file that needs nothing else: no script, no font, no picture from anywhere.
 */

import look from "../../look/look.css";
import { snippet } from "../advice.mjs";
import own from "./report.css";

/** @typedef {import("../scan.mjs").Report} Report */

/** Markup that is escaped already. */
class Markup {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }
}

/** @type {Record<string, string>} */
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text is escaped, markup and lists of it are kept. @param {TemplateStringsArray} strings @param {...(string | number | Markup | Markup[])} parts */
function html(strings, ...parts) {
  const render = (/** @type {string | number | Markup} */ part) => (part instanceof Markup ? part.text : String(part).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? ""));
  return new Markup(strings.reduce((text, string, at) => text + [parts[at - 1] ?? ""].flat().map(render).join("") + string));
}

const TONES = { error: "bad", warning: "warn", info: "browser" };
const NAMES = { error: "Error", warning: "Warning", info: "Note" };

/** @param {number} score */
const tone = (score) => (score >= 90 ? "ok" : score >= 60 ? "warn" : "bad");

/** In a word what the score says. @param {Report} report */
function verdict({ findings }) {
  if (findings.some(({ severity }) => severity === "error")) return "Events are lost, doubled or against the rules. Begin at the top.";
  if (findings.some(({ severity }) => severity === "warning")) return "It works, and could work better.";
  return "Nothing wrong was found.";
}

/** So many errors stand open: where to begin. More would be a wall, above all on a phone. */
const OPEN = 3;

/** @param {import("../findings.mjs").Finding} finding @param {number} place */
const row = ({ id, severity, title, meaning, fix, evidence }, place) => html`<li class="${TONES[severity]}"><details ${severity === "error" && place < OPEN ? "open" : ""}>
<summary><span class="pill ${TONES[severity]}">${NAMES[severity]}</span> <b>${title}</b> <code>${id}</code></summary>
<div class="detail">
<p>${meaning}</p>
<div><h3>Seen</h3><ul>${evidence.map((text) => html`<li>${text}</li>`)}</ul></div>
<div class="fix"><h3>Fix</h3><p>${fix}</p></div>
</div>
</details></li>
`;

/** @param {Report} report */
const counters = ({ score, findings }) => {
  const count = (/** @type {string} */ severity) => findings.filter((finding) => finding.severity === severity).length;
  const counter = (/** @type {string} */ name, /** @type {number} */ number, /** @type {string} */ of) => html`<div class="counter ${of}" ${number === 0 ? "data-zero" : ""}><dt>${name}</dt><dd>${number}</dd></div>`;
  return html`<dl class="counters"><div class="counter ${tone(score)}"><dt>Score of 100</dt><dd>${score}</dd></div>${[counter("Errors", count("error"), "bad"), counter("Warnings", count("warning"), "warn"), counter("Notes", count("info"), "browser")]}</dl>`;
};

/** @param {Report} report */
const quality = ({ qualities }) => html`<section><h2>Match quality, estimated</h2>
<p class="muted">How well Meta can tie an event to an account, from the fields that arrive. Ours is an estimate; Meta's own figure is in Events Manager.</p>
<ul class="qualities">${qualities.map(({ event_name, score, missing }) => html`<li class="${score >= 6 ? "ok" : score >= 4 ? "warn" : "bad"}"><b>${event_name}</b> <span class="score">${score.toFixed(1)}</span> <span class="bar"><span style="width:${score * 10}%"></span></span> <span class="muted">${missing.length > 0 ? `add ${missing.slice(0, 4).join(", ")}` : "all fields are there"}</span></li>`)}</ul></section>
`;

/** @param {Report} report */
const way = ({ pages }) => html`<section><h2>The way</h2>
<table class="fields"><thead><tr><th>page</th><th>Pixel events</th><th>server events</th></tr></thead><tbody>${pages.map(({ kind, url, pixel, server }) => html`<tr><th><b>${kind}</b><br><span class="muted">${url}</span></th><td>${pixel.join(", ") || "–"}</td><td>${server.join(", ") || "–"}</td></tr>`)}</tbody></table></section>
`;

/** @param {Report} report */
const advice = ({ advice }) => html`<section><h2>Advice</h2>
<div class="advice">${advice.map(({ spend, advice }) => html`<article class="panel"><p class="muted">${spend}</p><h3>${advice.title}</h3>
<ul>${[...advice.because, ...advice.steps].map((text) => html`<li>${text}</li>`)}</ul>
<details class="raw"><summary>The tag, routing “${advice.routing}”</summary><pre>${snippet(advice.routing)}</pre></details></article>`)}</div></section>
`;

/** @param {Report} report @returns {string} */
export function htmlReport(report) {
  const { url, scanned_at, findings, pixel_ids, qualities } = report;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Scan of ${new URL(url).host}: ${report.score} of 100</title>
<style>${new Markup(look + own)}</style>
</head>
<body class="look">
<header>
<h1>${new URL(url).host}</h1>
<p class="muted">Scanned by pixel-twin, ${scanned_at.slice(0, 16).replace("T", " ")} UTC · ${pixel_ids.length > 0 ? `pixel ${pixel_ids.join(", ")}` : "no pixel"}</p>
</header>
<main>
${counters(report)}
<p class="verdict">${verdict(report)}</p>
<section><h2>Findings</h2>
${findings.length > 0 ? html`<ol class="rows">${findings.map(row)}</ol>` : html`<div class="empty"><h3>Nothing to report</h3><p>Every page that was visited sends what it should, once, and nothing that it should not.</p></div>`}</section>
${qualities.length > 0 ? quality(report) : ""}
${way(report)}
${advice(report)}
</main>
<footer class="muted">What each finding means: docs/scan.md of pixel-twin.</footer>
</body>
</html>
`.text;
}
