//! `user_data`: who the visitor is, hashed.

use alloc::string::String;
use alloc::vec::Vec;

use crate::hash::Hashed;
use crate::json::{push_key, push_more, push_pair, push_text};
use crate::normalize::Field;
use crate::notice::{Code, Notices};
use crate::platform::Platform;
use crate::raw::Raw;
use crate::text::join;

/// Meta's `user_data`.
#[derive(Debug, Clone, Default)]
pub struct UserData<'event> {
    /// The hashes, each field's in the order they came.
    hashed: Vec<(Field, Hashed)>,
    /// The browser's id; empty if unknown.
    pub fbp: &'event str,
    /// The last ad click; empty if there is none.
    pub fbc: &'event str,
    /// The visitor's address; the relay adds it.
    pub client_ip_address: &'event str,
    /// The visitor's browser; the relay adds it.
    pub client_user_agent: &'event str,
    /// Other keys that Meta takes unhashed, as the inside of a JSON object (`"lead_id":"1"`); empty if there are none.
    pub more: &'event str,
}

impl UserData<'_> {
    /// Normalizes a value, hashes it and adds it. What the field's rule refuses is left out, with a notice at
    /// `user.<field>`. `year`: the current one, four digits.
    pub fn add_raw(
        &mut self,
        field: Field,
        raw: &Raw,
        year: u64,
        platform: &impl Platform,
        notes: &mut Notices,
    ) {
        let doubt = match raw.hash(field, year, platform) {
            Some(hashed) => {
                self.add(field, hashed);
                raw.doubt(field, platform)
            }
            None => Some(Code::invalid(field)),
        };
        if let Some(code) = doubt {
            notes.push(code, &join(&["user.", field.key()]));
        }
    }

    /// Adds a value to a field, unless it is there.
    pub fn add(&mut self, field: Field, value: Hashed) {
        if self
            .hashed
            .iter()
            .all(|known| known.0 != field || known.1 != value)
        {
            self.hashed.push((field, value));
        }
    }

    /// The fields that have a value, each its [`Field::bit`].
    #[must_use]
    pub fn fields(&self) -> u32 {
        let mut fields = 0;
        for (field, _) in &self.hashed {
            fields |= field.bit();
        }
        fields
    }

    /// Whether a field has a value.
    #[must_use]
    pub fn has(&self, field: Field) -> bool {
        !self.first(field).is_empty()
    }

    /// The first value of a field; empty if it has none.
    #[must_use]
    pub fn first(&self, field: Field) -> &str {
        self.hashed
            .iter()
            .find(|(of, _)| *of == field)
            .map_or("", |(_, value)| value.as_str())
    }

    /// The fields' names, a space after each.
    #[must_use]
    pub fn keys(&self) -> String {
        let mut keys = String::new();
        self.each(&mut |key, _| keys = join(&[&keys, key, " "]));
        keys
    }

    /// Each value with its field's name, in the order they came.
    pub fn each(&self, call: &mut dyn FnMut(&str, &str)) {
        for (field, value) in &self.hashed {
            call(field.key(), value.as_str());
        }
    }

    /// Appends Meta's JSON of it: a field with one value is a text, with several a list.
    pub(crate) fn push_json(&self, json: &mut String) {
        json.push_str("{");
        for field in Field::ALL {
            let mut count = 0;
            let start = json.len();
            for (of, value) in &self.hashed {
                if *of == field {
                    if count == 0 {
                        push_key(json, field.key());
                        json.push_str("[");
                    } else {
                        json.push_str(",");
                    }
                    push_text(json, value.as_str());
                    count += 1;
                }
            }
            if count == 1 {
                json.truncate(start);
                push_pair(json, field.key(), self.first(field));
            } else if count > 0 {
                json.push_str("]");
            }
        }
        push_pair(json, "fbp", self.fbp);
        push_pair(json, "fbc", self.fbc);
        push_pair(json, "client_ip_address", self.client_ip_address);
        push_pair(json, "client_user_agent", self.client_user_agent);
        push_more(json, self.more);
        json.push_str("}");
    }
}
