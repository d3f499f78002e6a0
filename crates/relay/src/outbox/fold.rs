//! Folds SQLite's log into its file beside the writer. Done by the writer itself, the fsyncs of a checkpoint would delay the
//! commits of all who wait.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::{io, mem};

use rusqlite::Connection;

/// Transactions between two rounds.
const EVERY: usize = 64;
/// A log of more pages (of 4 KiB) is made to start over, for which the writer waits a moment: under steady load it never
/// gets to its end by itself.
const MOST_PAGES: u64 = 12_000;

/// The writer's side: says when there is something to fold.
pub(super) struct Fold {
    commits: usize,
    rounds: SyncSender<()>,
    thread: JoinHandle<()>,
}

impl Fold {
    /// Starts the thread.
    pub(super) fn start(connection: Connection) -> io::Result<Self> {
        // One round that waits is enough: it folds all there is.
        let (rounds, asked) = sync_channel(1);
        let thread = thread::Builder::new()
            .name("fold".into())
            .spawn(move || run(&connection, &asked))?;
        Ok(Self {
            commits: 0,
            rounds,
            thread,
        })
    }

    /// A transaction was committed.
    pub(super) fn committed(&mut self) {
        self.commits += 1;
        if self.commits >= EVERY {
            self.commits = 0;
            let _ = self.rounds.try_send(());
        }
    }

    /// Ends the thread, and with it its connection: the writer's has to be the last.
    pub(super) fn end(self) {
        drop(self.rounds);
        if self.thread.join().is_err() {
            tracing::error!("the thread that folds the outbox's log had died");
        }
    }
}

fn run(connection: &Connection, asked: &Receiver<()>) {
    let mut is_sound = true;
    while asked.recv().is_ok() {
        let was_sound = mem::replace(&mut is_sound, true);
        if let Err(cause) = round(connection) {
            // Nothing is lost: the log only grows. Once, not for every round.
            if was_sound {
                tracing::warn!(%cause, "the outbox's log can't be folded into its file");
            }
            is_sound = false;
        }
    }
}

fn round(connection: &Connection) -> rusqlite::Result<()> {
    let fold = |how| {
        let sql = format!("PRAGMA wal_checkpoint({how})");
        connection.query_row(&sql, [], |row| row.get::<_, i64>(1))
    };
    let pages = fold("PASSIVE")?;
    if u64::try_from(pages).is_ok_and(|pages| pages > MOST_PAGES) {
        // Little is left to fold by now.
        fold("RESTART")?;
    }
    Ok(())
}
