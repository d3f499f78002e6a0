/**
 * Gives an id to the events that the page fires itself, those that still wait in the Pixel's queue and those to come, for
 * `adopt: true`.
 */

/** What of `fbq` is needed here; see `js/pixel.ts`. */
interface Fbq {
  callMethod?: (...call: unknown[]) => void;
  queue?: ArrayLike<unknown>[];
}

const page = globalThis as { fbq?: Fbq };

/** The place of the event's name in the calls that can be adopted. */
const NAME_AT: Readonly<Record<string, number>> = { track: 1, trackCustom: 1, trackSingle: 2, trackSingleCustom: 2 };
/** How often is looked for an `fbq` that came late or was replaced, in ms. */
const LOOK_MS = 300;

/** None of the page's objects has to be sound. */
function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // The page's own call goes on as it would without us.
  }
}

/**
 * Starts.
 * @param ids the pixels whose events count
 * @param ours the companion's own calls: whether one is running, and the ids of its events; those that are adopted join them
 * @param take gets an event's name, its parameters and its options, and gives the id that it goes by
 */
export default function adopt(ids: readonly string[], ours: { isRunning: boolean; ids: Set<unknown> }, take: (name: unknown, params: unknown, options: object) => string): void {
  const one = (call: { [place: number]: unknown; length: number }): void => {
    const at = NAME_AT[call[0] as string];
    if (ours.isRunning || !at || (at > 1 && !ids.includes(String(call[1])))) return;
    const options = call[at + 2] as { eventID?: unknown; event_id?: unknown } | undefined;
    const own = options?.eventID ?? options?.event_id;
    // The library plays calls again that it had to keep.
    if (ours.ids.has(own)) return;
    const params = call[at + 1] as { order_id?: unknown } | undefined;
    const eventID = take(call[at], params, own ? { eventId: own } : { orderId: params?.order_id });
    ours.ids.add(eventID);
    call[at + 2] = { ...options, eventID };
    call.length = Math.max(call.length, at + 3);
  };
  const each = (calls: ArrayLike<unknown>) => {
    for (const call of Array.from(calls)) quietly(() => one(call as unknown[]));
  };
  let adopted: Fbq | undefined;
  let listed: Fbq["queue"];
  const look = () => {
    const { fbq } = page;
    if (!fbq) return;
    const { queue } = fbq;
    if (queue && queue !== listed) {
      listed = queue;
      each(queue);
      const { push } = queue;
      queue.push = (...calls) => {
        each(calls);
        return push.apply(queue, calls);
      };
    }
    if (fbq === adopted) return;
    adopted = fbq;
    // The library sets its own `callMethod` when it has come.
    let method = fbq.callMethod;
    Object.defineProperty(fbq, "callMethod", {
      configurable: true,
      get: () =>
        method &&
        ((...call: unknown[]) => {
          each([call]);
          method?.apply(fbq, call);
        }),
      set: (its) => (method = its),
    });
  };
  quietly(look);
  setInterval(() => quietly(look), LOOK_MS);
}
