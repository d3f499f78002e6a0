/**
 * Which of a customer's details a form field holds, and what it says. Only what is recognised is read at all.
 */

import { type Field, REFUSED, WORDS, words } from "./words.js";

export type Control = HTMLInputElement | HTMLSelectElement;

/** What was read of a field. */
export interface Detail {
  field: Field;
  value: string;
  /** Whether it says where the goods go, which may be to somebody else. */
  isShipping: boolean;
}

/** The types that may be read: no password, hidden, search or file field, whatever it is called. */
const TYPES = ["text", "email", "tel", "number", "date", "radio", "select-one"];

/** HTML's own words for what a field is for. */
const TOKENS = new Map<string, Field>([
  ["email", "em"],
  ["tel", "ph"],
  ["tel-national", "ph"],
  ["given-name", "fn"],
  ["family-name", "ln"],
  ["name", "name"],
  ["sex", "ge"],
  ["bday", "db"],
  ["address-level2", "ct"],
  ["address-level1", "st"],
  ["postal-code", "zp"],
  ["country", "country"],
  ["country-name", "country"],
]);

/** Its words for what is none of that: secrets, cards, and parts that say nothing alone. */
const OTHER_TOKENS = /^(cc-|transaction-|(new|current)-password|one-time-code|street-|address-l|organization|honorific-|additional-name|nickname|url|photo|impp|language|bday-|tel-)/;

const isVisible = (element: Element): boolean => element.getClientRects().length > 0;

/** What the visitor reads beside a field. */
const label = (control: Control): string => (control.labels?.[0]?.textContent ?? "").trim();

/** What is chosen in a list: the text, where the value is a number of the shop's own. */
function chosen(select: HTMLSelectElement): string {
  const { value } = select;
  if (!/\d/.test(value)) return value;
  return /^-?[01]$/.test(value) && !select.selectedIndex ? "" : (select.selectedOptions[0]?.text ?? "");
}

const valueOf = (control: Control): string => ("selectedIndex" in control ? chosen(control) : control.value).trim();

/** The fields of the same form, or of none as this one. */
const siblings = (control: Control, selector: string): Control[] =>
  Array.from((control.getRootNode() as ParentNode).querySelectorAll<Control>(selector)).filter(({ form }) => form === control.form);

/** Reads one field, if it is one of the customer's and its value looks complete. */
export function detail(control: Control): Detail | undefined {
  const { type } = control;
  if (!TYPES.includes(type) || control.matches(":disabled") || !isVisible(control) || control.closest("[role=search],search,[aria-hidden=true]")) return undefined;
  const tokens = (control.getAttribute("autocomplete") ?? "").toLowerCase().split(/\s+/).filter((token) => token && token !== "webauthn");
  const texts = [control.name, control.id, label(control), control.getAttribute("aria-label"), control.getAttribute("placeholder")].map((text) => words(text ?? ""));
  const token = tokens[tokens.length - 1] ?? "";
  if (texts.some((text) => REFUSED.test(text))) return undefined;
  const named = fieldOf(type, token, texts);
  // A `tel` field without a name may be for any number.
  const field = named ?? (type === "tel" && !OTHER_TOKENS.test(token) ? "ph" : undefined);
  if (!field) return undefined;
  // In a form that signs in or up, the address is enough. A password that is being shown is one all the same.
  if (field !== "em" && siblings(control, "input[type=password],input[autocomplete*=password i],input[name*=passw i]").some(isVisible)) return undefined;
  const value = complete(field, type === "radio" ? choice(control as HTMLInputElement) : valueOf(control));
  const whole = field === "ph" ? phone(value, control, token, !named) : value;
  return whole ? { field, value: whole, isShipping: tokens.includes("shipping") || /\b(shipping|delivery|liefer\w*|livraison|envio)\b/.test(texts.join(" ")) } : undefined;
}

function fieldOf(type: string, token: string, texts: string[]): Field | undefined {
  let field = TOKENS.get(token);
  if (!field) {
    if (OTHER_TOKENS.test(token)) return undefined;
    if (type === "email") field = "em";
    for (const text of texts) field ??= WORDS.find(([, pattern]) => pattern.test(text))?.[0];
  }
  if (type === "radio") return field === "ge" ? field : undefined;
  if (type === "date") return field === "db" ? field : undefined;
  return field;
}

/** What a chosen button says: its label, where its value is a number of the shop's own. */
function choice(radio: HTMLInputElement): string {
  if (!radio.checked) return "";
  return /\d|^on$/.test(radio.value) ? label(radio) : radio.value;
}

/** The value, if it looks like a whole one of its kind; the rules decide later what it is worth. */
function complete(field: Field, value: string): string {
  if (value.length > 100) return "";
  if (field === "em") return /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/.test(value) ? value : "";
  if (field === "ph") return /^[+\d\s()./-]+$/.test(value) ? value : "";
  if (field === "zp" || field === "db") return /\d/.test(value) ? value : "";
  // `DE-BY`: the region of a country that is a field of its own.
  if (field === "st") value = value.replace(/^[A-Z]{2}-/, "");
  return /\d{5}|@/.test(value) ? "" : value;
}

/** A phone number, with its country code where that is a field beside it. */
function phone(value: string, control: Control, token: string, isGuess: boolean): string {
  const digits = value.replace(/\D/g, "");
  // Card numbers have 13 digits or more.
  const most = isGuess && !value.startsWith("+") ? 12 : 15;
  if (digits.length < 6 || digits.length > most) return "";
  if (token !== "tel-national") return value;
  const [country] = siblings(control, "[autocomplete~=tel-country-code]").map((code) => ("selectedIndex" in code ? code.value + (code.selectedOptions[0]?.text ?? "") : code.value));
  const code = /\d{1,3}/.exec(country ?? "")?.[0];
  return code ? "+" + code + digits.replace(/^0/, "") : value;
}
