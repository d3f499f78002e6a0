/**
 * Everything that the scan can find: how bad it is, what it means, and the fix. `docs/scan.md` has the same table; a test
 * compares them.
 */

/** @typedef {"error" | "warning" | "info"} Severity */
/** @typedef {{ id: FindingId, severity: Severity, title: string, meaning: string, fix: string, evidence: string[] }} Finding */
/** @typedef {keyof typeof FINDINGS} FindingId */

/** @satisfies {Record<string, [severity: Severity, title: string, meaning: string, fix: string]>} */
export const FINDINGS = {
  // The Pixel.
  "pixel-missing": ["error", "No Meta Pixel", "No page loads Meta's library and nothing is sent to Meta.", "Put the tag into the head of every page. If a consent banner holds it back, check that it lets it go after “accept”."],
  "library-fails": ["error", "Meta's library does not load", "The request for fbevents.js fails, so no Pixel event goes.", "Load https://connect.facebook.net/en_US/fbevents.js, unchanged, from Meta's host."],
  "pixel-silent": ["error", "The Pixel is loaded but sends nothing", "fbevents.js runs, but no event leaves the page.", "Call fbq('init', …) with your pixel's id and fbq('track', 'PageView'). After a fbq('consent', 'revoke') the visitor's yes has to call fbq('consent', 'grant')."],
  "pixel-double": ["error", "One event is fired twice", "The same event of the same pixel goes out more than once for one page, with different ids: Meta counts each.", "Two installations are on the page, such as a tag manager beside a plugin. Keep one, remove the other."],
  "pixel-init-twice": ["warning", "The Pixel is set up twice", "fbq('init') runs twice for one pixel. The second call is ignored, with the customer data in it.", "Keep one installation. Give customer data with the first init."],
  "pixel-several": ["info", "Several pixels", "Events go to more than one pixel.", "If that is not meant, remove the pixel that is not yours: fbq('track', …) reaches all of them."],
  "sender-besides": ["warning", "Another sender beside pixel-twin", "A plugin or sales channel on this page sends to Meta by itself, so each conversion may come twice, with ids that do not match.", "Switch the other one's Pixel and Conversions API off, or take pixel-twin out."],
  "senders": ["info", "Who sends to Meta here", "What was recognised on the pages.", "Nothing to do. Know which of them owns the Pixel, and that it is only one."],
  "pageview-missing": ["warning", "A page without PageView", "Other pages send PageView, this one does not: retargeting and the funnel miss it.", "Put the base code into the template that all pages share."],
  "event-name-misspelt": ["warning", "A standard event under another name", "Event names are case-sensitive. This one reaches Meta as a custom event, which no campaign optimises for by itself.", "Use the standard name."],
  "view-content-missing": ["info", "A product page without ViewContent", "Catalogue ads learn from ViewContent which products were seen.", "Track ViewContent on product pages, with content_ids, value and currency."],
  // Ids.
  "event-without-id": ["warning", "Events without event_id", "Without an id Meta can't join a browser event and a server event: it counts both. An error where server events were seen.", "Give each event an id, and its server twin the same: fbq('track', name, parameters, { eventID })."],
  "event-id-shared": ["error", "Two visitors get the same event_id", "A page cache or a constant hands out one id again and again: Meta drops the events of all visitors but one.", "Make the id in the browser, per event, or take the order number for a Purchase."],
  "event-id-time": ["warning", "The event_id is a clock", "The id is only a time. Two visitors in the same moment share it, and one of them is lost.", "Use a random UUID, or the order number for a Purchase."],
  "reload-counts-twice": ["error", "A reload counts again", "Loading the page again sends the conversion once more with another id (or none).", "Make the id from the order number and send it once per browser; pixel-twin does both when it is given an orderId."],
  "reload-repeats": ["warning", "A reload sends again", "The conversion is sent again with the same id. Meta drops it within 48 hours; after that it counts again.", "Remember in the browser or in the order that it was sent."],
  // Twins.
  "no-server-twin": ["info", "No server events seen", "Nothing on the wire looks like a Conversions API event on its way to a server. A plugin may still send from its own server, out of sight.", "See the advice below. Events Manager shows what arrives from servers."],
  "twin-missing": ["warning", "A conversion without its server twin", "Other events have a server twin, this one goes from the browser only: an ad blocker loses it.", "Post it to the endpoint, too, with the same event_id."],
  "twin-ids-differ": ["error", "Twins with different ids", "Browser and server report the same event under different ids: Meta counts it twice.", "Make one id and hand it to both sides."],
  "twin-names-differ": ["error", "Twins with different names", "Meta joins twins by name and id together; these share the id only and count twice.", "Send both under the same event_name, in the same spelling."],
  "twin-values-differ": ["error", "Twins with different amounts", "Browser and server report different values or currencies for one event; which one counts is chance.", "Hand the same numbers to both sides: with tax or without, but the same."],
  "twin-cookies-differ": ["warning", "Twins with different fbp", "The twins name different browsers, so Meta matches them worse.", "Read _fbp again for each post, after the Pixel has had its turn, and leave the cookie readable by script."],
  "endpoint-fails": ["error", "The endpoint does not take server events", "The server answers with an error, or not at all: these twins are lost.", "Look at the endpoint's log. An answer of 2xx says that the event was taken."],
  "token-in-page": ["error", "The access token is in the page", "The page posts to Meta's Graph API itself. Everyone can read the token and send events in your name.", "Revoke the token in Events Manager now. Post to an endpoint of your own, which adds it."],
  "server-event-time": ["error", "Meta refuses the event's time", "event_time is missing, in milliseconds, or more than seven days old; Meta refuses the whole request.", "Send Unix time in seconds: Math.floor(Date.now() / 1000)."],
  "test-code-left": ["warning", "test_event_code in production", "Server events carry a test code, so they show under Test Events and are not meant to count.", "Take test_event_code out of what runs in production."],
  "server-dies-with-pixel": ["warning", "The server twin dies with the Pixel", "With Meta's library blocked, as by an ad blocker, the server event is not sent either. It is there for just that case.", "Make the id and post the server event without waiting for fbevents.js."],
  // Consent.
  "event-before-consent": ["error", "Events before consent", "The page asks for consent, and sends events before it has an answer.", "Hold the tag until the banner says yes; with pixel-twin, consent: 'auto' or 'required'."],
  "cookie-before-consent": ["error", "Meta's cookies before consent", "_fbp or _fbc is set before the visitor has answered the banner.", "Load Meta's library, and whatever sets these cookies, only after consent."],
  "library-before-consent": ["info", "Meta's library before consent", "fbevents.js is loaded before the visitor has answered. Nothing is sent by it, but Meta's server sees the visitor's address.", "Load it after consent if your lawyers say so."],
  "event-after-reject": ["error", "Events after “reject”", "The visitor said no, and events go out nevertheless.", "Check the category that the tag is filed under. The server side has to obey, too."],
  "no-banner": ["info", "No consent banner found", "Nothing on the first page asks for consent. In the EU, the UK and elsewhere the Pixel needs it.", "If your visitors are there, use a consent platform. If there is a banner that the scan did not see, give the way by --steps."],
  "no-reject-button": ["info", "No “reject” found on the banner", "The scan could not say no, so it could not check what happens then.", "Offer “reject” where “accept” is; several authorities ask for it."],
  // Cookies.
  "fbp-missing": ["warning", "No _fbp cookie", "The Pixel sends, but there is no _fbp: first-party cookies are off in Events Manager, or something removes it.", "Switch first-party cookies on in the pixel's settings."],
  "fbc-missing": ["warning", "A click id gets lost", "The visit came with an fbclid, but no _fbc cookie keeps it: the ad's click can't be credited.", "Keep fbclid through redirects, and until the Pixel has run; do not clean the address before."],
  "fbc-wrong": ["error", "_fbc holds another click id", "The cookie has not the click id of this visit, or has changed its letters. Click ids are case-sensitive.", "Store fbclid as it comes, and replace an older one."],
  "fbc-redated": ["warning", "_fbc gets a new time on each page", "The time in _fbc is that of the click. Here it moves on with every page.", "Write _fbc once per click id, and leave it alone after that."],
  "cookie-httponly": ["error", "HttpOnly on Meta's cookie", "Script can't read it, so the Pixel makes another one, and browser and server disagree for good.", "Set _fbp and _fbc without HttpOnly."],
  "cookie-encoded": ["error", "A percent-encoded cookie", "Meta's library reads the cookie raw: an encoded value is not valid, or grows with each visit.", "Write the value as it is, without encodeURIComponent or your framework's cookie encoding."],
  "cookie-malformed": ["error", "A malformed cookie", "The value is no fb.<index>.<ms>.<payload>; Meta's library throws it away and makes another.", "Let Meta's library or pixel-twin write it."],
  "cookie-seconds": ["warning", "Seconds where milliseconds belong", "The time in the cookie is in seconds, so Meta takes the click or the browser for decades old.", "Write Date.now() as it is."],
  "cookie-index": ["warning", "The cookie lies at another domain than it says", "The number after fb. says at which domain the cookie is. It is somewhere else, so Meta's library writes a second one beside it.", "Count the dots of the cookie's domain: shop.example 1, shop.co.uk 2."],
  "cookie-short": ["warning", "A short-lived cookie", "Meta's own live 90 days; this one ends earlier, and with it the link to the ad's click.", "Set Max-Age=7776000 (90 days)."],
  "cookie-twice": ["warning", "One cookie twice", "There are two cookies of this name at different domains. Which of them is read is chance.", "Expire the one at the narrower domain."],
  // Personal data.
  "url-personal": ["error", "Personal data in an address", "An address that Meta is told holds personal data, such as an e-mail address. Meta's terms forbid it.", "Send forms by POST, and keep customer data out of links. pixel-twin takes it out of both twins."],
  "parameter-personal": ["error", "Personal data in event parameters", "A parameter looks like personal data, by its form or name. Meta's terms forbid it there.", "Take it out. Customer data belongs hashed into the user data."],
  "raw-user-data": ["error", "Customer data that is not hashed", "A customer field goes out as plain text.", "Send SHA-256 of the normalised value, 64 hex digits."],
  // Values.
  "purchase-without-value": ["error", "A Purchase without value", "Meta refuses it from a server, and can't reckon the return on ad spend.", "Add value, a number with a dot for decimals."],
  "purchase-without-currency": ["error", "A Purchase without currency", "Meta refuses it from a server; from the browser the value means nothing.", "Add currency, such as 'USD'."],
  "purchase-zero": ["warning", "A Purchase with value 0", "Campaigns that optimise for value learn from it that orders are worth nothing.", "Send the order's real total. Read it when it is there, not before."],
  "value-without-currency": ["warning", "A value without currency", "A number without a currency means nothing to Meta.", "Add currency, such as 'USD'."],
  "currency-invalid": ["error", "No currency that Meta knows", "The currency is no code of ISO 4217.", "Send the code of three letters: 'USD', not '$' or 'dollar'."],
  "number-invalid": ["error", "A number that is none", "A value holds a currency sign, a comma or other text; Meta refuses it or reads another amount.", "Send a plain number with a dot for decimals: 1299.5."],
  "parameter-invalid": ["warning", "A parameter of the wrong type", "A parameter is not of the type that Meta takes under this name.", "content_ids is a list of texts, contents a list of { id, quantity }, num_items a whole number."],
  "contents-missing": ["info", "Products without their ids", "Without content_ids or contents, catalogue ads can't tell which products were seen or bought.", "Add content_ids, as in your catalogue, and content_type: 'product'."],
  // Policies.
  "csp-library": ["error", "The policy blocks Meta's library", "The page's Content-Security-Policy does not let fbevents.js load.", "Add https://connect.facebook.net to script-src."],
  "csp-hit": ["error", "The policy blocks the Pixel's events", "The page's Content-Security-Policy does not let events go to www.facebook.com.", "Add https://www.facebook.com to img-src and to connect-src, if they are set."],
  "csp-frame": ["warning", "The policy blocks large events", "Events over 2,048 characters leave as a form in a frame, in Chrome. frame-src does not allow it: they vanish, and small ones arrive.", "Add https://www.facebook.com to frame-src."],
  "csp-endpoint": ["error", "The policy blocks the server twin", "The page's Content-Security-Policy does not let the event go to the endpoint.", "Add the endpoint's host to connect-src ('self' for a path on this host)."],
  "csp-wasm": ["warning", "The policy blocks WebAssembly", "script-src has no 'wasm-unsafe-eval'. pixel-twin then loads its rules as plain JavaScript, 18 kB more.", "Add 'wasm-unsafe-eval' to script-src."],
  "page-breaks": ["error", "The page breaks without the Pixel", "With Meta's library blocked, as by an ad blocker, a script of the page fails for want of fbq.", "Define fbq with Meta's base code before anything calls it, or ask whether it is there."],
  // Matching and the way.
  "match-quality-low": ["info", "A low match quality", "From the fields that arrive, Meta can tie few of these events to an account. Ours is an estimate; Meta's own figure is in Events Manager. A warning if a conversion has less than 6 of 10.", "Add the fields that are named first; hash them, or let pixel-twin do it."],
  "way-stopped": ["warning", "The way ended early", "A page did not load or a step could not be taken, so what follows was not looked at.", "Check the steps, or give them by --steps."],
  "page-fails": ["warning", "A page with an error", "The server answered with a status of 400 or more.", "Mend the page, or the link to it."],
  "way-short": ["info", "No product found", "The scan found no way from the first page to a product, so it looked at the first page only.", "Give the way by --steps."],
};

/**
 * @param {FindingId} id
 * @param {string[]} evidence what was seen; never anything personal
 * @param {Severity} [severity] if not the usual one
 * @returns {Finding}
 */
export function finding(id, evidence, severity) {
  const [usual, title, meaning, fix] = FINDINGS[id];
  return { id, severity: severity ?? usual, title, meaning, fix, evidence: [...new Set(evidence)].slice(0, 8) };
}
