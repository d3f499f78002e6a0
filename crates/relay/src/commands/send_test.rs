//! `twin-relay send-test`: one event to each pixel, to see whether token and way hold.

use anyhow::{Result, bail};
use clap::Args;
use serde_json::json;

use super::Place;
use crate::clock;
use crate::graph::{self, Graph};
use crate::outbox::Row;
use crate::verdict::{self, Verdict};

#[derive(Args)]
pub(crate) struct Test {
    #[command(flatten)]
    place: Place,
    /// The code from the Test events page of Events Manager. Without it the event would only be counted, not shown.
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
}

impl Test {
    pub(super) async fn run(self) -> Result<()> {
        let mut config = self.place.load()?;
        let client = graph::client(&config)?;
        let mut failed = 0;
        for pixel in config.shops.iter_mut().flat_map(|shop| &mut shop.pixels) {
            pixel.test_event_code = self.code.clone().or(pixel.test_event_code.take());
            if pixel.test_event_code.is_none() {
                bail!(
                    "pixel {} has no test_event_code: give one by --code, from the Test events page of Events Manager",
                    pixel.id
                );
            }
            let graph = Graph::new(
                client.clone(),
                config.graph_base.as_str(),
                &config.graph_version,
                pixel,
            );
            let answer = graph.send(&[event()]).await;
            let judged = verdict::judge(&answer, 1);
            if judged.verdict == Verdict::Delivered {
                println!("pixel {}: Meta took the event", pixel.id);
            } else {
                failed += 1;
                println!("pixel {}: {}", pixel.id, judged.reason);
            }
        }
        if failed > 0 {
            bail!("Meta did not take it for {failed} of the pixels");
        }
        Ok(())
    }
}

/// An event that is nobody's.
fn event() -> Row {
    let now_s = clock::now_s();
    let nobody = twin_core::hash::sha256("twin-relay send-test");
    let json = json!({
        "event_name": "TwinRelayTest",
        "event_time": now_s,
        "event_id": format!("test_{now_s}"),
        "action_source": "system_generated",
        "user_data": {"external_id": nobody.as_str()},
    });
    Row {
        id: 0,
        revision: 0,
        event_time_s: now_s,
        browser_s: None,
        received_ms: clock::now_ms(),
        json: json.to_string(),
        failures: 0,
        test_event_code: None,
    }
}
