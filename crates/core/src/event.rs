//! The server event: one element of `data` in a Conversions API request, in Meta's own names.

use alloc::string::String;

use crate::json::{push_key, push_more, push_pair, push_whole};
use crate::personal::{card, email, plus_phone};
use crate::platform::{Platform, holds, step};
use crate::text::units;
use crate::user_data::UserData;

/// How old an event may be when Meta gets it, in seconds: seven days.
pub const MAX_AGE_S: u64 = 7 * 24 * 60 * 60;

/// One server event. Source: Conversions API, server event parameters.
#[derive(Debug, Clone)]
pub struct ServerEvent<'event> {
    /// `Purchase`; case-sensitive, the same as the Pixel event's.
    pub event_name: &'event str,
    /// When it happened, Unix time in seconds.
    pub event_time: u64,
    /// The same as the Pixel event's `eventID`.
    pub event_id: &'event str,
    /// The page, without personal data; empty if unknown.
    pub event_source_url: &'event str,
    /// The page before, without personal data; empty if there is none.
    pub referrer_url: &'event str,
    /// `website` for whatever a shop's page does.
    pub action_source: &'event str,
    /// Who.
    pub user_data: &'event UserData<'event>,
    /// What: value, currency, contents … A JSON object.
    pub custom_data: &'event str,
    /// Meta's other keys, as the inside of a JSON object (`"opt_out":true`); empty if there are none.
    pub more: &'event str,
}

impl ServerEvent<'_> {
    /// Meta's JSON of it. Keys without a value are left out.
    #[must_use]
    pub fn json(&self) -> String {
        let mut json = String::from("{");
        push_pair(&mut json, "event_name", self.event_name);
        push_whole(&mut json, "event_time", self.event_time);
        push_pair(&mut json, "event_id", self.event_id);
        push_pair(&mut json, "event_source_url", self.event_source_url);
        push_pair(&mut json, "referrer_url", self.referrer_url);
        push_pair(&mut json, "action_source", self.action_source);
        push_key(&mut json, "user_data");
        self.user_data.push_json(&mut json);
        if self.custom_data != "{}" {
            push_key(&mut json, "custom_data");
            json.push_str(self.custom_data);
        }
        push_more(&mut json, self.more);
        json.push_str("}");
        json
    }
}

/// Whether Meta takes the name: see [`is_label`], with at most 50 units.
#[must_use]
pub fn is_event_name(name: &str, platform: &impl Platform) -> bool {
    is_label(name, 50, platform)
}

/// Whether a text can name something on both sides: more than white space, at most so many UTF-16 units, no control
/// character, and no e-mail address, international phone number or spaced card number, which must not leave the page.
#[must_use]
pub fn is_label(text: &str, most: usize, platform: &impl Platform) -> bool {
    const WRONG: &str = step!(r"^\s+$|[\u{0}-\u{1f}\u{7f}-\u{9f}]|", email!(), "|", plus_phone!(), "|", card!(" ") => "");
    !text.is_empty() && units(text) <= most && !holds(text, WRONG, platform)
}
