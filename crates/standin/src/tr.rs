//! `GET|POST /tr/`: the Pixel's beacon. Never an error to the page; what is odd becomes a lint.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::{Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, USER_AGENT};
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::forms::{self, Kind, Pairs};
use crate::identifiers::{self, HASHED_FIELDS};
use crate::lints::Lints;
use crate::message::{Message, Person, Source, number, without_query};
use crate::state::{LoggedEvent, StandIn};

/// Far more than any Pixel event.
const MOST_BYTES: usize = 1024 * 1024;

/// A transparent picture of one pixel.
const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

/// Takes a Pixel event in. GET: a picture; POST: nothing; always 200.
pub(crate) async fn beacon(State(standin): State<Arc<StandIn>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let mut lints = Lints::default();
    let mut pairs = forms::urlencoded(head.uri.query().unwrap_or_default().as_bytes());
    if let Ok(body) = to_bytes(body, MOST_BYTES).await {
        pairs.extend(body_pairs(&head.headers, body, &mut lints).await);
    } else {
        lints.push(
            "body_too_large",
            "The body is larger than 1 MiB and was not read.",
        );
    }
    let peer = head
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map(|ConnectInfo(address)| address.ip().to_string());
    let agent = head
        .headers
        .get(USER_AGENT)
        .and_then(|value| value.to_str().ok());
    let sender = Sender {
        method: &head.method,
        client_ip_address: peer.as_deref(),
        client_user_agent: agent,
    };
    take(&standin, &Parameters(pairs), &sender, lints);
    let no_store = (CACHE_CONTROL, "no-store");
    match head.method {
        Method::POST => ([no_store, (CONTENT_TYPE, "text/plain")], "").into_response(),
        _ => ([no_store, (CONTENT_TYPE, "image/gif")], GIF).into_response(),
    }
}

async fn body_pairs(headers: &HeaderMap, body: Bytes, lints: &mut Lints) -> Pairs {
    match forms::kind(headers) {
        _ if body.is_empty() => Pairs::new(),
        Kind::Multipart => forms::multipart(headers, body).await,
        Kind::Urlencoded => forms::urlencoded(&body),
        Kind::Json | Kind::Other => {
            lints.push("content_type", "The body is no form; it was read as one.");
            forms::urlencoded(&body)
        }
    }
}

/// Who sent a beacon, and how.
struct Sender<'a> {
    method: &'a Method,
    client_ip_address: Option<&'a str>,
    client_user_agent: Option<&'a str>,
}

