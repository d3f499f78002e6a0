// === Data: the companion learns where the event's own push is
fire({ dataLayerName: 'shopLayer', itemIdKey: 'sku', contentType: 'product_group', currency: 'EUR' });
assertThat(event().dataLayer).isEqualTo('shopLayer');
assertThat(event().gtmEventId).isEqualTo(7);
assertThat([event().itemId, event().contentType, event().currency]).isEqualTo(['sku', 'product_group', 'EUR']);
assertThat(event().time_ms).isEqualTo(1700000000000);

// === Data: items as they were pushed last, not as GTM merges them
layer.ecommerce = { items: [{ item_id: 'pot', price: 10 }, { item_id: 'cup' }] };
pushedLast = { ecommerce: { items: [{ item_id: 'pot' }], value: 0 } };
fire();
assertThat(event().layer.ecommerce).isEqualTo({ items: [{ item_id: 'pot' }], value: 0 });

// === Data: a gtag event after an ecommerce push has its own
layer.eventModel = { value: 5, currency: 'EUR' };
pushedLast = { ecommerce: { value: 99, currency: 'USD' } };
fire();
assertThat(event().layer).isEqualTo({ eventModel: { value: 5, currency: 'EUR' } });

// === Data: an ecommerce push after a gtag event has its own
layer.eventModel = undefined;
pushedLast = { ecommerce: { value: 99, currency: 'USD' } };
fire();
assertThat(event().layer.ecommerce).isEqualTo({ value: 99, currency: 'USD' });

// === Data: a flat push
pushedLast = { items: [{ item_id: 'tea' }], value: 10, currency: 'EUR' };
fire();
assertThat(event().layer).isEqualTo({ ecommerce: undefined, items: [{ item_id: 'tea' }], value: 10, currency: 'EUR' });

// === Data: an event without goods takes nothing from an earlier one that had some
layer.event = 'generate_lead';
pushedLast = { ecommerce: { value: 99, currency: 'USD', items: [{ item_id: 'tea' }] }, value: 99 };
fire();
assertThat(event().layer).isEqualTo({});

// === Data: what was searched for
layer.event = 'view_search_results';
pushedLast = { search_term: 'teapot', value: 3 };
fire();
assertThat(event().name).isEqualTo('Search');
assertThat(event().layer).isEqualTo({ search_term: 'teapot' });

// === Data: a variable, then the table, which wins
fire({ objectVariable: { value: 1, currency: 'USD' }, objectTable: [{ name: 'value', value: '2' }] });
assertThat(event().params).isEqualTo([{ value: 1, currency: 'USD' }, { value: '2' }]);

// === Data: nothing in the fields is nothing
fire({ objectVariable: 'none', objectTable: undefined });
assertThat(event().params).isEqualTo([]);

// === Data: the data layer can be left alone
layer.ecommerce = { value: 1 };
fire({ useDataLayer: false });
assertThat(event().layer).isUndefined();

// === Data: no currency is invented
fire();
assertThat(event().currency).isEqualTo('');

// === Limited Data Use is a word and two numbers
fire({ ldu: true, lduCountry: '1', lduState: 1000 });
assertThat([event().setup.dataProcessingOptions, event().setup.dataProcessingOptionsCountry, event().setup.dataProcessingOptionsState]).isEqualTo(['LDU', '1', '1000']);

// === An upgraded tag: all optional fields are undefined
runCode({ pixelIds: '1', standardEvent: 'Purchase' });
assertThat(event().setup).isEqualTo({ pixelId: '1', endpoint: undefined, dataProcessingOptions: undefined, dataProcessingOptionsCountry: undefined, dataProcessingOptionsState: undefined, debug: false });
assertThat(event().eventId).isEqualTo(MINTED);
assertThat(event().layer).isDefined();
assertThat(event().matching).isUndefined();
assertThat([event().disableAutoConfig, event().disableHistory]).isEqualTo([false, false]);
assertThat(scripts).isEqualTo([[SCRIPT, SCRIPT]]);
assertApi('gtmOnSuccess').wasCalled();

// === Matching: off, no customer data is read or sent
layer.user_data = { email: 'a@b.co' };
fire({ matchDataLayer: true, userDataVariable: { email: 'a@b.co' }, userDataTable: [{ name: 'em', value: 'a@b.co' }] });
assertThat(event().matching).isUndefined();
assertApi('copyFromDataLayer').wasNotCalledWith('user_data');

// === Matching: the data layer, a variable, the table
layer.user_data = { email: 'a@b.co', address: [{ city: 'Bonn' }] };
fire({ useMatching: true, matchDataLayer: true, userDataVariable: { ph: '1' }, userDataTable: [{ name: 'fn', value: 'Eva' }] });
assertThat(event().matching).isEqualTo({ isLayerRead: true, user_data: { email: 'a@b.co', address: [{ city: 'Bonn' }] }, given: [{ ph: '1' }, { fn: 'Eva' }] });

// === Matching: the data layer only if asked for
layer.user_data = { email: 'a@b.co' };
fire({ useMatching: true });
assertThat(event().matching).isEqualTo({ isLayerRead: false, user_data: undefined, given: [] });
