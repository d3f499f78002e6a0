//! The rows of the outbox: the statements that keep, merge, claim and settle them.

use rusqlite::{Connection, OptionalExtension as _, Result, params};
use twin_core::event::MAX_AGE_S;

use super::{Ask, Claim, Counts, Kept, Row, Settled, Settlement};

/// How long a delivered event is remembered, so that a repeat is known, in ms: eight days, one more than Meta takes.
const REMEMBERED_MS: u64 = 8 * 24 * 60 * 60 * 1000;
/// How long what is set aside can be looked at, and a Purchase be reconciled, in ms: 62 days.
pub(super) const BOOKS_MS: u64 = 62 * 24 * 60 * 60 * 1000;
/// How long the JSON of a delivered event waits for its other half, in ms: a day.
const HALF_MS: u64 = 24 * 60 * 60 * 1000;

/// Makes all rows that wait due, in the order they came: whatever waits a run before had set, and whatever the clock said
/// then.
pub(super) fn wake(connection: &Connection, now_ms: u64) -> Result<()> {
    let sql = "UPDATE event SET next_ms = min(received_ms, ?1) WHERE state = 'waiting'";
    connection.execute(sql, [now_ms]).map(drop)
}

/// Rows that wait for a pixel that is none of these, which nobody sends.
pub(crate) fn strays(connection: &Connection, pixel_ids: &[&str]) -> Result<u64> {
    let sql = "SELECT pixel_id, count(*) FROM event WHERE state = 'waiting' GROUP BY pixel_id";
    let mut statement = connection.prepare(sql)?;
    let mut found = statement.query([])?;
    let mut strays = 0;
    while let Some(row) = found.next()? {
        let pixel_id: String = row.get(0)?;
        if !pixel_ids.contains(&pixel_id.as_str()) {
            strays += row.get::<_, u64>(1)?;
        }
    }
    Ok(strays)
}

/// Counts the rows.
pub(super) fn counts(connection: &Connection, now_ms: u64) -> Result<Counts> {
    let sql = "SELECT count(*), min(received_ms) FROM event WHERE state = 'waiting'";
    let (waiting, oldest_ms): (u64, Option<u64>) = connection
        .prepare_cached(sql)?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let sql = "SELECT count(*) FROM event WHERE state = ?1";
    let in_state = |state| {
        connection
            .prepare_cached(sql)?
            .query_row([state], |row| row.get(0))
    };
    Ok(Counts {
        waiting,
        rejected: in_state("rejected")?,
        expired: in_state("expired")?,
        oldest_waiting_s: oldest_ms.map_or(0, |ms| now_ms.saturating_sub(ms) / 1000),
    })
}

/// Keeps an event, or adds what it says to the half that is known. Gives whether there is something new in it.
pub(super) fn keep(connection: &Connection, kept: &Kept, now_ms: u64) -> Result<bool> {
    let sql = "INSERT INTO event (pixel_id, event_name, event_id, event_time_s, json, received_ms, next_ms, sources,
            expected, browser_s, test_event_code)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT DO NOTHING";
    let event = &kept.event;
    let is_new = connection.prepare_cached(sql)?.execute(params![
        kept.pixel_id,
        event.event_name,
        event.event_id,
        event.event_time,
        event.json,
        now_ms,
        now_ms + kept.hold_ms,
        kept.source.bit(),
        kept.expected | kept.source.bit(),
        kept.browser_s(now_ms),
        kept.test_event_code,
    ])? > 0;
    Ok(is_new || join(connection, kept, now_ms)?)
}

/// What is known of an event whose other half comes.
struct Half {
    id: i64,
    state: String,
    sources: u8,
    json: String,
    browser_s: Option<u64>,
}

/// The second half of an event: merged, and sent with the first, or after it if that is on its way. A repeat of the same
/// half changes nothing.
fn join(connection: &Connection, kept: &Kept, now_ms: u64) -> Result<bool> {
    let sql = "SELECT id, state, sources, json, browser_s FROM event
        WHERE pixel_id = ?1 AND event_name = ?2 AND event_id = ?3";
    let key = params![kept.pixel_id, kept.event.event_name, kept.event.event_id];
    let known = connection.prepare_cached(sql)?.query_row(key, |row| {
        Ok(Half {
            id: row.get(0)?,
            state: row.get(1)?,
            sources: row.get(2)?,
            json: row.get(3)?,
            browser_s: row.get(4)?,
        })
    })?;
    if known.sources & kept.source.bit() != 0 {
        return Ok(false);
    }
    let joined = kept.join(&known.state, &known.json, known.browser_s, now_ms);
    let sql = if joined.is_sent {
        "UPDATE event SET sources = sources | ?1, browser_s = ?2, state = 'waiting', json = ?3, next_ms = ?4,
            event_time_s = min(event_time_s, ?5), revision = revision + 1, settled_ms = NULL,
            test_event_code = coalesce(?7, test_event_code) WHERE id = ?6"
    } else {
        "UPDATE event SET sources = sources | ?1, browser_s = ?2, json = iif(state = 'delivered', '', json),
            test_event_code = coalesce(?7, test_event_code) WHERE id = ?6"
    };
    connection.prepare_cached(sql)?.execute(params![
        kept.source.bit(),
        joined.browser_s,
        joined.merged,
        now_ms,
        kept.event.event_time,
        known.id,
        kept.test_event_code,
    ])?;
    Ok(joined.is_sent)
}

