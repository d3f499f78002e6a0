//! One request to Meta on its way, and what is done at once with its answer: good events are settled, bad ones found and
//! set aside. What concerns more than these events is for the sender.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use crate::clock;
use crate::graph::{Answer, Graph};
use crate::meters;
use crate::outbox::{Outbox, Row, Settled, Settlement};
use crate::status::Status;
use crate::verdict::{self, Judged, Verdict};

/// Wait after the outbox failed.
const STORAGE_WAIT: Duration = Duration::from_secs(1);

/// What a flight needs.
#[derive(Clone)]
pub(crate) struct Plane {
    pub(crate) outbox: Arc<dyn Outbox>,
    pub(crate) graph: Arc<Graph>,
    pub(crate) pixel_id: Arc<str>,
    pub(crate) status: Arc<Status>,
}

/// How a flight ended.
pub(crate) struct Landed {
    /// The rows that were on it.
    pub(crate) ids: Vec<i64>,
    /// How much of Meta's limits is used up, in percent.
    pub(crate) usage_percent: u64,
    /// What stopped it before all were settled.
    pub(crate) trouble: Option<Trouble>,
}

/// Trouble that is not one event's.
pub(crate) struct Trouble {
    /// What Meta said.
    pub(crate) judged: Judged,
    /// The events that it was said of.
    pub(crate) part: Vec<Row>,
    /// The answer itself.
    pub(crate) answer: Answer,
}

/// A request names one test code for all its events.
fn by_test_code(rows: Vec<Row>) -> Vec<Vec<Row>> {
    let mut parts: BTreeMap<Option<String>, Vec<Row>> = BTreeMap::new();
    for row in rows {
        parts
            .entry(row.test_event_code.clone())
            .or_default()
            .push(row);
    }
    parts.into_values().collect()
}

impl Plane {
    /// Sends a batch, in parts if Meta refuses it for one bad event: each part is settled before the next is sent.
    pub(crate) async fn fly(self, rows: Vec<Row>) -> Landed {
        let mut landed = Landed {
            ids: rows.iter().map(|row| row.id).collect(),
            usage_percent: 0,
            trouble: None,
        };
        let mut parts = by_test_code(rows);
        while let Some(mut part) = parts.pop() {
            let answer = self.graph.send(&part).await;
            let judged = verdict::judge(&answer, part.len());
            if let Answer::Heard { usage, .. } = &answer {
                landed.usage_percent = landed.usage_percent.max(usage.percent);
            }
            match judged.verdict {
                Verdict::Delivered => {
                    tracing::info!(pixel = %self.pixel_id, events = part.len(), "delivered");
                    meters::delivered(&self.pixel_id, &part);
                    self.status.delivered(&part);
                    self.settle(&part, |_| Settlement::Delivered).await;
                }
                Verdict::Refused { .. } | Verdict::TooOld if part.len() == 1 => {
                    self.set_aside(&part, &judged).await;
                }
                Verdict::Refused { index: Some(index) } if index < part.len() => {
                    let bad = part.remove(index);
                    self.set_aside(&[bad], &judged).await;
                    parts.push(part);
                }
                Verdict::Refused { .. } | Verdict::TooOld => {
                    let later = part.split_off(part.len() / 2);
                    parts.extend([later, part]);
                }
                _ => {
                    landed.trouble = Some(Trouble {
                        judged,
                        part,
                        answer,
                    });
                    break;
                }
            }
        }
        landed
    }

    async fn set_aside(&self, rows: &[Row], judged: &Judged) {
        for row in rows {
            tracing::warn!(
                row = row.id,
                codes = judged.codes,
                "Meta refuses this event: set aside, the reason is kept beside it"
            );
        }
        let reason = || judged.reason.clone();
        let is_too_old = judged.verdict == Verdict::TooOld;
        meters::set_aside(&self.pixel_id, rows.len(), is_too_old);
        self.status.failed(&self.pixel_id, judged, rows.len());
        self.status.set_aside(rows, &judged.reason);
        self.settle(rows, |_| match is_too_old {
            true => Settlement::Expired { reason: reason() },
            false => Settlement::Rejected { reason: reason() },
        })
        .await;
    }

    /// Settles rows, and does not give up: a delivered row that is not marked so would be sent again.
    pub(crate) async fn settle(&self, rows: &[Row], settlement: impl Fn(&Row) -> Settlement) {
        let settled: Arc<[_]> = rows
            .iter()
            .map(|row| Settled {
                id: row.id,
                revision: row.revision,
                settlement: settlement(row),
            })
            .collect();
        while self.outbox.settle(Arc::clone(&settled)).await.is_err() {
            sleep(STORAGE_WAIT).await;
        }
    }

    /// Takes out what must not be sent any more, and sets it aside.
    pub(crate) async fn without_late(&self, rows: Vec<Row>) -> Vec<Row> {
        let now_s = clock::now_s();
        let (late, rows): (Vec<Row>, Vec<Row>) = rows
            .into_iter()
            .partition(|row| row.is_late(now_s).is_some());
        if let Some(reason) = late.first().and_then(|row| row.is_late(now_s)) {
            tracing::error!(pixel = %self.pixel_id, events = late.len(), "lost to Meta, and listed as dead letters: {reason}");
            meters::set_aside(&self.pixel_id, late.len(), true);
            self.status.set_aside(&late, reason);
            self.settle(&late, |row| Settlement::Expired {
                reason: row.is_late(now_s).unwrap_or(reason).into(),
            })
            .await;
        }
        rows
    }
}
