/**
 * The reference of everything a page passes in and gets back. Field names are Meta's.
 */

/** Meta's standard events. Any other name makes a custom event. */
export type StandardEvent =
  | "AddPaymentInfo"
  | "AddToCart"
  | "AddToWishlist"
  | "CompleteRegistration"
  | "Contact"
  | "CustomizeProduct"
  | "Donate"
  | "FindLocation"
  | "InitiateCheckout"
  | "Lead"
  | "PageView"
  | "Purchase"
  | "Schedule"
  | "Search"
  | "StartTrial"
  | "SubmitApplication"
  | "Subscribe"
  | "ViewContent";

/** An event's name; standard ones complete in the editor, any other text of 1 to 50 characters is a custom event. */
export type EventName = StandardEvent | (string & {});

/** From which side an event goes out. */
export type Route = "pixel" | "server" | "both" | "none";

/**
 * How much goes to the server side. The Pixel fires for every event in all of them.
 * - `pixel`: no server twin
 * - `purchases`: Purchase
 * - `conversions` (default): Purchase, InitiateCheckout, AddPaymentInfo, Lead, CompleteRegistration, Subscribe,
 *   StartTrial, Contact, Schedule, SubmitApplication, Donate
 * - `all`: everything, custom events too
 */
export type RoutingPreset = "pixel" | "purchases" | "conversions" | "all";

/** What `createTwin` takes. */
export interface TwinOptions {
  /** The pixel's id, digits; or several. */
  pixelId: string | number | readonly (string | number)[];
  /** Where server events are posted: a path on this host (`/twin/events`) or a URL. Without it there is no server twin. */
  endpoint?: string;
  /**
   * - `granted` (default): the page has the visitor's consent.
   * - `required`: nothing is read, stored, loaded or sent before `consent("grant")`; events wait in memory.
   * - `auto`: the same, until the page's own signals say yes: IAB TCF, Google Consent Mode, Global Privacy Control, Shopify
   *   Customer Privacy, WP Consent API. Of several the strictest holds; `consent()` by hand wins over all.
   */
  consent?: "granted" | "required" | "auto";
  /** What Global Privacy Control means with `auto`. `deny` (default): no consent. `limit`: limited data use on both twins. */
  gpc?: "deny" | "limit";
  /** IAB purposes that have to be consented to. Default `1,3,4`. */
  tcfPurposes?: string | readonly number[];
  /** A vendor of the IAB's list that has to be consented to. Default 0, none: Meta is not on it. */
  tcfVendor?: Value;
  /** Meta's id in Google's additional consent, asked for where the page has one. Default 89; 0: not asked for. */
  tcfProvider?: Value;
  /** Limited data use, on both twins. Default none. */
  dataProcessingOptions?: "LDU" | readonly "LDU"[];
  /** Meta's number of the country that the options are for; 0 (default): Meta finds out. */
  dataProcessingOptionsCountry?: Value;
  /** Meta's number of the state; 0 (default): Meta finds out. */
  dataProcessingOptionsState?: Value;
  /** Keeps the customer of `identify` for later pages, as hashes, until `identify(null)`. Default `false`. */
  remember?: boolean;
  /** Gives the page's own `fbq("track", …)` events an id and a server twin. Default `false`. */
  adopt?: boolean;
  /** `spa`: each change of the address without a load tracks a PageView; the first one is the page's own call. */
  pageViews?: "manual" | "spa";
  /** Which events have a server twin. Default `conversions`. */
  routing?: RoutingPreset;
  /** Exceptions to `routing`, by event name. */
  routes?: Readonly<Record<string, Route>>;
  /** Where Meta's library is loaded from if the page has no `fbq` of its own. Default: Meta's address. */
  pixelScript?: string;
  /** Reads the shop's own checkout and account fields, as `identify` would be given them. Default `false`. */
  autoIdentify?: boolean;
  /** Prints what was left out of an event and how to mend it. Default `false`. */
  debug?: boolean;
}

type Value = string | number;

/**
 * Who the customer is. Give the values as they are: they are normalized by Meta's rules and hashed in the page, and only
 * the hashes leave it. Values that are SHA-256 already pass through.
 */
export interface User {
  /** E-mail address. */
  em?: Value | readonly Value[] | null;
  /** Phone number with country code, in any notation. */
  ph?: Value | readonly Value[] | null;
  /** First name. */
  fn?: Value | readonly Value[] | null;
  /** Last name. */
  ln?: Value | readonly Value[] | null;
  /** Gender. */
  ge?: Value | readonly Value[] | null;
  /** Date of birth; `YYYYMMDD` is safest. */
  db?: Value | readonly Value[] | null;
  /** City. */
  ct?: Value | readonly Value[] | null;
  /** State or province. */
  st?: Value | readonly Value[] | null;
  /** Postal code. */
  zp?: Value | readonly Value[] | null;
  /** Country; the ISO code of two letters is safest. */
  country?: Value | readonly Value[] | null;
  /** Your own id of the customer. Ids that differ in case or spaces only become one. */
  external_id?: Value | readonly Value[] | null;
}

/** The name of a field of {@link User}. */
export type UserField = keyof User;

/** One item of `contents`. Meta refuses the whole event for any other key. */
export interface Content {
  id: Value;
  quantity?: Value;
  item_price?: Value;
  title?: string;
  description?: string;
  category?: string;
  brand?: string;
  delivery_category?: "in_store" | "curbside" | "home_delivery";
}

