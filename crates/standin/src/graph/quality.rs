//! `GET /{version}/dataset_quality`: Meta's figures of match quality, from what was received. Source: Dataset Quality API.
//!
//! How Meta scores is not public, so a score is there only once one was set by `/__sim/quality`.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::token;
use crate::state::StandIn;

/// Meta's names of the fields here, and ours in `user_data`.
const IDENTIFIERS: [(&str, &str); 12] = [
    ("email", "em"),
    ("phone", "ph"),
    ("first_name", "fn"),
    ("last_name", "ln"),
    ("city", "ct"),
    ("state", "st"),
    ("zip", "zp"),
    ("external_id", "external_id"),
    ("fbp", "fbp"),
    ("fbc", "fbc"),
    ("ip_address", "client_ip_address"),
    ("user_agent", "client_user_agent"),
];

/// What is asked for; `fields` is not read: all there is comes.
#[derive(Deserialize)]
pub(crate) struct Asked {
    dataset_id: String,
    access_token: Option<String>,
}

/// The server events of one name.
#[derive(Default)]
struct Seen {
    events: u32,
    having: BTreeMap<&'static str, u32>,
}

pub(crate) async fn quality(
    State(standin): State<Arc<StandIn>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let token = token::find(asked.access_token.as_deref(), None, &headers);
    let token = token.as_ref().map(|(_, token)| token.as_str());
    if let Err(error) = token::judge(token, &asked.dataset_id) {
        let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::BAD_REQUEST);
        let body = json!({"error": {"message": error.message, "code": error.code}});
        return (status, Json(body)).into_response();
    }
    let books = standin.books();
    let mut names: BTreeMap<&str, Seen> = BTreeMap::new();
    for conversion in books.ledger.newest_first() {
        let Some(server) = &conversion.server else {
            continue;
        };
        if conversion.pixel_id != asked.dataset_id {
            continue;
        }
        let seen = names.entry(&conversion.event_name).or_default();
        seen.events += 1;
        let user = server.fields.get("user_data");
        for (identifier, key) in IDENTIFIERS {
            if user.and_then(|user| user.get(key)).is_some() {
                *seen.having.entry(identifier).or_default() += 1;
            }
        }
    }
    let web: Vec<Value> = names
        .iter()
        .map(|(name, seen)| {
            let keys = seen.having.iter().map(|(identifier, having)| {
                let percentage = 100.0 * f64::from(*having) / f64::from(seen.events);
                json!({"identifier": identifier, "coverage": {"percentage": percentage}})
            });
            let keys: Vec<Value> = keys.collect();
            let score = books.scores.get(*name);
            json!({
                "event_name": name,
                "event_match_quality": {"composite_score": score, "match_key_feedback": keys},
            })
        })
        .collect();
    Json(json!({"web": web})).into_response()
}
