/**
 * The panel: in a shadow root of its own, above the page and outside of its layout.
 */

import { make } from "../../../look/element.js";
import { FoldRow } from "../../../look/fold-row.js";
import look from "../../../look/look.css";
import { pill } from "../../../look/pill.js";
import { refresh } from "../../../look/time.js";
import type { Notice } from "../../types.js";
import own from "./inspect.css";
import { drawing, isBad } from "./line.js";
import { factList, facts, testSwitch, unseen } from "./page-tab.js";
import type { Knowledge, Line } from "./status.js";

/** What the panel can be asked to do, by what is clicked. */
export interface Wishes {
  copy(): string;
  close(): void;
  test(code: string): void;
}

const TABS = ["Events", "Warnings", "This page"] as const;
type Tab = (typeof TABS)[number];

/** What happens in the panel is none of the page's business: shortcuts, click tracking. */
const QUIET = ["keydown", "keyup", "keypress", "click", "mousedown", "mouseup", "pointerdown", "pointerup", "input", "change", "submit", "focusin", "focusout", "touchstart", "touchend", "wheel", "copy", "paste"];

export class Panel {
  #host = document.createElement("pixel-twin-inspector");
  #wishes: Wishes;
  #tabs = new Map<Tab, HTMLElement>();
  #pages = new Map<Tab, HTMLElement>();
  #pills = make("p.pills");
  #list = make("ol.rows", { "aria-label": "Events, newest first" });
  #heads = make("p.heads", { "aria-hidden": "true" }, make("span", {}, "Pixel event"), make("span", {}, "Server event"));
  #empty = make("section.empty", {}, make("h3", {}, "No event yet"), make("p", {}, "Do something in the shop that is tracked: open a product, put it into the cart. Each event shows here with both of its sides."));
  #rows = new Map<string, FoldRow<Line>>();
  #spoken = make("p.visually-hidden", { role: "status" });
  #small = make("button.small", { type: "button", "aria-label": "Open the inspector", hidden: true });
  #panel: HTMLElement;
  #said = "";
  #before: Element | null = null;

