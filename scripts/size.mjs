/**
 * `npm run size`: what the browser loads, in bytes, against the budgets. Fails over a budget; writes
 * bench/size.snap and, module by module, bench/modules.snap, so that every change of size shows in a diff.
 */

import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { brotliBytes, gzipBytes } from "./compressed.mjs";
import { begin, root, Stop } from "./run.mjs";
import { measureModules } from "./size-modules.mjs";

/** The most that a file may have after brotli 11. `twin.js`: Meta's Parameter Builder client 1.3.1 in the same measure. */
const BUDGETS_BYTES = /** @type {Record<string, number>} */ ({ "twin.js": 17_468 });
const FILES = ["twin.js", "index.js", "twin-names.js", "twin-texts.js", "twin-data-layer.js", "twin-gtm.js", "twin-inspect.js", "twin-forms.js", "twin-signals.js", "twin-adopt.js", "twin-views.js", "twin-plain.js"];

/** Measures, and gives the lines of the table and the files over their budget. */
export async function measure() {
  const lines = [`${"file".padEnd(20)}${"raw".padStart(8)}${"gzip 9".padStart(8)}${"brotli 11".padStart(11)}${"budget".padStart(8)}`];
  const over = [];
  for (const file of FILES) {
    const bytes = await readFile(path.join(root, "dist", file));
    const brotli = brotliBytes(bytes);
    const budget = BUDGETS_BYTES[file];
    lines.push(`${file.padEnd(20)}${String(bytes.length).padStart(8)}${String(gzipBytes(bytes)).padStart(8)}${String(brotli).padStart(11)}${String(budget ?? "–").padStart(8)}`);
    if (budget && brotli > budget) over.push(`${file} has ${brotli} bytes, ${brotli - budget} over its budget.`);
  }
  return { lines, over };
}

if (process.argv[1] === import.meta.filename) {
  await begin(async () => {
    const { lines, over } = await measure();
    console.log(lines.join("\n"));
    await writeFile(path.join(root, "bench/size.snap"), `${lines.join("\n")}\n`);
    const modules = await measureModules();
    console.log(`\n${modules.join("\n")}`);
    await writeFile(path.join(root, "bench/modules.snap"), `${modules.join("\n")}\n`);
    if (over.length > 0) throw new Stop(over.join("\n"));
  });
}
