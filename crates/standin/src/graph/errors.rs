//! Meta's error envelope, and the errors themselves. Clients must decide by code: the user texts change with the locale.
//!
//! Source of codes and texts: the error bodies people published, and Meta's error reference; `texts.rs` has the sentences.

use serde_json::{Map, Value, json};

use super::texts::UserText;
use crate::config::Locale;

/// Meta's class of an error; says nothing about who can fix it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nearly everything, rate limits included.
    OAuth,
    /// An object that is not there, or may not be seen.
    GraphMethod,
}

/// One refusal, ready to be written as Meta writes it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct GraphError {
    /// HTTP status.
    pub(crate) status: u16,
    /// `error.message`, never localized.
    pub(crate) message: String,
    /// `error.type`.
    pub(crate) kind: Kind,
    /// `error.code`.
    pub(crate) code: u32,
    /// `error.error_subcode`.
    pub(crate) subcode: Option<u32>,
    /// `error.is_transient`.
    pub(crate) is_transient: Option<bool>,
    /// `error.error_user_title` and `error.error_user_msg`.
    pub(crate) user: Option<UserText>,
}

impl GraphError {
    /// An error without subcode or user texts.
    pub(crate) fn plain(status: u16, code: u32, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            kind: Kind::OAuth,
            code,
            subcode: None,
            is_transient: None,
            user: None,
        }
    }

    /// `100` with a subcode of the 28040xx family: something in the events is wrong.
    pub(crate) fn invalid_parameter(subcode: u32, user: UserText) -> Self {
        Self {
            subcode: Some(subcode),
            is_transient: Some(false),
            user: Some(user),
            ..Self::plain(400, 100, "Invalid parameter")
        }
    }

    /// `2804019`: the shape of an event is wrong; the sentence carries the JSON path.
    pub(crate) fn shape(text: UserText) -> Self {
        Self::invalid_parameter(2_804_019, text)
    }

    /// The dataset is unknown, or this token may not see it.
    pub(crate) fn no_such_object(id: &str) -> Self {
        Self {
            kind: Kind::GraphMethod,
            subcode: Some(33),
            ..Self::plain(
                400,
                100,
                format!(
                    "Unsupported post request. Object with ID '{id}' does not exist, cannot be loaded due to \
                     missing permissions, or does not support this operation. Please read the Graph API \
                     documentation at https://developers.facebook.com/docs/graph-api"
                ),
            )
        }
    }

    /// The token was good once.
    pub(crate) fn token(subcode: u32, message: &str) -> Self {
        Self {
            subcode: Some(subcode),
            ..Self::plain(401, 190, message)
        }
    }

    /// The body, in this locale.
    pub(crate) fn body(&self, locale: Locale, trace_id: &str) -> Value {
        let mut error = Map::new();
        error.insert("message".into(), json!(self.message));
        error.insert(
            "type".into(),
            json!(match self.kind {
                Kind::OAuth => "OAuthException",
                Kind::GraphMethod => "GraphMethodException",
            }),
        );
        error.insert("code".into(), json!(self.code));
        if let Some(subcode) = self.subcode {
            error.insert("error_subcode".into(), json!(subcode));
        }
        if let Some(is_transient) = self.is_transient {
            error.insert("is_transient".into(), json!(is_transient));
        }
        if let Some(user) = &self.user {
            let (title, message) = user.in_locale(locale);
            error.insert("error_user_title".into(), json!(title));
            error.insert("error_user_msg".into(), json!(message));
        }
        error.insert("fbtrace_id".into(), json!(trace_id));
        json!({ "error": error })
    }

    /// What this means for whoever has to fix it, in plain words for the page.
    pub(crate) fn meaning(&self) -> &'static str {
        match (self.code, self.subcode) {
            (1 | 2, _) => "Trouble on Meta's side: send the same events again later.",
            (4 | 17 | 32 | 341 | 613 | 80_000..=80_014, _) => {
                "A rate limit, although the status is 400: slow down and send the same events again."
            }
            (3 | 10 | 200..=299, _) => {
                "The token may not do this: the events are fine, keep them and fix access."
            }
            (100, Some(33)) => {
                "Unknown dataset, or the token may not see it: keep the events and fix the settings."
            }
            (100, Some(2_804_003)) => {
                "event_time is too long ago: Meta takes 7 days (62 for physical_store)."
            }
            (100, Some(2_804_004)) => {
                "event_time lies in the future; often it is milliseconds instead of seconds."
            }
            (100, Some(2_804_008)) => "An item in contents has no id.",
            (100, Some(2_804_009)) => "A Purchase needs a value.",
            (100, Some(2_804_010)) => "A Purchase needs a currency.",
            (100, Some(2_804_019)) => {
                "The shape of an event is wrong: the path says which field of which event."
            }
            (100, Some(2_804_023)) => "A value without a currency.",
            (100, Some(2_804_043)) => "An app event needs app_data.extinfo with 16 entries.",
            (100, Some(2_804_050)) => {
                "Too little, or too common, customer information to match anybody."
            }
            (100, Some(2_804_063)) => "A business_messaging event needs messaging_channel.",
            (100, _) => "Something in the request is wrong: sending it again will not help.",
            (190, Some(_)) => {
                "The token has expired or was revoked: keep the events and get a new token."
            }
            (190, None) => "This is not an access token.",
            (368, _) => "Meta has blocked this for a while: keep the events, ask Meta.",
            (803, _) => "The address names something that does not exist: fix the settings.",
            (2_500, _) => "No such address.",
            (21_009, _) => "The dataset is not ready for a moment: send the same events again.",
            _ => "Refused.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::texts;
    use super::*;

    #[test]
    fn the_envelope_has_the_keys_of_real_replies_in_their_order() {
        let error = GraphError::invalid_parameter(2_804_003, texts::too_old(7));
        let body = error.body(Locale::En, "A1234567890123456789012");
        let keys: Vec<&String> = body["error"].as_object().unwrap().keys().collect();
        assert_eq!(
            keys,
            [
                "message",
                "type",
                "code",
                "error_subcode",
                "is_transient",
                "error_user_title",
                "error_user_msg",
                "fbtrace_id"
            ]
        );
        assert_eq!(body["error"]["error_user_title"], "Event Timestamp Too Old");
    }

    #[test]
    fn optional_keys_are_left_out_rather_than_null() {
        let body = GraphError::plain(401, 190, "no").body(Locale::En, "A");
        let keys: Vec<&String> = body["error"].as_object().unwrap().keys().collect();
        assert_eq!(keys, ["message", "type", "code", "fbtrace_id"]);
    }

    #[test]
    fn only_the_two_user_texts_change_with_the_locale() {
        let error = GraphError::shape(texts::required("$['data'][0]['user_data']"));
        let (mut en, mut fr) = (error.body(Locale::En, "A"), error.body(Locale::Fr, "A"));
        for key in ["error_user_title", "error_user_msg"] {
            assert_ne!(en["error"][key], fr["error"][key], "{key}");
            en["error"].as_object_mut().unwrap().remove(key);
            fr["error"].as_object_mut().unwrap().remove(key);
        }
        assert_eq!(en, fr);
    }
}
