/**
 * A template's permissions, from the short form of permissions.json to the one in which Google's editor keeps them.
 */

/** @typedef {Record<string, unknown>} Entry a key with what it allows */
/**
 * @typedef {object} Permissions
 * @property {Entry[]} [access_globals]
 * @property {string[]} [inject_script]
 * @property {string[]} [read_data_layer]
 * @property {Entry[]} [access_consent]
 * @property {true} [access_template_storage]
 * @property {string[]} [get_url] parts of the address
 * @property {string} [logging] `debug`: in preview only
 */

const text = (/** @type {string} */ string) => ({ type: 1, string });
const flag = (/** @type {boolean} */ boolean) => ({ type: 8, boolean });
const value = (/** @type {unknown} */ of) => (typeof of === "boolean" ? flag(of) : text(String(of)));
const list = (/** @type {unknown[]} */ listItem) => ({ type: 2, listItem });
const map = (/** @type {Entry} */ entry) => ({ type: 3, mapKey: Object.keys(entry).map(text), mapValue: Object.values(entry).map(value) });

/** The parameters of each permission. @type {{ [Name in keyof Permissions]-?: (given: NonNullable<Permissions[Name]>) => Record<string, unknown> }} */
const PARAMETERS = {
  access_globals: (keys) => ({ keys: list(keys.map(map)) }),
  inject_script: (urls) => ({ urls: list(urls.map(text)) }),
  read_data_layer: (keys) => ({ allowedKeys: text("specific"), keyPatterns: list(keys.map(text)) }),
  access_consent: (types) => ({ consentTypes: list(types.map(map)) }),
  access_template_storage: () => ({}),
  get_url: (parts) => ({ urlParts: text("specific"), ...Object.fromEntries(["protocol", "host", "port", "path", "query", "extension", "fragment"].map((part) => [part, flag(parts.includes(part))])), queriesAllowed: text("specific") }),
  logging: (environments) => ({ environments: text(environments) }),
};

/** @param {Permissions} permissions */
export function expandPermissions(permissions) {
  return Object.entries(permissions).map(([publicId, given]) => {
    const parameters = PARAMETERS[/** @type {keyof Permissions} */ (publicId)](/** @type {never} */ (given));
    return {
      instance: { key: { publicId, versionId: "1" }, param: Object.entries(parameters).map(([key, value]) => ({ key, value })) },
      clientAnnotations: { isEditedByUser: true },
      isRequired: true,
    };
  });
}
