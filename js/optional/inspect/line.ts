/**
 * How one event is drawn: a line with both sides, and what opens below it.
 */

import { make } from "../../../look/element.js";
import type { Drawing } from "../../../look/fold-row.js";
import { pill } from "../../../look/pill.js";
import { icon } from "../../../look/side.js";
import { ago, clock } from "../../../look/time.js";
import type { Line, Side } from "./status.js";

/** The worst of both sides gives the line its color; green takes both. */
function tone({ pixel, server }: Line): string {
  const tones = [pixel.tone, server.tone];
  for (const worst of ["bad", "warn", "plain"]) if (tones.includes(worst as Side["tone"])) return worst;
  return "ok";
}

const cell = (kind: "browser" | "server", name: string, { tone: its, word }: Side) => make(`span.cell.${kind}`, {}, icon(kind), make("span.visually-hidden", {}, name), pill(its, word));

function summary(line: Line): (Node | string)[] {
  return [
    make("span.what", {}, make("strong", {}, line.name), make("code.id", { title: line.id }, line.id || "no event_id"), ago(line.ms)),
    make("span.sides", {}, cell("browser", "Pixel event:", line.pixel), cell("server", "Server event:", line.server)),
  ];
}

const names = (fields: readonly string[], none: string) => (fields.length ? make("span.names", {}, ...fields.map((field) => make("code", {}, field))) : make("span.muted", {}, none));

function detail(line: Line): HTMLElement {
  const row = (name: string, ...values: (string | Node)[]) => make("tr", {}, make("th", { scope: "row" }, name), ...values.map((value, place) => make("td", { "data-side": values.length > 1 ? ["Pixel", "Server"][place] : null, colspan: values.length > 1 ? null : 2 }, value)));
  return make(
    "div.detail",
    {},
    line.note ? make("p.hint", {}, line.note) : null,
    make(
      "table.fields",
      {},
      make("caption.visually-hidden", {}, "Both sides of the event"),
      make("thead", {}, make("tr", {}, make("td"), make("th", { scope: "col" }, "Pixel event"), make("th", { scope: "col" }, "Server event"))),
      make(
        "tbody",
        {},
        row("Status", line.pixel.text, line.server.text),
        ...(line.quality || line.pixel.fields.length ? [row("Customer", names(line.pixel.fields, "none"), names(line.server.fields, "none"))] : []),
        ...(line.customFields.length ? [row("Event data", names(line.customFields, ""))] : []),
        row("event_id", make("code", {}, line.id || "none")),
        row("Time", `${new Date(line.ms).toLocaleDateString()} ${clock(line.ms)}`),
        ...(line.quality ? [row("Match quality", quality(line))] : []),
      ),
    ),
  );
}

/** The estimate, and what would raise it most. */
export const quality = ({ quality: its, missing }: Pick<Line, "quality" | "missing">): Node =>
  make("span", {}, `about ${its.toFixed(1)} of 10, an estimate`, ...(missing.length ? ["; most would add ", names(missing.slice(0, 3), "")] : []));

export const drawing: Drawing<Line> = { marks: (line) => ({ name: line.name, id: line.id, pixel: line.pixel.word, server: line.server.word, tone: tone(line) }), summary, detail };

/** Whether something about the event is to be mended. */
export const isBad = (line: Line): boolean => tone(line) === "bad";
