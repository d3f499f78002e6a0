___TERMS_OF_SERVICE___

By creating or modifying this file you agree to Google Tag Manager's Community
Template Gallery Developer Terms of Service available at
https://developers.google.com/tag-manager/gallery-tos (or such other URL as
Google may provide), as modified from time to time.


___INFO___

{
  "type": "TAG",
  "id": "cvt_temp_public_id",
  "version": 1,
  "securityGroups": [],
  "displayName": "Pixel Twin for Meta Pixel and Conversions API",
  "categories": [
    "ADVERTISING",
    "CONVERSIONS",
    "ATTRIBUTION"
  ],
  "brand": {
    "id": "brand_dummy",
    "displayName": "Pixel Twin",
    "thumbnail": "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAYAAACqaXHeAAACAUlEQVR42u2au0oDQRiFfYIhYGMjpLLexkYGJRIUiWIQRQtTiArKQBpBR7wtOl5QIVhaBXyBvICQN3BLy22nyyOMbNiFGExMskcjeA6cai9wvv3n392ZGRmhKIqiKIqiKIoaUEJpTyjtC6VrQulAKO3aHMTHonO8TvexRnrWSN8aWbNGBtZI1+YgPhad4w07dFYoXRFKh18E/s5hfG3WGhm5Yo0Mvwj8ncP42uxvBs8IpasDhP7k0b1jN7N87Z42yi70c26A8O2uWiMzPx2+KJRupA0/UTp367kHtzn92PTu7K17La8hIDSskcWfCp/6qUeOnnoSvN1RNQAgNKsBXfJ1RMkvLNx2DJ/4oqhRQ6IOGRKI8JF7Cd8KAVQJ9T9f9n92OMQNzyEaXr/hE4Mao+u7McbjvoEY963dvl9HbwdQP2j01Q+GWfpDHwrxF17q8GO7J6nDJ34/mUNByPYCoIIAMLVyBQPwXNpHAaj0AiBEAFjJ38MAlOcvUQDCXv7qUocf3z6FhU/8dlRAQfC6AfARACbXLuEAXrZ2UAD8bgBqCAD5xRs4gLvVAxSAWjcAAQLA0twdHMBh4QwFIOgGwCGMDp8YBMARAAEQAJsgX4P8EOKnMH+G+DvMCRFOiXFSlNPiXBjh0hgXR7k8zg0S3CLDTVLcJkdRFEVRFEVR1L/SB2ADfxytw62/AAAAAElFTkSuQmCC"
  },
  "description": "Sends each event to the Meta Pixel and, with the same event ID, to your own endpoint for the Conversions API, so that Meta counts it once. Nothing is loaded, stored or sent before consent.",
  "containerContexts": [
    "WEB"
  ]
}


___TEMPLATE_PARAMETERS___

