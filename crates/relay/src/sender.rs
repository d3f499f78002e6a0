//! Sends what the outbox holds: claim, send, settle, one batch at a time. Nothing that matters is in memory: a row is
//! settled only after Meta's answer, so whenever the process dies, the rest is due again.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use twin_core::retry::backoff_ms;

use crate::clock;
use crate::graph::Graph;
use crate::outbox::Outbox;
use crate::rows::{Row, Settlement};
use crate::verdict::{self, Judged, Verdict};

/// Most events in one request; Meta takes 1000.
const MAX_BATCH: usize = 500;
/// Most JSON in one request, in bytes.
const MAX_BATCH_BYTES: usize = 1_000_000;
/// How long a new event waits for others to share its request.
const LINGER: Duration = Duration::from_millis(200);
/// Wait after the outbox failed.
const STORAGE_WAIT: Duration = Duration::from_secs(1);
const PRUNE_EVERY: Duration = Duration::from_secs(60 * 60);

/// When to look again.
enum Next {
    /// More may be due.
    Now,
    /// When something new was kept, or at that Unix time in ms.
    News(Option<u64>),
    /// After a wait that nothing shortens.
    After(Duration),
}

/// How a batch ended.
enum Sent {
    All,
    /// Nothing more to be sent for so long, in ms.
    Pause(u64),
}

/// The sender of one pixel.
pub(crate) struct Sender {
    outbox: Outbox,
    graph: Graph,
    pixel_id: String,
    /// Requests in a row that failed through no event's fault.
    failures: u32,
    /// Most events in the next request. Halved on trouble, so that an event that troubles Meta ends up alone and holds
    /// up nobody; doubled on success.
    limit: usize,
    pruned: Option<Instant>,
}

impl Sender {
    /// Sends nothing yet.
    pub(crate) const fn new(outbox: Outbox, graph: Graph, pixel_id: String) -> Self {
        Self {
            outbox,
            graph,
            pixel_id,
            failures: 0,
            limit: MAX_BATCH,
            pruned: None,
        }
    }

    /// Sends until `stop` says true, and then tries once more with whatever waits.
    pub(crate) async fn run(mut self, mut stop: watch::Receiver<bool>) {
        loop {
            let next = self.step().await;
            let wait = async {
                match next {
                    Next::Now => {}
                    Next::After(wait) => sleep(wait).await,
                    Next::News(None) => self.news().await,
                    Next::News(Some(at_ms)) => {
                        let wait = Duration::from_millis(at_ms.saturating_sub(clock::now_ms()));
                        tokio::select! {
                            () = self.news() => {}
                            () = sleep(wait) => {}
                        }
                    }
                }
            };
            tokio::select! {
                biased;
                _ = stop.wait_for(|is_stopped| *is_stopped) => break,
                () = wait => {}
            }
        }
        while matches!(self.step().await, Next::Now) {}
    }

    async fn news(&self) {
        self.outbox.news().await;
        sleep(LINGER).await;
    }

    async fn step(&mut self) -> Next {
        self.prune().await;
        let claim = self
            .outbox
            .claim(&self.pixel_id, self.limit, MAX_BATCH_BYTES)
            .await;
        let Ok(claim) = claim else {
            return Next::After(STORAGE_WAIT);
        };
        let now_s = clock::now_s();
        let (old, rows): (Vec<Row>, Vec<Row>) = claim
            .rows
            .into_iter()
            .partition(|row| row.is_too_old(now_s));
        if !old.is_empty() {
            tracing::error!(
                events = old.len(),
                "could not be delivered within seven days, Meta's limit: expired"
            );
            let reason = || "older than seven days before Meta took it".into();
            self.settle(&old, |_| Settlement::Expired { reason: reason() })
                .await;
        }
        if rows.is_empty() {
            return if old.is_empty() {
                Next::News(claim.next_ms)
            } else {
                Next::Now
            };
        }
        match self.send(rows).await {
            Sent::All => Next::Now,
            Sent::Pause(ms) => Next::After(Duration::from_millis(ms)),
        }
    }

