/**
 * The names of countries, states and genders are a file of their own, which comes when a value first needs it.
 */

import { until } from "./until.mjs";

/** Makes the page load them. @param {import("./visit.mjs").Visit} visit */
export const namesAreThere = (visit) => until("the names", () => visit.twin("hash", "country", "Germany"));
