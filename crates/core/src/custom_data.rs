//! `custom_data`: what was bought, checked against the types that Meta takes, so that neither twin is refused for it.
//!
//! Source: Conversions API, custom data parameters, and the error bodies that Meta answers (subcodes 2804008, 2804009,
//! 2804010, 2804019, 2804023).

use alloc::string::String;

use crate::json::{each, inner, push_key};
use crate::notice::{Code, Notices};
use crate::platform::{Platform, number};
use crate::text::{all, is_one_of, join, place_of, push_decimal, trim};
use crate::url::holds_email;

/// What Meta takes under a key.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Number,
    Whole,
    Text,
    Currency,
    /// A list of texts.
    Ids,
    /// A list of items.
    Contents,
    /// One item: only these keys, an id among them.
    Content,
    /// Anything.
    Free,
    /// Nothing: Meta refuses the whole request for it.
    Unknown,
}

/// Of a parameter.
fn kind(key: &str) -> Kind {
    let kinds = [
        Kind::Currency,
        Kind::Whole,
        Kind::Ids,
        Kind::Contents,
        Kind::Number,
        Kind::Number,
        Kind::Number,
    ];
    let place = place_of(
        key,
        "currency num_items content_ids contents value net_revenue predicted_ltv",
    );
    match place.and_then(|place| kinds.get(place)) {
        Some(kind) => *kind,
        None if is_one_of(key, TEXTS) => Kind::Text,
        None => Kind::Free,
    }
}

const TEXTS: &str =
    "content_name content_category content_type order_id search_string status delivery_category";

/// Of a key inside `contents`.
fn content_kind(key: &str) -> Kind {
    match place_of(
        key,
        "quantity item_price id title description category brand delivery_category",
    ) {
        Some(0) => Kind::Whole,
        Some(1) => Kind::Number,
        Some(_) => Kind::Text,
        None => Kind::Unknown,
    }
}

/// Parameters with which both twins can go.
#[derive(Debug)]
pub struct CustomData {
    /// A JSON object.
    pub json: String,
    has_value: bool,
    has_currency: bool,
}

/// The parameters (a JSON object) with which both twins go: each standard one of Meta's type, all others as they came.
///
/// Numbers given as text become numbers, ids given as numbers become text, a lone id becomes a list. What can't be
/// Meta's type is left out with a notice at its place, and so is text with an e-mail address in it. `null` is nothing.
#[must_use]
pub fn clean(parameters: &str, platform: &dyn Platform, notes: &mut Notices) -> CustomData {
    clean_but(false, parameters, platform, notes)
}

fn clean_but(
    without_value: bool,
    parameters: &str,
    platform: &dyn Platform,
    notes: &mut Notices,
) -> CustomData {
    let mut cleaner = Cleaner {
        json: String::new(),
        path: String::new(),
        platform,
        notes,
    };
    let (mut has_value, mut has_currency) = (false, false);
    cleaner.object(parameters, kind, &mut |key| {
        has_value |= key == "value";
        has_currency |= key == "currency";
        !(without_value && key == "value")
    });
    CustomData {
        json: cleaner.json,
        has_value,
        has_currency,
    }
}

/// The parameters of the server event, from the same source; `None` if Meta would refuse the event all the same.
///
/// A Purchase needs value and currency; on other events a value without currency is left out.
#[must_use]
pub fn for_server(
    event_name: &str,
    custom_data: CustomData,
    parameters: &str,
    platform: &dyn Platform,
    notes: &mut Notices,
) -> Option<String> {
    let is_purchase = event_name == "Purchase";
    if is_purchase && !custom_data.has_currency {
        notes.push(Code::CurrencyMissing, "currency");
    } else if is_purchase && !custom_data.has_value {
        notes.push(Code::ValueMissing, "value");
    } else if custom_data.has_value && !custom_data.has_currency {
        notes.push(Code::ValueWithoutCurrency, "value");
        return Some(clean_but(true, parameters, platform, &mut Notices::new()).json);
    } else {
        return Some(custom_data.json);
    }
    None
}

