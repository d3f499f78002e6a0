//! The books: the shop's orders beside what Meta has of them, with a reason for each difference. For `twin-relay reconcile`,
//! and every hour while the relay runs.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::{Pixel, Shop};
use crate::error::Error;
use crate::outbox::Outbox;
use crate::webhooks::Platform;
use crate::{clock, meters};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// How long both halves of an order have had when it is looked at, in ms.
const SETTLED_MS: u64 = 60 * 60 * 1000;
/// How far apart page and webhook may speak of one order, in ms; beyond it the webhook's may be another's.
const APART_MS: u64 = DAY_MS;

/// Of Unix times in ms: the first, and the one after the last.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Period {
    pub(crate) from_ms: u64,
    pub(crate) to_ms: u64,
}

impl Period {
    /// The last day whose orders have come to rest.
    fn last_day(now_ms: u64) -> Self {
        let to_ms = now_ms.saturating_sub(SETTLED_MS);
        Self {
            from_ms: to_ms.saturating_sub(DAY_MS),
            to_ms,
        }
    }
}

/// An order, and why the shop itself says that it is no Purchase.
pub(crate) struct Order {
    pub(crate) event_id: String,
    pub(crate) refusal: Option<String>,
}

/// An order of which Meta has something else than the shop.
pub(crate) struct Difference {
    pub(crate) event_id: String,
    pub(crate) why: String,
    /// Whether it is known what became of the order, be it a dead letter.
    pub(crate) is_explained: bool,
}

/// What a pixel has of the orders of a period.
pub(crate) struct Balance {
    /// All that the shop spoke of, and those that only Meta has.
    pub(crate) orders: usize,
    /// Meta has it, as it should.
    pub(crate) accepted: usize,
    /// Meta rightly has none.
    pub(crate) rightly_none: usize,
    /// Purchases that Meta took.
    pub(crate) taken: usize,
    pub(crate) differences: Vec<Difference>,
}

impl Balance {
    /// Of the shop's orders, `known` of which count though they lie outside of the period: an order of midnight has its halves
    /// in two days.
    pub(crate) async fn of(
        outbox: &dyn Outbox,
        pixel: &Pixel,
        period: Period,
        orders: &[Order],
        known: &BTreeSet<String>,
    ) -> Result<Self, Error> {
        let mut balance = Self {
            orders: orders.len(),
            accepted: 0,
            rightly_none: 0,
            taken: 0,
            differences: Vec::new(),
        };
        for order in orders {
            balance.add(outbox, pixel, order).await?;
        }
        let named: BTreeSet<&str> = orders.iter().map(|order| &*order.event_id).collect();
        let taken = outbox.delivered(&pixel.id, period.from_ms, period.to_ms);
        for event_id in taken.await? {
            balance.taken += 1;
            if !named.contains(event_id.as_str()) && !known.contains(&event_id) {
                balance.orders += 1;
                let why = "Meta has it, but the shop names no such order".into();
                balance.differs(event_id, why, false);
            }
        }
        Ok(balance)
    }

    async fn add(
        &mut self,
        outbox: &dyn Outbox,
        pixel: &Pixel,
        order: &Order,
    ) -> Result<(), Error> {
        let fate = outbox.fate(&pixel.id, "Purchase", &order.event_id).await?;
        let fate = fate.as_ref().map(|fate| {
            let reason = fate.reason.as_deref().unwrap_or_default();
            (fate.state.as_str(), reason)
        });
        let (why, is_explained) = match (&order.refusal, fate) {
            (None, Some(("delivered", _))) => {
                self.accepted += 1;
                return Ok(());
            }
            (Some(_), None) => {
                self.rightly_none += 1;
                return Ok(());
            }
            (Some(refusal), Some(("delivered", _))) => (
                format!("Meta has it from the page, but the shop says: {refusal}"),
                false,
            ),
            (_, Some(("waiting", ""))) => ("waits to be sent".into(), true),
            (_, Some(("waiting", reason))) => (format!("waits to be sent again: {reason}"), true),
            (_, Some((state, reason))) => (format!("{state}: {reason}"), true),
            (None, None) => (
                "neither page nor webhook told the relay of it".into(),
                false,
            ),
        };
        self.differs(order.event_id.clone(), why, is_explained);
        Ok(())
    }

