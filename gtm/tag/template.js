// Gathers one event and puts it on the companion's queue. What it means, and all that is sent, is the companion's.
const addConsentListener = require('addConsentListener');
const callInWindow = require('callInWindow');
const callLater = require('callLater');
const createQueue = require('createQueue');
const getUrl = require('getUrl');
const injectScript = require('injectScript');
const isConsentGranted = require('isConsentGranted');
const logToConsole = require('logToConsole');
const makeTableMap = require('makeTableMap');
const Object = require('Object');
const queryPermission = require('queryPermission');
const templateStorage = require('templateStorage');

const SCRIPT = '{{script}}';

// GA4's events, and those of Meta's in GA4's spelling.
const EVENTS = {
  page_view: 'PageView',
  view_item: 'ViewContent',
  search: 'Search',
  view_search_results: 'Search',
  add_to_cart: 'AddToCart',
  add_to_wishlist: 'AddToWishlist',
  begin_checkout: 'InitiateCheckout',
  add_payment_info: 'AddPaymentInfo',
  purchase: 'Purchase',
  refund: 'Refund',
  generate_lead: 'Lead',
  sign_up: 'CompleteRegistration',
  contact: 'Contact',
  customize_product: 'CustomizeProduct',
  donate: 'Donate',
  find_location: 'FindLocation',
  schedule: 'Schedule',
  start_trial: 'StartTrial',
  submit_application: 'SubmitApplication',
  subscribe: 'Subscribe'
};
// Universal Analytics: one of these in `ecommerce` is the event, whatever the push is called.
const ACTIONS = ['purchase', 'refund', 'checkout', 'add', 'detail'];
// Events of goods. Others have no business with an `ecommerce` that an earlier event may have left behind.
const OF_GOODS = ['ViewContent', 'AddToCart', 'AddToWishlist', 'InitiateCheckout', 'AddPaymentInfo', 'Purchase', 'Refund'];
// Most events that wait for consent; the oldest is dropped first.
const MAX_HELD = 100;

const say = (text) => logToConsole('[pixel-twin] ' + text);
const debug = (text) => {
  if (data.debug) say(text);
};
const refuse = (text) => {
  say(text);
  data.gtmOnFailure();
};
const nothing = () => {};
const isObject = (value) => getType(value) === 'object';
const tableOf = (rows) => (getType(rows) === 'array' ? makeTableMap(rows, 'name', 'value') : undefined);

// --- The event

const eventName = copyFromDataLayer('event');
const useDataLayer = data.useDataLayer !== false;

// An event that only the companion can tell: it knows whether the action is of this push or was left by an earlier one.
const isUniversal = () => {
  const ecommerce = copyFromDataLayer('ecommerce', 1);
  return useDataLayer && isObject(ecommerce) && !ecommerce.items && ACTIONS.some((action) => isObject(ecommerce[action]));
};

const metaName = () => {
  if (data.eventNameSource === 'custom') return textOf(data.customEvent);
  if (data.eventNameSource !== 'dataLayer') return textOf(data.standardEvent);
  if (EVENTS.hasOwnProperty(eventName)) return EVENTS[eventName];
  return data.unmapped === 'custom' && textOf(eventName).indexOf('gtm.') !== 0 ? textOf(eventName) : '';
};

// For where the companion does not find the event's own push.
const readLayer = (name) => {
  const eventModel = copyFromDataLayer('eventModel');
  if (eventModel) return { eventModel: eventModel };
  if (name === 'Search') return { search_term: copyFromDataLayer('search_term', 1) };
  if (OF_GOODS.indexOf(name) < 0) return {};
  return {
    ecommerce: copyFromDataLayer('ecommerce', 1),
    items: copyFromDataLayer('items', 1),
    value: copyFromDataLayer('value', 1),
    currency: copyFromDataLayer('currency', 1)
  };
};

