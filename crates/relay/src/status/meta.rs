//! Meta's own figures of match quality, to hold the estimate against. Source: Dataset Quality API.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::graph::{Answer, Graph};

/// How long figures are shown before they are asked for again: Meta's own change once a day.
const FRESH: Duration = Duration::from_secs(10 * 60);

/// What is asked for.
pub(crate) const FIELDS: &str = "web{event_name,event_match_quality{composite_score,match_key_feedback{identifier,coverage{percentage}}}}";

/// An event's figures.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Figures {
    event_name: String,
    /// Event Match Quality, 1 to 10; `null` where Meta has too few events.
    score: Option<f64>,
    /// Meta's names of the fields, and the share of events that have each, in percent.
    coverage: BTreeMap<String, f64>,
}

#[derive(Deserialize)]
struct Quality {
    web: Vec<Event>,
}

#[derive(Deserialize)]
struct Event {
    event_name: String,
    event_match_quality: Option<MatchQuality>,
}

#[derive(Deserialize)]
struct MatchQuality {
    composite_score: Option<f64>,
    #[serde(default)]
    match_key_feedback: Vec<Key>,
}

#[derive(Deserialize)]
struct Key {
    identifier: String,
    coverage: Option<Coverage>,
}

#[derive(Deserialize)]
struct Coverage {
    percentage: f64,
}

/// Figures, or why there are none, for the operator.
type Read = Result<Vec<Figures>, String>;

/// What Meta said last, and when.
#[derive(Default)]
pub(crate) struct Meta(Mutex<BTreeMap<Arc<str>, (Instant, Read)>>);

impl Meta {
    /// The figures of a pixel.
    pub(crate) async fn read(&self, pixel_id: &Arc<str>, graph: &Graph) -> Read {
        let mut known = self.0.lock().await;
        if let Some((since, read)) = known.get(pixel_id)
            && since.elapsed() < FRESH
        {
            return read.clone();
        }
        let read = ask(graph).await;
        known.insert(Arc::clone(pixel_id), (Instant::now(), read.clone()));
        read
    }
}

async fn ask(graph: &Graph) -> Read {
    let (status, body) = match graph.quality(FIELDS).await {
        Answer::Heard { status, body, .. } => (status, body),
        Answer::Silence { cause, .. } => return Err(format!("Meta could not be reached: {cause}")),
        Answer::NoToken => return Err("there is no token".into()),
    };
    if status != 200 {
        return Err(format!(
            "Meta does not let this token read them (status {status}): a token with ads_management or of the pixel's own \
             business can"
        ));
    }
    let quality: Quality = serde_json::from_slice(&body)
        .map_err(|_| "Meta's answer has another form than its documents say".to_owned())?;
    let figures = quality.web.into_iter().map(|event| {
        let found = event.event_match_quality;
        let keys = found
            .as_ref()
            .map_or(&[][..], |found| &found.match_key_feedback);
        let covered = keys.iter().filter_map(|key| {
            let share = key.coverage.as_ref()?.percentage;
            Some((key.identifier.clone(), share))
        });
        Figures {
            event_name: event.event_name,
            score: found.as_ref().and_then(|found| found.composite_score),
            coverage: covered.collect(),
        }
    });
    Ok(figures.collect())
}
