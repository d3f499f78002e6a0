/**
 * The packed types, as an app's compiler sees them: tests/types/ compiles, and what is marked there as wrong is wrong.
 */

import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { root, run } from "../../scripts/run.mjs";
import { openFolder, pack, unpack } from "./support/package.mjs";

/** @type {Awaited<ReturnType<typeof openFolder>>} */
let temp;
before(async () => {
  temp = await openFolder();
  await unpack(temp.folder, (await pack(temp.folder)).tarball);
  await mkdir(path.join(temp.folder, "node_modules/@types"));
  for (const name of ["@types/react", "react", "vue"]) await symlink(path.join(root, "node_modules", name), path.join(temp.folder, "node_modules", name));
  await cp(path.join(root, "tests/types"), path.join(temp.folder, "src"), { recursive: true });
  await writeFile(path.join(temp.folder, "package.json"), JSON.stringify({ type: "module" }));
});
after(() => temp?.remove());

for (const [moduleResolution, module] of [["bundler", "esnext"], ["node16", "node16"]]) {
  test(`strict, moduleResolution ${moduleResolution}`, async () => {
    const compilerOptions = { strict: true, noEmit: true, target: "es2022", module, moduleResolution, lib: ["es2022", "dom"], types: [], exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
    const project = path.join(temp.folder, `tsconfig.${moduleResolution}.json`);
    await writeFile(project, JSON.stringify({ compilerOptions, include: ["src"] }));
    await run("node_modules/.bin/tsc", ["--project", project]);
  });
}
