/**
 * Who the customer is, as Google's tags expect it in a data layer: `user_data`, `enhanced_conversion_data`, `user_id`.
 */

import type { User, UserField } from "../types.js";
import { get, isList, pick, type Value } from "./read.js";

/**
 * Where each field is, plain values before hashed ones.
 *
 * Of Google's own hashes that of a phone number is never taken: it holds the leading +, Meta's does not. Google's
 * e-mail hash is Meta's but for Gmail addresses with dots, which a hash does not show.
 */
const NAMES: readonly (readonly [UserField, string])[] = [
  ["em", "email email_address em sha256_email_address"],
  ["ph", "phone_number phone ph"],
  ["fn", "first_name firstName nameFirst fn sha256_first_name"],
  ["ln", "last_name lastName nameLast ln sha256_last_name"],
  ["ge", "gender ge"],
  ["db", "date_of_birth db"],
  ["ct", "city ct"],
  ["st", "region state st"],
  ["zp", "postal_code zip zp"],
  ["country", "country"],
];

/** What one push says. */
export function customer(push: unknown): User | undefined {
  const user: Record<string, Value> = {};
  const sources = ["user_data", "enhanced_conversion_data"].flatMap((name) => {
    const data = get(push, name);
    const address = get(data, "address");
    return [data, isList(address) ? get(address, 0) : address];
  });
  const add = (field: UserField, found: Value | undefined) => found !== undefined && (user[field] = found);
  for (const [field, names] of NAMES) add(field, pick(sources, names));
  add("external_id", pick([...sources, push], "external_id user_id userId"));
  return Object.keys(user).length ? (user as User) : undefined;
}