    fn differs(&mut self, event_id: String, why: String, is_explained: bool) {
        self.differences.push(Difference {
            event_id,
            why,
            is_explained,
        });
    }

    /// Orders whose difference nobody can name.
    pub(crate) fn unexplained(&self) -> usize {
        let is_open = |difference: &&Difference| !difference.is_explained;
        self.differences.iter().filter(is_open).count()
    }

    /// Whether less than so many percent are accounted for.
    fn is_below(&self, percent: u32) -> bool {
        let known = (self.orders - self.unexplained()) as u64;
        known * 100 < self.orders as u64 * u64::from(percent)
    }

    /// How often each unexplained difference comes. The ids are for `reconcile`, not for the log.
    fn doubts(&self) -> String {
        let mut doubts = BTreeMap::<&str, usize>::new();
        for difference in self.differences.iter().filter(|one| !one.is_explained) {
            let (kind, _) = difference
                .why
                .split_once(':')
                .unwrap_or((&difference.why, ""));
            *doubts.entry(kind).or_default() += 1;
        }
        let doubts = doubts
            .iter()
            .map(|(kind, times)| format!("{times} x {kind}"));
        doubts.collect::<Vec<_>>().join("; ")
    }
}

/// What the shop's webhooks said.
pub(crate) async fn reported(
    outbox: &dyn Outbox,
    shop: &Shop,
    period: Period,
) -> Result<Vec<Order>, Error> {
    let known = outbox.purchases(&shop.name, period.from_ms, period.to_ms);
    let order = |known: crate::outbox::Known| Order {
        event_id: known.event_id,
        refusal: known
            .reason
            .map(|reason| format!("{reason} ({}, {})", known.platform, known.status)),
    };
    Ok(known.await?.into_iter().map(order).collect())
}

/// The ids of the orders that webhooks spoke of around a period.
pub(crate) async fn around(
    outbox: &dyn Outbox,
    shop: &Shop,
    period: Period,
) -> Result<BTreeSet<String>, Error> {
    let wider = Period {
        from_ms: period.from_ms.saturating_sub(APART_MS),
        to_ms: period.to_ms.saturating_add(APART_MS),
    };
    let known = reported(outbox, shop, wider).await?;
    Ok(known.into_iter().map(|order| order.event_id).collect())
}

/// Balances the books of the last day, for `/metrics`, and raises an alarm where less than `alarm_below` percent of a shop's
/// orders are accounted for.
pub(crate) async fn check(
    outbox: &dyn Outbox,
    shops: impl Iterator<Item = &Shop>,
    alarm_below: u32,
) -> Result<(), Error> {
    let period = Period::last_day(clock::now_ms());
    for shop in shops {
        let known = around(outbox, shop, period).await?;
        // A system of one's own may report leads alone; a shop's platform always has orders.
        let has_orders = shop
            .webhooks
            .keys()
            .any(|platform| *platform != Platform::Signed);
        if !has_orders && known.is_empty() {
            continue;
        }
        let orders = reported(outbox, shop, period).await?;
        for pixel in shop.pixels.iter().filter(|pixel| pixel.takes("Purchase")) {
            let balance = Balance::of(outbox, pixel, period, &orders, &known).await?;
            meters::books(&shop.name, &pixel.id, &balance);
            if balance.is_below(alarm_below) {
                tracing::error!(
                    shop = shop.name,
                    pixel = %pixel.id,
                    orders = balance.orders,
                    unexplained = balance.unexplained(),
                    doubts = balance.doubts(),
                    "the books of the last day do not balance: twin-relay reconcile names each order"
                );
            }
        }
    }
    Ok(())
}
