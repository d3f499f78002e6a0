// === Event ID: made of the page's seed and GTM's number of the event
fire();
assertThat(event().eventId).isEqualTo(MINTED);
assertThat(event().isMinted).isTrue();

// === Event ID: two tags of one event have the same
fire();
fire({ pixelIds: '99', eventNameSource: 'custom', customEvent: 'Other' });
assertThat(events()[0].eventId).isEqualTo(events()[1].eventId);

// === Event ID: the next event has another
fire();
layer['gtm.uniqueEventId'] = 8;
fire();
assertThat(events()[0].eventId).isEqualTo(MINTED);
assertThat(events()[1].eventId).isEqualTo('1700000000000.42.42.8');

// === Event ID: the seed that somebody else has left is taken
page._twin_seed = 'seed';
fire();
assertThat(event().eventId).isEqualTo('seed.7');

// === Event ID: of the order
layer.ecommerce = { transaction_id: ' T-1 ' };
fire({ eventIdSource: 'order' });
assertThat(event().eventId).isEqualTo('order_T-1');
assertThat(event().isMinted).isFalse();

// === Event ID: of an order that is a number, or Universal Analytics'
pushedLast = { ecommerce: { transaction_id: 12 } };
fire({ eventIdSource: 'order' });
pushedLast = { ecommerce: { purchase: { actionField: { id: 'U-1' } } } };
fire({ eventIdSource: 'order' });
assertThat(events().map((one) => one.eventId)).isEqualTo(['order_12', 'order_U-1']);

// === Event ID: of a gtag event's order, not of the one before
layer.eventModel = { transaction_id: 'G-1' };
pushedLast = { ecommerce: { transaction_id: 'T-1' } };
fire({ eventIdSource: 'order' });
assertThat(event().eventId).isEqualTo('order_G-1');

// === Event ID: a refund is no second purchase
layer.event = 'refund';
layer.ecommerce = { transaction_id: 'T-1' };
fire({ eventIdSource: 'order' });
assertThat(event().eventId).isEqualTo('refund_T-1');

// === Event ID: without an order it is made
layer.event = 'sign_up';
fire({ eventIdSource: 'order' });
assertThat(event().eventId).isEqualTo(MINTED);
assertThat(event().isMinted).isTrue();

// === Event ID: a value
fire({ eventIdSource: 'value', eventId: ' mine ' });
assertThat(event().eventId).isEqualTo('mine');
assertThat(event().isMinted).isFalse();

// === Event ID: an empty value is made up for, never no ID
fire({ eventIdSource: 'value', eventId: undefined });
assertThat(event().eventId).isEqualTo(MINTED);
assertApi('gtmOnSuccess').wasCalled();
