//! `GET /__sim/stream`: what changes, as it changes, for the page.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::{Stream, StreamExt};

use crate::state::StandIn;

/// How soon a page that lost the connection should try again.
const RETRY: Duration = Duration::from_secs(1);
/// A sign of life, so that a page notices a dead connection.
const KEEP_ALIVE: Duration = Duration::from_secs(5);

/// Events: `conversions` `{rows, totals}`, `request` `{request, totals}`, `clear` `{totals}`, and `resync` for a listener
/// that was too slow and has to read everything again.
pub(crate) async fn stream(
    State(standin): State<Arc<StandIn>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let hello = tokio_stream::once(Event::default().event("hello").data("{}").retry(RETRY));
    let live = BroadcastStream::new(standin.listen()).map(|message| match message {
        Ok(live) => Event::default().event(live.event).data(&live.data),
        Err(_) => Event::default().event("resync").data("{}"),
    });
    Sse::new(hello.chain(live).map(Ok)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}
