// The id of the current GTM event. Tag and variable both begin with this file, so that whoever asks first, all get the same.
const copyFromDataLayer = require('copyFromDataLayer');
const copyFromWindow = require('copyFromWindow');
const generateRandom = require('generateRandom');
const getTimestampMillis = require('getTimestampMillis');
const getType = require('getType');
const setInWindow = require('setInWindow');

const MAX_RANDOM = 2147483647;

// Trimmed text of text or a number; '' for all else.
const textOf = (value) => (getType(value) === 'string' || getType(value) === 'number' ? ('' + value).trim() : '');

// The page's seed and GTM's own number of the event: other events, other pages and other visitors have others.
const mintId = () => {
  let seed = copyFromWindow('_twin_seed');
  if (getType(seed) !== 'string') {
    seed = getTimestampMillis() + '.' + generateRandom(0, MAX_RANDOM) + '.' + generateRandom(0, MAX_RANDOM);
    setInWindow('_twin_seed', seed, true);
  }
  return seed + '.' + copyFromDataLayer('gtm.uniqueEventId');
};

// `order_<transaction_id>`, which any backend can form, too, and a reloaded thank-you page forms again; '' without one.
const orderId = () => {
  // What gtag() passes is this event's alone. `ecommerce` is read as it was pushed last: merged, it would be nobody's.
  const model = copyFromDataLayer('eventModel');
  const ecommerce = copyFromDataLayer('ecommerce', 1);
  const action = ecommerce && ecommerce.purchase && ecommerce.purchase.actionField;
  const id = textOf(model ? model.transaction_id : (ecommerce && ecommerce.transaction_id) || (action && action.id));
  return id && (copyFromDataLayer('event') === 'refund' ? 'refund_' : 'order_') + id;
};
