//! The outbox on NATS as the rest of the relay sees it: see `nats.rs` for where things are.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt as _;
use futures_util::future::{join_all, try_join_all};
use tokio::sync::watch;
use tokio::time::timeout;

use super::bucket::{all, bytes, read};
use super::known::{Known, State, key};
use super::nats::{KNOWN, Nats, lost};
use super::purchases::Booked;
use super::{Aside, Ask, Claim, Counts, Fate, Intake, Outbox, Settled, Which};
use crate::clock;
use crate::error::Error;

/// How long to wait for a server's next word.
const LAST_WORD: Duration = Duration::from_secs(1);
/// Most signals in one fetch.
const MAX_FETCH: usize = 500;

#[async_trait]
impl Outbox for Nats {
    async fn keep(&self, intake: Intake) -> Result<usize, Error> {
        let delivery = intake
            .delivery
            .map(|delivery| key(&[&delivery.shop, delivery.platform, &delivery.id]));
        if let Some(delivery) = &delivery
            && self.deliveries.get(delivery).await.map_err(lost)?.is_some()
        {
            return Ok(0);
        }
        if let Some(said) = &intake.purchase {
            self.book(said).await?;
        }
        let kept = intake.events.iter().map(|kept| self.keep_one(kept));
        let new = try_join_all(kept).await?.into_iter().filter(|new| *new);
        let new = new.count();
        if let Some(delivery) = delivery {
            let put = self.deliveries.put(delivery, "".into());
            put.await.map_err(lost)?;
        }
        Ok(new)
    }

    async fn claim(&self, ask: Ask) -> Result<Claim, Error> {
        let consumer = self.consumer(&ask.pixel_id).await?;
        let fetch = consumer.fetch().max_messages(ask.limit.min(MAX_FETCH));
        let mut fetched = fetch.messages().await.map_err(lost)?;
        let mut messages = Vec::new();
        // A server that died with the question in hand never says that this was all.
        while let Ok(Some(message)) = timeout(LAST_WORD, fetched.next()).await {
            messages.extend(message.ok());
        }
        let rows = join_all(messages.into_iter().map(|message| self.look(message))).await;
        Ok(Claim {
            rows: rows.into_iter().flatten().collect(),
            next_ms: None,
        })
    }

    async fn settle(&self, settled: Arc<[Settled]>) -> Result<(), Error> {
        let each = settled.iter().filter_map(|settled| {
            let held = self.release(settled.id)?;
            Some(async move {
                let done = self.settle_one(&held, &settled.settlement).await;
                if done.is_err() {
                    self.hold_again(settled.id, held);
                }
                done
            })
        });
        try_join_all(each).await.map(drop)
    }

    async fn wake(&self) -> Result<(), Error> {
        // NATS counts waits by its own steady clock.
        Ok(())
    }

    async fn prune(&self) -> Result<(), Error> {
        // Buckets and queue forget by age.
        self.release_old();
        Ok(())
    }

    async fn sweep(&self) -> Result<(), Error> {
        let found = self.signal_what_waits().await?;
        if found > 0 {
            tracing::warn!(
                found,
                "events waited that NATS had lost the signals of; they are sent now"
            );
        }
        Ok(())
    }

    async fn counts(&self) -> Result<Counts, Error> {
        let info = self.signals.get_info().await.map_err(lost)?;
        let aside: Vec<(u64, Known)> = all(&self.aside).await?;
        let count = |state| {
            aside
                .iter()
                .filter(|(_, known)| known.state == state)
                .count() as u64
        };
        let oldest_s = u64::try_from(info.state.first_timestamp.unix_timestamp()).unwrap_or(0);
        let waiting = info.state.messages;
        Ok(Counts {
            waiting,
            rejected: count(State::Rejected),
            expired: count(State::Expired),
            oldest_waiting_s: match waiting {
                0 => 0,
                _ => clock::now_s().saturating_sub(oldest_s),
            },
        })
    }

    fn news(&self) -> watch::Receiver<()> {
        self.news.subscribe()
    }

    async fn set_aside(&self, which: Which) -> Result<Vec<Aside>, Error> {
        let found = self.letters(&which).await?;
        let is_one = matches!(which, Which::One(_));
        let letter = |(id, known): (i64, Known)| Aside {
            id,
            event: is_one
                .then(|| serde_json::value::RawValue::from_string(known.json).ok())
                .flatten(),
            pixel_id: known.pixel_id,
            event_name: known.event_name,
            event_id: known.event_id,
            event_time_s: known.event_time_s,
            state: known.state.name().into(),
            reason: known.reason.unwrap_or_default(),
            settled_ms: known.settled_ms,
        };
        Ok(found.into_iter().rev().map(letter).collect())
    }