[
  {
    "type": "TEXT",
    "name": "pixelIds",
    "displayName": "Pixel ID",
    "simpleValueType": true,
    "alwaysInSummary": true,
    "valueHint": "1234567890",
    "help": "The number of your pixel (dataset) in Meta\u0027s Events Manager. Several with commas between.",
    "valueValidators": [
      {
        "type": "NON_EMPTY",
        "errorMessage": "Enter the Pixel ID."
      },
      {
        "type": "REGEX",
        "args": [
          "^[0-9, ]+$"
        ],
        "errorMessage": "A Pixel ID is digits; several with commas between."
      }
    ]
  },
  {
    "type": "RADIO",
    "name": "eventNameSource",
    "displayName": "Event",
    "radioItems": [
      {
        "value": "dataLayer",
        "displayValue": "From the data layer: GA4\u0027s event is Meta\u0027s",
        "help": "purchase is Purchase, view_item is ViewContent, and so on. One tag then serves all e-commerce events.",
        "subParams": [
          {
            "type": "SELECT",
            "name": "unmapped",
            "displayName": "Events that Meta has no name for",
            "macrosInSelect": false,
            "selectItems": [
              {
                "value": "skip",
                "displayValue": "Leave out"
              },
              {
                "value": "custom",
                "displayValue": "Send as custom events"
              }
            ],
            "simpleValueType": true,
            "defaultValue": "skip"
          }
        ]
      },
      {
        "value": "standard",
        "displayValue": "A standard event",
        "subParams": [
          {
            "type": "SELECT",
            "name": "standardEvent",
            "displayName": "Standard event",
            "macrosInSelect": false,
            "selectItems": [
              {
                "value": "AddPaymentInfo",
                "displayValue": "AddPaymentInfo"
              },
              {
                "value": "AddToCart",
                "displayValue": "AddToCart"
              },
              {
                "value": "AddToWishlist",
                "displayValue": "AddToWishlist"
              },
              {
                "value": "CompleteRegistration",
                "displayValue": "CompleteRegistration"
              },
              {
                "value": "Contact",
                "displayValue": "Contact"
              },
              {
                "value": "CustomizeProduct",
                "displayValue": "CustomizeProduct"
              },
              {
                "value": "Donate",
                "displayValue": "Donate"
              },
              {
                "value": "FindLocation",
                "displayValue": "FindLocation"
              },
              {
                "value": "InitiateCheckout",
                "displayValue": "InitiateCheckout"
              },
              {
                "value": "Lead",
                "displayValue": "Lead"
              },
              {
                "value": "PageView",
                "displayValue": "PageView"
              },
              {
                "value": "Purchase",
                "displayValue": "Purchase"
              },
              {
                "value": "Schedule",
                "displayValue": "Schedule"
              },
              {
                "value": "Search",
                "displayValue": "Search"
              },
              {
                "value": "StartTrial",
                "displayValue": "StartTrial"
              },
              {
                "value": "SubmitApplication",
                "displayValue": "SubmitApplication"
              },
              {
                "value": "Subscribe",
                "displayValue": "Subscribe"
              },
              {
                "value": "ViewContent",
                "displayValue": "ViewContent"
              }
            ],
            "simpleValueType": true,
            "defaultValue": "PageView",
            "alwaysInSummary": true
          }
        ]
      },
      {
        "value": "custom",
        "displayValue": "A custom event",
        "subParams": [
          {
            "type": "TEXT",
            "name": "customEvent",
            "displayName": "Name",
            "simpleValueType": true,
            "alwaysInSummary": true,
            "valueValidators": [
              {
                "type": "NON_EMPTY",
                "errorMessage": "Enter the event\u0027s name."
              }
            ]
          }
        ]
      }
    ],
    "simpleValueType": true,
    "defaultValue": "standard",
    "alwaysInSummary": true
  },
  {
    "type": "GROUP",
    "name": "eventIdGroup",
    "displayName": "Event ID",
    "groupStyle": "ZIPPY_CLOSED",
    "subParams": [
      {
        "type": "RADIO",
        "name": "eventIdSource",
        "displayName": "The ID by which Meta counts both messages as one event",
        "radioItems": [
          {
            "value": "auto",
            "displayValue": "Made for each event",
            "help": "The variable template “Pixel Twin Event ID” gives the same ID to other tags of the same event."
          },
          {
            "value": "order",
            "displayValue": "Of the order, where there is one",
            "help": "order_ and the transaction_id: the same on a reloaded thank-you page, and your backend can form it, too. Other events get one that is made."
          },
          {
            "value": "value",
            "displayValue": "A value",
            "subParams": [
              {
                "type": "TEXT",
                "name": "eventId",
                "displayName": "Event ID",
                "simpleValueType": true,
                "help": "Where it is empty, an ID is made: an event never goes without."
              }
            ]
          }
        ],
        "simpleValueType": true,
        "defaultValue": "auto"
      }
    ]
  },
  {
    "type": "GROUP",
    "name": "dataGroup",
    "displayName": "Event data",
    "groupStyle": "ZIPPY_OPEN",
    "subParams": [
      {
        "type": "CHECKBOX",
        "name": "useDataLayer",
        "checkboxText": "Read the event\u0027s own push to the data layer",
        "simpleValueType": true,
        "defaultValue": true,
        "help": "Value, currency, items, order and search as GA4, gtag and Universal Analytics have them. What earlier pushes said is never mixed in."
      },
      {
        "type": "TEXT",
        "name": "itemIdKey",
        "displayName": "Key of an item\u0027s ID",
        "simpleValueType": true,
        "enablingConditions": [
          {
            "paramName": "useDataLayer",
            "paramValue": true,
            "type": "EQUALS"
          }
        ],
        "valueHint": "item_id",
        "help": "If your catalogue at Meta has other IDs than item_id or id."
      },
      {
        "type": "SELECT",
        "name": "contentType",
        "displayName": "Content type",
        "macrosInSelect": false,
        "selectItems": [
          {
            "value": "product",
            "displayValue": "product"
          },
          {
            "value": "product_group",
            "displayValue": "product_group"
          }
        ],
        "simpleValueType": true,
        "defaultValue": "product",
        "enablingConditions": [
          {
            "paramName": "useDataLayer",
            "paramValue": true,
            "type": "EQUALS"
          }
        ]
      },
      {
        "type": "TEXT",
        "name": "currency",
        "displayName": "Currency",
        "simpleValueType": true,
        "enablingConditions": [
          {
            "paramName": "useDataLayer",
            "paramValue": true,
            "type": "EQUALS"
          }
        ],
        "valueHint": "EUR",
        "help": "Where an event names none. Without this, none is invented."
      },
      {
        "type": "SELECT",
        "name": "objectVariable",
        "displayName": "Parameters from a variable",
        "macrosInSelect": true,
        "selectItems": [
          {
            "value": "none",
            "displayValue": "None"
          }
        ],
        "simpleValueType": true,
        "defaultValue": "none",
        "help": "An object with Meta\u0027s names: value, currency, content_ids, contents, … They win over the data layer."
      },
      {
        "type": "SIMPLE_TABLE",
        "name": "objectTable",
        "displayName": "Parameters",
        "newRowButtonText": "Add parameter",
        "simpleTableColumns": [
          {
            "name": "name",
            "displayName": "Meta\u0027s name",
            "type": "TEXT",
            "isUnique": true,
            "valueValidators": [
              {
                "type": "NON_EMPTY"
              }
            ]
          },
          {
            "name": "value",
            "displayName": "Value",
            "type": "TEXT",
            "defaultValue": ""
          }
        ],
        "help": "They win over the variable. An empty value counts as not given."
      }
    ]
  },
  {
    "type": "GROUP",
    "name": "matchingGroup",
    "displayName": "Advanced matching",
    "groupStyle": "ZIPPY_CLOSED",
    "subParams": [
      {
        "type": "CHECKBOX",
        "name": "useMatching",
        "checkboxText": "Send customer data",
        "simpleValueType": true,
        "defaultValue": false,
        "help": "Normalized and hashed in the page; nothing readable leaves it."
      },
      {
        "type": "CHECKBOX",
        "name": "matchDataLayer",
        "checkboxText": "Read user_data of the data layer",
        "simpleValueType": true,
        "defaultValue": true,
        "enablingConditions": [
          {
            "paramName": "useMatching",
            "paramValue": true,
            "type": "EQUALS"
          }
        ]
      },
      {
        "type": "SELECT",
        "name": "userDataVariable",
        "displayName": "Customer data from a variable",
        "macrosInSelect": true,
        "selectItems": [
          {
            "value": "none",
            "displayValue": "None"
          }
        ],
        "simpleValueType": true,
        "defaultValue": "none",
        "enablingConditions": [
          {
            "paramName": "useMatching",
            "paramValue": true,
            "type": "EQUALS"
          }
        ],
        "help": "An object as Google\u0027s tags take it (email, phone_number, address) or with Meta\u0027s names."
      },
      {
        "type": "SIMPLE_TABLE",
        "name": "userDataTable",
        "displayName": "Customer data",
        "newRowButtonText": "Add field",
        "simpleTableColumns": [
          {
            "name": "name",
            "displayName": "Field",
            "type": "SELECT",
            "macrosInSelect": false,
            "isUnique": true,
            "selectItems": [
              {
                "value": "em",
                "displayValue": "E-mail address (em)"
              },
              {
                "value": "ph",
                "displayValue": "Phone number (ph)"
              },
              {
                "value": "fn",
                "displayValue": "First name (fn)"
              },
              {
                "value": "ln",
                "displayValue": "Last name (ln)"
              },
              {
                "value": "ge",
                "displayValue": "Gender (ge)"
              },
              {
                "value": "db",
                "displayValue": "Date of birth (db)"
              },
              {
                "value": "ct",
                "displayValue": "City (ct)"
              },
              {
                "value": "st",
                "displayValue": "State (st)"
              },
              {
                "value": "zp",
                "displayValue": "Postal code (zp)"
              },
              {
                "value": "country",
                "displayValue": "Country (country)"
              },
              {
                "value": "external_id",
                "displayValue": "Your own customer ID (external_id)"
              }
            ]
          },
          {
            "name": "value",
            "displayName": "Value",
            "type": "TEXT",
            "defaultValue": ""
          }
        ],
        "enablingConditions": [
          {
            "paramName": "useMatching",
            "paramValue": true,
            "type": "EQUALS"
          }
        ],
        "help": "Values as they are, not hashed. They win over the variable, and that over the data layer."
      }
    ]
  },
  {
    "type": "GROUP",
    "name": "serverGroup",
    "displayName": "Server twin",
    "groupStyle": "ZIPPY_OPEN",
    "subParams": [
      {
        "type": "LABEL",
        "name": "serverLabel",
        "displayName": "If Meta\u0027s own template is installed, too, switch off its box “Meta-enabled Conversions API”: it would be a third sender."
      },
      {
        "type": "TEXT",
        "name": "endpoint",
        "displayName": "Endpoint",
        "simpleValueType": true,
        "enablingConditions": [
          {
            "paramName": "library",
            "paramValue": "load",
            "type": "EQUALS"
          }
        ],
        "alwaysInSummary": true,
        "valueHint": "/twin/events",
        "help": "Where your server takes events for the Conversions API: a path on the page\u0027s own host, or an https address. Empty: the Pixel alone.",
        "valueValidators": [
          {
            "type": "REGEX",
            "args": [
              "^$|^/.*|^https://.+"
            ],
            "errorMessage": "A path that begins with / or an address that begins with https://."
          }
        ]
      }
    ]
  },
  {
    "type": "GROUP",
    "name": "consentGroup",
    "displayName": "Consent",
    "groupStyle": "ZIPPY_OPEN",
    "subParams": [
      {
        "type": "LABEL",
        "name": "consentLabel",
        "displayName": "Before consent nothing is loaded, stored or sent. Events that wait are in the page\u0027s memory alone."
      },
      {
        "type": "RADIO",
        "name": "consentSource",
        "displayName": "Who says whether the visitor consents",
        "radioItems": [
          {
            "value": "gtm",
            "displayValue": "Google Consent Mode",
            "help": "ad_storage for everything; ad_user_data for customer data besides."
          },
          {
            "value": "variable",
            "displayValue": "A variable",
            "subParams": [
              {
                "type": "SELECT",
                "name": "consentVariable",
                "displayName": "Variable",
                "macrosInSelect": true,
                "selectItems": [
                  {
                    "value": "none",
                    "displayValue": "None"
                  }
                ],
                "simpleValueType": true,
                "defaultValue": "none",
                "help": "true or granted means yes, all else no."
              }
            ]
          },
          {
            "value": "none",
            "displayValue": "Nobody: the tag fires only with consent"
          }
        ],
        "simpleValueType": true,
        "defaultValue": "gtm"
      },
      {
        "type": "SELECT",
        "name": "whenDenied",
        "displayName": "Events before consent",
        "macrosInSelect": false,
        "selectItems": [
          {
            "value": "hold",
            "displayValue": "Wait for it"
          },
          {
            "value": "drop",
            "displayValue": "Are dropped"
          }
        ],
        "simpleValueType": true,
        "defaultValue": "hold",
        "enablingConditions": [
          {
            "paramName": "consentSource",
            "paramValue": "none",
            "type": "NOT_EQUALS"
          }
        ]
      },
      {
        "type": "CHECKBOX",
        "name": "ldu",
        "checkboxText": "Limited Data Use",
        "simpleValueType": true,
        "defaultValue": false,
        "enablingConditions": [
          {
            "paramName": "library",
            "paramValue": "load",
            "type": "EQUALS"
          }
        ]
      },
      {
        "type": "TEXT",
        "name": "lduCountry",
        "displayName": "Country",
        "simpleValueType": true,
        "enablingConditions": [
          {
            "paramName": "ldu",
            "paramValue": true,
            "type": "EQUALS"
          }
        ],
        "defaultValue": "0",
        "help": "Meta\u0027s number of the country; 0: Meta finds out.",
        "valueValidators": [
          {
            "type": "REGEX",
            "args": [
              "^[0-9]*$"
            ],
            "errorMessage": "A number of Meta\u0027s list."
          }
        ]
      },
      {
        "type": "TEXT",
        "name": "lduState",
        "displayName": "State",
        "simpleValueType": true,
        "enablingConditions": [
          {
            "paramName": "ldu",
            "paramValue": true,
            "type": "EQUALS"
          }
        ],
        "defaultValue": "0",
        "help": "Meta\u0027s number of the state; 0: Meta finds out.",
        "valueValidators": [
          {
            "type": "REGEX",
            "args": [
              "^[0-9]*$"
            ],
            "errorMessage": "A number of Meta\u0027s list."
          }
        ]
      }
    ]
  },
  {
    "type": "GROUP",
    "name": "pixelGroup",
    "displayName": "Pixel",
    "groupStyle": "ZIPPY_CLOSED",
    "subParams": [
      {
        "type": "CHECKBOX",
        "name": "disableAutoConfig",
        "checkboxText": "No automatic events",
        "simpleValueType": true,
        "defaultValue": false,
        "enablingConditions": [
          {
            "paramName": "library",
            "paramValue": "load",
            "type": "EQUALS"
          }
        ],
        "help": "Meta\u0027s library then sends no button clicks and page metadata by itself."
      },
      {
        "type": "CHECKBOX",
        "name": "disableHistory",
        "checkboxText": "No automatic PageView when the address changes",
        "simpleValueType": true,
        "defaultValue": false,
        "enablingConditions": [
          {
            "paramName": "library",
            "paramValue": "load",
            "type": "EQUALS"
          }
        ],
        "help": "For single-page shops whose own triggers send page views."
      }
    ]
  },
  {
    "type": "GROUP",
    "name": "libraryGroup",
    "displayName": "Library",
    "groupStyle": "ZIPPY_CLOSED",
    "subParams": [
      {
        "type": "RADIO",
        "name": "library",
        "displayName": "pixel-twin\u0027s script",
        "radioItems": [
          {
            "value": "load",
            "displayValue": "Is loaded by this tag"
          },
          {
            "value": "present",
            "displayValue": "Is on the page",
            "help": "The page has its own script tag, with its own settings: endpoint, limited data use and the Pixel\u0027s options are those of that tag."
          }
        ],
        "simpleValueType": true,
        "defaultValue": "load"
      },
      {
        "type": "TEXT",
        "name": "dataLayerName",
        "displayName": "Name of the data layer",
        "simpleValueType": true,
        "defaultValue": "dataLayer",
        "help": "As in your container\u0027s snippet."
      }
    ]
  },
  {
    "type": "GROUP",
    "name": "diagnosticsGroup",
    "displayName": "Diagnostics",
    "groupStyle": "ZIPPY_CLOSED",
    "subParams": [
      {
        "type": "CHECKBOX",
        "name": "debug",
        "checkboxText": "Write to the console",
        "simpleValueType": true,
        "defaultValue": false,
        "help": "What was sent with which ID, what was left out, and why."
      }
    ]
  }
]


