//! A Graph request as it came, and its events as messages.

use axum::body::to_bytes;
use axum::extract::Request;
use serde_json::{Map, Value};

use super::body::Parameters;
use super::token::{self, TokenPlace};
use super::user_data;
use crate::lints::Lints;
use crate::message::{Message, Person, Source, number, without_query};

/// Largest body.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// A request, read once.
#[derive(Debug)]
pub(crate) struct Call {
    /// First part of the path; `None` for an unversioned address.
    pub(crate) version: Option<String>,
    /// The dataset in the path.
    pub(crate) pixel_id: String,
    /// The path, without the query, which may hold the token.
    pub(crate) path: String,
    /// Where the token stood, and the token.
    pub(crate) token: Option<(TokenPlace, String)>,
    /// Query and body.
    pub(crate) parameters: Parameters,
    /// True for a body of more than 8 MiB, which was not read.
    pub(crate) is_too_large: bool,
    /// What is odd about the request itself.
    pub(crate) lints: Lints,
}

impl Call {
    /// Reads a request.
    pub(crate) async fn read(version: Option<String>, pixel_id: String, request: Request) -> Self {
        let (head, body) = request.into_parts();
        let query = head.uri.query().unwrap_or_default();
        let body = to_bytes(body, MOST_BYTES).await;
        let is_too_large = body.is_err();
        let mut lints = Lints::default();
        let parameters =
            Parameters::read(query, &head.headers, body.unwrap_or_default(), &mut lints).await;
        let token = token::find(
            parameters.in_query("access_token"),
            parameters.in_body("access_token"),
            &head.headers,
        );
        Self {
            version,
            pixel_id,
            path: head.uri.path().to_owned(),
            token,
            parameters,
            is_too_large,
            lints,
        }
    }

    /// An event that passed, as a message. `None` only for what did not pass.
    pub(crate) fn message(&self, event: &Value, mut lints: Lints, now_ms: i64) -> Option<Message> {
        let fields = event.as_object()?;
        let none = Map::new();
        let user = fields
            .get("user_data")
            .and_then(Value::as_object)
            .unwrap_or(&none);
        lints.extend(&self.lints);
        Some(Message {
            source: Source::Server,
            pixel_id: self.pixel_id.clone(),
            event_name: fields.get("event_name").and_then(Value::as_str)?.to_owned(),
            event_id: fields.get("event_id").and_then(text),
            received_ms: now_ms,
            person: Person {
                fbp: user.get("fbp").and_then(text),
                external_ids: user_data::external_ids(user),
                emails: user
                    .get("em")
                    .and_then(user_data::texts_of)
                    .unwrap_or_default(),
            },
            page: fields
                .get("event_source_url")
                .and_then(Value::as_str)
                .map(without_query),
            amount: fields
                .get("custom_data")
                .and_then(|custom| number(custom.get("value")?)),
            test_event_code: self.parameters.test_event_code().map(str::to_owned),
            lints,
            fields: fields.clone(),
        })
    }
}

/// A number is taken as text; nothing and an empty text are the same.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
