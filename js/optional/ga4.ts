/**
 * One push of a GA4 data layer → the event that Meta knows it by. `docs/data-layer.md` is the table, and
 * `tests/vectors/ga4.json` its cases.
 *
 * Only the push itself is read. What earlier pushes said is another event's: GTM's own way of merging them gives a new
 * item the last one's price.
 */

import type { DataLayerOptions, EventOptions } from "../types.js";
import { customer } from "./customer.js";
import { get, isList, number, pick, type Value, value } from "./read.js";

/** What `track` is called with. */
export interface Call {
  name: string;
  params: Record<string, unknown>;
  options: EventOptions;
}

/** GA4's events, and those of Meta's in GA4's spelling. All others are not Meta's business. */
const EVENTS = new Map([
  ["page_view", "PageView"],
  ["view_item", "ViewContent"],
  ["search", "Search"],
  ["view_search_results", "Search"],
  ["add_to_cart", "AddToCart"],
  ["add_to_wishlist", "AddToWishlist"],
  ["begin_checkout", "InitiateCheckout"],
  ["add_payment_info", "AddPaymentInfo"],
  ["purchase", "Purchase"],
  ["refund", "Refund"],
  ["generate_lead", "Lead"],
  ["sign_up", "CompleteRegistration"],
  ["contact", "Contact"],
  ["customize_product", "CustomizeProduct"],
  ["donate", "Donate"],
  ["find_location", "FindLocation"],
  ["schedule", "Schedule"],
  ["start_trial", "StartTrial"],
  ["submit_application", "SubmitApplication"],
  ["subscribe", "Subscribe"],
]);

/** Universal Analytics: what is in `ecommerce` is the event, whatever the push is called. */
const UNIVERSAL: readonly (readonly [action: string, name: string])[] = [
  ["purchase", "Purchase"],
  ["refund", "Refund"],
  ["checkout", "InitiateCheckout"],
  ["add", "AddToCart"],
  ["detail", "ViewContent"],
];

/** More items than any cart has: beyond it, it is no list that could be read to its end. */
const MAX_ITEMS = 1000;

/** What a push is to Meta; nothing, if it is none of its events. `wanted`: what to take it for, whatever it is called. */
export function read(entry: unknown, options?: DataLayerOptions | null, wanted?: string): Call | undefined {
  // gtag() pushes its arguments as they are.
  const isCommand = get(entry, 0) === "event";
  const event = isCommand ? get(entry, 1) : get(entry, "event");
  const push = isCommand ? get(entry, 2) : entry;
  const ecommerce = get(push, "ecommerce");
  const [action, universalName] = UNIVERSAL.find(([action]) => !get(ecommerce, "items") && isObject(get(ecommerce, action))) ?? [];
  const part = action && get(ecommerce, action);
  const field = get(part, "actionField");
  let name = wanted || (EVENTS.get(event as string) ?? universalName);
  // Each step of a Universal Analytics checkout is such a push; the first one begins it.
  if (!wanted && name === "InitiateCheckout" && Number(value(get(field, "step")) ?? 1) > 1) name = undefined;
  if (!name) return undefined;

  const universal = { items: get(part, "products"), value: get(field, "revenue"), transaction_id: get(field, "id"), currency: get(ecommerce, "currencyCode") };
  const sources = [universal, ecommerce, get(push, "eventModel"), push];
  const items = readItems(sources.map((source) => get(source, "items")).find(isList), options);
  const value_ = pick(sources, "value");
  const order = pick(sources, "transaction_id");
  const user = customer(push);
  const params: Record<string, unknown> = {
    // Text that is no number goes on as it is where there is nothing better: the developer is told of it then.
    value: number(value_) ?? items.sum ?? value_,
    currency: pick([...sources, items.first, options], "currency"),
    order_id: order,
  };
  if (name !== "Refund") {
    Object.assign(params, items.params, { search_string: pick(sources, "search_term") });
    if (name === "Purchase" || name === "InitiateCheckout") params["num_items"] = items.quantity;
  }
  for (const key of Object.keys(params)) if (params[key] === undefined) delete params[key];
  return {
    name,
    params,
    options: {
      ...(order !== undefined && (name === "Refund" ? { eventId: "refund_" + String(order).trim() } : { orderId: order as string })),
      ...(user && { user }),
    },
  };
}

const isObject = (found: unknown): boolean => typeof found === "object" && found !== null;

/** What the items of one push say together. */
interface Items {
  params: { contents?: object[]; content_ids?: Value[]; content_type?: string; content_name?: Value | undefined; content_category?: Value | undefined };
  quantity?: number;
  /** Of the prices, as far as there are any. */
  sum?: number;
  first?: unknown;
}

function readItems(list: unknown, options?: DataLayerOptions | null): Items {
  const itemId = pick([options], "itemId");
  const contents: { id: Value; quantity: number; item_price?: number }[] = [];
  const items: Items = { params: {} };
  const length = Math.min(number(get(list, "length")) ?? 0, MAX_ITEMS);
  for (let place = 0; place < length; place++) {
    const item = get(list, place);
    const id = pick([item], (itemId ? itemId + " " : "") + "item_id id");
    const quantity = number(get(item, "quantity")) ?? 1;
    const price = number(get(item, "price"));
    items.first ??= item;
    items.quantity = (items.quantity ?? 0) + quantity;
    if (price !== undefined) items.sum = (items.sum ?? 0) + price * quantity;
    if (id !== undefined) contents.push({ id, quantity, ...(price !== undefined && { item_price: price }) });
  }
  if (items.sum !== undefined) items.sum = Math.round(items.sum * 100) / 100;
  if (contents.length) items.params = { contents, content_ids: contents.map(({ id }) => id), content_type: String(pick([options], "contentType") ?? "product") };
  // One name can't stand for several.
  if (length === 1) Object.assign(items.params, { content_name: pick([items.first], "item_name name"), content_category: pick([items.first], "item_category category") });
  return items;
}
