___TERMS_OF_SERVICE___

By creating or modifying this file you agree to Google Tag Manager's Community
Template Gallery Developer Terms of Service available at
https://developers.google.com/tag-manager/gallery-tos (or such other URL as
Google may provide), as modified from time to time.


___INFO___

{
  "type": "MACRO",
  "id": "cvt_temp_public_id",
  "version": 1,
  "securityGroups": [],
  "displayName": "Pixel Twin Event ID",
  "categories": [
    "ADVERTISING",
    "CONVERSIONS",
    "UTILITY"
  ],
  "brand": {
    "id": "brand_dummy",
    "displayName": "Pixel Twin",
    "thumbnail": "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAYAAACqaXHeAAACAUlEQVR42u2au0oDQRiFfYIhYGMjpLLexkYGJRIUiWIQRQtTiArKQBpBR7wtOl5QIVhaBXyBvICQN3BLy22nyyOMbNiFGExMskcjeA6cai9wvv3n392ZGRmhKIqiKIqiKIoaUEJpTyjtC6VrQulAKO3aHMTHonO8TvexRnrWSN8aWbNGBtZI1+YgPhad4w07dFYoXRFKh18E/s5hfG3WGhm5Yo0Mvwj8ncP42uxvBs8IpasDhP7k0b1jN7N87Z42yi70c26A8O2uWiMzPx2+KJRupA0/UTp367kHtzn92PTu7K17La8hIDSskcWfCp/6qUeOnnoSvN1RNQAgNKsBXfJ1RMkvLNx2DJ/4oqhRQ6IOGRKI8JF7Cd8KAVQJ9T9f9n92OMQNzyEaXr/hE4Mao+u7McbjvoEY963dvl9HbwdQP2j01Q+GWfpDHwrxF17q8GO7J6nDJ34/mUNByPYCoIIAMLVyBQPwXNpHAaj0AiBEAFjJ38MAlOcvUQDCXv7qUocf3z6FhU/8dlRAQfC6AfARACbXLuEAXrZ2UAD8bgBqCAD5xRs4gLvVAxSAWjcAAQLA0twdHMBh4QwFIOgGwCGMDp8YBMARAAEQAJsgX4P8EOKnMH+G+DvMCRFOiXFSlNPiXBjh0hgXR7k8zg0S3CLDTVLcJkdRFEVRFEVR1L/SB2ADfxytw62/AAAAAElFTkSuQmCC"
  },
  "description": "The event ID that the Pixel Twin tag gives the current event, for any other tag that fires with it: a GA4 tag, or one that feeds a server container.",
  "containerContexts": [
    "WEB"
  ]
}


___TEMPLATE_PARAMETERS___

[
  {
    "type": "RADIO",
    "name": "eventIdSource",
    "displayName": "Event ID",
    "radioItems": [
      {
        "value": "auto",
        "displayValue": "Of this event",
        "help": "Another event, page or visitor has another ID. The same as the tag\u0027s “Made for each event”."
      },
      {
        "value": "order",
        "displayValue": "Of the order, where there is one",
        "help": "order_ and the transaction_id: the same on a reloaded thank-you page, and your backend can form it, too. Choose this if the tag has it."
      }
    ],
    "simpleValueType": true,
    "defaultValue": "auto"
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

// An id is never missing: without an order, it is the event's own.
return (data.eventIdSource === 'order' && orderId()) || mintId();


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
  }
]


___TESTS___

scenarios:
- name: "The page's seed and GTM's number of the event"
  code: |-
    assertThat(runCode({})).isEqualTo('1700000000000.42.42.7');
    assertThat(page._twin_seed).isEqualTo('1700000000000.42.42');
- name: "The same for everybody in one event, another in the next"
  code: |-
    const first = runCode({});
    mock('getTimestampMillis', 1800000000000);
    mock('generateRandom', 43);
    assertThat(runCode({ eventIdSource: 'auto' })).isEqualTo(first);
    layer['gtm.uniqueEventId'] = 8;
    assertThat(runCode({})).isEqualTo('1700000000000.42.42.8');
- name: "The seed that the tag has left is taken"
  code: |-
    page._twin_seed = 'seed';
    assertThat(runCode({})).isEqualTo('seed.7');
- name: "The order's"
  code: |-
    layer.ecommerce = { transaction_id: 'T-1' };
    assertThat(runCode({ eventIdSource: 'order' })).isEqualTo('order_T-1');
    assertThat(runCode({ eventIdSource: 'auto' })).isEqualTo('1700000000000.42.42.7');
- name: "Without an order, the event's own: never none"
  code: |-
    layer.ecommerce = null;
    assertThat(runCode({ eventIdSource: 'order' })).isEqualTo('1700000000000.42.42.7');
    layer.ecommerce = { transaction_id: '  ' };
    assertThat(runCode({ eventIdSource: 'order' })).isEqualTo('1700000000000.42.42.7');
setup: |-
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


___NOTES___

1.0.0: first version.

