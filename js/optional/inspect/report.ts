/**
 * What "Copy report" gives, for a ticket or a colleague: everything the panel shows, and no value of a customer's or cookie's.
 */

import type { Diagnosis } from "../../types.js";
import type { Line } from "./status.js";

export function report({ cookies, notices, ...rest }: Diagnosis, lines: readonly Line[]): string {
  const events = lines.map(({ ms, name, id, pixel, server, customFields, quality, missing, note }) => ({
    time: new Date(ms).toISOString(), event_name: name, event_id: id,
    pixel: { status: pixel.word, fields: pixel.fields }, server: { status: server.word, detail: server.text, fields: server.fields, custom_data: customFields },
    matchQuality: quality, missing: missing.slice(0, 3), note,
  }));
  return JSON.stringify({ shop: location.host, made: new Date().toISOString(), ...rest, cookies: cookies.map((cookie) => cookie.split("=")[0]), notices: notices.map(({ code, field }) => ({ code, field })), events }, null, 2);
}