const readMatching = () => ({
  isLayerRead: data.matchDataLayer === true,
  user_data: data.matchDataLayer === true ? copyFromDataLayer('user_data') : undefined,
  given: [data.userDataVariable, tableOf(data.userDataTable)].filter(isObject)
});

const readSetup = (pixelIds) => ({
  pixelId: pixelIds.join(','),
  endpoint: textOf(data.endpoint) || undefined,
  dataProcessingOptions: data.ldu ? 'LDU' : undefined,
  dataProcessingOptionsCountry: textOf(data.lduCountry) || undefined,
  dataProcessingOptionsState: textOf(data.lduState) || undefined,
  debug: data.debug === true
});

const readEvent = (pixelIds, name) => {
  const given = (data.eventIdSource === 'value' && textOf(data.eventId)) || (data.eventIdSource === 'order' && orderId()) || '';
  if (!given && data.eventIdSource === 'value') debug('The event ID is empty; one was made.');
  const isOurs = data.library !== 'present';
  return {
    setup: isOurs ? readSetup(pixelIds) : undefined,
    pixelIds: pixelIds.join(','),
    name: name,
    eventId: given || mintId(),
    isMinted: !given,
    time_ms: getTimestampMillis(),
    dataLayer: textOf(data.dataLayerName) || 'dataLayer',
    gtmEventId: copyFromDataLayer('gtm.uniqueEventId'),
    layer: useDataLayer ? readLayer(name) : undefined,
    itemId: textOf(data.itemIdKey),
    contentType: textOf(data.contentType),
    currency: textOf(data.currency),
    params: [data.objectVariable, tableOf(data.objectTable)].filter(isObject),
    matching: data.useMatching === true ? readMatching() : undefined,
    disableAutoConfig: isOurs && data.disableAutoConfig === true,
    disableHistory: isOurs && data.disableHistory === true
  };
};

// --- To the companion

const put = (call) => {
  const push = createQueue('twin.q');
  push(call);
};

// The companion's name, with the queue that it empties; false if something of the page's has it.
const prepareQueue = () => {
  const type = getType(copyFromWindow('twin'));
  if (type === 'undefined') {
    // The function first: a queue needs something to hang on.
    setInWindow('twin', function () {
      put(arguments);
    }, true);
  }
  return type === 'undefined' || type === 'function';
};

const basicParams = (event) => {
  const layer = event.layer || {};
  const source = layer.eventModel || layer.ecommerce || layer;
  const params = {};
  if (getType(source.items) === 'array') {
    const ids = source.items.map((item) => item && (item[event.itemId] || item.item_id || item.id)).filter((id) => id);
    if (ids.length) {
      params.content_ids = ids;
      params.content_type = event.contentType || 'product';
    }
  }
  ['value', 'currency', 'search_term'].forEach((key) => {
    if (textOf(source[key])) params[key === 'search_term' ? 'search_string' : key] = source[key];
  });
  event.params.forEach((given) => {
    Object.keys(given).forEach((key) => {
      if (textOf(given[key])) params[key] = given[key];
    });
  });
  return params;
};

// Where the companion can't come, the page's own Pixel has the event, with its id.
const fallBack = (event) => {
  if (!event.name || getType(copyFromWindow('fbq')) !== 'function') return;
  const isStandard = event.name !== 'Refund' && Object.values(EVENTS).indexOf(event.name) >= 0;
  event.pixelIds.split(',').forEach((pixelId) => {
    callInWindow('fbq', isStandard ? 'trackSingle' : 'trackSingleCustom', pixelId, event.name, basicParams(event), { eventID: event.eventId });
  });
};

