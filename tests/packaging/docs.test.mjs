/**
 * The guide's snippets are code that runs: each is, word for word, in the app or the types test that it names.
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/run.mjs";

const GUIDE = "docs/install/npm.md";

test(`every snippet of ${GUIDE} is in the file that it names`, async () => {
  const guide = await readFile(path.join(root, GUIDE), "utf8");
  const snippets = [...guide.matchAll(/(?:<!-- from (\S+) -->\n)?^```(?!sh)(\w+)\n([^]*?)^```$/gm)];
  assert.ok(snippets.length >= 8, `${snippets.length} snippets`);
  for (const [, file, language, snippet = ""] of snippets) {
    assert.ok(file, `a snippet of ${language} names no file:\n${snippet}`);
    const code = await readFile(path.join(root, "tests", file), "utf8");
    assert.ok(code.includes(snippet), `${file} does not hold\n${snippet}`);
  }
});
