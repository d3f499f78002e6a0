// The shop's own consent banner, as far as the server writes it; assets/consent-banner.mjs makes it work.
import { attributes, html } from './html.mjs';

/** @typedef {import('./visit.mjs').Visit} Visit */

/**
 * Hidden until its script runs: without JavaScript nothing would be sent, so there is nothing to ask.
 * First in the page, so that it is the first thing the Tab key reaches.
 *
 * @param {Visit} visit
 */
export function banner({ consent, shopConsent }) {
  if (consent !== 'required') return null;
  const settings = attributes({ 'data-ask': shopConsent === undefined });
  return html`<section class="consent" id="consent" role="dialog" aria-modal="false" aria-labelledby="consent-title" aria-describedby="consent-text" tabindex="-1" hidden${settings}>
  <div>
    <h2 id="consent-title">May Meta know about your visit?</h2>
    <p id="consent-text">If you agree, we tell Meta what you look at and buy here, so that we can see which adverts brought you. Until you do, nothing is stored and nothing is sent.</p>
  </div>
  <div class="choices">
    <button type="button" class="button choice" data-consent-choice="denied">Reject</button>
    <button type="button" class="button choice" data-consent-choice="granted">Accept</button>
  </div>
</section>`;
}

/** @param {Visit} visit */
export function privacySettings({ consent }) {
  return consent === 'required' && html` · <button type="button" class="linklike" data-consent-open aria-controls="consent">Privacy settings</button>`;
}
