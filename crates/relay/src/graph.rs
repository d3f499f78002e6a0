//! One request to Meta's Graph API: what is sent, and what came back. What it means is for `verdict`.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::HeaderValue;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response};

use crate::config::rules::is_this_machine;
use crate::config::token::TokenSource;
use crate::config::{Config, Pixel};
use crate::error::StartError;
use crate::outbox::Row;
use crate::usage::Usage;

const TIMEOUT: Duration = Duration::from_secs(30);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// More of an answer is not read, in bytes.
const MAX_ANSWER_BYTES: usize = 64 * 1024;
/// Longest wait that an answer can ask for, in ms.
const MAX_RETRY_AFTER_MS: u64 = 60 * 60 * 1000;

/// What came back.
#[derive(Debug)]
pub(crate) enum Answer {
    /// Nothing was sent: the token's file can't be read.
    NoToken,
    /// Nothing that HTTP knows.
    Silence {
        /// In the HTTP client's words.
        cause: String,
        /// Whether Meta was reached and took too long: then the batch may be to blame.
        is_timeout: bool,
    },
    /// An answer, from Meta or something in front of it.
    Heard {
        /// HTTP status.
        status: u16,
        /// The least wait that it asks for, in ms; 0 for nothing.
        retry_after_ms: u64,
        /// How much of Meta's limits is used up.
        usage: Usage,
        /// Its body, perhaps cut.
        body: Vec<u8>,
    },
}

/// The HTTP client for Meta; reads the system's root certificates, connects to nobody yet.
pub(crate) fn client(config: &Config) -> Result<Client, StartError> {
    let mut client = Client::builder()
        .timeout(TIMEOUT)
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(Policy::none())
        .user_agent(concat!("twin-relay/", env!("CARGO_PKG_VERSION")));
    // A proxy of the environment is for the outside; it can't reach this machine's own addresses.
    if is_this_machine(&config.graph_base) {
        client = client.no_proxy();
    }
    // Plain http needs no root certificates, so a machine that has none can still try the stand-in.
    if config.graph_base.scheme() == "http" {
        client = client.tls_certs_only([]);
    }
    client
        .build()
        .map_err(|error| StartError::Tls(error.to_string()))
}

/// Meta's address for a pixel, and what every request to it carries.
pub(crate) struct Graph {
    client: Client,
    url: String,
    quality_url: String,
    source: Arc<TokenSource>,
    /// The header with the token; `None` while there is none to send.
    bearer: Mutex<Option<HeaderValue>>,
    /// The code of Events Manager's test page that all events go with; empty for none.
    test_event_code: String,
}

impl Graph {
    /// For a pixel.
    pub(crate) fn new(client: Client, base: &str, version: &str, pixel: &Pixel) -> Self {
        let base = base.trim_end_matches('/');
        Self {
            client,
            url: format!("{base}/{version}/{}/events", pixel.id),
            quality_url: format!("{base}/{version}/dataset_quality?dataset_id={}", pixel.id),
            bearer: Mutex::new(pixel.token.bearer()),
            source: Arc::clone(&pixel.token),
            test_event_code: pixel.test_event_code.clone().unwrap_or_default(),
        }
    }

    /// Reads the token again where it may have changed. Gives whether it has.
    pub(crate) fn renew_token(&self) -> bool {
        if matches!(*self.source, TokenSource::Fixed(_)) {
            return false;
        }
        let new = self.source.bearer();
        let mut bearer = self.bearer.lock().unwrap_or_else(PoisonError::into_inner);
        let has_changed = *bearer != new;
        *bearer = new;
        has_changed
    }

    /// Sends events, all in one request, with the test code of the first.
    pub(crate) async fn send(&self, rows: &[Row]) -> Answer {
        let request = self.client.post(&self.url);
        let request = request.header(CONTENT_TYPE, "application/json");
        self.ask(request.body(self.body(rows))).await
    }

    /// Asks for Meta's own figures of match quality; `fields`: of the Dataset Quality API.
    pub(crate) async fn quality(&self, fields: &str) -> Answer {
        let url = format!("{}&fields={fields}", self.quality_url);
        self.ask(self.client.get(url)).await
    }

    async fn ask(&self, request: RequestBuilder) -> Answer {
        let bearer = self.bearer.lock();
        let bearer = bearer.unwrap_or_else(PoisonError::into_inner).clone();
        let Some(bearer) = bearer else {
            return Answer::NoToken;
        };
        match request.header(AUTHORIZATION, bearer).send().await {
            Ok(response) => hear(response).await,
            Err(error) => silence(error),
        }
    }

    /// The rows hold JSON already, so nothing is parsed and written again.
    fn body(&self, rows: &[Row]) -> String {
        let mut body = String::from("{\"data\":[");
        for (place, row) in rows.iter().enumerate() {
            if place > 0 {
                body.push(',');
            }
            body.push_str(&row.json);
        }
        body.push(']');
        let own = rows.first().and_then(|row| row.test_event_code.as_deref());
        let code = own.unwrap_or(&self.test_event_code);
        if !code.is_empty() {
            // Letters, digits and the like: nothing to escape.
            body.push_str(&format!(",\"test_event_code\":\"{code}\""));
        }
        body.push('}');
        body
    }
}

async fn hear(mut response: Response) -> Answer {
    let status = response.status().as_u16();
    let asked_s = response.headers().get(RETRY_AFTER);
    let asked_s = asked_s.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let retry_after_ms = asked_s.map_or(0, |seconds| {
        seconds.saturating_mul(1000).min(MAX_RETRY_AFTER_MS)
    });
    let usage = Usage::read(response.headers());
    let mut body = Vec::new();
    while body.len() < MAX_ANSWER_BYTES {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => break,
            Err(error) => return silence(error),
        }
    }
    Answer::Heard {
        status,
        retry_after_ms,
        usage,
        body,
    }
}

/// The innermost cause says it best ("Connection refused"). The URL is left out: it is in the configuration.
fn silence(error: reqwest::Error) -> Answer {
    let error = error.without_url();
    let is_timeout = error.is_timeout() && !error.is_connect();
    let mut cause: &dyn std::error::Error = &error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    Answer::Silence {
        cause: cause.to_string(),
        is_timeout,
    }
}
