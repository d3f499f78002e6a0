/**
 * The events of the page, put together from the companion's steps. Names and results only: no value comes this far.
 */

import type { Step } from "../../heard.js";

/** A field, and the code of what is wrong with it. */
export interface Reason {
  field: string;
  code: string;
}

/** What the endpoint has said to the latest post of an event. */
export interface Answer {
  ms: number;
  /** HTTP status, 0: none came. */
  status: number;
  /** 0: taken; more: until the next try; -1: refused. */
  wait_ms: number;
  /** Refused together with others, and to go again alone. */
  isInCompany: boolean;
  /** Why it was refused. */
  reasons: Reason[];
}

/** One call of `track`, or one server event that an earlier page has left. */
export interface Event {
  /** Its place among all events of this page. */
  number: number;
  ms: number;
  name: string;
  id: string;
  /** Left by an earlier page. */
  isEarlier: boolean;
  /** The page has fired it itself, and the companion has added the twin. */
  isAdopted: boolean;
  /** It has gone its way: consent was there, or it came. */
  isSent: boolean;
  /** It was let go when consent was refused or taken back. */
  isDropped: boolean;
  /** The customer's fields; nothing if this browser has sent the event before, or must not. */
  fields: string[] | undefined;
  /** The pixels that it was fired at. */
  fired: string[];
  /** Where the outbox has it; nothing: no server event was made. */
  key: string | undefined;
  /** Names of what the server event carries. */
  userFields: string[];
  customFields: string[];
  answer: Answer | undefined;
}

/** As many steps the companion keeps at least, see `heard.ts`: then some may be gone. */
const KEPT = 600;
/** Most events that are kept; the oldest go first. */
const MOST = 1000;

export class Log {
  events: Event[] = [];
  /** What each pixel's `init` by the companion has carried. */
  inits: Record<string, string[]> = {};
  /** From when on nothing is missing: the companion and the panel remember only so much. */
  since_ms = 0;
  #count = 0;
  #current: Event | undefined;
  #byKey = new Map<string, Event>();
  /** Called when anything has come. */
  #news: () => void;

  /**
   * Takes in what the companion has done so far, and from now on each step as it is taken down: more may come between two looks
   * than the companion keeps. Gives what ends that.
   */
  constructor(heard: Step[], news: () => void) {
    this.#news = news;
    if (heard.length >= KEPT) this.since_ms = heard[0]![0];
    for (const step of heard) this.#take(step);
    const { push } = heard;
    heard.push = (step) => {
      this.#take(step);
      news();
      return push.call(heard, step);
    };
    this.end = () => void (heard.push = push);
  }

  /** Lets the companion be. */
  end: () => void;

  #add(of: Partial<Event>): Event {
    const event = { number: this.#count++, ms: 0, name: "", id: "", isEarlier: false, isAdopted: false, isSent: false, isDropped: false, fields: undefined, fired: [], key: undefined, userFields: [], customFields: [], answer: undefined, ...of };
    this.events.push(event);
    for (const old of this.events.splice(0, this.events.length - MOST)) {
      this.#byKey.delete(old.key ?? "");
      this.since_ms = old.ms + 1;
    }
    return event;
  }

  #take([ms, step, ...about]: Step): void {
    if (step === "track") this.#add({ ms, id: about[0], name: about[1], isAdopted: Boolean(about[2]) });
    else if (step === "send") {
      this.#current = this.events.find((event) => event.id === about[0] && !event.isSent && !event.isDropped);
      if (this.#current) this.#current.isSent = true;
    } else if (step === "fields") {
      if (this.#current) this.#current.fields = about[0].split(" ").filter(Boolean);
    } else if (step === "init") this.inits[about[0]] = about.slice(1).filter(Boolean);
    else if (step === "fire") {
      if (this.#current?.id === about[0]) this.#current?.fired.push(about[2]);
    } else if (step === "keep") this.#keep(ms, about[0], about[1] ?? []);
    else if (step === "answer") this.#answer(ms, about[0], about[1], about[2], about[3]);
    else if (step === "drop") for (const event of this.events) event.isDropped ||= !event.isSent || (event.key !== undefined && event.answer?.wait_ms !== 0);
  }

  #keep(ms: number, key: string, found: readonly string[]): void {
    const value = (name: string) => found.find((pair) => pair.startsWith(`"${name}":`))?.slice(name.length + 3).replace(/^"/, "") ?? "";
    const names = found.map((pair) => pair.slice(1, pair.indexOf('"', 1)));
    const [id, name] = [unquote(value("event_id")), unquote(value("event_name"))];
    const [user, custom] = [names.indexOf("user_data"), names.indexOf("custom_data")];
    const end = custom < 0 ? names.length : custom;
    const event = this.#current?.id === id && this.#current.name === name && !this.#current.key ? this.#current : this.#add({ ms: Number(value("event_time")) * 1000 || ms, id, name, isEarlier: true, isSent: true });
    event.key = key;
    event.userFields = names.slice(user + 1, end).filter((field) => !field.startsWith("data_processing"));
    event.customFields = custom < 0 ? [] : [...new Set(names.slice(custom + 1).filter((field) => !field.startsWith("data_processing")))];
    this.#byKey.set(key, event);
  }

  #answer(ms: number, keys: readonly string[], status: number, wait_ms: number, said: Promise<unknown> | undefined): void {
    const answers = keys.map((key) => {
      const answer: Answer = { ms, status, wait_ms, isInCompany: wait_ms < 0 && keys.length > 1, reasons: [] };
      const event = this.#byKey.get(key);
      if (event) event.answer = answer;
      return answer;
    });
    if (status !== 422) return;
    void said?.then((text) => {
      for (const { place, ...reason } of readRefusal(text)) answers[place]?.reasons.push(reason);
      this.#news();
    });
  }
}

/** Our JSON escapes what is special in a text; the quotes are off already. */
function unquote(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}

/** A refusal as the relay writes it: which event, and what about it. Of another endpoint's nothing is taken: it may repeat values. */
function readRefusal(text: unknown): (Reason & { place: number })[] {
  try {
    const { errors } = JSON.parse(String(text)) as { errors: { index: number; code: string; field: string }[] };
    return errors.map(({ index, code, field }) => ({ place: Number(index), field: plain(field).replace(/^data\[\d+\]\.?/, ""), code: plain(code) }));
  } catch {
    return [];
  }
}

/** A path or a code, and nothing that could be more than that. */
const plain = (text: unknown): string => (/^[\w.[\]() -]{1,100}$/.test(String(text)) ? String(text) : "");
