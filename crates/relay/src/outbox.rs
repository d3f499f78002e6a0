//! The outbox as the rest of the relay sees it. One thread writes: whatever waits for it goes into one transaction, and
//! nobody hears of success before that is on the disk.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::{io, thread};

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{Notify, mpsc, oneshot};
use twin_core::accept::Accepted;

use crate::clock;
use crate::error::Error;
use crate::rows::{self, Claim, Counts, Settlement};
use crate::store::Store;

/// Most requests that wait for the writer; more are told to come back.
const MAX_WAITING: usize = 8192;
/// Most requests in one transaction.
const MAX_GROUP: usize = 256;

/// Work inside a transaction; what it gives is run once that is committed, and dropped if it is not.
type Job = Box<dyn FnOnce(&Connection) -> rusqlite::Result<Reply> + Send>;
type Reply = Box<dyn FnOnce() + Send>;

/// A handle to the outbox.
#[derive(Clone)]
pub(crate) struct Outbox {
    /// Dropped before `jobs`: the writer, closed last, folds SQLite's log into the file, which a reader can't.
    reader: Arc<Mutex<Connection>>,
    jobs: mpsc::Sender<Job>,
    news: Arc<Notify>,
}

impl Outbox {
    /// Starts the writer. Its thread ends when the last handle is gone.
    pub(crate) fn start(store: Store) -> io::Result<(Self, JoinHandle<()>)> {
        let (jobs, waiting) = mpsc::channel(MAX_WAITING);
        let Store {
            writer,
            reader,
            lock,
        } = store;
        let thread = thread::Builder::new()
            .name("outbox".into())
            .spawn(move || {
                write(writer, waiting);
                drop(lock);
            })?;
        let outbox = Self {
            jobs,
            reader: Arc::new(Mutex::new(reader)),
            news: Arc::new(Notify::new()),
        };
        Ok((outbox, thread))
    }

    /// Keeps events for a pixel. When this returns they are on the disk.
    ///
    /// # Errors
    /// [`Error::Busy`], [`Error::StorageUnavailable`]: none of them is kept.
    pub(crate) async fn keep(&self, pixel_id: &str, events: Vec<Accepted>) -> Result<(), Error> {
        let (pixel_id, now_ms) = (pixel_id.to_owned(), clock::now_ms());
        let (job, committed) = job(move |connection| {
            for event in &events {
                rows::keep(connection, &pixel_id, event, now_ms)?;
            }
            Ok(())
        });
        self.jobs.try_send(job).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => Error::Busy,
            mpsc::error::TrySendError::Closed(_) => Error::StorageUnavailable,
        })?;
        committed.await.map_err(|_| Error::StorageUnavailable)?;
        self.news.notify_one();
        Ok(())
    }

    /// The rows of a pixel that are due; see [`rows::claim`].
    pub(crate) async fn claim(
        &self,
        pixel_id: &str,
        limit: usize,
        max_bytes: usize,
    ) -> Result<Claim, Error> {
        let (pixel_id, now_ms) = (pixel_id.to_owned(), clock::now_ms());
        self.run(move |connection| rows::claim(connection, &pixel_id, now_ms, limit, max_bytes))
            .await
    }

    /// Writes down what became of rows.
    pub(crate) async fn settle(&self, settled: Arc<[(i64, Settlement)]>) -> Result<(), Error> {
        let now_ms = clock::now_ms();
        self.run(move |connection| {
            for (id, settlement) in settled.iter() {
                rows::settle(connection, *id, settlement, now_ms)?;
            }
            Ok(())
        })
        .await
    }

    /// Forgets what nobody needs any more.
    pub(crate) async fn prune(&self) -> Result<(), Error> {
        let now_ms = clock::now_ms();
        self.run(move |connection| rows::prune(connection, now_ms))
            .await
    }

    /// How the outbox stands.
    pub(crate) async fn counts(&self) -> Result<Counts, Error> {
        let (reader, now_ms) = (Arc::clone(&self.reader), clock::now_ms());
        let count = move || {
            let connection = reader.lock().unwrap_or_else(PoisonError::into_inner);
            rows::counts(&connection, now_ms)
        };
        let counted = tokio::task::spawn_blocking(count).await;
        counted
            .map_err(|_| Error::StorageUnavailable)?
            .map_err(|cause| {
                tracing::error!(%cause, "the outbox can't be read");
                Error::StorageUnavailable
            })
    }

    /// Returns when events were kept since the last call returned.
    pub(crate) async fn news(&self) {
        self.news.notified().await;
    }

    /// Unlike a post, the sender waits for its turn.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let (job, committed) = job(work);
        self.jobs
            .send(job)
            .await
            .map_err(|_| Error::StorageUnavailable)?;
        committed.await.map_err(|_| Error::StorageUnavailable)
    }
}

/// Packs work for the writer. The receiver gets its result after the commit, or finds the channel closed.
fn job<T: Send + 'static>(
    work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
) -> (Job, oneshot::Receiver<T>) {
    let (reply, committed) = oneshot::channel();
    let job: Job = Box::new(move |connection| {
        let result = work(connection)?;
        Ok(Box::new(move || {
            // Nobody listens when the request was given up meanwhile; the work is done all the same.
            let _ = reply.send(result);
        }))
    });
    (job, committed)
}

fn write(mut connection: Connection, mut waiting: mpsc::Receiver<Job>) {
    let mut is_sound = true;
    while let Some(first) = waiting.blocking_recv() {
        let mut group = vec![first];
        while group.len() < MAX_GROUP
            && let Ok(job) = waiting.try_recv()
        {
            group.push(job);
        }
        match commit(&mut connection, group) {
            Ok(replies) => {
                if !is_sound {
                    tracing::info!("the outbox can be written again");
                }
                is_sound = true;
                replies.into_iter().for_each(|reply| reply());
            }
            Err(cause) => {
                // Once, not for every post: the disk is full enough.
                if is_sound {
                    tracing::error!(%cause, "the outbox can't be written, so events are refused with 503; check the disk of data_dir");
                }
                is_sound = false;
                // On a full disk, folding SQLite's log into the file may make the room that settling rows needs. If it
                // fails, nothing is worse than before.
                let _ = connection.pragma_update(None, "wal_checkpoint", "TRUNCATE");
            }
        }
    }
}

fn commit(connection: &mut Connection, group: Vec<Job>) -> rusqlite::Result<Vec<Reply>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let replies = group
        .into_iter()
        .map(|job| job(&transaction))
        .collect::<rusqlite::Result<Vec<Reply>>>()?;
    transaction.commit()?;
    Ok(replies)
}