/// The rows that are due, oldest first.
///
/// Nothing is written: one process sends, and it remembers what is on its way, so a row needs no lease, and a crash
/// leaves it due.
pub(super) fn claim(connection: &Connection, ask: &Ask, now_ms: u64) -> Result<Claim> {
    let sql = "SELECT id, revision, event_time_s, browser_s, received_ms, json, failures, next_ms,
            test_event_code FROM event
        WHERE state = 'waiting' AND pixel_id = ?1 ORDER BY next_ms, id";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query(params![ask.pixel_id])?;
    let (mut rows, mut bytes) = (Vec::new(), 0);
    while rows.len() < ask.limit
        && let Some(row) = found.next()?
    {
        let next_ms = row.get(7)?;
        if next_ms > now_ms {
            let next_ms = rows.is_empty().then_some(next_ms);
            return Ok(Claim { rows, next_ms });
        }
        let id = row.get(0)?;
        if ask.busy.contains(&id) {
            continue;
        }
        let json: String = row.get(5)?;
        bytes += json.len();
        if bytes > ask.max_bytes && !rows.is_empty() {
            break;
        }
        rows.push(Row {
            id,
            revision: row.get(1)?,
            event_time_s: row.get(2)?,
            browser_s: row.get(3)?,
            received_ms: row.get(4)?,
            json,
            failures: row.get(6)?,
            test_event_code: row.get(8)?,
        });
    }
    Ok(Claim {
        rows,
        next_ms: None,
    })
}

/// Writes down what became of a row. A row that was merged meanwhile stays due: its new text was not sent.
pub(super) fn settle(connection: &Connection, settled: &Settled, now_ms: u64) -> Result<()> {
    let (sql, text, time_ms) = match &settled.settlement {
        Settlement::Delivered => (
            "UPDATE event SET state = 'delivered', json = iif(expected & ~sources = 0, ?1, json), reason = NULL,
                settled_ms = ?2 WHERE id = ?3 AND revision = ?4",
            "",
            now_ms,
        ),
        Settlement::Retry { next_ms, reason } => (
            "UPDATE event SET failures = failures + 1, reason = ?1, next_ms = ?2 WHERE id = ?3 AND revision = ?4",
            reason.as_str(),
            *next_ms,
        ),
        Settlement::Rejected { reason } => (
            "UPDATE event SET state = 'rejected', reason = ?1, settled_ms = ?2 WHERE id = ?3 AND revision = ?4",
            reason.as_str(),
            now_ms,
        ),
        Settlement::Expired { reason } => (
            "UPDATE event SET state = 'expired', json = '', reason = ?1, settled_ms = ?2
                WHERE id = ?3 AND revision = ?4",
            reason.as_str(),
            now_ms,
        ),
    };
    connection.prepare_cached(sql)?.execute(params![
        text,
        time_ms,
        settled.id,
        settled.revision
    ])?;
    Ok(())
}

/// Forgets what nobody needs: hashed data a day after delivery, ids after eight days, and what the books are balanced by
/// (Purchases, dead letters, orders) after 62. The JSON of a dead letter goes once Meta would refuse it for its age.
pub(super) fn prune(connection: &Connection, now_ms: u64) -> Result<()> {
    for (sql, age_ms) in [
        (
            "UPDATE event SET json = '' WHERE state = 'delivered' AND json <> '' AND settled_ms < ?1",
            HALF_MS,
        ),
        (
            "DELETE FROM event WHERE state = 'delivered' AND event_name <> 'Purchase' AND settled_ms < ?1",
            REMEMBERED_MS,
        ),
        (
            "DELETE FROM event WHERE state <> 'waiting' AND settled_ms < ?1",
            BOOKS_MS,
        ),
        (
            "UPDATE event SET json = '' WHERE state = 'rejected' AND json <> '' AND event_time_s * 1000 < ?1",
            MAX_AGE_S * 1000,
        ),
        ("DELETE FROM delivery WHERE received_ms < ?1", REMEMBERED_MS),
        ("DELETE FROM purchase WHERE last_ms < ?1", BOOKS_MS),
    ] {
        connection.execute(sql, [now_ms.saturating_sub(age_ms)])?;
    }
    Ok(())
}

/// Whether a delivery is new; it is known from now on.
pub(super) fn is_new_delivery(
    connection: &Connection,
    delivery: &super::Delivery,
    now_ms: u64,
) -> Result<bool> {
    let sql = "INSERT INTO delivery VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING RETURNING 1";
    let values = params![delivery.shop, delivery.platform, delivery.id, now_ms];
    let new: Option<i64> = connection
        .prepare_cached(sql)?
        .query_row(values, |row| row.get(0))
        .optional()?;
    Ok(new.is_some())
}