    /// Sends a batch, in parts if Meta refuses it for one bad event: each part is settled before the next is sent.
    async fn send(&mut self, rows: Vec<Row>) -> Sent {
        let mut parts = vec![rows];
        while let Some(mut part) = parts.pop() {
            let answer = self.graph.send(&part).await;
            let judged = verdict::judge(&answer, part.len());
            if matches!(
                judged.verdict,
                Verdict::Delivered | Verdict::Refused { .. } | Verdict::TooOld
            ) {
                self.failures = 0;
            }
            match judged.verdict {
                Verdict::Delivered => {
                    tracing::info!(events = part.len(), "delivered");
                    self.limit = (self.limit * 2).min(MAX_BATCH);
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
                verdict => {
                    self.failures = self.failures.saturating_add(1);
                    let wait_ms =
                        verdict::wait_ms(verdict, self.failures, &answer, clock::random());
                    self.yield_to(&judged, &part, wait_ms).await;
                    self.explain(&judged, part.len(), wait_ms);
                    return Sent::Pause(wait_ms);
                }
            }
        }
        Sent::All
    }

    /// After trouble: makes the next request smaller, and lets other rows go before these if these may be to blame.
    async fn yield_to(&mut self, judged: &Judged, part: &[Row], wait_ms: u64) {
        match judged.verdict {
            Verdict::Trouble => {
                self.limit = (part.len() / 2).max(1);
                let failures = part.iter().map(|row| row.failures).max().unwrap_or(0);
                let own_ms = backoff_ms(failures.saturating_add(1), clock::random());
                let next_ms = clock::now_ms() + own_ms.max(wait_ms);
                self.settle(part, |_| Settlement::Retry {
                    next_ms,
                    reason: judged.codes.clone(),
                })
                .await;
            }
            // One event is enough to learn whether the token serves again.
            Verdict::Token | Verdict::Blocked => self.limit = 1,
            _ => {}
        }
    }

    async fn set_aside(&self, rows: &[Row], judged: &Judged) {
        let reason = || judged.reason.clone();
        for row in rows {
            tracing::warn!(
                row = row.id,
                codes = judged.codes,
                "Meta refuses this event: set aside, the reason is kept beside it"
            );
        }
        let is_too_old = judged.verdict == Verdict::TooOld;
        self.settle(rows, |_| match is_too_old {
            true => Settlement::Expired { reason: reason() },
            false => Settlement::Rejected { reason: reason() },
        })
        .await;
    }

    /// Settles rows, and does not give up: a delivered row that is not marked so would be sent again.
    async fn settle(&self, rows: &[Row], settlement: impl Fn(&Row) -> Settlement) {
        let settled: Arc<[_]> = rows.iter().map(|row| (row.id, settlement(row))).collect();
        while self.outbox.settle(Arc::clone(&settled)).await.is_err() {
            sleep(STORAGE_WAIT).await;
        }
    }

    fn explain(&self, judged: &Judged, events: usize, wait_ms: u64) {
        let codes = &judged.codes;
        match judged.verdict {
            Verdict::Token => tracing::error!(
                events,
                codes,
                wait_ms,
                "Meta does not take the access token for this pixel; all events are kept. Make a new token in Events Manager (Settings, Conversions API), set access_token and restart"
            ),
            Verdict::Blocked => tracing::error!(
                events,
                codes,
                wait_ms,
                "Meta has blocked the account for a while; all events are kept. See Business Support Home"
            ),
            _ => tracing::warn!(events, codes, wait_ms, "not delivered, trying again"),
        }
    }

    async fn prune(&mut self) {
        if self
            .pruned
            .is_none_or(|pruned| pruned.elapsed() > PRUNE_EVERY)
        {
            // It comes again; the writer has said what is wrong with the outbox.
            let _ = self.outbox.prune().await;
            self.pruned = Some(Instant::now());
        }
    }
}
