/**
 * A container to import: GA4's events of the data layer and each page's view, through the tag, with the order's id where there
 * is one.
 */

// Google gives its own numbers at import; these only have to agree with each other.
const ACCOUNT = "1";
const CONTAINER = "2";
const TAG_TEMPLATE = "10";
const VARIABLE_TEMPLATE = "11";
const E_COMMERCE = "20";
/** Google's own trigger "All Pages". */
const ALL_PAGES = "2147479553";

/** What the trigger listens to: every event that the tag has a name of Meta's for, but `page_view`, which comes from All Pages. */
const EVENTS = ["view_item", "search", "view_search_results", "add_to_cart", "add_to_wishlist", "begin_checkout", "add_payment_info", "purchase", "refund", "generate_lead", "sign_up", "contact", "customize_product", "donate", "find_location", "schedule", "start_trial", "submit_application", "subscribe"];

/** When the container's own shape has last changed. */
const EXPORTED = "2026-11-26 12:00:00";

const own = { accountId: ACCOUNT, containerId: CONTAINER };

/** @param {string} key @param {string | boolean} value */
const parameter = (key, value) => ({ type: typeof value === "boolean" ? "BOOLEAN" : "TEMPLATE", key, value: String(value) });

/** @param {Record<string, string | boolean>} fields */
const parameters = (fields) => Object.entries(fields).map(([key, value]) => parameter(key, value));

/** What both tags have in common; the shop fills in the two constants. */
const SETTINGS = { pixelIds: "{{Pixel ID}}", endpoint: "{{Pixel Twin endpoint}}", useDataLayer: true, contentType: "product", useMatching: false, matchDataLayer: true, consentSource: "gtm", whenDenied: "hold", library: "load", dataLayerName: "dataLayer" };

/** @param {string} tagId @param {string} name @param {Record<string, string | boolean>} fields @param {string} trigger */
const tag = (tagId, name, fields, trigger) => ({
  ...own,
  tagId,
  name,
  type: `cvt_${CONTAINER}_${TAG_TEMPLATE}`,
  parameter: parameters({ ...SETTINGS, ...fields }),
  fingerprint: "0",
  firingTriggerId: [trigger],
  tagFiringOption: "ONCE_PER_EVENT",
  monitoringMetadata: { type: "MAP" },
  // The tag asks for consent itself and keeps what comes before it; Google's own check would drop that.
  consentSettings: { consentStatus: "NOT_NEEDED" },
});

/** @param {string} variableId @param {string} name @param {string} type @param {Record<string, string>} fields */
const variable = (variableId, name, type, fields) => ({ ...own, variableId, name, type, parameter: parameters(fields), fingerprint: "0" });

/** @param {string} templateId @param {string} templateData */
const template = (templateId, templateData) => ({ ...own, templateId, name: /"displayName": "(.*)"/.exec(templateData)?.[1], fingerprint: "0", templateData });

/** @param {string} tagTemplate @param {string} variableTemplate */
export const containerOf = (tagTemplate, variableTemplate) => ({
  exportFormatVersion: 2,
  exportTime: EXPORTED,
  containerVersion: {
    path: `accounts/${ACCOUNT}/containers/${CONTAINER}/versions/0`,
    ...own,
    containerVersionId: "0",
    container: { path: `accounts/${ACCOUNT}/containers/${CONTAINER}`, ...own, name: "Pixel Twin", publicId: "GTM-PIXELTW", usageContext: ["WEB"], fingerprint: "0" },
    tag: [
      tag("30", "Pixel Twin - PageView", { eventNameSource: "standard", standardEvent: "PageView", eventIdSource: "auto" }, ALL_PAGES),
      tag("31", "Pixel Twin - GA4 events", { eventNameSource: "dataLayer", unmapped: "skip", eventIdSource: "order" }, E_COMMERCE),
    ],
    trigger: [
      {
        ...own,
        triggerId: E_COMMERCE,
        name: "GA4 events for Meta",
        type: "CUSTOM_EVENT",
        customEventFilter: [{ type: "MATCH_REGEX", parameter: [parameter("arg0", "{{_event}}"), parameter("arg1", `^(${EVENTS.join("|")})$`)] }],
        fingerprint: "0",
      },
    ],
    variable: [
      variable("40", "Pixel ID", "c", { value: "enter your Pixel ID here" }),
      variable("41", "Pixel Twin endpoint", "c", { value: "/twin/events" }),
      variable("42", "Pixel Twin event ID", `cvt_${CONTAINER}_${VARIABLE_TEMPLATE}`, { eventIdSource: "order" }),
    ],
    customTemplate: [template(TAG_TEMPLATE, tagTemplate), template(VARIABLE_TEMPLATE, variableTemplate)],
    fingerprint: "0",
  },
});
