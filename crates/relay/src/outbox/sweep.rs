//! Finds what waits on NATS without a signal, and signals it anew. Servers that lose one another, above all older ones, may
//! forget a signal that they acknowledged.

use std::time::Duration;

use async_nats::jetstream::kv::Operation;
use futures_util::StreamExt as _;
use tokio::time::timeout;

use super::bucket::{bytes, read};
use super::known::{Known, State};
use super::nats::{ACK_WAIT, Nats, lost};
use crate::clock;
use crate::error::Error;

/// A signal is published right after its value. This much later it was, or whoever posted has no answer yet.
const SIGNALLED_AFTER: Duration = ACK_WAIT.saturating_mul(2);
/// Silence means that there is no more for now.
const SILENCE: Duration = Duration::from_secs(5);
/// The name of the one value in `twin_swept`: from which version on the bucket is to be read.
const FROM: &str = "from";

impl Nats {
    /// Reads each value once, in the order of writing, up to those that the oldest signal may be about. What waits before that
    /// has no signal. It goes to the end of the bucket, so that it is found again should its new signal be lost as well.
    pub(super) async fn signal_what_waits(&self) -> Result<usize, Error> {
        let until_s = self.oldest_signal_s().await? - seconds(SIGNALLED_AFTER);
        let from = read(&self.swept, FROM.into()).await?;
        let mut next: u64 = from.map_or(1, |(_, from)| from);
        let watch = self.known.watch_all_from_revision(next).await;
        let mut values = watch.map_err(lost)?;
        let mut found = 0;
        while let Ok(Some(entry)) = timeout(SILENCE, values.next()).await {
            let entry = entry.map_err(lost)?;
            if entry.created.unix_timestamp() >= until_s {
                break;
            }
            if entry.operation == Operation::Put {
                let known: Known = serde_json::from_slice(&entry.value).map_err(lost)?;
                // Whoever wrote it meanwhile has signalled it, or it waits no more.
                if known.state == State::Waiting && self.update(&known, entry.revision).await? {
                    self.signal_anew(&known).await?;
                    found += 1;
                }
            }
            next = entry.revision + 1;
            if entry.delta == 0 {
                break;
            }
        }
        let put = self.swept.put(FROM, bytes(&next)?).await;
        put.map_err(lost)?;
        Ok(found)
    }

    /// Unix time in seconds; now, if there is none.
    async fn oldest_signal_s(&self) -> Result<i64, Error> {
        let state = self.signals.get_info().await.map_err(lost)?.state;
        let now_s = i64::try_from(clock::now_s()).unwrap_or(i64::MAX);
        Ok(match state.messages {
            0 => now_s,
            _ => state.first_timestamp.unix_timestamp().min(now_s),
        })
    }
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}