    async fn retry(&self, which: Which) -> Result<usize, Error> {
        let mut again = 0;
        for (_, letter) in self.letters(&which).await? {
            if letter.json.is_empty() {
                continue;
            }
            let waiting = Known {
                state: State::Waiting,
                revision: letter.revision + 1,
                due_ms: clock::now_ms(),
                ..letter
            };
            self.known
                .put(waiting.key(), bytes(&waiting)?)
                .await
                .map_err(lost)?;
            self.signal(&waiting).await?;
            self.aside.purge(waiting.key()).await.map_err(lost)?;
            again += 1;
        }
        Ok(again)
    }

    async fn purge(&self, which: Which) -> Result<usize, Error> {
        let letters = self.letters(&which).await?;
        for (_, letter) in &letters {
            self.aside.purge(letter.key()).await.map_err(lost)?;
        }
        Ok(letters.len())
    }

    async fn forget(&self, hash: &str) -> Result<usize, Error> {
        let quoted = format!("\"{hash}\"");
        let mut events = 0;
        for (_, known) in all::<Known>(&self.known).await? {
            if !known.json.contains(&quoted) {
                continue;
            }
            let is_waiting = known.state == State::Waiting;
            let emptied = Known {
                json: String::new(),
                revision: known.revision + 1,
                state: if is_waiting {
                    State::Expired
                } else {
                    known.state
                },
                ..known
            };
            self.known
                .put(emptied.key(), bytes(&emptied)?)
                .await
                .map_err(lost)?;
            self.aside.purge(emptied.key()).await.map_err(lost)?;
            events += 1;
        }
        for (_, mut booked) in all::<Booked>(&self.purchases).await? {
            if booked.external_id.as_deref() == Some(hash) {
                booked.external_id = None;
                let put = self.purchases.put(booked.key(), bytes(&booked)?);
                put.await.map_err(lost)?;
            }
        }
        Ok(events)
    }

    fn kept_for(&self) -> Duration {
        KNOWN
    }

    async fn purchases(
        &self,
        shop: &str,
        from_ms: u64,
        to_ms: u64,
    ) -> Result<Vec<super::Known>, Error> {
        let booked: Vec<(u64, Booked)> = all(&self.purchases).await?;
        let within =
            |booked: &Booked| booked.shop == shop && (from_ms..to_ms).contains(&booked.first_ms);
        let of_period = booked.into_iter().map(|(_, booked)| booked).filter(within);
        Ok(of_period.map(Booked::known).collect())
    }

    async fn delivered(
        &self,
        pixel_id: &str,
        from_ms: u64,
        to_ms: u64,
    ) -> Result<Vec<String>, Error> {
        let known: Vec<(u64, Known)> = all(&self.known).await?;
        let counts = |known: &Known| {
            known.pixel_id == pixel_id
                && known.event_name == "Purchase"
                && known.state == State::Delivered
                && (from_ms..to_ms).contains(&(known.event_time_s * 1000))
        };
        let of_period = known.into_iter().map(|(_, known)| known).filter(counts);
        Ok(of_period.map(|known| known.event_id).collect())
    }

    async fn fate(
        &self,
        pixel_id: &str,
        event_name: &str,
        event_id: &str,
    ) -> Result<Option<Fate>, Error> {
        let key = key(&[pixel_id, event_name, event_id]);
        let found: Option<(u64, Known)> = read(&self.known, key).await?;
        Ok(found.map(|(_, known)| Fate {
            state: known.state.name().into(),
            reason: known.reason,
        }))
    }

    async fn customer(
        &self,
        shop: &str,
        platform: &str,
        order_id: &str,
    ) -> Result<Option<String>, Error> {
        let key = key(&[shop, platform, order_id]);
        let found: Option<(u64, Booked)> = read(&self.purchases, key).await?;
        Ok(found.and_then(|(_, booked)| booked.external_id))
    }
}

impl Nats {
    /// The dead letters, oldest first; each goes by the version of its value.
    async fn letters(&self, which: &Which) -> Result<Vec<(i64, Known)>, Error> {
        let letters: Vec<(u64, Known)> = all(&self.aside).await?;
        let named = letters
            .into_iter()
            .map(|(version, known)| (i64::try_from(version).unwrap_or(i64::MAX), known));
        let fits = |id: i64| match which {
            Which::All => true,
            Which::One(one) => *one == id,
        };
        let mut found: Vec<_> = named.filter(|(id, _)| fits(*id)).collect();
        found.sort_by_key(|(id, _)| *id);
        Ok(found)
    }

    /// Writes down what a webhook says.
    async fn book(&self, said: &super::Purchase) -> Result<(), Error> {
        let key = key(&[&said.shop, said.platform, &said.order_id]);
        let before: Option<(u64, Booked)> = read(&self.purchases, key.clone()).await?;
        let booked = Booked::new(said, before.map(|(_, booked)| booked), clock::now_ms());
        let put = self.purchases.put(key, bytes(&booked)?);
        put.await.map_err(lost).map(drop)
    }
}
