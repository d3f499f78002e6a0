// A page: its data layer as GTM has merged it and as it was pushed last, its window, its consent, and what came of it.
const Object = require('Object');

let layer = { event: 'purchase', 'gtm.uniqueEventId': 7 };
let pushedLast = {};
let page = {};
let calls = [];
let pageCalls = [];
let scripts = [];
let scriptLoads = true;
let consent = { ad_storage: true, ad_user_data: true };
let listeners = [];
let later = [];
let storage = {};

mock('copyFromDataLayer', (key, version) => (version === 1 && pushedLast.hasOwnProperty(key) ? pushedLast[key] : layer[key]));
mock('copyFromWindow', (key) => page[key]);
mock('setInWindow', (key, value) => {
  page[key] = value;
  return true;
});
mock('createQueue', () => (call) => {
  if (!page.twin) fail('There is nothing yet that a queue could hang on.');
  calls.push(call);
});
mock('callInWindow', (name, method, pixelId, event, params, options) => {
  pageCalls.push([name, method, pixelId, event, params, options]);
});
mock('injectScript', (url, loaded, failed, token) => {
  scripts.push([url, token]);
  if (scriptLoads) loaded();
  else failed();
});
mock('isConsentGranted', (type) => consent[type]);
mock('addConsentListener', (type, listener) => {
  listeners.push([type, listener]);
});
mock('callLater', (act) => {
  later.push(act);
});
mock('queryPermission', true);
mock('getUrl', 'shop.example');
mock('getTimestampMillis', 1700000000000);
mock('generateRandom', 42);
mockObject('templateStorage', {
  getItem: (key) => (storage.hasOwnProperty(key) ? storage[key] : null),
  setItem: (key, value) => {
    storage[key] = value;
  }
});

const SCRIPT = '{{script}}';
const MINTED = '1700000000000.42.42.7';

// Fires a tag with these fields.
const fire = (fields) => {
  const data = { pixelIds: '1234567890', eventNameSource: 'dataLayer' };
  Object.keys(fields || {}).forEach((key) => {
    data[key] = fields[key];
  });
  runCode(data);
};
const events = () => calls.filter((call) => call[0] === 'event').map((call) => call[1]);
const event = () => {
  assertThat(events().length, 'events on the queue').isEqualTo(1);
  return events()[0];
};
// The visitor decides; one update of Consent Mode may name several types.
const decide = (types) => {
  Object.keys(types).forEach((type) => {
    const before = consent[type];
    consent[type] = types[type];
    if (before !== types[type]) {
      listeners.forEach((entry) => {
        if (entry[0] === type) entry[1](type, types[type]);
      });
    }
  });
  const acts = later;
  later = [];
  acts.forEach((act) => act());
};
