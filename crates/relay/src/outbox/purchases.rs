//! The books: what the shop said of each order, beside what Meta has of it. No personal data but one hash.

use rusqlite::{Connection, OptionalExtension as _, Result, params};
use serde::{Deserialize, Serialize};

use super::known::key;

/// What a webhook says of an order.
pub(crate) struct Purchase {
    /// The shop's name.
    pub(crate) shop: String,
    /// The platform's name.
    pub(crate) platform: &'static str,
    /// The platform's own id of it.
    pub(crate) order_id: String,
    /// The id of its event.
    pub(crate) event_id: String,
    /// The platform's word for how far it is.
    pub(crate) status: String,
    /// Why no Purchase is made of it, if none is.
    pub(crate) reason: Option<&'static str>,
    /// What it is worth.
    pub(crate) value: Option<f64>,
    /// ISO 4217.
    pub(crate) currency: Option<String>,
    /// The hash of the customer's id.
    pub(crate) external_id: Option<String>,
}

/// An order in the books.
#[derive(Debug, Serialize)]
pub(crate) struct Known {
    pub(crate) platform: String,
    pub(crate) event_id: String,
    pub(crate) status: String,
    pub(crate) reason: Option<String>,
    pub(crate) value: Option<f64>,
    pub(crate) currency: Option<String>,
}

/// An order in the books on NATS; see `migrations/0002_halves.sql`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Booked {
    pub(super) shop: String,
    platform: String,
    order_id: String,
    event_id: String,
    status: String,
    reason: Option<String>,
    value: Option<f64>,
    currency: Option<String>,
    pub(super) external_id: Option<String>,
    pub(super) first_ms: u64,
}

impl Booked {
    /// What a webhook says now, over what it said before: the same rules as [`record`]'s.
    pub(super) fn new(said: &Purchase, before: Option<Self>, now_ms: u64) -> Self {
        let is_made = before
            .as_ref()
            .is_some_and(|before| before.reason.is_none());
        let reason = said.reason.filter(|_| !is_made).map(Into::into);
        let first_ms = before.as_ref().map_or(now_ms, |before| before.first_ms);
        let (value, currency, external_id) = before.map_or((None, None, None), |before| {
            (before.value, before.currency, before.external_id)
        });
        Self {
            shop: said.shop.clone(),
            platform: said.platform.into(),
            order_id: said.order_id.clone(),
            event_id: said.event_id.clone(),
            status: said.status.clone(),
            reason,
            value: said.value.or(value),
            currency: said.currency.clone().or(currency),
            external_id: said.external_id.clone().or(external_id),
            first_ms,
        }
    }

    /// The name of its value in the bucket.
    pub(super) fn key(&self) -> String {
        key(&[&self.shop, &self.platform, &self.order_id])
    }

    pub(super) fn known(self) -> Known {
        Known {
            platform: self.platform,
            event_id: self.event_id,
            status: self.status,
            reason: self.reason,
            value: self.value,
            currency: self.currency,
        }
    }
}

/// What became of an event.
#[derive(Debug, Serialize)]
pub(crate) struct Fate {
    /// As in the outbox: waiting, delivered, rejected, expired.
    pub(crate) state: String,
    /// Why.
    pub(crate) reason: Option<String>,
}

/// Writes down what a webhook says. A reason is forgotten once a Purchase was made.
pub(super) fn record(connection: &Connection, said: &Purchase, now_ms: u64) -> Result<()> {
    let sql = "INSERT INTO purchase VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)
        ON CONFLICT DO UPDATE SET status = excluded.status, last_ms = excluded.last_ms,
            reason = iif(reason IS NULL, NULL, excluded.reason),
            value = coalesce(excluded.value, value), currency = coalesce(excluded.currency, currency),
            external_id = coalesce(excluded.external_id, external_id)";
    connection.prepare_cached(sql)?.execute(params![
        said.shop,
        said.platform,
        said.order_id,
        said.event_id,
        said.status,
        said.reason,
        said.value,
        said.currency,
        said.external_id,
        now_ms
    ])?;
    Ok(())
}

/// The orders that were first spoken of in a period.
pub(super) fn between(
    connection: &Connection,
    shop: &str,
    from_ms: u64,
    to_ms: u64,
) -> Result<Vec<Known>> {
    let sql = "SELECT platform, event_id, status, reason, value, currency FROM purchase
        WHERE shop = ?1 AND first_ms >= ?2 AND first_ms < ?3 ORDER BY first_ms";
    let mut statement = connection.prepare(sql)?;
    let found = statement.query_map(params![shop, from_ms, to_ms], |row| {
        Ok(Known {
            platform: row.get(0)?,
            event_id: row.get(1)?,
            status: row.get(2)?,
            reason: row.get(3)?,
            value: row.get(4)?,
            currency: row.get(5)?,
        })
    })?;
    found.collect()
}

/// The ids of the Purchases of a period that Meta has.
pub(super) fn delivered(
    connection: &Connection,
    pixel_id: &str,
    from_ms: u64,
    to_ms: u64,
) -> Result<Vec<String>> {
    let sql = "SELECT event_id FROM event WHERE pixel_id = ?1 AND event_name = 'Purchase' AND state = 'delivered'
            AND event_time_s * 1000 >= ?2 AND event_time_s * 1000 < ?3 ORDER BY event_time_s";
    let mut statement = connection.prepare(sql)?;
    let found = statement.query_map(params![pixel_id, from_ms, to_ms], |row| row.get(0))?;
    found.collect()
}

/// What became of an event.
pub(super) fn fate(connection: &Connection, key: [&str; 3]) -> Result<Option<Fate>> {
    let sql =
        "SELECT state, reason FROM event WHERE pixel_id = ?1 AND event_name = ?2 AND event_id = ?3";
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Fate {
            state: row.get(0)?,
            reason: row.get(1)?,
        })
    };
    connection
        .prepare_cached(sql)?
        .query_row(key, read)
        .optional()
}

/// The hash of the customer's id that an order (shop, platform, its own id) came with.
pub(super) fn customer(connection: &Connection, key: [&str; 3]) -> Result<Option<String>> {
    let sql =
        "SELECT external_id FROM purchase WHERE shop = ?1 AND platform = ?2 AND order_id = ?3";
    let found: Option<Option<String>> = connection
        .prepare_cached(sql)?
        .query_row(key, |row| row.get(0))
        .optional()?;
    Ok(found.flatten())
}