fn take(standin: &StandIn, parameters: &Parameters, sender: &Sender<'_>, mut lints: Lints) {
    let now_ms = standin.clock.now_ms();
    let user_data = parameters.user_data();
    let custom_data = parameters.custom_data();
    lint(parameters, &user_data, &custom_data, now_ms, &mut lints);
    let mut books = standin.books();
    let (Some(pixel_id), Some(event_name)) = (parameters.filled("id"), parameters.filled("ev"))
    else {
        lints.push(
            "not_an_event",
            "Without id and ev this is no event; it was ignored.",
        );
        books.log_event(&LoggedEvent {
            received_ms: now_ms,
            source: Source::Browser.name(),
            pixel_id: parameters.filled("id").unwrap_or_default(),
            event_name: parameters.filled("ev"),
            event_id: parameters.filled("eid"),
            verdict: "ignored",
            reason: None,
            conversion: None,
            test_event_code: None,
            lints: &lints,
        });
        return;
    };
    let fields = json!({
        "event_id": parameters.filled("eid"),
        "event_time_ms": parameters.filled("ts").and_then(|ts| ts.parse::<i64>().ok()),
        "event_source_url": parameters.filled("dl"),
        "referrer_url": parameters.filled("rl"),
        "fbp": parameters.filled("fbp"),
        "fbc": parameters.filled("fbc"),
        "user_data": user_data,
        "custom_data": custom_data,
        "method": sender.method.as_str(),
        "client_ip_address": sender.client_ip_address,
        "client_user_agent": sender.client_user_agent,
        "params": parameters.raw(),
    });
    let user_text = |key: &str| {
        user_data
            .get(key)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let message = Message {
        source: Source::Browser,
        pixel_id: pixel_id.to_owned(),
        event_name: event_name.to_owned(),
        event_id: parameters.filled("eid").map(str::to_owned),
        received_ms: now_ms,
        person: Person {
            fbp: user_text("fbp"),
            external_ids: user_text("external_id").into_iter().collect(),
            emails: user_text("em").into_iter().collect(),
        },
        page: parameters.filled("dl").map(without_query),
        amount: custom_data.get("value").and_then(number),
        test_event_code: None,
        lints,
        fields: match fields {
            Value::Object(fields) => fields,
            _ => Map::new(),
        },
    };
    standin.accept(&mut books, vec![message]);
}

/// The parameters of a beacon, query and body together.
struct Parameters(Pairs);

impl Parameters {
    fn filled(&self, name: &str) -> Option<&str> {
        forms::last(&self.0, name).filter(|value| !value.is_empty())
    }

    /// `prefix[key]` pairs, by key.
    fn group<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter_map(move |(name, value)| {
            let key = name
                .strip_prefix(prefix)?
                .strip_prefix('[')?
                .strip_suffix(']')?;
            Some((key, value.as_str()))
        })
    }

    /// Advanced matching (`ud[em]`), and the two cookies beside it, as the server side names them.
    fn user_data(&self) -> Map<String, Value> {
        let advanced = self
            .group("ud")
            .map(|(key, value)| (if key == "cn" { "country" } else { key }, value));
        let cookies = ["fbp", "fbc"]
            .into_iter()
            .filter_map(|key| Some((key, self.filled(key)?)));
        advanced
            .chain(cookies)
            .filter(|(_, value)| !value.is_empty())
            .map(|(key, value)| (key.to_owned(), json!(value)))
            .collect()
    }

    /// `cd[value]`; arrays and objects come as JSON text and are read, single values stay text.
    fn custom_data(&self) -> Map<String, Value> {
        let read = |text: &str| {
            let is_nested = text.starts_with(['[', '{']);
            let parsed = is_nested.then(|| serde_json::from_str(text).ok()).flatten();
            parsed.unwrap_or_else(|| json!(text))
        };
        self.group("cd")
            .map(|(key, value)| (key.to_owned(), read(value)))
            .collect()
    }

    fn raw(&self) -> Map<String, Value> {
        self.0
            .iter()
            .map(|(name, value)| (name.clone(), json!(value)))
            .collect()
    }
}

fn lint(
    parameters: &Parameters,
    user: &Map<String, Value>,
    custom: &Map<String, Value>,
    now_ms: i64,
    lints: &mut Lints,
) {
    if parameters
        .filled("id")
        .is_some_and(|id| !id.bytes().all(|b| b.is_ascii_digit()))
    {
        lints.push("id_not_a_number", "The dataset id is not a number.");
    }
    if parameters.filled("eid").is_none() {
        lints.push(
            "no_event_id",
            "There is no eid: a server event and this one are then counted twice in most cases.",
        );
    }
    if parameters
        .filled("ts")
        .is_none_or(|ts| ts.parse::<i64>().is_err())
    {
        lints.push("no_event_time", "ts is missing or not a number.");
    }
    let filled = |key: &str| {
        custom
            .get(key)
            .is_some_and(|value| value.as_str() != Some(""))
    };
    if parameters.filled("ev") == Some("Purchase") {
        for key in ["value", "currency"] {
            if !filled(key) {
                lints.push(
                    format!("purchase_without_{key}"),
                    format!("A Purchase should have a {key}."),
                );
            }
        }
    }
    for (key, value) in user {
        if HASHED_FIELDS.contains(&key.as_str()) {
            identifiers::check_hashed(key, value.as_str().unwrap_or_default(), lints);
        }
    }
    if let Some(fbp) = parameters.filled("fbp") {
        identifiers::check_fbp(fbp, now_ms, lints);
    }
    if let Some(fbc) = parameters.filled("fbc") {
        identifiers::check_fbc(fbc, now_ms, lints);
    }
}
