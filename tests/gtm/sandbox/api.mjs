/**
 * What templates `require`, each with the permissions that it asks for. What really happens is the host's.
 */

import { toPage, toSandbox } from "./border.mjs";
import { demand, isPermitted } from "./permissions.mjs";
import { kind, LIBRARIES } from "./values.mjs";

/**
 * Where a template runs.
 * @typedef {object} Host
 * @property {any} window
 * @property {(key: string, version: number) => unknown} layer
 * @property {(type: string) => boolean} isConsentGranted
 * @property {(type: string, listener: (type: string, isGranted: boolean) => void) => void} addConsentListener
 * @property {(url: string, ok: () => void, fail: () => void, token?: string) => void} injectScript
 * @property {(act: () => void) => void} callLater
 * @property {(...parts: unknown[]) => void} log
 * @property {Record<string, unknown>} storage the template's own
 */

/** The permission that a call asks for, and for what. @type {Record<string, (...args: any[]) => [name: string, ...asked: string[]]>} */
export const DEMANDS = {
  copyFromDataLayer: (key) => ["read_data_layer", key],
  copyFromWindow: (key) => ["access_globals", "read", key],
  setInWindow: (key) => ["access_globals", "readwrite", key],
  createQueue: (key) => ["access_globals", "readwrite", key],
  callInWindow: (key) => ["access_globals", "execute", key],
  injectScript: (url) => ["inject_script", url],
  isConsentGranted: (type) => ["access_consent", type, "read"],
  addConsentListener: (type) => ["access_consent", type, "read"],
  getUrl: (part) => ["get_url", part],
  logToConsole: () => ["logging"],
  templateStorage: () => ["access_template_storage"],
};

/** Throws where GTM does. @param {Record<string, import("./permissions.mjs").Granted>} permissions @param {string} name of the API @param {unknown[]} args */
export function demandFor(permissions, name, args) {
  const asked = DEMANDS[name]?.(...args);
  if (asked) demand(permissions, ...asked);
}

/**
 * The owner of a path's last name; nothing where the path does not exist.
 * @param {any} window @param {string[]} path @returns {any}
 */
const ownerOf = (window, path) => path.slice(0, -1).reduce((owner, name) => owner?.[name], window);

/** @param {Host} host @param {Record<string, import("./permissions.mjs").Granted>} permissions @returns {Record<string, any>} */
export function createApi(host, permissions) {
  /** @type {Record<string, any>} */
  const acts = {
    ...LIBRARIES,
    getType: kind,
    makeString: (/** @type {unknown} */ value) => String(value),
    makeNumber: (/** @type {unknown} */ value) => Number(value),
    makeInteger: (/** @type {unknown} */ value) => Math.floor(Number(value)),
    makeTableMap(/** @type {any[]} */ rows, /** @type {string} */ key, /** @type {string} */ value) {
      const whole = rows.filter((row) => Object.hasOwn(row, key) && Object.hasOwn(row, value));
      return whole.length > 0 ? Object.fromEntries(whole.map((row) => [row[key], row[value]])) : null;
    },
    generateRandom: (/** @type {number} */ least, /** @type {number} */ most) => least + Math.floor(Math.random() * (most - least + 1)),
    getTimestampMillis: () => Date.now(),
    callLater: (/** @type {() => void} */ act) => host.callLater(act),
    copyFromDataLayer(/** @type {string} */ key, /** @type {number} */ version = 2) {
      return toSandbox(host.layer(key, version));
    },
    copyFromWindow(/** @type {string} */ key) {
      const path = key.split(".");
      return toSandbox(ownerOf(host.window, path)?.[String(path.at(-1))]);
    },
    setInWindow(/** @type {string} */ key, /** @type {unknown} */ value, /** @type {boolean} */ overrides = false) {
      const path = key.split(".");
      const owner = ownerOf(host.window, path);
      const name = String(path.at(-1));
      if (!owner || (owner[name] !== undefined && !overrides)) return false;
      owner[name] = toPage(value);
      return true;
    },
    callInWindow(/** @type {string} */ key, /** @type {unknown[]} */ ...args) {
      const path = key.split(".");
      const owner = ownerOf(host.window, path);
      const name = String(path.at(-1));
      return typeof owner?.[name] === "function" ? toSandbox(owner[name](...args.map(toPage))) : undefined;
    },
    createQueue(/** @type {string} */ key) {
      const path = key.split(".");
      const owner = ownerOf(host.window, path);
      if (!owner) throw new Error(`Path ${key} does not exist.`);
      const list = (owner[String(path.at(-1))] ??= []);
      return (/** @type {unknown[]} */ ...entries) => list.push(...entries.map(toPage));
    },
    injectScript(/** @type {string} */ url, /** @type {() => void} */ ok, /** @type {() => void} */ fail, /** @type {string} */ token) {
      host.injectScript(url, () => ok?.(), () => fail?.(), token);
    },
    queryPermission: (/** @type {string} */ name, /** @type {unknown[]} */ ...asked) => isPermitted(permissions, name, ...asked),
    isConsentGranted(/** @type {string} */ type) {
      return host.isConsentGranted(type);
    },
    addConsentListener(/** @type {string} */ type, /** @type {(type: string, isGranted: boolean) => void} */ listener) {
      host.addConsentListener(type, listener);
    },
    getUrl(/** @type {string} */ part) {
      return part === "host" ? host.window.location.hostname : undefined;
    },
    logToConsole(/** @type {unknown[]} */ ...parts) {
      host.log(...parts.map(toPage));
    },
    templateStorage: {
      getItem: (/** @type {string} */ key) => (Object.hasOwn(host.storage, key) ? host.storage[key] : null),
      setItem: (/** @type {string} */ key, /** @type {unknown} */ value) => void (host.storage[key] = value),
      removeItem: (/** @type {string} */ key) => void delete host.storage[key],
    },
  };
  /** @param {string} name @param {any} act @returns {any} */
  const guarded = (name, act) =>
    typeof act === "object"
      ? Object.fromEntries(Object.entries(act).map(([key, one]) => [key, guarded(name, one)]))
      : (/** @type {any[]} */ ...args) => {
          demandFor(permissions, name, args);
          return act(...args);
        };
  return Object.fromEntries(Object.entries(acts).map(([name, act]) => [name, guarded(name, act)]));
}
