//! Dead letters and the right to be forgotten: the statements for what a person asks of the outbox.

use rusqlite::{Connection, Result, params};

use super::{Aside, Which};

/// Most dead letters in one answer.
const MAX_LISTED: usize = 1000;

/// The dead letters, newest first; one alone with its event.
pub(super) fn list(connection: &Connection, which: &Which) -> Result<Vec<Aside>> {
    let id = id(which);
    let sql = "SELECT id, pixel_id, event_name, event_id, event_time_s, state, reason, settled_ms, json FROM event
        WHERE state IN ('rejected', 'expired') AND (?1 IS NULL OR id = ?1) ORDER BY settled_ms DESC, id DESC LIMIT ?2";
    let mut statement = connection.prepare(sql)?;
    let found = statement.query_map(params![id, MAX_LISTED], |row| {
        let json: String = row.get(8)?;
        Ok(Aside {
            id: row.get(0)?,
            pixel_id: row.get(1)?,
            event_name: row.get(2)?,
            event_id: row.get(3)?,
            event_time_s: row.get(4)?,
            state: row.get(5)?,
            reason: row.get::<_, Option<String>>(6)?.unwrap_or_default(),
            settled_ms: row.get::<_, Option<u64>>(7)?.unwrap_or(0),
            event: id.and_then(|_| serde_json::value::RawValue::from_string(json).ok()),
        })
    })?;
    found.collect()
}

/// Makes them wait again. Those whose event is gone can't.
pub(super) fn retry(connection: &Connection, which: &Which, now_ms: u64) -> Result<usize> {
    let sql = "UPDATE event SET state = 'waiting', next_ms = ?2, failures = 0, settled_ms = NULL, revision = revision + 1
        WHERE state IN ('rejected', 'expired') AND json <> '' AND (?1 IS NULL OR id = ?1)";
    connection.execute(sql, params![id(which), now_ms])
}

/// Deletes them.
pub(super) fn purge(connection: &Connection, which: &Which) -> Result<usize> {
    let sql =
        "DELETE FROM event WHERE state IN ('rejected', 'expired') AND (?1 IS NULL OR id = ?1)";
    connection.execute(sql, params![id(which)])
}

/// Deletes the hashed data of a customer. An event that waits is set aside empty; its ids stay, so that a repeat is known.
pub(super) fn forget(connection: &Connection, hash: &str, now_ms: u64) -> Result<usize> {
    connection.execute(
        "UPDATE purchase SET external_id = NULL WHERE external_id = ?1",
        [hash],
    )?;
    let sql = "UPDATE event SET json = '', revision = revision + 1,
            settled_ms = iif(state = 'waiting', ?2, settled_ms),
            reason = iif(state = 'waiting', 'forgotten', reason),
            state = iif(state = 'waiting', 'expired', state)
        WHERE json <> '' AND instr(json, ?1)
            AND (instr(json -> '$.user_data.em', ?1) OR instr(json -> '$.user_data.external_id', ?1))";
    connection.execute(sql, params![hash, now_ms])
}

fn id(which: &Which) -> Option<i64> {
    match which {
        Which::All => None,
        Which::One(id) => Some(*id),
    }
}
