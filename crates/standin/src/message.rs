//! One message from one side, with what pairing needs taken out of it.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::lints::Lints;

/// Which side sent a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Source {
    /// The Pixel, by `/tr`.
    Browser,
    /// The Conversions API.
    Server,
}

impl Source {
    /// The opposite side.
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Browser => Self::Server,
            Self::Server => Self::Browser,
        }
    }

    /// `browser` or `server`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Server => "server",
        }
    }
}

/// A Pixel event or a server event that was accepted.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    /// Which side sent it.
    pub(crate) source: Source,
    /// The dataset it went to.
    pub(crate) pixel_id: String,
    /// As sent; compared exactly.
    pub(crate) event_name: String,
    /// As sent; compared exactly. Empty counts as none.
    pub(crate) event_id: Option<String>,
    /// When it came in, simulated Unix ms: the 48 hours run from here.
    pub(crate) received_ms: i64,
    /// Who it is about, for pairing without ids and for hints.
    pub(crate) person: Person,
    /// The page it happened on, without query and fragment.
    pub(crate) page: Option<String>,
    /// `custom_data.value`, if it is a number.
    pub(crate) amount: Option<f64>,
    /// Only for the test view; the event counts all the same.
    pub(crate) test_event_code: Option<String>,
    /// What is odd about it.
    pub(crate) lints: Lints,
    /// The message as the conversions list shows it, without `received_ms`, `test_event_code` and `lints`.
    pub(crate) fields: Map<String, Value>,
}

/// The identifiers of a visitor that two messages can share.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Person {
    /// Value of the `_fbp` cookie.
    pub(crate) fbp: Option<String>,
    /// Every `external_id`.
    pub(crate) external_ids: Vec<String>,
    /// Every `em`; used for hints only, Meta does not pair by it.
    pub(crate) emails: Vec<String>,
}

/// What two messages without a shared event_id were paired by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reason {
    /// Same name and id: the way Meta recommends.
    EventId,
    /// Same name and fbp, the Pixel event first.
    Fbp,
    /// Same name and `external_id`, the Pixel event first.
    ExternalId,
}

impl Reason {
    /// As it stands in the conversions list.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::EventId => "event_id",
            Self::Fbp => "fbp",
            Self::ExternalId => "external_id",
        }
    }
}

impl Person {
    /// What pairs these two, if no id does: every key that both have must agree, and at least one must be there.
    pub(crate) fn agreement(&self, other: &Self) -> Option<Reason> {
        let fbp = self
            .fbp
            .as_ref()
            .zip(other.fbp.as_ref())
            .map(|(a, b)| a == b);
        let both_have_ids = !self.external_ids.is_empty() && !other.external_ids.is_empty();
        let external_id = both_have_ids.then(|| intersect(&self.external_ids, &other.external_ids));
        match (fbp, external_id) {
            (Some(false), _) | (_, Some(false)) | (None, None) => None,
            (Some(true), _) => Some(Reason::Fbp),
            (None, Some(true)) => Some(Reason::ExternalId),
        }
    }

    /// True when any identifier is shared.
    pub(crate) fn is_probably(&self, other: &Self) -> bool {
        (self.fbp.is_some() && self.fbp == other.fbp)
            || intersect(&self.external_ids, &other.external_ids)
            || intersect(&self.emails, &other.emails)
    }
}

fn intersect(a: &[String], b: &[String]) -> bool {
    a.iter().any(|text| b.contains(text))
}

impl Message {
    /// The message as the conversions list shows it.
    pub(crate) fn view(&self) -> Value {
        let mut view = Map::new();
        view.insert("received_ms".into(), json!(self.received_ms));
        if let Some(code) = &self.test_event_code {
            view.insert("test_event_code".into(), json!(code));
        }
        view.extend(self.fields.clone());
        view.insert("lints".into(), json!(self.lints));
        Value::Object(view)
    }
}

/// A number, or a string that holds one: both sides write amounts in either way.
pub(crate) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text
            .trim()
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

/// `https://shop.example/thanks?order=1#x` → `https://shop.example/thanks`.
pub(crate) fn without_query(url: &str) -> String {
    url.split(['?', '#']).next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(fbp: Option<&str>, external_ids: &[&str]) -> Person {
        Person {
            fbp: fbp.map(str::to_owned),
            external_ids: external_ids.iter().map(|&id| id.to_owned()).collect(),
            emails: Vec::new(),
        }
    }

    #[test]
    fn people_agree_when_every_shared_key_does() {
        let cases = [
            (
                person(Some("a"), &[]),
                person(Some("a"), &[]),
                Some(Reason::Fbp),
            ),
            (person(Some("a"), &[]), person(Some("b"), &[]), None),
            (person(Some("a"), &["1"]), person(Some("a"), &["2"]), None),
            (person(Some("a"), &["1"]), person(Some("b"), &["1"]), None),
            (
                person(None, &["1", "2"]),
                person(Some("a"), &["2", "3"]),
                Some(Reason::ExternalId),
            ),
            (
                person(Some("a"), &["1"]),
                person(Some("a"), &[]),
                Some(Reason::Fbp),
            ),
            (person(Some("a"), &[]), person(None, &["1"]), None),
            (person(None, &[]), person(None, &[]), None),
        ];
        for (a, b, expected) in cases {
            assert_eq!(a.agreement(&b), expected, "{a:?} {b:?}");
            assert_eq!(b.agreement(&a), expected, "{b:?} {a:?}");
        }
    }

    #[test]
    fn numbers_may_come_as_text_but_not_with_a_comma() {
        for (value, expected) in [
            (json!("142.52"), Some(142.52)),
            (json!(3), Some(3.0)),
            (json!("1,99"), None),
            (json!("NaN"), None),
            (json!(""), None),
        ] {
            assert_eq!(number(&value), expected, "{value}");
        }
    }
}
