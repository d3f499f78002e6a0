/**
 * Who buys in the bench: nine fields as a checkout form gives them, each customer a new one, so that nobody's answer is a
 * remembered one.
 */

/** Our field, Meta's Parameter Builder's name of it, the text of a form. @type {[field: string, dataType: string, raw: (number: number) => string][]} */
const FIELDS = [
  ["em", "email", (number) => ` Jane.Doe+${number}@Example.com `],
  ["ph", "phone", (number) => `+1 (650) 555-${1000 + (number % 9000)}`],
  ["fn", "first_name", (number) => `Mary-Ann ${number}`],
  ["ln", "last_name", (number) => `O'Neil ${number}`],
  ["ct", "city", (number) => `San Francisco ${number}`],
  ["st", "state", () => "CA"],
  ["zp", "zip_code", (number) => `${10000 + (number % 90000)}-1234`],
  ["country", "country", () => "US"],
  ["external_id", "external_id", (number) => `Customer ${number}`],
];

export const DATA_TYPES = FIELDS.map(([, dataType]) => dataType);
export const KEYS = FIELDS.map(([key]) => key);

/** The nine values of a customer. @param {number} number @returns {string[]} */
export const customer = (number) => FIELDS.map(([, , raw]) => raw(number));
