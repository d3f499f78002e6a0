/**
 * The report for a terminal.
 */

/** @typedef {import("../scan.mjs").Report} Report */

const MARKS = { error: ["✕", 31], warning: ["▲", 33], info: ["·", 36] };

/** Breaks a text into lines. @param {string} text @param {string} indent @param {number} width */
function wrapped(text, indent, width) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line && line.length + word.length + 1 > width - indent.length) lines.push(word);
    else lines[lines.length - 1] = line ? `${line} ${word}` : word;
  }
  return lines.map((line) => indent + line).join("\n");
}

/** @param {Report} report @param {{ hasColor: boolean, width: number }} terminal */
export function terminalReport(report, { hasColor, width }) {
  const paint = (/** @type {number} */ color, /** @type {string} */ text) => (hasColor ? `\x1b[${color}m${text}\x1b[0m` : text);
  const count = (/** @type {string} */ severity) => report.findings.filter((finding) => finding.severity === severity).length;
  const lines = ["", `${paint(1, report.url)}   score ${paint(1, String(report.score))} of 100   ${count("error")} errors, ${count("warning")} warnings, ${count("info")} notes`, ""];
  for (const { severity, id, title, evidence, fix } of report.findings) {
    const [mark, color] = /** @type {[string, number]} */ (MARKS[severity]);
    lines.push(`${paint(color, mark)} ${paint(1, title)}  ${paint(2, id)}`);
    for (const one of evidence.slice(0, 3)) lines.push(paint(2, wrapped(one, "    ", width)));
    if (evidence.length > 3) lines.push(paint(2, `    and ${evidence.length - 3} more`));
    if (severity !== "info") lines.push(wrapped(`→ ${fix}`, "    ", width));
    lines.push("");
  }
  if (report.qualities.length > 0) {
    lines.push(paint(1, "Match quality, estimated"));
    for (const { event_name, score, missing } of report.qualities) lines.push(`  ${event_name.padEnd(22)} ${score.toFixed(1).padStart(4)}   add ${missing.slice(0, 4).join(", ") || "nothing"}`);
    lines.push("");
  }
  lines.push(paint(1, "Advice"));
  for (const { spend, advice } of report.advice) {
    lines.push(wrapped(`${spend}: ${advice.title} (routing: ${advice.routing})`, "  ", width));
    if (report.advice.length === 1) for (const text of [...advice.because, ...advice.steps]) lines.push(wrapped(`- ${text}`, "    ", width));
  }
  if (report.advice.length > 1) lines.push(paint(2, "  Say what you spend on Meta's ads to get the steps: --monthly-spend 1500"));
  return `${lines.join("\n")}\n`;
}
