let layer = { event: 'purchase', 'gtm.uniqueEventId': 7 };
let page = {};

mock('copyFromDataLayer', (key) => layer[key]);
mock('copyFromWindow', (key) => page[key]);
mock('setInWindow', (key, value) => {
  page[key] = value;
  return true;
});
mock('getTimestampMillis', 1700000000000);
mock('generateRandom', 42);
