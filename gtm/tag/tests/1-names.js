// === Name: from the data layer
fire();
assertThat(event().name).isEqualTo('Purchase');
assertThat(event().pixelIds).isEqualTo('1234567890');
assertThat(event().setup.pixelId).isEqualTo('1234567890');
assertApi('gtmOnSuccess').wasCalled();
assertApi('gtmOnFailure').wasNotCalled();

// === Name: a standard event, whatever the data layer says
fire({ eventNameSource: 'standard', standardEvent: 'Lead' });
assertThat(event().name).isEqualTo('Lead');
assertApi('gtmOnSuccess').wasCalled();

// === Name: a custom event
fire({ eventNameSource: 'custom', customEvent: ' SpinTheWheel ' });
assertThat(event().name).isEqualTo('SpinTheWheel');
assertApi('gtmOnSuccess').wasCalled();

// === Name: a tag from before the choice existed is a standard event
fire({ eventNameSource: undefined, standardEvent: 'PageView' });
assertThat(event().name).isEqualTo('PageView');

// === Name: without a standard event it is refused, never a PageView by accident
fire({ eventNameSource: 'standard' });
assertThat(events()).isEmpty();
assertApi('gtmOnFailure').wasCalled();

// === Name: an empty custom event is refused
fire({ eventNameSource: 'custom', customEvent: '  ' });
assertThat(events()).isEmpty();
assertApi('gtmOnFailure').wasCalled();

// === Name: a variable that gives no text is refused
fire({ eventNameSource: 'custom', customEvent: { name: 'Lead' } });
assertThat(events()).isEmpty();
assertApi('gtmOnFailure').wasCalled();

// === Name: an event that Meta has no name for is skipped, and that is no failure
layer.event = 'remove_from_cart';
fire();
assertThat(events()).isEmpty();
assertThat(scripts).isEmpty();
assertApi('gtmOnSuccess').wasCalled();

// === Name: … or goes as a custom event, if asked for
layer.event = 'remove_from_cart';
fire({ unmapped: 'custom' });
assertThat(event().name).isEqualTo('remove_from_cart');

// === Name: GTM's own events are nobody's custom events
layer.event = 'gtm.dom';
fire({ unmapped: 'custom' });
assertThat(events()).isEmpty();
assertApi('gtmOnSuccess').wasCalled();

// === Name: an event without a name is skipped
layer.event = undefined;
fire({ unmapped: 'custom' });
assertThat(events()).isEmpty();
assertApi('gtmOnSuccess').wasCalled();

// === Name: the four actions of Universal Analytics are left to the companion, which knows whose they are
const actions = ['detail', 'add', 'checkout', 'purchase'];
layer.event = 'eec';
actions.forEach((action) => {
  const ecommerce = {};
  ecommerce[action] = { products: [{ id: 'tea' }] };
  pushedLast = { ecommerce: ecommerce };
  fire();
});
assertThat(events().map((one) => one.name)).isEqualTo(['', '', '', '']);

// === Name: not with the data layer switched off
layer.event = 'eec';
pushedLast = { ecommerce: { purchase: { products: [] } } };
fire({ useDataLayer: false });
assertThat(events()).isEmpty();

// === Pixel IDs: several, with spaces
fire({ pixelIds: ' 111, 222 ,,333' });
assertThat(event().pixelIds).isEqualTo('111,222,333');

// === Pixel IDs: a number from a variable
fire({ pixelIds: 1234567890 });
assertThat(event().pixelIds).isEqualTo('1234567890');

// === Pixel IDs: none is refused
fire({ pixelIds: undefined });
assertThat(events()).isEmpty();
assertApi('gtmOnFailure').wasCalled();

// === Pixel IDs: what is no number is refused
fire({ pixelIds: '123, GTM-ABC' });
assertThat(events()).isEmpty();
assertApi('gtmOnFailure').wasCalled();

// === Google's crawler is no visitor
mock('getUrl', 'gtm-msr.appspot.com');
fire();
assertThat(events()).isEmpty();
assertThat(scripts).isEmpty();
assertApi('gtmOnSuccess').wasCalled();