  constructor(wishes: Wishes) {
    this.#wishes = wishes;
    const button = (name: string, text: string, act: () => void) => {
      const made = make("button", { type: "button", "aria-label": name, title: name }, text);
      made.addEventListener("click", act);
      return made;
    };
    const copy = button("Copy a report without values", "Copy report", () => void this.#copy(copy));
    const tabList = make("div.tabs", { role: "tablist", "aria-label": "Views" }, ...TABS.map((tab) => this.#makeTab(tab)));
    this.#page("Events").append(this.#heads, this.#list, this.#empty);
    this.#panel = make(
      "section.inspector",
      { role: "region", "aria-label": "pixel-twin inspector", tabindex: -1 },
      make("header", {}, make("h2", {}, "pixel-twin"), this.#pills, make("span.tools", {}, copy, button("Minimise", "–", () => this.minimise()), button("Close the inspector", "✕", () => wishes.close()))),
      tabList,
      ...this.#pages.values(),
      this.#spoken,
    );
    this.#small.addEventListener("click", () => this.open(true));
    const root = this.#host.attachShadow({ mode: "open" });
    const sheet = (css: string) => {
      const made = new CSSStyleSheet();
      made.replaceSync(css);
      return made;
    };
    // Sheets that are made need no permission of a page's policy.
    root.adoptedStyleSheets = [sheet(look), sheet(own)];
    root.append(make("div.look", {}, this.#panel, this.#small));
    root.addEventListener("keydown", (event) => this.#key(event as KeyboardEvent));
    for (const name of QUIET) this.#host.addEventListener(name, (event) => event.stopPropagation());
    this.#choose("Events");
  }

  /** Keeps its place above the page, also where that has replaced all it had. */
  stay(): void {
    if (!this.#host.isConnected) document.documentElement.append(this.#host);
  }

  /** Shows it whole. `isAsked`: by hand, so that the keyboard goes along. */
  open(isAsked: boolean): void {
    this.stay();
    this.#panel.hidden = false;
    this.#small.hidden = true;
    if (!isAsked) return;
    this.#before ??= document.activeElement;
    this.#tabs.get("Events")?.focus();
  }

  minimise(): void {
    this.#panel.hidden = true;
    this.#small.hidden = false;
    this.#giveBack();
  }

  remove(): void {
    this.#host.remove();
    this.#giveBack();
  }

  #giveBack(): void {
    if (this.#before instanceof HTMLElement && this.#before !== document.body) this.#before.focus();
    this.#before = null;
  }

  /** Brings all of it up to date. */
  show(lines: readonly Line[], known: Knowledge, code: string): void {
    this.stay();
    this.#showLines(lines);
    const { diagnosis } = known;
    this.#showWarnings(diagnosis.notices, known.sentence);
    this.#showPage(known, code);
    const bad = lines.filter(isBad).length;
    const sum = `${lines.length} ${lines.length === 1 ? "event" : "events"}${bad ? `, ${bad} with a problem` : ""}`;
    if (this.#spoken.textContent !== sum) this.#spoken.textContent = sum;
    this.#small.replaceChildren(make("b", {}, "twins"), " ", pill(bad ? "bad" : lines.length ? "ok" : "plain", sum));
    this.#label("Events", lines.length);
    this.#label("Warnings", diagnosis.notices.length);
  }

  #showLines(lines: readonly Line[]): void {
    const wanted = new Set(lines.map(({ key }) => key));
    for (const [key, row] of this.#rows) {
      if (wanted.has(key)) continue;
      row.element.remove();
      this.#rows.delete(key);
    }
    lines.forEach((line, place) => {
      const row = this.#rows.get(line.key);
      if (row) row.update(line);
      else this.#rows.set(line.key, new FoldRow(drawing, line));
      const { element } = this.#rows.get(line.key)!;
      if (this.#list.children[place] !== element) this.#list.insertBefore(element, this.#list.children[place] ?? null);
    });
    this.#empty.hidden = lines.length > 0;
    this.#heads.hidden = this.#list.hidden = !lines.length;
    refresh(this.#list);
  }

  #showWarnings(notices: readonly Notice[], sentence: (code: string) => string): void {
    const made = notices.length
      ? make("ol.notices", {}, ...notices.map(({ code, field, text }) => make("li", {}, make("p", {}, make("code.field", {}, field), " ", make("span.muted", {}, code)), make("p", {}, text || sentence(code)))))
      : make("section.empty", {}, make("h3", {}, "Nothing to mend"), make("p", {}, "What the companion leaves out of an event, or cannot do on this page, shows here with the fix."));
    this.#replace("Warnings", JSON.stringify(notices), made);
  }

  #showPage({ diagnosis }: Knowledge, code: string): void {
    const head = facts(diagnosis).slice(0, 4).filter(([, , word]) => word !== "no event yet").map(([name, tone, word]) => [name, tone, word] as const);
    if (this.#said !== JSON.stringify(head)) {
      this.#said = JSON.stringify(head);
      this.#pills.replaceChildren(...head.map(([name, tone, word]) => pill(tone, name === word ? name : `${name} ${word}`)), ...(code ? [pill("warn", `test ${code}`, "")] : []));
    }
    const key = JSON.stringify([code, facts(diagnosis).map(([, , word, text]) => [word, typeof text === "string" ? text : text.textContent])]);
    this.#replace("This page", key, factList(diagnosis), unseen(), testSwitch(code, (next) => this.#wishes.test(next)));
  }

  /** Fills a tab anew if what it shows has changed. */
  #replace(tab: Tab, key: string, ...children: (Node | null)[]): void {
    const page = this.#page(tab);
    if (page.dataset["key"] === key) return;
    page.dataset["key"] = key;
    page.replaceChildren(...children.filter((child) => child !== null));
  }

  #makeTab(tab: Tab): HTMLElement {
    const id = tab.replace(" ", "-").toLowerCase();
    const made = make("button", { type: "button", role: "tab", id: `tab-${id}`, "aria-controls": `page-${id}` }, tab);
    made.addEventListener("click", () => this.#choose(tab));
    this.#tabs.set(tab, made);
    this.#pages.set(tab, make("div.page", { role: "tabpanel", id: `page-${id}`, "aria-labelledby": `tab-${id}` }));
    return made;
  }

  #page(tab: Tab): HTMLElement {
    return this.#pages.get(tab)!;
  }

  #label(tab: Tab, count: number): void {
    const text = count ? `${tab} ${count}` : tab;
    const element = this.#tabs.get(tab)!;
    if (element.textContent !== text) element.textContent = text;
  }

  #choose(tab: Tab): void {
    for (const [name, element] of this.#tabs) {
      element.setAttribute("aria-selected", String(name === tab));
      element.tabIndex = name === tab ? 0 : -1;
      this.#page(name).hidden = name !== tab;
    }
  }

  /** Arrow keys go from tab to tab and from event to event; Escape puts the panel away. */
  #key(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    const isTab = target.role === "tab" || target.getAttribute("role") === "tab";
    const stops = isTab ? [...this.#tabs.values()] : target.tagName === "SUMMARY" ? [...this.#list.querySelectorAll("summary")] : [];
    const [back, on] = isTab ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
    const place = stops.indexOf(target);
    const next = { [back as string]: place - 1, [on as string]: place + 1, Home: 0, End: stops.length - 1 }[event.key];
    if (event.key === "Escape") this.minimise();
    else if (isTab && event.key === "ArrowDown") (this.#list.querySelector("summary") as HTMLElement | null)?.focus();
    else if (next === undefined || !stops.length) return;
    else {
      const stop = stops[(next + stops.length) % stops.length]!;
      stop.focus();
      if (isTab) stop.click();
    }
    event.preventDefault();
  }

  async #copy(button: HTMLElement): Promise<void> {
    const text = this.#wishes.copy();
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = "Copy report"), 2000);
    } catch {
      // Where the browser does not let us, the report is there to be copied by hand.
      const area = make("textarea.report", { readonly: true, rows: 12, "aria-label": "Report" }, text) as HTMLTextAreaElement;
      this.#page("This page").querySelector(".report")?.remove();
      this.#page("This page").prepend(area);
      this.#choose("This page");
      area.focus();
      area.select();
    }
  }
}
