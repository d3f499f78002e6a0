/**
 * The pages of docs/endpoints and docs/install: nothing on them is left out of the tests, and their links lead somewhere.
 */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/run.mjs";
import { codeOf } from "./support/page.mjs";
import { RECIPES } from "./support/recipes.mjs";

/** @param {string} folder of docs @returns {Promise<[page: string, text: string][]>} */
const pagesOf = async (folder) => Promise.all((await readdir(path.join(root, "docs", folder))).map(async (file) => /** @type {[string, string]} */ ([`${folder}/${file}`, await readFile(path.join(root, "docs", folder, file), "utf8")])));
const pages = [...(await pagesOf("endpoints")), ...(await pagesOf("install"))];

/** As GitHub makes them of headings. @param {string} text */
const anchors = (text) => [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading.toLowerCase().replace(/[^\w\- ]/g, "").replaceAll(" ", "-"));

test("every link leads to a page and a heading that are there", async () => {
  for (const [page, text] of pages) {
    for (const [, target = "", anchor = ""] of text.matchAll(/\]\((?!https?:)([^)#]*)#?([^)]*)\)/g)) {
      const file = path.join(root, "docs", target ? path.join(path.dirname(page), target) : page);
      assert.ok(existsSync(file), `${page}: ${target}`);
      if (anchor) assert.ok(anchors(await readFile(file, "utf8")).includes(anchor), `${page}: ${target}#${anchor}`);
    }
  }
});

/** Held against what runs by tests of their own, in tests/gtm/ and tests/packaging/. */
const HELD_ELSEWHERE = ["install/gtm.md", "install/npm.md"];

test("every page of code is run: endpoints by a recipe, snippets by a browser test", async () => {
  const browserTests = (await Promise.all(["install.test.mjs", "install-shopify.test.mjs"].map((file) => readFile(path.join(root, "tests/browser", file), "utf8")))).join();
  for (const [page] of pages.filter(([page]) => !page.endsWith("/README.md") && !HELD_ELSEWHERE.includes(page))) {
    if (page.startsWith("endpoints/")) assert.ok(RECIPES.some((recipe) => recipe.page === page), page);
    else for (const file of (await codeOf(page)).keys()) assert.ok(browserTests.includes(`"${file}"`), `${page}: ${file}`);
  }
});

test("the index explains every value that a reader puts in, and names every page", async () => {
  for (const folder of ["endpoints", "install"]) {
    const own = pages.filter(([page]) => page.startsWith(folder));
    const index = own.find(([page]) => page.endsWith("/README.md"))?.[1] ?? "";
    for (const [page, text] of own) {
      assert.ok(page.endsWith("/README.md") || index.includes(`(${path.basename(page)})`), page);
      for (const [value] of text.matchAll(/\bYOUR_\w+|\bTWIN_[A-Z_]+/g)) assert.ok(index.includes(`\`${value}\``), `${page}: ${value}`);
    }
  }
});
