//! `custom_data`: what was bought, checked against the types that Meta takes, so that neither twin is refused for it.
//!
//! Source: Conversions API, custom data parameters, and the error bodies that Meta answers (subcodes 2804008, 2804009,
//! 2804010, 2804019, 2804023).

use alloc::string::String;

use crate::json::{inner, push_key, push_text};
use crate::notice::{Code, Notices};
use crate::personal::{Look, holds_email, is_personal, is_personal_name};
use crate::platform::{Platform, host, only};
use crate::text::{all, holds, is_one_of, join, pieces, place_of};

/// What Meta takes under a key.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Number,
    Whole,
    Text,
    /// The shop's own word for something: text that may look like a card number.
    Id,
    Currency,
    /// A list of texts.
    Ids,
    /// A list of items.
    Contents,
    /// One item: only these keys, an id among them.
    Content,
    /// Anything that is not personal.
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
        None if key == "order_id" => Kind::Id,
        None => Kind::Free,
    }
}

const TEXTS: &str =
    "content_name content_category content_type search_string status delivery_category";

/// Of a key inside `contents`.
fn content_kind(key: &str) -> Kind {
    match place_of(
        key,
        "quantity item_price id title description category brand delivery_category",
    ) {
        Some(0) => Kind::Whole,
        Some(1) => Kind::Number,
        Some(2) => Kind::Id,
        Some(_) => Kind::Text,
        None => Kind::Unknown,
    }
}

/// Parameters with which both twins can go.
#[derive(Debug)]
pub struct CustomData {
    /// A JSON object.
    pub json: String,
    /// Its keys, see [`has`].
    keys: String,
}

/// Ends a key or value of the members of an object, and stands before and after each of its keys in a list of them.
const MARK: u8 = 0x1f;

/// Whether a key is in a list.
fn has(keys: &str, key: &str) -> bool {
    holds(keys, &join(&["\u{1f}", key, "\u{1f}"]))
}

/// The parameters (a JSON object) with which both twins go: each standard one of Meta's type, all others as they came.
///
/// Numbers given as text become numbers, ids given as numbers become text, a lone id becomes a list. What can't be
/// Meta's type is left out with a notice at its place, and so is what is personal by its form or name. `null` is nothing.
#[must_use]
pub fn clean(parameters: &str, platform: &impl Platform, notes: &mut Notices) -> CustomData {
    clean_but(None, parameters, platform, notes)
}

fn clean_but(
    without: Option<&str>,
    parameters: &str,
    platform: &impl Platform,
    notes: &mut Notices,
) -> CustomData {
    let mut cleaner = Cleaner {
        json: String::new(),
        path: String::new(),
        platform,
        notes,
    };
    let keys = cleaner.object(parameters, kind, without);
    CustomData {
        json: cleaner.json,
        keys,
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
    platform: &impl Platform,
    notes: &mut Notices,
) -> Option<String> {
    let is_purchase = event_name == "Purchase";
    let has_value = has(&custom_data.keys, "value");
    let has_currency = has(&custom_data.keys, "currency");
    if is_purchase && !has_currency {
        notes.push(Code::CurrencyMissing, "currency");
    } else if is_purchase && !has_value {
        notes.push(Code::ValueMissing, "value");
    } else if has_value && !has_currency {
        notes.push(Code::ValueWithoutCurrency, "value");
        return Some(clean_but(Some("value"), parameters, platform, &mut Notices::new()).json);
    } else {
        return Some(custom_data.json);
    }
    None
}

struct Cleaner<'call, Host> {
    json: String,
    /// Where the cleaner is: `contents[2].id`.
    path: String,
    platform: &'call Host,
    notes: &'call mut Notices,
}