___SANDBOXED_JS_FOR_WEB_TEMPLATE___

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

const SCRIPT = 'https://cdn.jsdelivr.net/npm/pixel-twin@0.1.0/dist/twin.js';

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


___WEB_PERMISSIONS___

[
  {
    "instance": {
      "key": {
        "publicId": "access_globals",
        "versionId": "1"
      },
      "param": [
        {
          "key": "keys",
          "value": {
            "type": 2,
            "listItem": [
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "key"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  },
                  {
                    "type": 1,
                    "string": "execute"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "twin"
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": false
                  }
                ]
              },
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "key"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  },
                  {
                    "type": 1,
                    "string": "execute"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "twin.q"
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": false
                  }
                ]
              },
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "key"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  },
                  {
                    "type": 1,
                    "string": "execute"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "_twin_seed"
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": false
                  }
                ]
              },
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "key"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  },
                  {
                    "type": 1,
                    "string": "execute"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "fbq"
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": false
                  },
                  {
                    "type": 8,
                    "boolean": true
                  }
                ]
              }
            ]
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "inject_script",
        "versionId": "1"
      },
      "param": [
        {
          "key": "urls",
          "value": {
            "type": 2,
            "listItem": [
              {
                "type": 1,
                "string": "https://cdn.jsdelivr.net/npm/pixel-twin@0.1.0/dist/twin.js"
              }
            ]
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "read_data_layer",
        "versionId": "1"
      },
      "param": [
        {
          "key": "allowedKeys",
          "value": {
            "type": 1,
            "string": "specific"
          }
        },
        {
          "key": "keyPatterns",
          "value": {
            "type": 2,
            "listItem": [
              {
                "type": 1,
                "string": "event"
              },
              {
                "type": 1,
                "string": "gtm.uniqueEventId"
              },
              {
                "type": 1,
                "string": "ecommerce"
              },
              {
                "type": 1,
                "string": "eventModel"
              },
              {
                "type": 1,
                "string": "user_data"
              },
              {
                "type": 1,
                "string": "items"
              },
              {
                "type": 1,
                "string": "value"
              },
              {
                "type": 1,
                "string": "currency"
              },
              {
                "type": 1,
                "string": "search_term"
              }
            ]
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "access_consent",
        "versionId": "1"
      },
      "param": [
        {
          "key": "consentTypes",
          "value": {
            "type": 2,
            "listItem": [
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "consentType"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "ad_storage"
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": false
                  }
                ]
              },
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "consentType"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "ad_user_data"
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": false
                  }
                ]
              }
            ]
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "access_template_storage",
        "versionId": "1"
      },
      "param": []
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "get_url",
        "versionId": "1"
      },
      "param": [
        {
          "key": "urlParts",
          "value": {
            "type": 1,
            "string": "specific"
          }
        },
        {
          "key": "protocol",
          "value": {
            "type": 8,
            "boolean": false
          }
        },
        {
          "key": "host",
          "value": {
            "type": 8,
            "boolean": true
          }
        },
        {
          "key": "port",
          "value": {
            "type": 8,
            "boolean": false
          }
        },
        {
          "key": "path",
          "value": {
            "type": 8,
            "boolean": false
          }
        },
        {
          "key": "query",
          "value": {
            "type": 8,
            "boolean": false
          }
        },
        {
          "key": "extension",
          "value": {
            "type": 8,
            "boolean": false
          }
        },
        {
          "key": "fragment",
          "value": {
            "type": 8,
            "boolean": false
          }
        },
        {
          "key": "queriesAllowed",
          "value": {
            "type": 1,
            "string": "specific"
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "logging",
        "versionId": "1"
      },
      "param": [
        {
          "key": "environments",
          "value": {
            "type": 1,
            "string": "debug"
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  }
]


___TESTS___

scenarios:
- name: "Name: from the data layer"
  code: |-
    fire();
    assertThat(event().name).isEqualTo('Purchase');
    assertThat(event().pixelIds).isEqualTo('1234567890');
    assertThat(event().setup.pixelId).isEqualTo('1234567890');
    assertApi('gtmOnSuccess').wasCalled();
    assertApi('gtmOnFailure').wasNotCalled();
- name: "Name: a standard event, whatever the data layer says"
  code: |-
    fire({ eventNameSource: 'standard', standardEvent: 'Lead' });
    assertThat(event().name).isEqualTo('Lead');
    assertApi('gtmOnSuccess').wasCalled();
- name: "Name: a custom event"
  code: |-
    fire({ eventNameSource: 'custom', customEvent: ' SpinTheWheel ' });
    assertThat(event().name).isEqualTo('SpinTheWheel');
    assertApi('gtmOnSuccess').wasCalled();
- name: "Name: a tag from before the choice existed is a standard event"
  code: |-
    fire({ eventNameSource: undefined, standardEvent: 'PageView' });
    assertThat(event().name).isEqualTo('PageView');
- name: "Name: without a standard event it is refused, never a PageView by accident"
  code: |-
    fire({ eventNameSource: 'standard' });
    assertThat(events()).isEmpty();
    assertApi('gtmOnFailure').wasCalled();
- name: "Name: an empty custom event is refused"
  code: |-
    fire({ eventNameSource: 'custom', customEvent: '  ' });
    assertThat(events()).isEmpty();
    assertApi('gtmOnFailure').wasCalled();
- name: "Name: a variable that gives no text is refused"
  code: |-
    fire({ eventNameSource: 'custom', customEvent: { name: 'Lead' } });
    assertThat(events()).isEmpty();
    assertApi('gtmOnFailure').wasCalled();
- name: "Name: an event that Meta has no name for is skipped, and that is no failure"
  code: |-
    layer.event = 'remove_from_cart';
    fire();
    assertThat(events()).isEmpty();
    assertThat(scripts).isEmpty();
    assertApi('gtmOnSuccess').wasCalled();
- name: "Name: … or goes as a custom event, if asked for"
  code: |-
    layer.event = 'remove_from_cart';
    fire({ unmapped: 'custom' });
    assertThat(event().name).isEqualTo('remove_from_cart');
- name: "Name: GTM's own events are nobody's custom events"
  code: |-
    layer.event = 'gtm.dom';
    fire({ unmapped: 'custom' });
    assertThat(events()).isEmpty();
    assertApi('gtmOnSuccess').wasCalled();
- name: "Name: an event without a name is skipped"
  code: |-
    layer.event = undefined;
    fire({ unmapped: 'custom' });
    assertThat(events()).isEmpty();
    assertApi('gtmOnSuccess').wasCalled();
- name: "Name: the four actions of Universal Analytics are left to the companion, which knows whose they are"
  code: |-
    const actions = ['detail', 'add', 'checkout', 'purchase'];
    layer.event = 'eec';
    actions.forEach((action) => {
      const ecommerce = {};
      ecommerce[action] = { products: [{ id: 'tea' }] };
      pushedLast = { ecommerce: ecommerce };
      fire();
    });
    assertThat(events().map((one) => one.name)).isEqualTo(['', '', '', '']);
- name: "Name: not with the data layer switched off"
  code: |-
    layer.event = 'eec';
    pushedLast = { ecommerce: { purchase: { products: [] } } };
    fire({ useDataLayer: false });
    assertThat(events()).isEmpty();
- name: "Pixel IDs: several, with spaces"
  code: |-
    fire({ pixelIds: ' 111, 222 ,,333' });
    assertThat(event().pixelIds).isEqualTo('111,222,333');
- name: "Pixel IDs: a number from a variable"
  code: |-
    fire({ pixelIds: 1234567890 });
    assertThat(event().pixelIds).isEqualTo('1234567890');
- name: "Pixel IDs: none is refused"
  code: |-
    fire({ pixelIds: undefined });
    assertThat(events()).isEmpty();
    assertApi('gtmOnFailure').wasCalled();
- name: "Pixel IDs: what is no number is refused"
  code: |-
    fire({ pixelIds: '123, GTM-ABC' });
    assertThat(events()).isEmpty();
    assertApi('gtmOnFailure').wasCalled();
- name: "Google's crawler is no visitor"
  code: |-
    mock('getUrl', 'gtm-msr.appspot.com');
    fire();
    assertThat(events()).isEmpty();
    assertThat(scripts).isEmpty();
    assertApi('gtmOnSuccess').wasCalled();
- name: "Event ID: made of the page's seed and GTM's number of the event"
  code: |-
    fire();
    assertThat(event().eventId).isEqualTo(MINTED);
    assertThat(event().isMinted).isTrue();
- name: "Event ID: two tags of one event have the same"
  code: |-
    fire();
    fire({ pixelIds: '99', eventNameSource: 'custom', customEvent: 'Other' });
    assertThat(events()[0].eventId).isEqualTo(events()[1].eventId);
- name: "Event ID: the next event has another"
  code: |-
    fire();
    layer['gtm.uniqueEventId'] = 8;
    fire();
    assertThat(events()[0].eventId).isEqualTo(MINTED);
    assertThat(events()[1].eventId).isEqualTo('1700000000000.42.42.8');
- name: "Event ID: the seed that somebody else has left is taken"
  code: |-
    page._twin_seed = 'seed';
    fire();
    assertThat(event().eventId).isEqualTo('seed.7');
- name: "Event ID: of the order"
  code: |-
    layer.ecommerce = { transaction_id: ' T-1 ' };
    fire({ eventIdSource: 'order' });
    assertThat(event().eventId).isEqualTo('order_T-1');
    assertThat(event().isMinted).isFalse();
- name: "Event ID: of an order that is a number, or Universal Analytics'"
  code: |-
    pushedLast = { ecommerce: { transaction_id: 12 } };
    fire({ eventIdSource: 'order' });
    pushedLast = { ecommerce: { purchase: { actionField: { id: 'U-1' } } } };
    fire({ eventIdSource: 'order' });
    assertThat(events().map((one) => one.eventId)).isEqualTo(['order_12', 'order_U-1']);
- name: "Event ID: of a gtag event's order, not of the one before"
  code: |-
    layer.eventModel = { transaction_id: 'G-1' };
    pushedLast = { ecommerce: { transaction_id: 'T-1' } };
    fire({ eventIdSource: 'order' });
    assertThat(event().eventId).isEqualTo('order_G-1');
- name: "Event ID: a refund is no second purchase"
  code: |-
    layer.event = 'refund';
    layer.ecommerce = { transaction_id: 'T-1' };
    fire({ eventIdSource: 'order' });
    assertThat(event().eventId).isEqualTo('refund_T-1');
- name: "Event ID: without an order it is made"
  code: |-
    layer.event = 'sign_up';
    fire({ eventIdSource: 'order' });
    assertThat(event().eventId).isEqualTo(MINTED);
    assertThat(event().isMinted).isTrue();
- name: "Event ID: a value"
  code: |-
    fire({ eventIdSource: 'value', eventId: ' mine ' });
    assertThat(event().eventId).isEqualTo('mine');
    assertThat(event().isMinted).isFalse();
- name: "Event ID: an empty value is made up for, never no ID"
  code: |-
    fire({ eventIdSource: 'value', eventId: undefined });
    assertThat(event().eventId).isEqualTo(MINTED);
    assertApi('gtmOnSuccess').wasCalled();
- name: "Data: the companion learns where the event's own push is"
  code: |-
    fire({ dataLayerName: 'shopLayer', itemIdKey: 'sku', contentType: 'product_group', currency: 'EUR' });
    assertThat(event().dataLayer).isEqualTo('shopLayer');
    assertThat(event().gtmEventId).isEqualTo(7);
    assertThat([event().itemId, event().contentType, event().currency]).isEqualTo(['sku', 'product_group', 'EUR']);
    assertThat(event().time_ms).isEqualTo(1700000000000);
- name: "Data: items as they were pushed last, not as GTM merges them"
  code: |-
    layer.ecommerce = { items: [{ item_id: 'pot', price: 10 }, { item_id: 'cup' }] };
    pushedLast = { ecommerce: { items: [{ item_id: 'pot' }], value: 0 } };
    fire();
    assertThat(event().layer.ecommerce).isEqualTo({ items: [{ item_id: 'pot' }], value: 0 });
- name: "Data: a gtag event after an ecommerce push has its own"
  code: |-
    layer.eventModel = { value: 5, currency: 'EUR' };
    pushedLast = { ecommerce: { value: 99, currency: 'USD' } };
    fire();
    assertThat(event().layer).isEqualTo({ eventModel: { value: 5, currency: 'EUR' } });
- name: "Data: an ecommerce push after a gtag event has its own"
  code: |-
    layer.eventModel = undefined;
    pushedLast = { ecommerce: { value: 99, currency: 'USD' } };
    fire();
    assertThat(event().layer.ecommerce).isEqualTo({ value: 99, currency: 'USD' });
- name: "Data: a flat push"
  code: |-
    pushedLast = { items: [{ item_id: 'tea' }], value: 10, currency: 'EUR' };
    fire();
    assertThat(event().layer).isEqualTo({ ecommerce: undefined, items: [{ item_id: 'tea' }], value: 10, currency: 'EUR' });
- name: "Data: an event without goods takes nothing from an earlier one that had some"
  code: |-
    layer.event = 'generate_lead';
    pushedLast = { ecommerce: { value: 99, currency: 'USD', items: [{ item_id: 'tea' }] }, value: 99 };
    fire();
    assertThat(event().layer).isEqualTo({});
- name: "Data: what was searched for"
  code: |-
    layer.event = 'view_search_results';
    pushedLast = { search_term: 'teapot', value: 3 };
    fire();
    assertThat(event().name).isEqualTo('Search');
    assertThat(event().layer).isEqualTo({ search_term: 'teapot' });
- name: "Data: a variable, then the table, which wins"
  code: |-
    fire({ objectVariable: { value: 1, currency: 'USD' }, objectTable: [{ name: 'value', value: '2' }] });
    assertThat(event().params).isEqualTo([{ value: 1, currency: 'USD' }, { value: '2' }]);
- name: "Data: nothing in the fields is nothing"
  code: |-
    fire({ objectVariable: 'none', objectTable: undefined });
    assertThat(event().params).isEqualTo([]);
- name: "Data: the data layer can be left alone"
  code: |-
    layer.ecommerce = { value: 1 };
    fire({ useDataLayer: false });
    assertThat(event().layer).isUndefined();
- name: "Data: no currency is invented"
  code: |-
    fire();
    assertThat(event().currency).isEqualTo('');
- name: "Limited Data Use is a word and two numbers"
  code: |-
    fire({ ldu: true, lduCountry: '1', lduState: 1000 });
    assertThat([event().setup.dataProcessingOptions, event().setup.dataProcessingOptionsCountry, event().setup.dataProcessingOptionsState]).isEqualTo(['LDU', '1', '1000']);
- name: "An upgraded tag: all optional fields are undefined"
  code: |-
    runCode({ pixelIds: '1', standardEvent: 'Purchase' });
    assertThat(event().setup).isEqualTo({ pixelId: '1', endpoint: undefined, dataProcessingOptions: undefined, dataProcessingOptionsCountry: undefined, dataProcessingOptionsState: undefined, debug: false });
    assertThat(event().eventId).isEqualTo(MINTED);
    assertThat(event().layer).isDefined();
    assertThat(event().matching).isUndefined();
    assertThat([event().disableAutoConfig, event().disableHistory]).isEqualTo([false, false]);
    assertThat(scripts).isEqualTo([[SCRIPT, SCRIPT]]);
    assertApi('gtmOnSuccess').wasCalled();
- name: "Matching: off, no customer data is read or sent"
  code: |-
    layer.user_data = { email: 'a@b.co' };
    fire({ matchDataLayer: true, userDataVariable: { email: 'a@b.co' }, userDataTable: [{ name: 'em', value: 'a@b.co' }] });
    assertThat(event().matching).isUndefined();
    assertApi('copyFromDataLayer').wasNotCalledWith('user_data');
- name: "Matching: the data layer, a variable, the table"
  code: |-
    layer.user_data = { email: 'a@b.co', address: [{ city: 'Bonn' }] };
    fire({ useMatching: true, matchDataLayer: true, userDataVariable: { ph: '1' }, userDataTable: [{ name: 'fn', value: 'Eva' }] });
    assertThat(event().matching).isEqualTo({ isLayerRead: true, user_data: { email: 'a@b.co', address: [{ city: 'Bonn' }] }, given: [{ ph: '1' }, { fn: 'Eva' }] });
- name: "Matching: the data layer only if asked for"
  code: |-
    layer.user_data = { email: 'a@b.co' };
    fire({ useMatching: true });
    assertThat(event().matching).isEqualTo({ isLayerRead: false, user_data: undefined, given: [] });
- name: "Consent: without it nothing is loaded or queued, and the tag has succeeded"
  code: |-
    consent = { ad_storage: false, ad_user_data: false };
    fire();
    assertThat(calls).isEmpty();
    assertThat(scripts).isEmpty();
    assertThat(page.twin).isUndefined();
    assertApi('gtmOnSuccess').wasCalled();
- name: "Consent: what was held goes once, with the id and time of when it happened"
  code: |-
    consent = { ad_storage: false, ad_user_data: true };
    fire({ useMatching: true, userDataTable: [{ name: 'em', value: 'a@b.co' }] });
    layer = { event: 'gtm.click', 'gtm.uniqueEventId': 20 };
    mock('getTimestampMillis', 1700000099999);
    decide({ ad_storage: true });
    decide({ ad_storage: false });
    decide({ ad_storage: true });
    assertThat(event().eventId).isEqualTo(MINTED);
    assertThat(event().time_ms).isEqualTo(1700000000000);
    assertThat(event().matching.given).isEqualTo([{ em: 'a@b.co' }]);
    assertThat(scripts).isEqualTo([[SCRIPT, SCRIPT]]);
- name: "Consent: several that wait go in their order, by one listener"
  code: |-
    consent = { ad_storage: false, ad_user_data: false };
    fire();
    layer['gtm.uniqueEventId'] = 8;
    layer.event = 'sign_up';
    fire();
    assertThat(listeners.length).isEqualTo(1);
    decide({ ad_storage: true });
    assertThat(events().map((one) => one.name)).isEqualTo(['Purchase', 'CompleteRegistration']);
- name: "Consent: a grant of both in one update lets customer data go, in either order"
  code: |-
    consent = { ad_storage: false, ad_user_data: false };
    fire({ useMatching: true });
    decide({ ad_storage: true, ad_user_data: true });
    assertThat(event().matching).isDefined();
- name: "Consent: without ad_user_data the event goes without customer data"
  code: |-
    consent = { ad_storage: true, ad_user_data: false };
    fire({ useMatching: true, matchDataLayer: true });
    assertThat(event().matching).isUndefined();
- name: "Consent: … also when it was held"
  code: |-
    consent = { ad_storage: false, ad_user_data: false };
    fire({ useMatching: true, matchDataLayer: true });
    decide({ ad_storage: true });
    assertThat(event().matching).isUndefined();
- name: "Consent: dropped, if so chosen"
  code: |-
    consent = { ad_storage: false, ad_user_data: false };
    fire({ whenDenied: 'drop' });
    decide({ ad_storage: true });
    assertThat(calls).isEmpty();
    assertApi('gtmOnSuccess').wasCalled();
- name: "Consent: a page that is never left keeps the latest hundred"
  code: |-
    consent = { ad_storage: false, ad_user_data: false };
    for (let number = 1; number <= 102; number++) {
      layer['gtm.uniqueEventId'] = number;
      fire();
    }
    decide({ ad_storage: true });
    assertThat(events().length).isEqualTo(100);
    assertThat(events()[0].gtmEventId).isEqualTo(3);
- name: "Consent: after a revoke the companion is told, and of a new grant, too; nothing else is ever granted"
  code: |-
    fire();
    assertThat(calls.length).isEqualTo(1);
    decide({ ad_storage: false });
    assertThat(calls[1]).isEqualTo(['consent', 'revoke']);
    fire();
    assertThat(calls.length).isEqualTo(2);
    decide({ ad_storage: true });
    assertThat(calls[2]).isEqualTo(['consent', 'grant']);
    assertThat(calls[3][0]).isEqualTo('event');
- name: "Consent: a companion that is not ours is the page's business"
  code: |-
    fire({ library: 'present' });
    decide({ ad_storage: false });
    assertThat(calls.length).isEqualTo(1);
- name: "Consent: a variable"
  code: |-
    fire({ consentSource: 'variable', consentVariable: true });
    fire({ consentSource: 'variable', consentVariable: 'granted' });
    fire({ consentSource: 'variable', consentVariable: 'true' });
    assertThat(events().length).isEqualTo(3);
    assertApi('isConsentGranted').wasNotCalled();
- name: "Consent: a variable that says anything else, or nothing, is a no"
  code: |-
    fire({ consentSource: 'variable', consentVariable: false });
    fire({ consentSource: 'variable', consentVariable: 'denied' });
    fire({ consentSource: 'variable', consentVariable: undefined });
    assertThat(calls).isEmpty();
- name: "Consent: what a variable has held back goes before the first event that it lets through"
  code: |-
    fire({ consentSource: 'variable', consentVariable: false });
    layer['gtm.uniqueEventId'] = 8;
    fire({ consentSource: 'variable', consentVariable: true });
    assertThat(events().map((one) => one.gtmEventId)).isEqualTo([7, 8]);
- name: "Consent: nobody is asked, if so chosen"
  code: |-
    consent = { ad_storage: false, ad_user_data: false };
    fire({ consentSource: 'none', useMatching: true });
    assertThat(event().matching).isDefined();
    assertThat(listeners).isEmpty();
- name: "Loading: the queue first, then the script, by its address as the token"
  code: |-
    mock('injectScript', (url, loaded, failed, token) => {
      assertThat(calls.length, 'calls before the script').isEqualTo(1);
      assertThat(token).isEqualTo(url);
      loaded();
    });
    fire();
    assertApi('injectScript').wasCalled();
    assertApi('gtmOnSuccess').wasCalled();
- name: "Loading: a queue and a function that are there stay"
  code: |-
    const before = () => {};
    page.twin = before;
    fire();
    assertThat(page.twin).isStrictlyEqualTo(before);
    assertThat(event().name).isEqualTo('Purchase');
- name: "Loading: the function that is made queues what the page calls"
  code: |-
    fire();
    page.twin('track', 'Lead');
    assertThat(calls[1]).isEqualTo(['track', 'Lead']);
- name: "Loading: a script that does not come is a failure, and the page's own Pixel has the event, with the same id"
  code: |-
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
- name: "Loading: … and the companion, should it come after all, must not send it again"
  code: |-
    page.fbq = () => {};
    scriptLoads = false;
    fire();
    assertThat(event().isWanted()).isFalse();
- name: "Loading: a script that has come is to send it"
  code: |-
    fire();
    assertThat(event().isWanted()).isTrue();
- name: "Loading: a custom event in the page's own Pixel"
  code: |-
    page.fbq = () => {};
    scriptLoads = false;
    fire({ eventNameSource: 'custom', customEvent: 'SpinTheWheel' });
    fire({ eventNameSource: 'custom', customEvent: 'Purchase' });
    assertThat(pageCalls.map((call) => call[1])).isEqualTo(['trackSingleCustom', 'trackSingle']);
- name: "Loading: without the page's own Pixel the failure is all there is"
  code: |-
    scriptLoads = false;
    fire();
    assertThat(pageCalls).isEmpty();
    assertApi('gtmOnFailure').wasCalled();
- name: "Loading: a page that lets no tag load scripts"
  code: |-
    page.fbq = () => {};
    mock('queryPermission', false);
    fire();
    assertThat(scripts).isEmpty();
    assertThat(calls).isEmpty();
    assertThat(pageCalls.length).isEqualTo(1);
    assertApi('gtmOnFailure').wasCalled();
- name: "Loading: a name that the page has taken"
  code: |-
    page.fbq = () => {};
    page.twin = { of: 'the page' };
    fire();
    assertThat(page.twin).isEqualTo({ of: 'the page' });
    assertThat(pageCalls.length).isEqualTo(1);
    assertApi('gtmOnFailure').wasCalled();
- name: "Loading: a companion that is not whole gives the event to the page's own Pixel"
  code: |-
    page.fbq = () => {};
    fire();
    calls[0][2](undefined);
    assertThat(pageCalls[0][5]).isEqualTo({ eventID: MINTED });
- name: "Loading: what the companion answers is for the console alone"
  code: |-
    fire({ debug: true });
    calls[0][2]({ eventId: MINTED, from: 'push' });
    assertApi('logToConsole').wasCalledWith('[pixel-twin] Purchase has the id ' + MINTED + ', its data is from: push.');
    assertThat(pageCalls).isEmpty();
- name: "Loading: a companion that the page has is not loaded, and has its own settings"
  code: |-
    fire({ library: 'present', endpoint: '/other', disableAutoConfig: true });
    assertThat(scripts).isEmpty();
    assertThat(event().setup).isUndefined();
    assertThat(event().disableAutoConfig).isFalse();
    assertApi('gtmOnSuccess').wasCalled();
- name: "Loading: the endpoint is the shop's, or none"
  code: |-
    fire({ endpoint: ' /twin/events ' });
    fire();
    assertThat(events().map((one) => one.setup.endpoint)).isEqualTo(['/twin/events', undefined]);
setup: |-
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

  const SCRIPT = 'https://cdn.jsdelivr.net/npm/pixel-twin@0.1.0/dist/twin.js';
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


___NOTES___

1.0.0: first version.