/** What happened. Standard parameters are checked against Meta's types; any other is a custom parameter. */
export interface EventParams {
  /** Money, a number with a dot for decimals. */
  value?: Value;
  /** ISO 4217, `USD`. */
  currency?: string;
  /** Product ids as in your catalogue. */
  content_ids?: readonly Value[];
  contents?: readonly Content[];
  content_type?: "product" | "product_group";
  content_name?: string;
  content_category?: string;
  num_items?: Value;
  search_string?: string;
  order_id?: Value;
  status?: string | boolean;
  predicted_ltv?: Value;
  net_revenue?: Value;
  delivery_category?: "in_store" | "curbside" | "home_delivery";
  [custom: string]: unknown;
}

/** The parameters of an event; Meta refuses a Purchase without value and currency from a server. */
export type ParamsOf<Name extends EventName> = Name extends "Purchase"
  ? EventParams & { value: Value; currency: string }
  : EventParams;

/** What else belongs to one event. */
export interface EventOptions {
  /** The id of both twins, if another system knows the event by it. */
  eventId?: Value | null;
  /** The shop's order number; the id becomes `order_<orderId>`, which any backend can form too. */
  orderId?: Value | null;
  /** The customer of this event, before what `identify` said. */
  user?: User | null;
  /** For this event only. */
  routing?: Route;
}

/** What a shop may want otherwise when its data layer is read. */
export interface DataLayerOptions {
  /** The key of an item that holds its id in the catalogue, before `item_id` and `id`. */
  itemId?: string;
  /** Default `product`. */
  contentType?: string;
  /** Where a push names none; else there is none. */
  currency?: string;
}

/** Something the developer should know about what was passed in. */
export interface Notice {
  /** Stable name, `em_invalid`; a number until the texts are loaded (`debug`). */
  code: string;
  /** Where: `user.em`, `contents[0].id`. */
  field: string;
  /** What was found and the fix; empty until the texts are loaded (`debug`). */
  text: string;
}

/** When and where a call was made: Unix time in ms, the page's address, and the page before. */
export type Moment = [time_ms: number, url: string, referrer?: string];

/** Who has said whether the visitor consents: the option, a call of `consent`, one of the page's signals, or nobody yet. */
export type ConsentSource = "option" | "call" | "tcf" | "consent-mode" | "gpc" | "shopify" | "wp" | "none";

/** What `diagnose` gives. */
export interface Diagnosis {
  version: string;
  consent: "unknown" | "granted" | "denied";
  consentFrom: ConsentSource;
  pixelIds: string[];
  routing: string;
  /**
   * Meta's library: `absent`; `queueing`: it has not run yet; `blocked`: the browser says that it won't come;
   * `unconfigured`: it ran, the pixel's settings have not come; `working`.
   */
  pixel: "absent" | "queueing" | "blocked" | "unconfigured" | "working";
  /** Empty: no server twin. */
  endpoint: string;
  /** HTTP status of the endpoint's last answer, 0 if none came; `undefined` before the first post. */
  lastStatus: number | undefined;
  /** Unix time in ms at which the endpoint took an event last on this page. */
  delivered_ms: number | undefined;
  /** Events that wait for consent. */
  waitingForConsent: number;
  /** Server events that the endpoint has not taken yet. */
  backlog: number;
  /** `_fbp` and `_fbc` as they stand; empty before consent. */
  cookies: string[];
  /**
   * Where each came from with the last event, `fbp cookie fbc none`: `cookie` (found), `made`, `remembered` (restored after a
   * purge), `renewed` (a new ad click), `none`. Empty before the first event.
   */
  cookieSources: string;
  /**
   * An estimate of Meta's Event Match Quality, 1 to 10, from the fields that the last event carried; 0 if there is no module to
   * work it out. Meta's own figure also counts how many of the shop's visitors it knows.
   */
  matchQuality: number;
  /** Fields that the last event did not carry, the most useful first: what would make it match better. */
  missingFields: string[];
  notices: Notice[];
}

/** The companion. No method throws. */
export interface Twin {
  /**
   * Fires the Pixel event and posts its server twin, both with the id that is returned, even if nothing could be sent.
   * The same id counts once in this browser: a reloaded thank-you page sends nothing again.
   */
  track<Name extends EventName>(name: Name, params?: ParamsOf<Name> | null, options?: EventOptions | null): string;
  /**
   * Names the customer for the page's later events; `null` forgets. The Pixel learns of the customer only with its first
   * `init`, which the companion makes at the first event unless the page has made it, so call this before the first `track`,
   * and leave `fbq("init")` to the companion. With `remember: true` the hashes are kept for later pages.
   */
  identify(user: User | null): void;
  /** The visitor's decision. A revoke drops what waits and deletes what was stored, `_fbp` and `_fbc` included. */
  consent(decision: "grant" | "revoke"): void;
  /**
   * Tracks what the page says in its GA4 data layer: `dataLayer`, another one (its name or the array), or one event that is
   * passed in. What is in a data layer already comes first, then every later push.
   */
  dataLayer(source?: string | object | null, options?: DataLayerOptions | null): void;
  /** Posts what waits. Settles, never rejects, when every post was answered or has failed. */
  flush(): Promise<void>;
  /** Opens the inspector: a panel in the page that shows each event, both its twins and what became of them. */
  inspect(): void;
  /** What a developer would ask. */
  diagnose(): Diagnosis;
  /** What the rules make of one value: 64 hex characters, or `null` if Meta could not match it. */
  hash(field: UserField, value: Value): string | null;
}