const deliver = (event, onSuccess, onFailure) => {
  let isWanted = true;
  const giveUp = (why) => {
    debug(why + ' The Pixel event goes without the companion.');
    isWanted = false;
    fallBack(event);
  };
  const fail = (why) => {
    giveUp(why);
    onFailure();
  };
  if (event.setup && !queryPermission('inject_script', SCRIPT)) return fail('This page does not let tags load scripts.');
  if (!prepareQueue()) return fail('window.twin is something of the page.');
  event.isWanted = () => isWanted;
  put(['event', event, (answer) => {
    if (!answer) giveUp('twin-gtm.js is not beside ' + SCRIPT + '.');
    else if (answer.eventId) debug((event.name || eventName) + ' has the id ' + answer.eventId + ', its data is from: ' + answer.from + '.');
    else debug((event.name || eventName) + ' is none of Meta, or has gone before.');
  }]);
  if (!event.setup) return onSuccess();
  templateStorage.setItem('isStarted', true);
  injectScript(SCRIPT, onSuccess, () => fail(SCRIPT + ' did not load.'), SCRIPT);
};

// --- Consent

const consentSource = data.consentSource === 'variable' || data.consentSource === 'none' ? data.consentSource : 'gtm';

const isGranted = () => {
  if (consentSource === 'none') return true;
  const given = data.consentVariable;
  return consentSource === 'variable' ? given === true || given === 'true' || given === 'granted' : isConsentGranted('ad_storage');
};

const deliverAllowed = (event, onSuccess, onFailure) => {
  if (consentSource === 'gtm' && !isConsentGranted('ad_user_data')) event.matching = undefined;
  deliver(event, onSuccess, onFailure);
};

// In memory alone, for all tags of this template with the same source of consent.
const heldKey = 'held.' + consentSource;

const hold = (event) => {
  const held = templateStorage.getItem(heldKey) || [];
  held.push(event);
  if (held.length > MAX_HELD) held.shift();
  templateStorage.setItem(heldKey, held);
};

const release = () => {
  const held = templateStorage.getItem(heldKey) || [];
  templateStorage.setItem(heldKey, []);
  held.forEach((event) => deliverAllowed(event, nothing, nothing));
};

// Once for the page: what is held goes with the grant; with a revoke, the companion drops and deletes what it has.
const followConsent = () => {
  if (templateStorage.getItem('follows')) return;
  templateStorage.setItem('follows', true);
  addConsentListener('ad_storage', (type, isNowGranted) => {
    // In the next turn: ad_user_data may come in the same update.
    callLater(() => {
      if (isNowGranted !== isConsentGranted('ad_storage')) return;
      const isRevoked = templateStorage.getItem('isRevoked') === true;
      // Only what was revoked here is granted here: the page's own word to Meta's library is the page's.
      if (templateStorage.getItem('isStarted') && isNowGranted === isRevoked) {
        put(['consent', isNowGranted ? 'grant' : 'revoke']);
        templateStorage.setItem('isRevoked', !isNowGranted);
      }
      if (isNowGranted) release();
    });
  });
};

// ---

const main = () => {
  // Google's own crawler is no visitor.
  if (getUrl('host') === 'gtm-msr.appspot.com') return data.gtmOnSuccess();

  const pixelIds = textOf(data.pixelIds).split(' ').join(',').split(',').filter((id) => id);
  if (!pixelIds.length || !pixelIds.every((id) => id.match('^[0-9]+$'))) return refuse('The Pixel ID has to be digits; several with commas between.');
  const name = metaName();
  if (!name && data.eventNameSource !== 'dataLayer') return refuse('The tag has no event name.');
  if (!name && !isUniversal()) {
    debug(textOf(eventName) + ' is no event of Meta and was skipped.');
    return data.gtmOnSuccess();
  }

  const event = readEvent(pixelIds, name);
  if (consentSource === 'gtm') followConsent();
  if (isGranted()) {
    release();
    return deliverAllowed(event, data.gtmOnSuccess, data.gtmOnFailure);
  }
  if (data.whenDenied === 'drop') debug('Without consent ' + name + ' was dropped.');
  else hold(event);
  data.gtmOnSuccess();
};

main();
