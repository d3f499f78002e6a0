/**
 * One firing of the Google Tag Manager template (`gtm/tag/`) → one `track`. The template only gathers; what it means is read
 * here, as for every other way in.
 */

import type { trackAt } from "../twin.js";
import type { TwinOptions, User } from "../types.js";
import { customer } from "./customer.js";
import { type Call, read } from "./ga4.js";
import { get } from "./read.js";

/** What the template puts on the queue. All of it may be missing: tags made before a field existed do not have it. */
export interface GtmEvent {
  /** Of `createTwin`, where the template has loaded the companion. */
  setup?: TwinOptions;
  /** Digits, parted by commas. */
  pixelIds?: string;
  /** Meta's name; none: what the push is called decides. */
  name?: string;
  eventId?: string;
  /** The id was made for this one GTM event, and can't come again on another page. */
  isMinted?: boolean;
  /** When the tag fired. */
  time_ms?: number;
  /** Where the event's own push is: the data layer's name, and the number that GTM has put on the push. */
  dataLayer?: string;
  gtmEventId?: number;
  /** What the template itself has read, for a push that is not to be found; none: the data layer is not to be read. */
  layer?: object;
  itemId?: string;
  contentType?: string;
  currency?: string;
  /** Parameters that the shop gives, the later ones first. */
  params?: object[];
  /** None: no customer data, by setting or for want of consent. */
  matching?: { user_data?: object; isLayerRead?: boolean; given?: object[] };
  /** What Meta's library is not to do by itself. */
  disableAutoConfig?: boolean;
  disableHistory?: boolean;
  /** Whether it is to be sent still: not if the template has given up on us, and the Pixel event has gone without us. */
  isWanted?: () => boolean;
}

/** For debug mode: the id, and where the data came from; neither, if the push is none of Meta's events. */
export interface GtmAnswer {
  eventId?: string;
  from?: "push" | "model" | "fields";
}

interface Fbq {
  (method: "set", option: "autoConfig", is: boolean, pixelId: string): void;
  disablePushState?: boolean;
}

const page = globalThis as unknown as Record<string, unknown>;

/** What has gone on this page. Two tags may fire for one event. */
const gone = new Set<string>();
/** Pixels whose library has been told to leave the page alone. */
const told = new Set<string>();

/** @param track the companion's @param given of the template @param reply takes a {@link GtmAnswer} */
export default function gtm(track: typeof trackAt, given: unknown, reply?: (answer: GtmAnswer) => void): void {
  const event = (typeof given === "object" && given) || {};
  const go = () => {
    try {
      const answer = send(track, event);
      if (answer) reply?.(answer);
    } catch {
      // Whatever a page has put on the queue in place of the template's: nothing of it is ours to report.
    }
  };
  // Meta's library comes when the page is shown, and has to be there to be told what not to do.
  if ((document as { prerendering?: boolean }).prerendering) document.addEventListener("prerenderingchange", go, { once: true });
  else go();
}

function send(track: typeof trackAt, event: GtmEvent): GtmAnswer | undefined {
  if (event.isWanted?.() === false) return undefined;
  const own = find(event.dataLayer ?? "dataLayer", event.gtmEventId);
  // Only of its own push can it be said that an event nobody has named is one of Meta's.
  const call = event.layer && (event.name || own) ? read(own ?? event.layer, { itemId: event.itemId ?? "", contentType: event.contentType ?? "", currency: event.currency ?? "" }, event.name) : undefined;
  const name = event.name || call?.name;
  if (!name) return {};
  const ids = event.pixelIds || undefined;
  const key = [ids, name, event.eventId].join();
  if (event.eventId && gone.has(key)) return {};
  gone.add(key);
  if (event.disableAutoConfig || event.disableHistory) tell(event);
  const user = event.matching && customerOf(event.matching, call);
  const eventId = track(
    [event.time_ms ?? Date.now(), location.href, document.referrer],
    name,
    merge([call?.params, ...(event.params ?? [])]),
    { eventId: event.eventId, ...(user && { user }), ...(event.setup && !event.setup.endpoint && { routing: "pixel" }) },
    "",
    ids,
    event.isMinted,
  );
  return { eventId, from: !call ? "fields" : own ? "push" : "model" };
}

/** The push by which GTM has fired the tag. It numbers each entry of the layer that it has come to. */
function find(name: string, gtmEventId: unknown): unknown {
  const layer = page[name];
  for (let place = Number(get(layer, "length")) - 1; place >= 0; place--) {
    const entry = get(layer, place);
    if (gtmEventId !== undefined && get(entry, "gtm.uniqueEventId") === gtmEventId) return entry;
  }
  return undefined;
}

/** A later object's value wins over an earlier one's; a blank has nothing to say. */
function merge(objects: readonly (object | undefined)[]): Record<string, unknown> {
  const entries = objects.flatMap((object) => (typeof object === "object" && object ? Object.entries(object) : []));
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== null && value !== ""));
}

/** What stays in the data layer of the customer, what the event's push says, and what the shop has given in the tag. */
function customerOf({ user_data, isLayerRead, given = [] }: NonNullable<GtmEvent["matching"]>, call: Call | undefined): User {
  const layer = isLayerRead ? [customer({ user_data }), call?.options.user ?? undefined] : [];
  return merge([...layer, ...given.map((one) => customer({ user_data: one }))]);
}

/** Before the pixel's `init`, which comes with its first event. */
function tell({ pixelIds = "", disableAutoConfig, disableHistory }: GtmEvent): void {
  const fbq = page["fbq"] as Fbq | undefined;
  if (!fbq) return;
  if (disableHistory) fbq.disablePushState = true;
  for (const id of disableAutoConfig ? pixelIds.split(",") : []) {
    if (!told.has(id)) fbq("set", "autoConfig", false, id);
    told.add(id);
  }
}
