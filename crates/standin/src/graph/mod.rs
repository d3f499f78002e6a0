//! `POST /{version}/{pixel_id}/events`: token, body, every event, and only then memory; all of a request or nothing.

mod body;
mod currency;
mod custom_data;
pub(crate) mod errors;
mod event;
mod incoming;
pub(crate) mod quality;
mod reply;
mod shape;
pub(crate) mod texts;
pub(crate) mod token;
mod trace;
mod user_data;
mod version;

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::response::Response;
use serde_json::Value;

use crate::faults::{Moment, Name};
use crate::lints::Lints;
use crate::message::Source;
use crate::state::{Books, LoggedEvent, StandIn};
use errors::GraphError;
use event::Rules;
use incoming::Call;
use reply::{Answer, Reply};

/// `/v26.0/{pixel_id}/events`.
pub(crate) async fn versioned(
    State(standin): State<Arc<StandIn>>,
    Path((version, pixel_id)): Path<(String, String)>,
    request: Request,
) -> Response {
    let call = Call::read(Some(version), pixel_id, request).await;
    judge(&standin, call).send(&standin).await
}

/// `/{pixel_id}/events`.
pub(crate) async fn unversioned(
    State(standin): State<Arc<StandIn>>,
    Path(pixel_id): Path<String>,
    request: Request,
) -> Response {
    let call = Call::read(None, pixel_id, request).await;
    judge(&standin, call).send(&standin).await
}

/// Decides about a request, and remembers what came of it.
fn judge(standin: &StandIn, mut call: Call) -> Reply {
    let now_ms = standin.clock.now_ms();
    let version = version::answering(call.version.as_deref(), now_ms, &mut call.lints);
    let events = call.parameters.events();
    let mut books = standin.books();
    let moment = Moment {
        pixel_id: &call.pixel_id,
        now_ms,
        chance: trace::chance(),
    };
    let mut fault = books.faults.take_outage(moment);
    let answer = match &fault {
        Some(fault) if fault.name == Name::Html502 => Answer::Html,
        Some(fault) => Answer::Refused(fault.error(&call.pixel_id)),
        None => check(
            &mut books,
            &call,
            &events,
            version.as_deref(),
            moment,
            standin,
        )
        .map_or_else(Answer::Refused, |(answer, struck)| {
            fault = struck;
            answer
        }),
    };
    let slow = books.faults.take_named(moment, Name::Slow);
    if let Answer::Refused(_) | Answer::Html = answer {
        books.report.refused();
        reject(
            &mut books,
            &call,
            events.as_deref().unwrap_or_default(),
            now_ms,
        );
    }
    let fault_name = fault.as_ref().or(slow.as_ref()).map(|fault| fault.name);
    let reply = Reply {
        answer,
        version: version.unwrap_or_default(),
        delay_ms: slow.map_or(0, |fault| fault.delay_ms),
        tells_usage: fault_name == Some(Name::BucLimit),
    };
    let logged = reply.logged(
        &call,
        events.map_or(0, |events| events.len()),
        fault_name,
        now_ms,
    );
    standin.log_request(&mut books, logged);
    reply
}

type Struck = Option<crate::faults::Fault>;

/// Meta's order: address, token, body, then each event until one fails. Stores the events when all are good.
fn check(
    books: &mut Books,
    call: &Call,
    events: &Result<Vec<Value>, GraphError>,
    version: Option<&str>,
    moment: Moment<'_>,
    standin: &StandIn,
) -> Result<(Answer, Struck), GraphError> {
    if version.is_none() {
        return Err(GraphError::plain(
            400,
            2_500,
            format!("Unknown path components: /{}/events", call.pixel_id),
        ));
    }
    if call.is_too_large {
        return Err(GraphError::plain(
            413,
            100,
            "The request is larger than 8 MiB",
        ));
    }
    token::judge(
        call.token.as_ref().map(|(_, token)| token.as_str()),
        &call.pixel_id,
    )?;
    let events = events.as_ref().map_err(GraphError::clone)?;
    if let Some(fault) = books.faults.take_poison(moment, events.len()) {
        return Err(fault.error(&call.pixel_id));
    }
    let rules = Rules {
        profile: standin.settings.profile,
        now_ms: moment.now_ms,
    };
    let lints = events
        .iter()
        .enumerate()
        .map(|(index, event)| rules.judge(event, index))
        .collect::<Result<Vec<Lints>, GraphError>>()?;
    if let Some(fault) = books.faults.take_named(moment, Name::Zero) {
        return Ok((Answer::Accepted { events: 0 }, Some(fault)));
    }
    let messages = events
        .iter()
        .zip(lints)
        .filter_map(|(event, lints)| call.message(event, lints, moment.now_ms))
        .collect();
    standin.accept(books, messages);
    let mut broken = |name| books.faults.take_named(moment, name);
    let struck = broken(Name::DropAfterAccept).or_else(|| broken(Name::Half));
    let events = events.len();
    let answer = match struck.as_ref().map(|fault| fault.name) {
        Some(Name::Half) => Answer::Cut { events },
        Some(_) => Answer::Dropped,
        None => Answer::Accepted { events },
    };
    Ok((answer, struck))
}

/// Remembers the events of a refused request: none of them counts.
fn reject(books: &mut Books, call: &Call, events: &[Value], now_ms: i64) {
    for event in events {
        let text = |key: &str| event.get(key).and_then(Value::as_str);
        books
            .report
            .rejected(text("event_name").unwrap_or("(no name)"));
        books.log_event(&LoggedEvent {
            received_ms: now_ms,
            source: Source::Server.name(),
            pixel_id: &call.pixel_id,
            event_name: text("event_name"),
            event_id: text("event_id"),
            verdict: "rejected",
            reason: None,
            conversion: None,
            test_event_code: call.parameters.test_event_code(),
            lints: &call.lints,
        });
    }
}
