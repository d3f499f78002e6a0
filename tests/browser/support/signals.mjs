/// <reference path="./page-globals.d.ts" />
/**
 * The consent signals of a page, each faked as its documentation describes it. The functions run in the page, before
 * everything else.
 */

import { script } from "./consent-page.mjs";

/** What a consent platform of TCF 2.2 answers, in full. @param {{ purposes?: number[], vendors?: number[], addtlConsent?: string, eventStatus?: string, gdprApplies?: boolean }} [wanted] */
export function tcData({ purposes = [1, 3, 4], vendors = [], addtlConsent, eventStatus = "tcloaded", gdprApplies = true } = {}) {
  // As platforms write it: what is on the vendor's list, granted or not.
  const flags = (/** @type {number[]} */ all, /** @type {number[]} */ on) => Object.fromEntries(all.map((id) => [id, on.includes(id)]));
  const of11 = (/** @type {number[]} */ on) => flags([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], on);
  return {
    tcString: "CQAAAAAQAAAAAAfAAAENAAFgAAAAAAAAAAAAAAAAAAAA",
    tcfPolicyVersion: 5,
    cmpId: 31,
    cmpVersion: 3,
    gdprApplies,
    eventStatus,
    cmpStatus: "loaded",
    isServiceSpecific: true,
    useNonStandardTexts: false,
    publisherCC: "DE",
    purposeOneTreatment: false,
    purpose: { consents: of11(purposes), legitimateInterests: of11([2, 7]) },
    vendor: { consents: flags([2, 755], vendors), legitimateInterests: flags([2, 755], [2, 755]) },
    specialFeatureOptins: { 1: false, 2: false },
    publisher: { consents: of11([]), legitimateInterests: of11([]), customPurpose: { consents: {}, legitimateInterests: {} }, restrictions: {} },
    ...(addtlConsent !== undefined && { addtlConsent }),
  };
}

/** TCF's API, driven by `cmp.set(answer)`. @param {unknown} answer @param {boolean} success */
function tcfApi(answer, success) {
  const listeners = new Map();
  let last = 0;
  const tell = (/** @type {Function} */ callback, /** @type {number} */ id) => {
    if (cmp.answer && typeof cmp.answer === "object") cmp.answer.listenerId = id;
    callback(cmp.answer, success);
  };
  window.cmp = {
    answer,
    asked: 0,
    set(next, isSuccess = true) {
      cmp.answer = next;
      success = isSuccess;
      for (const [id, callback] of listeners) tell(callback, id);
    },
  };
  Object.assign(window, {
    __tcfapi(/** @type {string} */ command, /** @type {number} */ version, /** @type {Function} */ callback, /** @type {number} */ id) {
      if (version !== 2 || typeof callback !== "function") throw new Error("not how this API is called");
      if (command === "ping") callback({ gdprApplies: true, cmpLoaded: true, cmpStatus: "loaded", displayStatus: "hidden", apiVersion: "2.2" }, true);
      else if (command === "removeEventListener") callback(listeners.delete(id), true);
      else if (command === "addEventListener") {
        cmp.asked++;
        listeners.set(++last, callback);
        if (cmp.answer !== undefined) tell(callback, last);
      } else callback(null, false);
    },
  });
}

/** The piece that a page carries until its platform has loaded: it answers pings, and keeps the rest. */
function tcfStub() {
  /** @type {unknown[][]} */
  const kept = [];
  Object.assign(window, {
    __tcfapi(/** @type {unknown[]} */ ...call) {
      if (!call.length) return kept;
      if (call[0] === "ping") /** @type {Function} */ (call[2])({ gdprApplies: undefined, cmpLoaded: false, cmpStatus: "stub", apiVersion: "2.2" }, true);
      else kept.push(call);
    },
  });
}

/** Google's snippet, and what consent starts with. @param {object} [defaults] */
function consentMode(defaults) {
  window.dataLayer = window.dataLayer || [];
  window.gtag = function () {
    dataLayer.push(arguments);
  };
  if (defaults) gtag("consent", "default", defaults);
}

/** Shopify's API once it is loaded; before an answer, marketing is not allowed. @param {{ marketing: boolean, sale_of_data: boolean }} allowed */
function shopifyApi(allowed) {
  const visitor = { marketing: "", sale_of_data: "" };
  window.Shopify = {
    customerPrivacy: {
      marketingAllowed: () => allowed.marketing,
      saleOfDataAllowed: () => allowed.sale_of_data,
      analyticsProcessingAllowed: () => true,
      preferencesProcessingAllowed: () => true,
      currentVisitorConsent: () => visitor,
      setTrackingConsent(/** @type {typeof allowed} */ consent, /** @type {() => void} */ done) {
        Object.assign(allowed, consent);
        const detail = { marketingAllowed: allowed.marketing, saleOfDataAllowed: allowed.sale_of_data, analyticsAllowed: true, preferencesAllowed: true };
        document.dispatchEvent(new CustomEvent("visitorConsentCollected", { detail }));
        done?.();
      },
    },
  };
}

/** The script of the WP Consent API plugin. @param {"optin" | "optout"} type @param {Record<string, string>} values */
function wpApi(type, values) {
  Object.assign(window, {
    wp_consent_type: type,
    wp_has_consent: (/** @type {string} */ category) => (type === "optout" && !values[category]) || values[category] === "allow",
  });
  window.wp_set_consent = (category, value) => {
    values[category] = value;
    // The plugin's detail is an array with a named member.
    document.dispatchEvent(new CustomEvent("wp_listen_for_consent_change", { detail: Object.assign([], { [category]: value }) }));
  };
}

/** Global Privacy Control, as a browser or an extension sets it. @param {boolean} on */
function gpcFlag(on) {
  Object.defineProperty(navigator, "globalPrivacyControl", { value: on, configurable: true });
}

/** Each signal as a part of a page's head. */
export const tcf = (/** @type {unknown} */ answer = tcData(), success = true) => script(tcfApi, answer, success);
export const stubOfTcf = () => script(tcfStub);
export const google = (/** @type {object | null} */ defaults = { ad_storage: "denied", ad_user_data: "denied" }) => script(consentMode, defaults);
export const shopify = (/** @type {{ marketing: boolean, sale_of_data: boolean }} */ allowed) => script(shopifyApi, allowed);
export const wp = (/** @type {"optin" | "optout"} */ type, values = {}) => script(wpApi, type, values);
export const gpc = (on = true) => script(gpcFlag, on);

/** The same for a page that has begun already. */
export const inPage = { tcfApi, consentMode, shopifyApi, wpApi, gpcFlag };
