//! The rows of the outbox: the statements that keep, claim and settle them. Nothing else speaks SQL about events.

use rusqlite::{Connection, Result, params};
use serde::Serialize;
use twin_core::accept::Accepted;
use twin_core::event::MAX_AGE_S;

/// How long a delivered event is remembered, so that a repeat is known, in ms: eight days, one more than Meta takes.
const REMEMBERED_MS: u64 = 8 * 24 * 60 * 60 * 1000;
/// How long a rejected or expired event can be looked at, in ms: 30 days.
const SET_ASIDE_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// An event on its way.
pub(crate) struct Row {
    /// The only name of it that is logged.
    pub(crate) id: i64,
    /// Unix time in seconds.
    pub(crate) event_time_s: u64,
    /// The event as it is sent.
    pub(crate) json: String,
    /// Attempts that Meta answered with trouble of its own.
    pub(crate) failures: u32,
}

impl Row {
    /// Whether Meta would refuse it for its age.
    pub(crate) const fn is_too_old(&self, now_s: u64) -> bool {
        self.event_time_s + MAX_AGE_S < now_s
    }
}

/// What became of a row.
pub(crate) enum Settlement {
    /// Meta has it.
    Delivered,
    /// To be tried again.
    Retry {
        /// Not before this Unix time in ms.
        next_ms: u64,
        /// What Meta's trouble was.
        reason: String,
    },
    /// Meta refuses it for what it holds.
    Rejected {
        /// Meta's codes and words.
        reason: String,
    },
    /// Too old for Meta.
    Expired {
        /// What said so.
        reason: String,
    },
}

/// What the sender may send now.
pub(crate) struct Claim {
    /// Oldest first.
    pub(crate) rows: Vec<Row>,
    /// When the next row is due if none is now, Unix time in ms.
    pub(crate) next_ms: Option<u64>,
}

/// How the outbox stands.
#[derive(Debug, Serialize)]
pub(crate) struct Counts {
    /// Events to be sent.
    pub(crate) waiting: u64,
    /// Events set aside because Meta refused them.
    pub(crate) rejected: u64,
    /// How long the oldest one has been waiting, in seconds; 0 if none is.
    pub(crate) oldest_waiting_s: u64,
}

/// Makes all rows that wait due, in the order they came.
pub(crate) fn wake(connection: &Connection) -> Result<()> {
    let sql = "UPDATE event SET next_ms = received_ms WHERE state = 'waiting'";
    connection.execute(sql, []).map(drop)
}

/// Rows that wait for a pixel other than `pixel_id`, which nobody sends.
pub(crate) fn strays(connection: &Connection, pixel_id: &str) -> Result<u64> {
    let sql = "SELECT count(*) FROM event WHERE state = 'waiting' AND pixel_id <> ?1";
    connection.query_row(sql, [pixel_id], |row| row.get(0))
}

/// Counts the rows.
pub(crate) fn counts(connection: &Connection, now_ms: u64) -> Result<Counts> {
    let sql = "SELECT count(*), min(received_ms) FROM event WHERE state = 'waiting'";
    let (waiting, oldest_ms): (u64, Option<u64>) = connection
        .prepare_cached(sql)?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let sql = "SELECT count(*) FROM event WHERE state = 'rejected'";
    let rejected = connection
        .prepare_cached(sql)?
        .query_row([], |row| row.get(0))?;
    let oldest_waiting_s = oldest_ms.map_or(0, |oldest_ms| now_ms.saturating_sub(oldest_ms) / 1000);
    Ok(Counts {
        waiting,
        rejected,
        oldest_waiting_s,
    })
}

/// Keeps an event, unless it is known: a repeat is as good as kept. Gives whether it is new.
pub(crate) fn keep(
    connection: &Connection,
    pixel_id: &str,
    event: &Accepted,
    now_ms: u64,
) -> Result<bool> {
    let sql = "INSERT INTO event (pixel_id, event_name, event_id, event_time_s, json, received_ms, next_ms)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) ON CONFLICT DO NOTHING";
    let values = params![
        pixel_id,
        event.event_name,
        event.event_id,
        event.event_time,
        event.json,
        now_ms
    ];
    Ok(connection.prepare_cached(sql)?.execute(values)? > 0)
}

/// The rows that are due, at most `limit` of them and `max_bytes` of JSON, but one at least.
///
/// Nothing is written: one process sends, one batch at a time, so a row needs no lease, and a crash leaves it due.
pub(crate) fn claim(
    connection: &Connection,
    pixel_id: &str,
    now_ms: u64,
    limit: usize,
    max_bytes: usize,
) -> Result<Claim> {
    let sql = "SELECT id, event_time_s, json, failures, next_ms FROM event
        WHERE state = 'waiting' AND pixel_id = ?1 ORDER BY next_ms, id LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query(params![pixel_id, limit])?;
    let (mut rows, mut bytes) = (Vec::new(), 0);
    while let Some(row) = found.next()? {
        let next_ms = row.get(4)?;
        if next_ms > now_ms {
            let next_ms = rows.is_empty().then_some(next_ms);
            return Ok(Claim { rows, next_ms });
        }
        let json: String = row.get(2)?;
        bytes += json.len();
        if bytes > max_bytes && !rows.is_empty() {
            break;
        }
        rows.push(Row {
            id: row.get(0)?,
            event_time_s: row.get(1)?,
            json,
            failures: row.get(3)?,
        });
    }
    Ok(Claim {
        rows,
        next_ms: None,
    })
}

/// Writes down what became of a row.
pub(crate) fn settle(
    connection: &Connection,
    id: i64,
    settlement: &Settlement,
    now_ms: u64,
) -> Result<()> {
    let (sql, text, time_ms) = match settlement {
        Settlement::Delivered => (
            "UPDATE event SET state = 'delivered', json = ?1, reason = NULL, settled_ms = ?2 WHERE id = ?3",
            "",
            now_ms,
        ),
        Settlement::Retry { next_ms, reason } => (
            "UPDATE event SET failures = failures + 1, reason = ?1, next_ms = ?2 WHERE id = ?3",
            reason.as_str(),
            *next_ms,
        ),
        Settlement::Rejected { reason } => (
            "UPDATE event SET state = 'rejected', reason = ?1, settled_ms = ?2 WHERE id = ?3",
            reason.as_str(),
            now_ms,
        ),
        Settlement::Expired { reason } => (
            "UPDATE event SET state = 'expired', json = '', reason = ?1, settled_ms = ?2 WHERE id = ?3",
            reason.as_str(),
            now_ms,
        ),
    };
    connection
        .prepare_cached(sql)?
        .execute(params![text, time_ms, id])?;
    Ok(())
}

/// Forgets what nobody needs: delivered rows after eight days, those set aside after 30, and the JSON of rejected ones
/// once Meta would refuse it for its age.
pub(crate) fn prune(connection: &Connection, now_ms: u64) -> Result<()> {
    connection.execute(
        "DELETE FROM event WHERE state = 'delivered' AND settled_ms < ?1",
        [now_ms.saturating_sub(REMEMBERED_MS)],
    )?;
    connection.execute(
        "DELETE FROM event WHERE state IN ('rejected', 'expired') AND settled_ms < ?1",
        [now_ms.saturating_sub(SET_ASIDE_MS)],
    )?;
    connection.execute(
        "UPDATE event SET json = '' WHERE state = 'rejected' AND json <> '' AND event_time_s < ?1",
        [(now_ms / 1000).saturating_sub(MAX_AGE_S)],
    )?;
    Ok(())
}
