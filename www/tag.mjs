// What the head of every page carries for the companion: stub, tag, and where it belongs Meta's base code.
import { attributes, html, literal, Markup } from './html.mjs';

/** @typedef {import('./visit.mjs').Visit} Visit */

const STUB = 'window.twin=window.twin||function(){(twin.q=twin.q||[]).push(arguments)}';

/** @param {Visit} visit @param {string[]} calls */
export function tag(visit, calls) {
  return html`${ownBaseCode(visit) && baseCode(visit.settings.pixelId)}<!-- pixel-twin: the stub takes calls until the companion is there -->
<script>${new Markup(STUB)}</script>
${earlierGrant(visit)}<script async src="/twin.js"${companionSettings(visit)}></script>
<script>
${new Markup(calls.join('\n'))}
</script>`;
}

/** Nothing of Meta's may load before consent, so there the companion loads the Pixel, after the grant. @param {Visit} visit */
function ownBaseCode({ pixel, consent }) {
  return pixel === 'meta' && consent === 'granted';
}

/** @param {Visit} visit */
function companionSettings({ settings, pixel, consent }) {
  return attributes({
    'data-pixel-id': settings.pixelId,
    'data-endpoint': '/twin/events',
    'data-consent': consent === 'required' ? 'required' : undefined,
    'data-routing': settings.routing,
    'data-pixel-script': pixel === 'standin' ? `${settings.standinUrl}/en_US/fbevents.js` : undefined,
    'data-debug': settings.debug,
  });
}

/** The visitor has agreed on an earlier page, and the shop remembers. @param {Visit} visit */
function earlierGrant({ consent, shopConsent }) {
  return consent === 'required' && shopConsent === 'granted' && html`<script>twin('consent', 'grant');</script>\n`;
}

/** Meta's snippet as its documentation gives it, down to the line breaks. @param {string} pixelId */
function baseCode(pixelId) {
  return html`<!-- Meta Pixel Code -->
<script>
${new Markup(`!function(f,b,e,v,n,t,s)
{if(f.fbq)return;n=f.fbq=function(){n.callMethod?
n.callMethod.apply(n,arguments):n.queue.push(arguments)};
if(!f._fbq)f._fbq=n;n.push=n;n.loaded=!0;n.version='2.0';
n.queue=[];t=b.createElement(e);t.async=!0;
t.src=v;s=b.getElementsByTagName(e)[0];
s.parentNode.insertBefore(t,s)}(window, document,'script',
'https://connect.facebook.net/en_US/fbevents.js');
fbq('init', ${literal(pixelId)});`)}
</script>
<!-- Its last line, fbq('track', 'PageView'), is left to the companion below, so that the event carries an event_id -->
<!-- End Meta Pixel Code -->
`;
}
