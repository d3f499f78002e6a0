/**
 * Puts scripts in front of everything else in a page on its way, where the engine has no other way of running them first.
 */

import { createHash } from "node:crypto";

/**
 * @param {string[]} scripts
 * @param {import("node:http").OutgoingHttpHeaders} headers
 * @param {string} html as latin1: bytes stay what they are
 */
export function inject(scripts, headers, html) {
  // Latin1 must not change the scripts' own letters.
  const code = `document.currentScript.remove();\n${scripts.join("\n")}`.replaceAll(/[^\0-\x7f]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`).replaceAll("</script", "<\\/script");
  // Behind the page's charset, which browsers look for in the first kilobyte only.
  const [start] = /^\s*(<!doctype[^>]*>)?\s*(<html[^>]*>)?\s*(<head[^>]*>)?\s*(<meta charset[^>]*>)?/i.exec(html) ?? [""];
  /** @type {Record<string, import("node:http").OutgoingHttpHeader | undefined>} */
  const changed = { ...headers };
  delete changed["content-length"];
  const policy = /** @type {string | string[] | undefined} */ (headers["content-security-policy"]);
  if (policy) changed["content-security-policy"] = [policy].flat().map((one) => admit(one, code));
  return { headers: /** @type {import("node:http").OutgoingHttpHeaders} */ (changed), html: `${start}<script>${code}</script>${html.slice(start.length)}` };
}

/** The policy as it was, but for this one script. @param {string} policy @param {string} code */
function admit(policy, code) {
  const hash = `'sha256-${createHash("sha256").update(code).digest("base64")}'`;
  const directives = policy.split(";").map((directive) => directive.trim()).filter(Boolean);
  const find = (/** @type {string} */ name) => directives.findIndex((directive) => directive.split(/\s/)[0]?.toLowerCase() === name);
  const place = [find("script-src-elem"), find("script-src"), find("default-src")].find((place) => place >= 0);
  const [name = "", ...sources] = directives[place ?? -1]?.split(/\s+/) ?? [];
  // With a hash beside it, 'unsafe-inline' no longer counts; it admits the script anyway.
  if (place === undefined || sources.includes("'unsafe-inline'")) return policy;
  const admitted = [name === "default-src" ? "script-src" : name, ...sources.filter((source) => source !== "'none'"), hash].join(" ");
  if (name === "default-src") directives.push(admitted);
  else directives[place] = admitted;
  return directives.join("; ");
}
