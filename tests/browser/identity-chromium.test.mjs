/**
 * What only a whole browser can be: one whose owner has blocked cookies, and a private window. Chromium's own settings,
 * since each engine has others.
 */

import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DIFFERENCES, only } from "./support/engines/differences.mjs";
import { cookie, ids, lead, setStage } from "./support/stage.mjs";
import { visitByProfile } from "./support/profile.mjs";
import { until } from "./support/until.mjs";

const stage = setStage();
const { visiting, open, serve, twins } = stage;
/** @typedef {import("./support/stage.mjs").Visit} Visit */

const FBP = /^fb\.\d\.\d{13}\.\d{2,18}$/;

/**
 * In place of the world's usual visitor one with a profile of their own.
 * @param {string} name @param {Omit<import("./support/profile.mjs").Profile, "directory">} profile @param {(visit: Visit) => Promise<void>} body
 * @param {(directory: string) => Promise<void>} [after] what is left of it when the browser is closed
 */
function visitingBy(name, profile, body, after = async () => {}) {
  visiting(name, async () => {
    const directory = await mkdtemp(path.join(tmpdir(), "twin-profile-"));
    try {
      const visit = await visitByProfile(stage.world, { ...profile, directory });
      await body(visit).finally(() => visit.leave());
      assert.deepEqual(visit.errors, []);
      await after(directory);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }, only(DIFFERENCES.settings));
}

// As set under "Site settings": with cookies, Chromium blocks all storage; touching localStorage throws.
visitingBy("case 26: with cookies blocked in the browser's settings both twins go, with one fbp from the server for the page", { preferences: { profile: { default_content_setting_values: { cookies: 2 } } } }, async (visit) => {
  await open(visit, serve("/page", { data: { debug: "" } }) + "?fbclid=AbC");
  const state = await visit.page.evaluate(() => {
    document.cookie = "mine=1";
    try {
      return [document.cookie, typeof localStorage];
    } catch (error) {
      return [document.cookie, /** @type {Error} */ (error).name];
    }
  });
  assert.deepEqual(state, ["", "SecurityError"]);
  const first = await twins(await lead(visit));
  const second = await twins(await lead(visit));
  assert.match(first.server.user_data.fbp, FBP);
  assert.match(first.server.user_data.fbc, /\.AbC$/);
  // Meta's library makes another fbp for each of its events; that can't be helped.
  assert.match(first.browser.fbp, FBP);
  assert.equal(first.server.user_data.fbp.split(".")[1], first.browser.fbp.split(".")[1], "with no domain to go by, the index is the library's");
  assert.deepEqual([second.server.user_data.fbp, second.server.user_data.fbc], [first.server.user_data.fbp, first.server.user_data.fbc]);
  assert.deepEqual(await visit.allCookies(), []);
  for (const code of ["storage_unavailable", "cookies_unavailable"]) await until(code, () => visit.warnings.some((text) => text.includes(`(${code})`)), () => visit.warnings);
});

visitingBy("case 28: in a private window everything works, and nothing of it is left on the disk", { args: ["--incognito"] }, async (visit) => {
  await open(visit, serve("/page") + "?fbclid=AbC");
  const { fbp, fbc } = ids(await twins(await lead(visit, { orderId: "28" })));
  assert.equal(await cookie(visit, "_fbp"), fbp);
  assert.ok((await visit.storage())["_twin_fired"], "storage is used");
  await open(visit, serve("/page"));
  assert.deepEqual(ids(await twins(await lead(visit))), { fbp, fbc });
}, async (directory) => {
  const files = (await readdir(directory, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  assert.ok(files.length > 0);
  for (const { parentPath, name } of files) {
    const content = await readFile(path.join(parentPath, name), "latin1");
    for (const trace of ["_fbp", "_twin_"]) assert.ok(!content.includes(trace), `${trace} is in ${name}`);
  }
});
