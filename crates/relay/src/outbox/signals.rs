//! An event on NATS from its first half to its end: kept, signalled, looked at, settled.

use std::time::Duration;

use async_nats::jetstream::kv::{CreateErrorKind, UpdateErrorKind};
use async_nats::jetstream::{AckKind, Message};

use super::bucket::{bytes, read};
use super::known::{Known, State};
use super::nats::{Held, Nats, answer, lost};
use super::{Kept, Row, Settlement};
use crate::clock;
use crate::error::Error;

/// How long to wait before a signal is looked at again, of which nothing is known yet.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// How often to try where others write the same event.
const MAX_TRIES: usize = 10;
/// Signals of what is forgotten are dropped after so many looks.
const MAX_LOOKS: i64 = 100;

impl Nats {
    /// The value first, then the signal: whoever got no answer posts again, and a known event that waits is signalled anew.
    pub(super) async fn keep_one(&self, kept: &Kept) -> Result<bool, Error> {
        let fresh = Known::new(kept, clock::now_ms());
        for _ in 0..MAX_TRIES {
            let known = match self.known.create(fresh.key(), bytes(&fresh)?).await {
                Ok(_) => {
                    self.signal(&fresh).await?;
                    return Ok(true);
                }
                Err(error) if error.kind() == CreateErrorKind::AlreadyExists => {
                    read::<Known>(&self.known, fresh.key()).await?
                }
                Err(error) => return Err(lost(error)),
            };
            // It was forgotten by age in this moment, or the servers elect a leader.
            let Some((version, known)) = known else {
                continue;
            };
            let Some(joined) = known.joined(kept, clock::now_ms()) else {
                if known.state == State::Waiting {
                    self.signal(&known).await?;
                }
                return Ok(false);
            };
            if self.update(&joined, version).await? {
                let is_sent = joined.revision > known.revision;
                if is_sent {
                    self.signal(&joined).await?;
                }
                return Ok(is_sent);
            }
        }
        // Among servers that do not agree yet a key may be taken and nothing be there. Whoever posts comes again.
        Err(lost("an event is neither there nor can it be written"))
    }

    /// Writes a value, unless somebody else did meanwhile.
    pub(super) async fn update(&self, known: &Known, version: u64) -> Result<bool, Error> {
        match self.known.update(known.key(), bytes(known)?, version).await {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == UpdateErrorKind::WrongLastRevision => Ok(false),
            Err(error) => Err(lost(error)),
        }
    }

    /// What a signal is about, if it is to be sent now.
    pub(super) async fn look(&self, message: Message) -> Option<Row> {
        let text = String::from_utf8_lossy(&message.payload).into_owned();
        let delivered = message.info().map_or(1, |info| info.delivered);
        let failures = u32::try_from(delivered.saturating_sub(1)).unwrap_or(0);
        let (_, acker) = message.split();
        let (key, revision) = text.split_once(' ')?;
        let revision: i64 = revision.parse().ok()?;
        // If the bucket can't be read, NATS gives the signal again.
        let found = read::<Known>(&self.known, key.to_owned()).await.ok()?;
        let (version, known) = match found {
            Some((version, known)) if known.revision >= revision => (version, known),
            // A leader that was elected just now may not know yet what the signal is about.
            _ if delivered < MAX_LOOKS => {
                answer(&acker, AckKind::Nak(Some(LOOK_AGAIN))).await;
                return None;
            }
            _ => {
                answer(&acker, AckKind::Ack).await;
                return None;
            }
        };
        if known.state != State::Waiting || known.revision > revision {
            answer(&acker, AckKind::Ack).await;
            return None;
        }
        let wait_ms = known.due_ms.saturating_sub(clock::now_ms());
        if wait_ms > 0 {
            let wait = Duration::from_millis(wait_ms);
            answer(&acker, AckKind::Nak(Some(wait))).await;
            return None;
        }
        let id = self.hold(acker, known.clone(), version);
        Some(known.row(id, failures))
    }

    pub(super) async fn settle_one(
        &self,
        held: &Held,
        settlement: &Settlement,
    ) -> Result<(), Error> {
        let (state, reason) = match settlement {
            Settlement::Retry { next_ms, .. } => {
                let wait = Duration::from_millis(next_ms.saturating_sub(clock::now_ms()));
                answer(&held.acker, AckKind::Nak(Some(wait))).await;
                return Ok(());
            }
            Settlement::Delivered => (State::Delivered, None),
            Settlement::Rejected { reason } => (State::Rejected, Some(reason.clone())),
            Settlement::Expired { reason } => (State::Expired, Some(reason.clone())),
        };
        let is_whole = held.known.expected & !held.known.sources == 0;
        let keeps_json = state == State::Rejected || state == State::Delivered && !is_whole;
        let settled = Known {
            state,
            reason,
            settled_ms: clock::now_ms(),
            json: if keeps_json {
                held.known.json.clone()
            } else {
                String::new()
            },
            ..held.known.clone()
        };
        if matches!(state, State::Rejected | State::Expired) {
            let put = self.aside.put(settled.key(), bytes(&settled)?);
            put.await.map_err(lost)?;
        }
        // One that was merged meanwhile has another signal.
        self.update(&settled, held.version).await?;
        answer(&held.acker, AckKind::Ack).await;
        Ok(())
    }
}
