//! Sends what the outbox holds, a few requests at a time. Nothing that matters is in memory: a row is settled only after
//! Meta's answer, so whenever the process dies, the rest is due again.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};
use twin_core::retry::backoff_ms;

use crate::clock;
use crate::flight::{Landed, Plane, Trouble};
use crate::outbox::{Ask, Settlement};
use crate::standing::{Ill, Standing};
use crate::verdict::{self, Verdict};

/// Most events in one request; Meta takes 1000.
const MAX_BATCH: usize = 500;
/// Most JSON in one request, in bytes.
const MAX_BATCH_BYTES: usize = 1_000_000;
/// Most requests at once.
const MAX_FLIGHTS: usize = 4;
/// How long a new event waits for others to share its request.
const LINGER: Duration = Duration::from_millis(200);
/// Longest time without a look: a command may have changed something beside us.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// From this much of Meta's limits on, one request at a time, in percent.
const BUSY_PERCENT: u64 = 80;

/// The sender of one pixel.
pub(crate) struct Sender {
    plane: Plane,
    standing: Arc<Standing>,
    flights: JoinSet<Landed>,
    /// The rows that are on their way.
    busy: Arc<HashSet<i64>>,
    /// Requests in a row that failed through no event's fault.
    failures: u32,
    /// Most events in the next request. Halved on trouble, so that an event that troubles Meta ends up alone and holds
    /// up nobody; doubled on success.
    limit: usize,
    /// Most requests at once, as things are.
    width: usize,
    /// Nothing is sent before.
    paused_until: Option<Instant>,
    /// When to look into the outbox again.
    look_at: Instant,
}

impl Sender {
    /// Sends nothing yet.
    pub(crate) fn new(plane: Plane, standing: Arc<Standing>) -> Self {
        Self {
            plane,
            standing,
            flights: JoinSet::new(),
            busy: Arc::default(),
            failures: 0,
            limit: MAX_BATCH,
            width: MAX_FLIGHTS,
            paused_until: None,
            look_at: Instant::now(),
        }
    }

    /// Sends until `stop` says true, and then tries once more with whatever waits.
    pub(crate) async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let mut news = self.plane.outbox.news();
        loop {
            let look_at = self.look_at.max(self.paused_until.unwrap_or(self.look_at));
            tokio::select! {
                biased;
                () = stopped(&mut stop) => break,
                Some(Ok(landed)) = self.flights.join_next() => self.land(landed).await,
                // Before the news, of which there may always be more.
                () = sleep_until(look_at), if self.flights.len() < self.width => self.fill().await,
                Ok(()) = news.changed() => self.look_at = self.look_at.min(Instant::now() + LINGER),
                () = sleep(LOOK_EVERY), if self.paused_until.is_some() => self.try_new_token(),
            }
        }
        // What is on its way may land, and all that waits has one more chance.
        self.paused_until = None;
        loop {
            if self.paused_until.is_none() {
                self.fill().await;
            }
            match self.flights.join_next().await {
                Some(Ok(landed)) => self.land(landed).await,
                _ => break,
            }
        }
    }

    /// Starts as many requests as there is work and room for.
    async fn fill(&mut self) {
        self.paused_until = None;
        self.look_at = Instant::now() + LOOK_EVERY;
        while self.flights.len() < self.width {
            let ask = Ask {
                pixel_id: Arc::clone(&self.plane.pixel_id),
                limit: self.limit,
                max_bytes: MAX_BATCH_BYTES,
                busy: Arc::clone(&self.busy),
            };
            // The outbox has said what is wrong with it.
            let Ok(claim) = self.plane.outbox.claim(ask).await else {
                return;
            };
            if claim.rows.is_empty() {
                if let Some(next_ms) = claim.next_ms {
                    let wait_ms = next_ms.saturating_sub(clock::now_ms());
                    let next = Instant::now() + Duration::from_millis(wait_ms);
                    self.look_at = self.look_at.min(next);
                }
                return;
            }
            let rows = self.plane.without_late(claim.rows).await;
            if rows.is_empty() {
                continue;
            }
            Arc::make_mut(&mut self.busy).extend(rows.iter().map(|row| row.id));
            self.flights.spawn(self.plane.clone().fly(rows));
        }
        // There may be more.
        self.look_at = Instant::now();
    }

    /// A new token in its file ends the wait for it.
    fn try_new_token(&mut self) {
        if self.plane.graph.renew_token() {
            self.paused_until = None;
            self.look_at = Instant::now();
        }
    }

    async fn land(&mut self, landed: Landed) {
        match landed.trouble {
            None => {
                self.failures = 0;
                self.limit = (self.limit * 2).min(MAX_BATCH);
                self.width = if landed.usage_percent < BUSY_PERCENT {
                    MAX_FLIGHTS
                } else {
                    1
                };
                self.standing.well(&self.plane.pixel_id);
            }
            Some(trouble) => self.pause(trouble).await,
        }
        let busy = Arc::make_mut(&mut self.busy);
        for id in landed.ids {
            busy.remove(&id);
        }
    }

    /// After trouble: waits, makes the next request smaller, and lets other rows go before these if these may be to blame.
    async fn pause(&mut self, trouble: Trouble) {
        let Trouble {
            judged,
            part,
            answer,
        } = trouble;
        // Requests that were on their way together fail together: that is one failure.
        if self.paused_until.is_none() {
            self.failures = self.failures.saturating_add(1);
        }
        let wait_ms = verdict::wait_ms(judged.verdict, self.failures, &answer, clock::random());
        let until = Instant::now() + Duration::from_millis(wait_ms);
        self.paused_until = self.paused_until.max(Some(until));
        self.look_at = Instant::now();
        // One request is enough to learn whether all is well again, one event if the token is in doubt.
        self.width = 1;
        match judged.verdict {
            Verdict::Trouble => {
                self.limit = (part.len() / 2).max(1);
                let failures = part.iter().map(|row| row.failures).max().unwrap_or(0);
                let own_ms = backoff_ms(failures.saturating_add(1), clock::random());
                let next_ms = clock::now_ms() + own_ms.max(wait_ms);
                self.plane
                    .settle(&part, |_| Settlement::Retry {
                        next_ms,
                        reason: judged.codes.clone(),
                    })
                    .await;
            }
            Verdict::Token | Verdict::Blocked => self.limit = 1,
            _ => {}
        }
        let ill = match judged.verdict {
            Verdict::Token => Ill::Token,
            Verdict::Blocked => Ill::Blocked,
            Verdict::Throttled => Ill::Throttled,
            _ => Ill::Trouble,
        };
        let plane = &self.plane;
        plane.status.failed(&plane.pixel_id, &judged, part.len());
        self.standing.ill(
            &self.plane.pixel_id,
            ill,
            &judged.codes,
            part.len(),
            wait_ms,
        );
    }
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error means that nobody can say so any more.
    let _ = stop.wait_for(|is_stopped| *is_stopped).await;
}