struct Cleaner<'call> {
    json: String,
    /// Where the cleaner is: `contents[2].id`.
    path: String,
    platform: &'call dyn Platform,
    notes: &'call mut Notices,
}

impl Cleaner<'_> {
    /// Writes what is sound of an object. `keeps`: called with each sound key; whether it is wanted.
    fn object(
        &mut self,
        object: &str,
        kind: fn(&str) -> Kind,
        keeps: &mut dyn FnMut(&str) -> bool,
    ) {
        let end = self.path.len();
        self.json.push_str("{");
        each(object, &mut |key, value| {
            if end > 0 {
                self.path.push_str(".");
            }
            self.path.push_str(key);
            let start = self.json.len();
            push_key(&mut self.json, key);
            if value == "null" || !self.value(kind(key), value) || !keeps(key) {
                self.json.truncate(start);
            }
            self.path.truncate(end);
        });
        self.json.push_str("}");
    }

    /// Writes what is sound of a list, each item of one kind. `false`: nothing.
    fn list(&mut self, list: &str, kind: Kind) -> bool {
        let end = self.path.len();
        let single = if list.starts_with('[') {
            None
        } else {
            self.notes.push(Code::ListMade, &self.path);
            Some(join(&["[", list, "]"]))
        };
        let mut place = 0;
        let mut mark = "[";
        each(single.as_deref().unwrap_or(list), &mut |_, item| {
            self.path.push_str("[");
            push_decimal(&mut self.path, place);
            self.path.push_str("]");
            place += 1;
            let start = self.json.len();
            self.json.push_str(mark);
            if self.value(kind, item) {
                mark = ",";
            } else {
                self.json.truncate(start);
            }
            self.path.truncate(end);
        });
        self.json.push_str("]");
        mark == ","
    }

    /// Writes a value of Meta's type. `false`: it can't be, and why has been told.
    fn value(&mut self, kind: Kind, value: &str) -> bool {
        let text = inner(value);
        let is_text = value.starts_with('"');
        let is_whole = value.len() < 16 && all(value, |byte| byte.is_ascii_digit());
        let mut sound = String::new();
        let mut code = Code::CustomDataInvalid;
        match kind {
            Kind::Ids => return self.list(value, Kind::Text),
            Kind::Contents => return self.list(value, Kind::Content),
            Kind::Content if value.starts_with('{') => {
                let mut has_id = false;
                self.object(value, content_kind, &mut |key| {
                    has_id |= key == "id";
                    true
                });
                if has_id {
                    return true;
                }
                code = Code::ContentIdMissing;
            }
            Kind::Content => {}
            Kind::Unknown => code = Code::ContentKeyUnknown,
            Kind::Number | Kind::Whole => {
                code = Code::NumberInvalid;
                let number = number(if is_text { trim(text) } else { value }, self.platform);
                if kind == Kind::Number || all(&number, |byte| byte.is_ascii_digit()) {
                    sound = number;
                }
            }
            Kind::Currency => {
                code = Code::CurrencyInvalid;
                let currency = trim(text);
                if currency.len() == 3 && all(currency, |byte| byte.is_ascii_alphabetic()) {
                    sound = join(&["\"", &currency.to_ascii_uppercase(), "\""]);
                }
            }
            Kind::Text | Kind::Free => {
                if holds_email(value.as_bytes()) {
                    code = Code::PersonalData;
                } else if kind == Kind::Free || is_text {
                    sound.push_str(value);
                } else if is_whole || is_one_of(value, "true false") {
                    sound = join(&["\"", value, "\""]);
                }
            }
        }
        self.json.push_str(&sound);
        if sound.is_empty() {
            self.notes.push(code, &self.path);
        }
        !sound.is_empty()
    }
}
