//! How each pixel stands with Meta, for the log, the metrics and readiness.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

use crate::{clock, meters};

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Ill {
    /// The token does not serve: somebody must make a new one.
    Token,
    /// Meta blocked the account: somebody must look.
    Blocked,
    /// Too many requests; passes.
    Throttled,
    /// Meta or the way there has trouble; passes.
    Trouble,
}

impl Ill {
    /// Whether a person has to act.
    pub(crate) const fn needs_help(self) -> bool {
        matches!(self, Self::Token | Self::Blocked)
    }
}

/// What is wrong with a pixel.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Illness {
    /// What.
    pub(crate) trouble: Ill,
    /// Since when, Unix time in ms.
    pub(crate) since_ms: u64,
}

/// The pixels with which something is wrong.
#[derive(Default)]
pub(crate) struct Standing(Mutex<BTreeMap<Arc<str>, Illness>>);

impl Standing {
    /// A request was answered well.
    pub(crate) fn well(&self, pixel_id: &Arc<str>) {
        let was = self.lock().remove(pixel_id);
        if let Some(illness) = was {
            meters::trouble(pixel_id, None);
            if illness.trouble.needs_help() {
                tracing::info!(pixel = %pixel_id, "Meta takes events for this pixel again");
            }
        }
    }

    /// A request failed through no event's fault.
    pub(crate) fn ill(
        &self,
        pixel_id: &Arc<str>,
        trouble: Ill,
        codes: &str,
        events: usize,
        wait_ms: u64,
    ) {
        let since_ms = clock::now_ms();
        let mut all = self.lock();
        let known = all
            .entry(Arc::clone(pixel_id))
            .or_insert(Illness { trouble, since_ms });
        if known.trouble != trouble {
            *known = Illness { trouble, since_ms };
        }
        drop(all);
        meters::trouble(pixel_id, Some(trouble));
        match trouble {
            Ill::Token => tracing::error!(
                pixel = %pixel_id, events, codes, wait_ms,
                "Meta does not take the access token for this pixel; all events are kept. Make a new token in Events Manager (Settings, Conversions API), and put it in access_token_file, or set access_token and restart"
            ),
            Ill::Blocked => tracing::error!(
                pixel = %pixel_id, events, codes, wait_ms,
                "Meta has blocked the account for a while; all events are kept. See Business Support Home"
            ),
            Ill::Throttled | Ill::Trouble => {
                tracing::warn!(pixel = %pixel_id, events, codes, wait_ms, "not delivered, trying again");
            }
        }
    }

    /// What is wrong now.
    pub(crate) fn now(&self) -> BTreeMap<Arc<str>, Illness> {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<Arc<str>, Illness>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
