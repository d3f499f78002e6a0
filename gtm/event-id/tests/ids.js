// === The page's seed and GTM's number of the event
assertThat(runCode({})).isEqualTo('1700000000000.42.42.7');
assertThat(page._twin_seed).isEqualTo('1700000000000.42.42');

// === The same for everybody in one event, another in the next
const first = runCode({});
mock('getTimestampMillis', 1800000000000);
mock('generateRandom', 43);
assertThat(runCode({ eventIdSource: 'auto' })).isEqualTo(first);
layer['gtm.uniqueEventId'] = 8;
assertThat(runCode({})).isEqualTo('1700000000000.42.42.8');

// === The seed that the tag has left is taken
page._twin_seed = 'seed';
assertThat(runCode({})).isEqualTo('seed.7');

// === The order's
layer.ecommerce = { transaction_id: 'T-1' };
assertThat(runCode({ eventIdSource: 'order' })).isEqualTo('order_T-1');
assertThat(runCode({ eventIdSource: 'auto' })).isEqualTo('1700000000000.42.42.7');

// === Without an order, the event's own: never none
layer.ecommerce = null;
assertThat(runCode({ eventIdSource: 'order' })).isEqualTo('1700000000000.42.42.7');
layer.ecommerce = { transaction_id: '  ' };
assertThat(runCode({ eventIdSource: 'order' })).isEqualTo('1700000000000.42.42.7');
