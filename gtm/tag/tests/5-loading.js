// === Loading: the queue first, then the script, by its address as the token
mock('injectScript', (url, loaded, failed, token) => {
  assertThat(calls.length, 'calls before the script').isEqualTo(1);
  assertThat(token).isEqualTo(url);
  loaded();
});
fire();
assertApi('injectScript').wasCalled();
assertApi('gtmOnSuccess').wasCalled();

// === Loading: a queue and a function that are there stay
const before = () => {};
page.twin = before;
fire();
assertThat(page.twin).isStrictlyEqualTo(before);
assertThat(event().name).isEqualTo('Purchase');

// === Loading: the function that is made queues what the page calls
fire();
page.twin('track', 'Lead');
assertThat(calls[1]).isEqualTo(['track', 'Lead']);

// === Loading: a script that does not come is a failure, and the page's own Pixel has the event, with the same id
page.fbq = () => {};
scriptLoads = false;
pushedLast = { ecommerce: { value: 0, currency: 'EUR', items: [{ item_id: 'tea', price: 1 }, { id: 'cup' }] } };
fire({ pixelIds: '111,222', objectTable: [{ name: 'content_name', value: 'Tea set' }] });
const params = { content_ids: ['tea', 'cup'], content_type: 'product', value: 0, currency: 'EUR', content_name: 'Tea set' };
assertThat(pageCalls).isEqualTo([
  ['fbq', 'trackSingle', '111', 'Purchase', params, { eventID: MINTED }],
  ['fbq', 'trackSingle', '222', 'Purchase', params, { eventID: MINTED }]
]);
assertApi('gtmOnFailure').wasCalled();
assertApi('gtmOnSuccess').wasNotCalled();

// === Loading: … and the companion, should it come after all, must not send it again
page.fbq = () => {};
scriptLoads = false;
fire();
assertThat(event().isWanted()).isFalse();

// === Loading: a script that has come is to send it
fire();
assertThat(event().isWanted()).isTrue();

// === Loading: a custom event in the page's own Pixel
page.fbq = () => {};
scriptLoads = false;
fire({ eventNameSource: 'custom', customEvent: 'SpinTheWheel' });
fire({ eventNameSource: 'custom', customEvent: 'Purchase' });
assertThat(pageCalls.map((call) => call[1])).isEqualTo(['trackSingleCustom', 'trackSingle']);

// === Loading: without the page's own Pixel the failure is all there is
scriptLoads = false;
fire();
assertThat(pageCalls).isEmpty();
assertApi('gtmOnFailure').wasCalled();

// === Loading: a page that lets no tag load scripts
page.fbq = () => {};
mock('queryPermission', false);
fire();
assertThat(scripts).isEmpty();
assertThat(calls).isEmpty();
assertThat(pageCalls.length).isEqualTo(1);
assertApi('gtmOnFailure').wasCalled();

// === Loading: a name that the page has taken
page.fbq = () => {};
page.twin = { of: 'the page' };
fire();
assertThat(page.twin).isEqualTo({ of: 'the page' });
assertThat(pageCalls.length).isEqualTo(1);
assertApi('gtmOnFailure').wasCalled();

// === Loading: a companion that is not whole gives the event to the page's own Pixel
page.fbq = () => {};
fire();
calls[0][2](undefined);
assertThat(pageCalls[0][5]).isEqualTo({ eventID: MINTED });

// === Loading: what the companion answers is for the console alone
fire({ debug: true });
calls[0][2]({ eventId: MINTED, from: 'push' });
assertApi('logToConsole').wasCalledWith('[pixel-twin] Purchase has the id ' + MINTED + ', its data is from: push.');
assertThat(pageCalls).isEmpty();

// === Loading: a companion that the page has is not loaded, and has its own settings
fire({ library: 'present', endpoint: '/other', disableAutoConfig: true });
assertThat(scripts).isEmpty();
assertThat(event().setup).isUndefined();
assertThat(event().disableAutoConfig).isFalse();
assertApi('gtmOnSuccess').wasCalled();

// === Loading: the endpoint is the shop's, or none
fire({ endpoint: ' /twin/events ' });
fire();
assertThat(events().map((one) => one.setup.endpoint)).isEqualTo(['/twin/events', undefined]);
