/**
 * The words by which shop systems and their languages name a customer's fields: in the field's `name` and `id`, or in what
 * the visitor reads beside it. Spelled without accents, in lower case, words apart.
 */

/** What a field says. `name`: first and last in one. */
export type Field = "em" | "ph" | "fn" | "ln" | "name" | "ge" | "db" | "ct" | "st" | "zp" | "country";

/** Secrets, cards, and other people: never read, whatever else the field says of itself. */
export const REFUSED =
  /\b(pass ?(word|wort|phrase|code)?|passwd|pwd|kennwort|contrasena|clave|mot de passe|mdp|pin ?(code)?|otp|tan|one time|secret|captcha|honeypot|token|(mail|phone|sms|verification|security|auth) code|code (e ?mail|sms)|cc\w*|cvv\w*|cvc\w*|csc|fax|card\w*|credit\w*|debit\w*|kredit\w*|karten\w*|karte|carte|tarjeta\w*|iban|bic|swift|konto(nummer|inhaber)|account (no|nr|num\w*)|expir\w*|ssn|social|search\w*|suche?n?|query|gift\w*|recipient\w*|empfae?nger\w*|destinat\w*|beneficiar\w*|friend\w*|freund\w*|ami|amigo|emergency|birth ?place|place of birth|geburtsort)\b/;

/** In the order in which they are asked: what one word could mean besides is settled by an earlier one. */
export const WORDS: readonly (readonly [Field, RegExp])[] = [
  ["name", /\b(full ?name|vor und (nachname|zuname)|first (and )?last name|nom complet|nombre (completo|y apellidos?))\b|^(your |customer |contact |billing |shipping )?name$/],
  ["em", /\b(e ?mail\w*|mail|mail ?adresse|courriel|correo)\b/],
  ["ph", /\b(tel|tele(ph|f)on\w*|phone ?(number)?|(cell|mobile|home) ?phone\w*|mobil|mobile|handy\w*|portable|movil)\b/],
  ["fn", /\b(first ?name|f ?name|oxfname|given ?name|fore ?name|vorname|prenom|nombre)\b/],
  ["ln", /\b(last ?name|l ?name|oxlname|sur ?name|family ?name|nachname|familienname|zuname|nom( de famille)?|apellidos?)\b/],
  ["zp", /\b((ox)?zip ?(code)?|post(al)? ?code|postal|plz|postleitzahl|code ?postal|cp|codigo ?postal)\b/],
  ["db", /\b(birth ?(date|day)|date ?of ?birth|dob|bday|geburts(datum|tag)|(date de )?naissance|nacimiento)\b/],
  // "Country / region" is a country, "country state id" a state.
  ["st", /\b(state|province|county|bundesland|provincia)\b/],
  ["country", /\b(country|land|pays|pais)\b/],
  ["st", /\b(region|zone)\b/],
  ["ct", /\b((ox)?city|town|locality|ort|stadt|wohnort|ville|ciudad|localidad|poblacion)\b/],
  ["ge", /\b(gender|sex|geschlecht|sexe|sexo)\b/],
];

/** `checkout[shippingAddress][firstName]` → `checkout shipping address first name`. */
export const words = (text: string): string =>
  text
    .slice(0, 80)
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .replace(/[^a-z]+/g, " ")
    .trim();
