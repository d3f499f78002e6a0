/**
 * What a template may do. Paths have to be granted whole and to the letter: a grant of `x` is none of `x.run`.
 */

/** A permission's parameters, flattened as a container has them. @typedef {Record<string, any>} Granted */

/** @param {any} value of Google's editor @returns {any} */
function flat(value) {
  if (value.type === 2) return (value.listItem ?? []).map(flat);
  if (value.type === 3) return Object.fromEntries(value.mapKey.map((/** @type {any} */ key, /** @type {number} */ place) => [flat(key), flat(value.mapValue[place])]));
  return value.type === 8 ? value.boolean : value.string;
}

/** From a template's section to what a container has. @param {any[]} section @returns {Record<string, Granted>} */
export const flatten = (section) =>
  Object.fromEntries(section.map(({ instance: { key, param } }) => [key.publicId, Object.fromEntries((param ?? []).map((/** @type {any} */ one) => [one.key, flat(one.value)]))]));

/** @param {string} url @param {string} pattern the host may begin with `*.`, the rest end with `*` */
function isScript(url, pattern) {
  const { protocol, port, hostname } = new URL(url);
  if (protocol !== "https:" || port || !hostname.includes(".")) return false;
  return new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`).test(url);
}

/** @type {Record<string, (granted: Granted, ...asked: any[]) => boolean>} */
const CHECKS = {
  access_globals: ({ keys }, how, path) => keys.some((/** @type {any} */ one) => one.key === path && (how === "readwrite" ? one.read && one.write : one[how])),
  inject_script: ({ urls }, url) => urls.some((/** @type {string} */ pattern) => isScript(url, pattern)),
  read_data_layer: ({ allowedKeys, keyPatterns }, key) => allowedKeys === "any" || keyPatterns.some((/** @type {string} */ pattern) => pattern === key || (pattern.endsWith(".*") && `${key}.`.startsWith(pattern.slice(0, -1)))),
  access_consent: ({ consentTypes }, type, how) => consentTypes.some((/** @type {any} */ one) => one.consentType === type && one[how]),
  access_template_storage: () => true,
  get_url: ({ urlParts, ...parts }, part) => urlParts === "any" || parts[part] === true,
  logging: () => true,
};

/** @param {Record<string, Granted>} permissions @param {string} name @param {...any} asked */
export const isPermitted = (permissions, name, ...asked) => Boolean(permissions[name] && CHECKS[name]?.(permissions[name], ...asked));

/** Throws where GTM does. @param {Record<string, Granted>} permissions @param {string} name @param {...any} asked */
export function demand(permissions, name, ...asked) {
  if (!isPermitted(permissions, name, ...asked)) throw new Error(`Prohibited: ${name} ${asked.join(" ")}.`);
}
