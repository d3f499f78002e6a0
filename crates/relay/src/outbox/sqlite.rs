//! The outbox in SQLite, for one process. One thread writes: whatever waits for it goes into one transaction, and nobody
//! hears of success before that is on the disk.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use std::{io, thread};

use async_trait::async_trait;
use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot, watch};

use super::fold::Fold;
use super::{
    Aside, Ask, Claim, Counts, Fate, Intake, Known, Outbox, Settled, Store, Which, aside,
    purchases, rows,
};
use crate::clock;
use crate::error::Error;

/// Most requests that wait for the writer; more are told to come back.
const MAX_WAITING: usize = 8192;
/// Most requests in one transaction.
const MAX_GROUP: usize = 256;

/// Most rows settled in one transaction: posts that come meanwhile wait for its end.
const MAX_SETTLED: usize = 50;

/// Work inside a transaction; what it gives is run once that is committed, and dropped if it is not.
type Job = Box<dyn FnOnce(&Connection) -> rusqlite::Result<Reply> + Send>;
type Reply = Box<dyn FnOnce() + Send>;

/// A handle to the outbox.
pub(crate) struct Sqlite {
    /// Dropped before `jobs`: the writer, closed last, folds SQLite's log into the file, which a reader can't.
    reader: Arc<Mutex<Connection>>,
    jobs: mpsc::Sender<Job>,
    news: watch::Sender<()>,
}

impl Sqlite {
    /// Starts the writer. Its thread ends when the handle is gone.
    pub(crate) fn start(store: Store) -> io::Result<(Self, JoinHandle<()>)> {
        let (jobs, waiting) = mpsc::channel(MAX_WAITING);
        let Store {
            writer,
            folder,
            reader,
            lock,
        } = store;
        let fold = Fold::start(folder)?;
        let thread = thread::Builder::new()
            .name("outbox".into())
            .spawn(move || {
                write(writer, waiting, fold);
                drop(lock);
            })?;
        let outbox = Self {
            jobs,
            reader: Arc::new(Mutex::new(reader)),
            news: watch::Sender::default(),
        };
        Ok((outbox, thread))
    }

    /// Asks the writer and waits for its turn; only a post is sent away when too many wait.
    async fn write<T: Send + 'static>(
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

    /// Looks, without waiting for a commit.
    async fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let reader = Arc::clone(&self.reader);
        let look = move || look(&reader.lock().unwrap_or_else(PoisonError::into_inner));
        let seen = tokio::task::spawn_blocking(look).await;
        seen.map_err(|_| Error::StorageUnavailable)?
            .map_err(|cause| {
                tracing::error!(%cause, "the outbox can't be read");
                Error::StorageUnavailable
            })
    }
}

#[async_trait]
impl Outbox for Sqlite {
    async fn keep(&self, intake: Intake) -> Result<usize, Error> {
        let now_ms = clock::now_ms();
        let (job, committed) = job(move |connection| keep(connection, &intake, now_ms));
        self.jobs.try_send(job).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => Error::Busy,
            mpsc::error::TrySendError::Closed(_) => Error::StorageUnavailable,
        })?;
        let new = committed.await.map_err(|_| Error::StorageUnavailable)?;
        if new > 0 {
            self.news.send_replace(());
        }
        Ok(new)
    }

    async fn claim(&self, ask: Ask) -> Result<Claim, Error> {
        let now_ms = clock::now_ms();
        self.read(move |connection| rows::claim(connection, &ask, now_ms))
            .await
    }

    async fn settle(&self, settled: Arc<[Settled]>) -> Result<(), Error> {
        let now_ms = clock::now_ms();
        for start in (0..settled.len()).step_by(MAX_SETTLED) {
            let settled = Arc::clone(&settled);
            self.write(move |connection| {
                let some = settled.iter().skip(start).take(MAX_SETTLED);
                some.into_iter()
                    .try_for_each(|settled| rows::settle(connection, settled, now_ms))
            })
            .await?;
        }
        Ok(())
    }

    async fn wake(&self) -> Result<(), Error> {
        let now_ms = clock::now_ms();
        self.write(move |connection| rows::wake(connection, now_ms))
            .await
    }

    async fn prune(&self) -> Result<(), Error> {
        let now_ms = clock::now_ms();
        self.write(move |connection| rows::prune(connection, now_ms))
            .await
    }

    async fn sweep(&self) -> Result<(), Error> {
        // A row that waits is found by itself.
        Ok(())
    }

    async fn counts(&self) -> Result<Counts, Error> {
        let now_ms = clock::now_ms();
        self.read(move |connection| rows::counts(connection, now_ms))
            .await
    }

    fn news(&self) -> watch::Receiver<()> {
        self.news.subscribe()
    }

    async fn set_aside(&self, which: Which) -> Result<Vec<Aside>, Error> {
        self.read(move |connection| aside::list(connection, &which))
            .await
    }

    async fn retry(&self, which: Which) -> Result<usize, Error> {
        let now_ms = clock::now_ms();
        let again = self.write(move |connection| aside::retry(connection, &which, now_ms));
        let again = again.await?;
        self.news.send_replace(());
        Ok(again)
    }

    async fn purge(&self, which: Which) -> Result<usize, Error> {
        self.write(move |connection| aside::purge(connection, &which))
            .await
    }

    async fn forget(&self, hash: &str) -> Result<usize, Error> {
        let (hash, now_ms) = (hash.to_owned(), clock::now_ms());
        self.write(move |connection| aside::forget(connection, &hash, now_ms))
            .await
    }

    fn kept_for(&self) -> Duration {
        Duration::from_millis(rows::BOOKS_MS)
    }

    async fn purchases(&self, shop: &str, from_ms: u64, to_ms: u64) -> Result<Vec<Known>, Error> {
        let shop = shop.to_owned();
        self.read(move |connection| purchases::between(connection, &shop, from_ms, to_ms))
            .await
    }

    async fn delivered(
        &self,
        pixel_id: &str,
        from_ms: u64,
        to_ms: u64,
    ) -> Result<Vec<String>, Error> {
        let pixel_id = pixel_id.to_owned();
        self.read(move |connection| purchases::delivered(connection, &pixel_id, from_ms, to_ms))
            .await
    }

    async fn fate(
        &self,
        pixel_id: &str,
        event_name: &str,
        event_id: &str,
    ) -> Result<Option<Fate>, Error> {
        let key = [pixel_id, event_name, event_id].map(String::from);
        self.read(move |connection| purchases::fate(connection, key.each_ref().map(String::as_str)))
            .await
    }

    async fn customer(
        &self,
        shop: &str,
        platform: &str,
        order_id: &str,
    ) -> Result<Option<String>, Error> {
        let key = [shop, platform, order_id].map(String::from);
        self.read(move |connection| {
            purchases::customer(connection, key.each_ref().map(String::as_str))
        })
        .await
    }
}

fn keep(connection: &Connection, intake: &Intake, now_ms: u64) -> rusqlite::Result<usize> {
    if let Some(delivery) = &intake.delivery
        && !rows::is_new_delivery(connection, delivery, now_ms)?
    {
        return Ok(0);
    }
    if let Some(purchase) = &intake.purchase {
        purchases::record(connection, purchase, now_ms)?;
    }
    let mut new = 0;
    for kept in &intake.events {
        new += usize::from(rows::keep(connection, kept, now_ms)?);
    }
    Ok(new)
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

fn write(mut connection: Connection, mut waiting: mpsc::Receiver<Job>, mut fold: Fold) {
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
                fold.committed();
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
    fold.end();
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
