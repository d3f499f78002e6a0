/**
 * Thank-you pages under policies: of the shop's origin, with the companion's tag and whatever headers a test gives them. The
 * browser itself enforces these.
 */

import { until } from "./until.mjs";
import { PIXEL_ID } from "./world.mjs";

/** Of the page's own scripts and of the tag. */
export const NONCE = "c2xvd2tpbG4";

/** Where the local Meta's library and endpoint are. @param {import("./world.mjs").World} world */
export const meta = (world) => world.standin.url.replace("127.0.0.1", "localhost");

/** The relay remembers what it has had, so each page has an order of its own. */
let orders = 4710;

/**
 * Serves the page at the shop's `/strict`. Gives its order's number.
 * @param {import("./world.mjs").World} world
 * @param {Record<string, string>} headers
 * @param {{ attributes?: string, first?: string, pixelScript?: string, companion?: string }} [parts] more attributes of the
 *   tag; HTML in front of all else; Meta's library, if not the local one; a script in place of the tag
 */
export function strictPage(world, headers, { attributes = "", first = "", pixelScript = `${meta(world)}/en_US/fbevents.js`, companion } = {}) {
  const order = String(++orders);
  // Browsers ask for it by themselves.
  world.proxy.answer(`${world.shop.url}/favicon.ico`, { type: "image/png" });
  world.proxy.answer(`${world.shop.url}/strict`, {
    type: "text/html; charset=utf-8",
    headers,
    body: `<!doctype html><title>Slowkiln</title>${first}
<script nonce="${NONCE}">window.violations=[];window.refused=[];addEventListener("error",({target})=>target.src&&refused.push(target.src),true);document.addEventListener("securitypolicyviolation",(event)=>violations.push(event.effectiveDirective+" "+event.blockedURI));
window.twin=window.twin||function(){(twin.q=twin.q||[]).push(arguments)}
twin("track","Purchase",{value:86.5,currency:"USD",content_ids:["teapot"]},{orderId:"${order}",user:{em:" Maria.Schmidt@Example.com "}})</script>
${companion ?? `<script async src="/twin.js" nonce="${NONCE}" data-pixel-id="${PIXEL_ID}" data-endpoint="/twin/events" data-pixel-script="${pixelScript}" data-debug="true" ${attributes}></script>`}`,
  });
  return order;
}

/** Opens it and waits for the companion. @param {import("./world.mjs").Visit} visit */
export async function openStrict(visit) {
  await visit.page.goto(`${visit.origin}/strict`);
  // Puppeteer's own waiting needs `eval`, which strict pages forbid.
  await until("the companion", () => visit.page.evaluate(() => (({ twin }) => Boolean(twin?.q && twin.q.push !== Array.prototype.push))(/** @type {any} */ (window))));
}

/** What the browser has stopped on this page: directive and address; but for the icon that browsers ask for by themselves. @param {import("./world.mjs").Visit} visit @returns {Promise<string[]>} */
export const violations = ({ page }) => page.evaluate(() => /** @type {any} */ (window).violations.filter((/** @type {string} */ text) => !text.endsWith("/favicon.ico")));

/** The names of what `diagnose` tells. @param {import("./world.mjs").Visit} visit @returns {Promise<string[]>} */
export const told = async (visit) => /** @type {any} */ (await visit.twin("diagnose")).notices.map((/** @type {{ code: string }} */ { code }) => code);

/** How often that file of the shop's was asked for. @param {import("./world.mjs").World} world @param {string} file */
export const asked = (world, file) => world.proxy.seen.filter(({ url }) => url === `${world.shop.url}/${file}`).length;
