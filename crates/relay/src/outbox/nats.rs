//! The outbox in NATS JetStream, for any number of relays. What is known of an event is a value of a key-value bucket; a
//! work queue holds a signal for each that is to be sent, and gives it to one relay at a time.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_nats::jetstream::consumer::{AckPolicy, PullConsumer, pull};
use async_nats::jetstream::context::PublishError;
use async_nats::jetstream::kv::Store;
use async_nats::jetstream::message::{Acker, PublishMessage};
use async_nats::jetstream::publish::PublishAck;
use async_nats::jetstream::stream::{self, DiscardPolicy, RetentionPolicy, StorageType, Stream};
use async_nats::jetstream::{self, AckKind, Context};
use async_nats::{ConnectOptions, ServerAddr};
use tokio::sync::watch;

use super::known::Known;
use crate::clock;
use crate::error::{Error, StartError};

/// How long a relay may take with an event before another gets it: longer than the longest request to Meta.
pub(super) const ACK_WAIT: Duration = Duration::from_secs(60);
/// How long NATS itself knows a signal again.
const DUPLICATE_WINDOW: Duration = Duration::from_secs(120);
/// How long an event is known: one day more than Meta takes.
pub(super) const KNOWN: Duration = Duration::from_secs(8 * 24 * 60 * 60);
/// How long dead letters and orders are kept.
const BOOKS: Duration = Duration::from_secs(62 * 24 * 60 * 60);
/// As NATS says it.
const FOREVER: Duration = Duration::ZERO;
/// Most signals that relays hold, or that wait to be tried again.
const MAX_PENDING: i64 = 1_000_000;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);
/// A server that is silent for two of them is left for another.
const PING_INTERVAL: Duration = Duration::from_secs(5);

/// The servers of the configuration.
pub(crate) struct Servers {
    /// One at least; a cluster names its others by itself.
    pub(crate) addresses: Vec<ServerAddr>,
    /// On how many of them each event is kept.
    pub(crate) replicas: usize,
}

/// A signal that this relay has in hand.
pub(super) struct Held {
    pub(super) acker: Acker,
    pub(super) known: Known,
    /// Of the value in the bucket.
    pub(super) version: u64,
    since: Instant,
}

/// A handle to the outbox.
pub(crate) struct Nats {
    context: Context,
    pub(super) signals: Stream,
    pub(super) known: Store,
    pub(super) aside: Store,
    pub(super) purchases: Store,
    pub(super) deliveries: Store,
    pub(super) swept: Store,
    consumers: tokio::sync::Mutex<HashMap<String, PullConsumer>>,
    held: Mutex<HashMap<i64, Held>>,
    next_id: AtomicI64,
    pub(super) news: watch::Sender<()>,
}

impl Nats {
    /// Connects, and makes what is not there yet.
    pub(crate) async fn open(servers: &Servers) -> Result<Self, StartError> {
        let unreachable = |cause: String| StartError::Nats { cause };
        let client = ConnectOptions::new()
            .connection_timeout(CONNECT_TIMEOUT)
            .ping_interval(PING_INTERVAL)
            .request_timeout(Some(REQUEST_TIMEOUT))
            .connect(servers.addresses.clone())
            .await
            .map_err(|error| unreachable(error.to_string()))?;
        let context = jetstream::new(client);
        let num_replicas = servers.replicas;
        let signals = stream::Config {
            name: "twin_signals".into(),
            subjects: vec!["twin.signal.*".into()],
            retention: RetentionPolicy::WorkQueue,
            storage: StorageType::File,
            num_replicas,
            duplicate_window: DUPLICATE_WINDOW,
            max_age: KNOWN,
            ..stream::Config::default()
        };
        let signals = context
            .get_or_create_stream(signals)
            .await
            .map_err(|error| unreachable(error.to_string()))?;
        let bucket = async |name: &str, max_age| {
            let made = context.get_or_create_stream(bucket(name, max_age, num_replicas));
            made.await.map_err(|error| unreachable(error.to_string()))?;
            let store = context.get_key_value(name).await;
            store.map_err(|error| unreachable(error.to_string()))
        };
        Ok(Self {
            signals,
            known: bucket("twin_known", KNOWN).await?,
            aside: bucket("twin_aside", BOOKS).await?,
            purchases: bucket("twin_purchases", BOOKS).await?,
            deliveries: bucket("twin_deliveries", KNOWN).await?,
            swept: bucket("twin_swept", FOREVER).await?,
            context,
            consumers: tokio::sync::Mutex::default(),
            held: Mutex::default(),
            next_id: AtomicI64::new(1),
            news: watch::Sender::default(),
        })
    }

