/**
 * A synthetic thank-you page of a shop: a hero image, a grid of products, a style sheet and a shop's own script with some work
 * to do; and what is put into its head.
 */

import { readFileSync } from "node:fs";
import { brotliCompressSync, crc32, deflateSync } from "node:zlib";
import { META } from "./server.mjs";

const read = (/** @type {string} */ path) => readFileSync(new URL(path, import.meta.url), "utf8");

/** A picture of noise, which nothing compresses, always the same. @param {number} side in pixels */
function picture(side) {
  let seed = side;
  const noise = () => {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    return (seed ^= seed << 5);
  };
  // Each row begins with its filter: none.
  const pixels = Buffer.alloc(side * (side + 1)).map((_, place) => (place % (side + 1) === 0 ? 0 : noise() & 255));
  const chunk = (/** @type {string} */ type, /** @type {Buffer} */ data) => {
    const named = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(named));
    return Buffer.concat([length, named, sum]);
  };
  const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0]);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", head), chunk("IDAT", deflateSync(pixels)), chunk("IEND", Buffer.alloc(0))]);
}

/** The shop's own script: builds its grid, and thinks about it. */
const SHOP = `for(let n=0;n<400;n++){const a=document.createElement("article");a.textContent="Product "+n;document.querySelector("main").append(a)}
let s=0;for(let n=0;n<3e6;n++)s=(s*31+n)|0;document.title="Thank you "+(s&1?"!":".");`;

const CALLS = `twin('track','PageView');twin('track','Purchase',{value:100,currency:'USD',content_ids:['sku1']},{orderId:'12345',user:{em:'jane@example.com',ph:'+1 650 555 0100',fn:'Jane',ln:'Doe',ct:'San Francisco',st:'CA',zp:'94105',country:'US',external_id:'c1'}});`;

/** Meta's base code with the two calls, as it stands in shops. */
const PIXEL = `<script>!function(f,b,e,v,n,t,s){if(f.fbq)return;n=f.fbq=function(){n.callMethod?n.callMethod.apply(n,arguments):n.queue.push(arguments)};if(!f._fbq)f._fbq=n;n.push=n;n.loaded=!0;n.version='2.0';n.queue=[];t=b.createElement(e);t.async=!0;t.src=v;s=b.getElementsByTagName(e)[0];s.parentNode.insertBefore(t,s)}(window,document,'script','${META}/en_US/fbevents.js');fbq('init','1234567890');`;
const OURS = `${PIXEL}</script><script>${read("../../js/stub.js").replace(/^\/\/.*\n/gm, "")}${CALLS}</script><script async src="/twin.js" data-pixel-id="1234567890" data-endpoint="/twin/events" data-pixel-script="${META}/en_US/fbevents.js"></script>`;

/** What is put into the head, and whether the page's policy forbids WebAssembly. @type {Record<string, { path: string, head: string, isStrict?: boolean }>} */
export const VARIANTS = {
  "nothing": { path: "/nothing", head: "" },
  "Pixel alone": { path: "/pixel", head: `${PIXEL}fbq('track','PageView');fbq('track','Purchase',{value:100,currency:'USD'});</script>` },
  "Pixel and twin.js": { path: "/twin", head: OURS },
  "Pixel and twin.js, no WebAssembly allowed": { path: "/plain", head: OURS, isStrict: true },
};

/** All that the shop answers, compressed as a shop's server does. @returns {Record<string, import("./server.mjs").Answer>} */
export function shopAnswers() {
  const text = (/** @type {string} */ type, /** @type {string} */ body, headers = {}) => ({ type: `${type}; charset=utf-8`, body: brotliCompressSync(body), headers: { "content-encoding": "br", ...headers } });
  const pages = Object.values(VARIANTS).map(({ path, head, isStrict }) => [
    path,
    text("text/html", `<!doctype html><html lang="en"><meta charset="utf-8"><title>Thank you</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/shop.css">${head}<body><h1>Thank you</h1><img src="/hero.png" width="800" height="400" alt=""><main></main><script src="/shop.js"></script>`, isStrict ? { "content-security-policy": `script-src 'self' 'unsafe-inline' ${META}` } : {}),
  ]);
  const script = (/** @type {string} */ path) => text("text/javascript", read(path));
  return {
    ...Object.fromEntries(pages),
    "/shop.css": text("text/css", "body{font:16px sans-serif;margin:0 auto;max-width:60rem}main{display:grid;grid-template-columns:repeat(4,1fr);gap:1rem}article{border:1px solid #ccc;padding:1rem}"),
    "/shop.js": text("text/javascript", SHOP),
    "/hero.png": { type: "image/png", body: picture(300) },
    "/twin.js": script("../../dist/twin.js"),
    "/twin-plain.js": script("../../dist/twin-plain.js"),
    "/tr/": { type: "image/gif", body: "" },
    "/en_US/fbevents.js": script("../../crates/standin/fbevents/fbevents.js"),
  };
}