impl<Host: Platform> Cleaner<'_, Host> {
    /// Writes what is sound of an object, but for one key; gives the keys.
    fn object(&mut self, object: &str, kind: fn(&str) -> Kind, without: Option<&str>) -> String {
        let end = self.path.len();
        let mut keys = String::new();
        self.json.push_str("{");
        let members = self.platform.rewrite(object, host!(members));
        let mut parts = pieces(&members, MARK);
        while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
            self.path.push_str(if end > 0 { "." } else { "" });
            self.path.push_str(key);
            let start = self.json.len();
            push_key(&mut self.json, key);
            let kind = kind(key);
            let is_there = value != "null" || end > 0 && kind == Kind::Free;
            if is_there && Some(key) != without && self.member(kind, key, value) {
                keys = join(&[&keys, "\u{1f}", key, "\u{1f}"]);
            } else {
                self.json.truncate(start);
            }
            self.path.truncate(end);
        }
        self.json.push_str("}");
        keys
    }

    /// Writes the value of a key. `false`: nothing.
    fn member(&mut self, kind: Kind, key: &str, value: &str) -> bool {
        if kind == Kind::Free {
            // Not repeated in a notice.
            if is_personal(key, Look::Form, self.platform) {
                self.notes.push(Code::PersonalData, "a key");
                return false;
            }
            // `email_opt_in: true` tells nothing of anybody.
            if !is_one_of(value, "true false") && is_personal_name(key, self.platform) {
                self.notes.push(Code::PersonalData, &self.path);
                return false;
            }
        }
        self.value(kind, value)
    }

    /// Writes what is sound of a list, each item of one kind. `false`: nothing.
    fn list(&mut self, list: &str, kind: Kind) -> bool {
        let end = self.path.len();
        let list = if list.starts_with('[') {
            String::from(list)
        } else {
            self.notes.push(Code::ListMade, &self.path);
            join(&["[", list, "]"])
        };
        let mut mark = "[";
        let members = self.platform.rewrite(&list, host!(members));
        let mut parts = pieces(&members, MARK);
        while let (Some(place), Some(item)) = (parts.next(), parts.next()) {
            self.path = join(&[&self.path, "[", place, "]"]);
            let start = self.json.len();
            self.json.push_str(mark);
            if self.value(kind, item) {
                mark = ",";
            } else {
                self.json.truncate(start);
            }
            self.path.truncate(end);
        }
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
            Kind::Ids => return self.list(value, Kind::Id),
            Kind::Contents => return self.list(value, Kind::Content),
            Kind::Content if value.starts_with('{') => {
                if has(&self.object(value, content_kind, None), "id") {
                    return true;
                }
                code = Code::ContentIdMissing;
            }
            Kind::Content => {}
            Kind::Unknown => code = Code::ContentKeyUnknown,
            Kind::Number | Kind::Whole => {
                const NUMBER: &str = concat!(only!(r"\s*([0-9.+\-eE]+)\s*"), host!(number));
                code = Code::NumberInvalid;
                let number = self
                    .platform
                    .rewrite(if is_text { text } else { value }, NUMBER);
                if kind == Kind::Number || all(&number, |byte| byte.is_ascii_digit()) {
                    sound = number;
                }
            }
            Kind::Currency => {
                const CURRENCY: &str = concat!(only!(r"\s*([A-Za-z]{3})\s*"), host!(upper));
                code = Code::CurrencyInvalid;
                let currency = self.platform.rewrite(text, CURRENCY);
                let known = self.platform.names("currency");
                if !currency.is_empty() && (known.is_empty() || is_one_of(&currency, &known)) {
                    push_text(&mut sound, &currency);
                }
            }
            Kind::Free if value.starts_with('{') => {
                self.object(value, |_| Kind::Free, None);
                return true;
            }
            Kind::Free if value.starts_with('[') => return self.list(value, Kind::Free),
            Kind::Text | Kind::Id | Kind::Free => {
                let is_id = kind == Kind::Id || self.path.ends_with("_id");
                let holds_personal = if is_id {
                    holds_email(value, self.platform)
                } else {
                    is_personal(value, Look::Form, self.platform)
                };
                if holds_personal {
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