    /// Says that an event is to be sent. Repeats are known by their `Nats-Msg-Id`, or at the latest when they are claimed.
    ///
    /// A leader that was cut off knows ids also of what it took and never kept, for want of the others. It then calls the
    /// repeat a duplicate of nothing (sequence 0), and means to say that all is well.
    pub(super) async fn signal(&self, known: &Known) -> Result<(), Error> {
        let id = format!("{}.{}", known.key(), known.revision);
        let kept = self.publish(known, &id).await.map_err(lost)?;
        if kept.sequence == 0 {
            tracing::debug!(
                "NATS knows a signal again that it has not kept: signalled by another id"
            );
            return self.signal_anew(known).await;
        }
        self.news.send_replace(());
        Ok(())
    }

    /// Says so once more, though NATS may know of it.
    pub(super) async fn signal_anew(&self, known: &Known) -> Result<(), Error> {
        let id = format!("{}.{}.{}", known.key(), known.revision, clock::random());
        let kept = self.publish(known, &id).await.map_err(lost)?;
        if kept.sequence == 0 {
            return Err(lost("a signal is acknowledged, but not kept"));
        }
        self.news.send_replace(());
        Ok(())
    }

    async fn publish(&self, known: &Known, id: &str) -> Result<PublishAck, PublishError> {
        let publish = PublishMessage::build()
            .message_id(id)
            .payload(format!("{} {}", known.key(), known.revision).into());
        let subject = format!("twin.signal.{}", known.pixel_id);
        self.context.send_publish(subject, publish).await?.await
    }

    /// The work queue of a pixel, shared by all relays.
    pub(super) async fn consumer(&self, pixel_id: &str) -> Result<PullConsumer, Error> {
        let mut consumers = self.consumers.lock().await;
        if let Some(consumer) = consumers.get(pixel_id) {
            return Ok(consumer.clone());
        }
        let name = format!("send_{pixel_id}");
        let config = pull::Config {
            durable_name: Some(name.clone()),
            filter_subject: format!("twin.signal.{pixel_id}"),
            ack_policy: AckPolicy::Explicit,
            ack_wait: ACK_WAIT,
            max_ack_pending: MAX_PENDING,
            ..pull::Config::default()
        };
        let consumer = self.signals.get_or_create_consumer(&name, config);
        let consumer = consumer.await.map_err(lost)?;
        consumers.insert(pixel_id.to_owned(), consumer.clone());
        Ok(consumer)
    }

    /// Remembers a signal in hand. Gives the id that its row goes by.
    pub(super) fn hold(&self, acker: Acker, known: Known, version: u64) -> i64 {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let held = Held {
            acker,
            known,
            version,
            since: Instant::now(),
        };
        self.held().insert(id, held);
        id
    }

    /// Takes it back.
    pub(super) fn release(&self, id: i64) -> Option<Held> {
        self.held().remove(&id)
    }

    /// It was not settled after all.
    pub(super) fn hold_again(&self, id: i64, held: Held) {
        self.held().insert(id, held);
    }

    /// Lets go of what NATS has long given to another.
    pub(super) fn release_old(&self) {
        self.held()
            .retain(|_, held| held.since.elapsed() < ACK_WAIT * 2);
    }

    fn held(&self) -> std::sync::MutexGuard<'_, HashMap<i64, Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The stream behind a bucket. The client's own way to make one does not understand nats-server 2.9, Debian's.
///
/// Source: NATS ADR-8, JetStream based key-value stores.
fn bucket(name: &str, max_age: Duration, num_replicas: usize) -> stream::Config {
    stream::Config {
        name: format!("KV_{name}"),
        subjects: vec![format!("$KV.{name}.>")],
        max_messages_per_subject: 1,
        discard: DiscardPolicy::New,
        allow_rollup: true,
        deny_delete: true,
        // Read from the leader alone: a follower may not know yet what was just kept.
        allow_direct: false,
        storage: StorageType::File,
        num_replicas,
        duplicate_window: DUPLICATE_WINDOW,
        max_age,
        ..stream::Config::default()
    }
}

/// Answers for a signal. If the answer is lost, NATS gives the signal again, and the bucket says what became of it.
pub(super) async fn answer(acker: &Acker, kind: AckKind) {
    if let Err(cause) = acker.ack_with(kind).await {
        tracing::debug!(%cause, "an answer to NATS is lost");
    }
}

/// NATS did not answer, or not as it should.
pub(super) fn lost(cause: impl std::fmt::Display) -> Error {
    tracing::error!(%cause, "the outbox on NATS can't be reached");
    Error::StorageUnavailable
}
