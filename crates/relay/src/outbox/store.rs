//! The outbox's file: locking it, opening it, and bringing its schema up to date.

use std::fs::{File, OpenOptions};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Result};

use super::rows;
use crate::clock;
use crate::error::StartError;

const FILE: &str = "relay.sqlite";
const LOCK: &str = "relay.lock";
/// In the order they are applied; a file's `user_version` says how many it has.
const MIGRATIONS: [&str; 3] = [
    include_str!("../../migrations/0001_outbox.sql"),
    include_str!("../../migrations/0002_halves.sql"),
    include_str!("../../migrations/0003_test_events.sql"),
];
/// What SQLite's log is cut to when it starts over, in bytes.
const LOG_BYTES: u64 = 64 * 1024 * 1024;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Who opens the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// The relay that sends from it; there can be one.
    Relay,
    /// A command, perhaps beside a running relay.
    Command,
}

/// The open outbox.
pub(crate) struct Store {
    /// The one connection that writes.
    pub(crate) writer: Connection,
    /// Folds SQLite's log into the file, so that no commit waits for that.
    pub(crate) folder: Connection,
    /// For questions that must not wait for a commit.
    pub(crate) reader: Connection,
    /// Held as long as the relay runs; the system lets go of it even after a kill.
    pub(crate) lock: Option<File>,
}

/// Opens the outbox in `data_dir`; for the relay, making folder and file as needed.
///
/// When the relay opens it, rows that wait are due at once, whatever waits a run before had set.
pub(crate) fn open(data_dir: &Path, access: Access) -> Result<Store, StartError> {
    let unwritable = |cause: String| StartError::DataDir {
        path: data_dir.into(),
        cause,
    };
    let file = data_dir.join(FILE);
    let lock = match access {
        Access::Relay => Some(claim(data_dir, &file)?),
        Access::Command if file.exists() => None,
        Access::Command => return Err(unwritable(format!("there is no {FILE}"))),
    };
    let broken = |error: rusqlite::Error| unwritable(error.to_string());
    let mut writer = Connection::open(&file).map_err(broken)?;
    let found = prepare(&mut writer, access).map_err(broken)?;
    if found > MIGRATIONS.len() {
        return Err(StartError::Newer {
            path: data_dir.into(),
            found,
            known: MIGRATIONS.len(),
        });
    }
    let folder = Connection::open(&file).map_err(broken)?;
    folder.busy_timeout(BUSY_TIMEOUT).map_err(broken)?;
    let reader =
        Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(broken)?;
    reader.busy_timeout(BUSY_TIMEOUT).map_err(broken)?;
    Ok(Store {
        writer,
        folder,
        reader,
        lock,
    })
}

/// Makes folder and file, and keeps other relays out.
fn claim(data_dir: &Path, file: &Path) -> Result<File, StartError> {
    let unwritable = |cause: std::io::Error| StartError::DataDir {
        path: data_dir.into(),
        cause: cause.to_string(),
    };
    std::fs::create_dir_all(data_dir).map_err(unwritable)?;
    let lock = private(&data_dir.join(LOCK)).map_err(unwritable)?;
    lock.try_lock().map_err(|error| match error {
        std::fs::TryLockError::WouldBlock => StartError::DataDirInUse {
            path: data_dir.into(),
        },
        std::fs::TryLockError::Error(cause) => unwritable(cause),
    })?;
    // SQLite gives its other files the rights of this one.
    drop(private(file).map_err(unwritable)?);
    Ok(lock)
}

/// Opens a file that nobody else may read, since it holds personal data, hashed or not.
fn private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Sets the connection up and brings the schema up to date. Gives the schema version that was found.
fn prepare(connection: &mut Connection, access: Access) -> Result<usize> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    // Each commit is on the disk before it is answered for.
    connection.pragma_update(None, "synchronous", "full")?;
    // What is deleted is overwritten where that costs nothing.
    connection.pragma_update(None, "secure_delete", "fast")?;
    // The relay has a thread for this, see `fold.rs`.
    let pages = if access == Access::Relay { 0 } else { 1000 };
    connection.pragma_update(None, "wal_autocheckpoint", pages)?;
    connection.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
    let version = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for (number, migration) in MIGRATIONS.iter().enumerate().skip(version) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", number + 1)?;
        transaction.commit()?;
    }
    if version <= MIGRATIONS.len() && access == Access::Relay {
        rows::wake(connection, clock::now_ms())?;
    }
    Ok(version)
}
