// The shop's consent banner: asks, remembers the answer in the shop's own cookie, tells the companion.

const SIX_MONTHS_S = 15_552_000;

const banner = document.querySelector('#consent');
const opener = document.querySelector('[data-consent-open]');

if (banner instanceof HTMLElement) {
  if ('ask' in banner.dataset) banner.hidden = false;
  for (const button of banner.querySelectorAll('[data-consent-choice]')) {
    if (button instanceof HTMLElement) button.addEventListener('click', () => choose(banner, button.dataset.consentChoice === 'granted'));
  }
  opener?.addEventListener('click', () => {
    banner.hidden = false;
    banner.focus();
  });
  // Closing without an answer changes nothing: an open question comes back with the next page.
  banner.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') close(banner);
  });
  // The Back button brings a page back as it was left; the question may have been answered since.
  addEventListener('pageshow', ({ persisted }) => {
    const answer = persisted && /(?:^|; )shop_consent=(granted|denied)/.exec(document.cookie)?.[1];
    if (!answer || banner.hidden) return;
    banner.hidden = true;
    if (answer === 'granted') tellCompanion('grant');
  });
}

/** @param {HTMLElement} banner @param {boolean} granted */
function choose(banner, granted) {
  document.cookie = `shop_consent=${granted ? 'granted' : 'denied'}; path=/; max-age=${SIX_MONTHS_S}; SameSite=Lax`;
  tellCompanion(granted ? 'grant' : 'revoke');
  close(banner);
}

/** Keyboard users go on where the banner was opened, or at the page's own content. @param {HTMLElement} banner */
function close(banner) {
  const reopened = !('ask' in banner.dataset);
  banner.hidden = true;
  delete banner.dataset.ask;
  const next = reopened ? opener : document.querySelector('#main');
  if (next instanceof HTMLElement) next.focus({ preventScroll: true });
}

/** Looked up each time: the companion takes the stub's place when it is there. @param {'grant' | 'revoke'} word */
function tellCompanion(word) {
  /** @type {{ twin?: (...call: unknown[]) => unknown }} */ (/** @type {unknown} */ (window)).twin?.('consent', word);
}
