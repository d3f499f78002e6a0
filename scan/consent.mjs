/**
 * Finds a page's consent banner and its two buttons: by the selectors of known platforms, else by what the buttons say.
 */

/** Known platforms: a selector for "accept all", one for "reject all". Shadow roots are looked into. */
const PLATFORMS = /** @type {const} */ ({
  OneTrust: ["#onetrust-accept-btn-handler", "#onetrust-reject-all-handler"],
  Cookiebot: ["#CybotCookiebotDialogBodyLevelButtonLevelOptinAllowAll, #CybotCookiebotDialogBodyButtonAccept", "#CybotCookiebotDialogBodyButtonDecline"],
  Usercentrics: ['[data-testid="uc-accept-all-button"], #uc-btn-accept-banner', '[data-testid="uc-deny-all-button"], #uc-btn-deny-banner'],
  Didomi: ["#didomi-notice-agree-button", "#didomi-notice-disagree-button, .didomi-continue-without-agreeing"],
  Quantcast: ['.qc-cmp2-summary-buttons button[mode="primary"]', '.qc-cmp2-summary-buttons button[mode="secondary"]'],
  TrustArc: ["#truste-consent-button", "#truste-consent-required"],
  CookieYes: [".cky-btn-accept", ".cky-btn-reject"],
  Complianz: [".cmplz-btn.cmplz-accept", ".cmplz-btn.cmplz-deny"],
  iubenda: [".iubenda-cs-accept-btn", ".iubenda-cs-reject-btn"],
  Osano: [".osano-cm-accept-all, .osano-cm-accept", ".osano-cm-denyAll, .osano-cm-deny"],
  Klaro: [".klaro .cm-btn-accept-all, .klaro .cm-btn-success", ".klaro .cn-decline, .klaro .cm-btn-decline"],
  CookieConsent: ['#cc-main [data-role="all"]', '#cc-main [data-role="necessary"]'],
  Shopify: ["#shopify-pc__banner__btn-accept", "#shopify-pc__banner__btn-decline"],
  Consentmanager: ["#cmpwelcomebtnyes a, #cmpbntyestxt", "#cmpwelcomebtnno a, #cmpbntnotxt"],
  Borlabs: ["[data-borlabs-cookie-accept-all], .brlbs-btn-accept-all", "[data-borlabs-cookie-accept-only-essential], .brlbs-btn-accept-only-essential"],
  Termly: ['[data-tid="banner-accept"]', '[data-tid="banner-decline"]'],
  Axeptio: ["#axeptio_btn_acceptAll", "#axeptio_btn_dismiss"],
  Sourcepoint: [".sp_choice_type_11", ".sp_choice_type_13"],
});

/** What the buttons say elsewhere, in the languages of most shops. */
const SAYS = {
  accept: "^(accept|allow|agree|i agree|i accept|ok|okay|got it|yes|enable all|accept (all|cookies|all cookies)|allow (all|cookies|all cookies)|alle[sn]? .*(akzeptieren|zulassen|erlauben)|akzeptieren|zustimmen|einverstanden|(tout )?accepter( tout)?|j.accepte|aceptar( todo| todas)?( las cookies)?|accetta( tutt[oi])?|alle .*accepteren|accepteren|akkoord|godkänn.*|acceptera.*|tillad alle|godta alle|hyväksy.*|zaakceptuj.*|akceptuj.*|aceitar( tod[oa]s)?)$",
  reject: "^(reject|decline|deny|refuse|no thanks|no|reject (all|cookies|all cookies)|decline (all|cookies)|deny all|(only|use) (necessary|essential)( cookies)?( only)?|necessary only|essential only|alle[sn]? ablehnen|ablehnen|nur (notwendige|erforderliche|essenzielle).*|(tout )?refuser( tout)?|continuer sans accepter|rechazar( todo| todas)?|solo (lo )?necesari[oa]s|rifiuta( tutt[oi])?|alle .*weigeren|weigeren|avvisa.*|neka.*|afvis alle|avslå alle|hylkää.*|odrzuć.*|rejeitar( tod[oa]s)?)$",
};

/**
 * Runs in the page: marks the buttons with an attribute, so that they can be pressed as a visitor would.
 * @param {typeof PLATFORMS} platforms @param {typeof SAYS} says
 * @returns {{ platform: string, canReject: boolean } | null}
 */
function mark(platforms, says) {
  /** @type {(Document | ShadowRoot)[]} */
  const roots = [document];
  for (const root of roots) for (const { shadowRoot } of root.querySelectorAll("*")) if (shadowRoot) roots.push(shadowRoot);
  const isVisible = (/** @type {Element | null} */ element) => Boolean(element?.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && element.getClientRects().length > 0);
  const find = (/** @type {string} */ selector) => roots.flatMap((root) => [...root.querySelectorAll(selector)]).find(isVisible);
  const label = (/** @type {Element} */ element) => (element.textContent || element.getAttribute("value") || element.getAttribute("aria-label") || "").trim().replace(/\s+/g, " ").replace(/[.!✓✔×]+$/u, "").trim().toLowerCase();
  /** @param {string} platform @param {Element} accept @param {Element | undefined} reject */
  const found = (platform, accept, reject) => {
    accept.setAttribute("data-scan-consent", "accept");
    reject?.setAttribute("data-scan-consent", "reject");
    return { platform, canReject: reject !== undefined };
  };
  for (const [platform, [acceptAt, rejectAt]] of Object.entries(platforms)) {
    const accept = find(acceptAt);
    if (accept) return found(platform, accept, find(rejectAt));
  }
  const buttons = roots.flatMap((root) => [...root.querySelectorAll('button, [role="button"], a, input[type="button"], input[type="submit"]')]).filter(isVisible);
  for (const accept of buttons.filter((button) => new RegExp(says.accept, "u").test(label(button)))) {
    // Its box: the nearest ancestor that speaks of consent, but not the whole page.
    let box = accept.parentElement;
    while (box && box !== document.body && !/cookie|consent|privacy|tracking|datenschutz|einwilligung|confidentialité|privacidad/i.test(`${box.textContent} ${box.id} ${box.className}`)) box = box.parentElement;
    if (!box || box === document.body || box.tagName === "MAIN") continue;
    const isWhole = (/** @type {Element} */ element) => (element.textContent ?? "").length > 3000;
    if (isWhole(box)) continue;
    const reject = buttons.find((button) => box?.contains(button) && new RegExp(says.reject, "u").test(label(button)));
    return found("", accept, reject);
  }
  return null;
}

/** @typedef {{ platform: string, canReject: boolean }} Banner `platform`: empty if it is none that is known */

/**
 * The banner that the page shows, if any.
 * @param {import("puppeteer-core").Page} page
 * @returns {Promise<{ banner: Banner, frame: import("puppeteer-core").Frame } | undefined>}
 */
export async function findBanner(page) {
  for (const frame of page.frames()) {
    const banner = await frame.evaluate(mark, PLATFORMS, SAYS).catch(() => null);
    if (banner) return { banner, frame };
  }
  return undefined;
}

/** Presses one of its buttons; whether that could be done. @param {import("puppeteer-core").Frame} frame @param {"accept" | "reject"} answer */
export async function press(frame, answer) {
  const button = await frame.$(`pierce/[data-scan-consent="${answer}"]`);
  if (!button) return false;
  // Where something lies over it, the page's own click still works.
  await button.click().catch(() => button.evaluate((element) => /** @type {HTMLElement} */ (element).click()));
  return true;
}
