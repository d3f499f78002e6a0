//! The stand-in for Meta as a process, and a crowd of visitors with their memory of what was answered.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::process::{Setup, client, read};

/// Reached only by a test that fails.
const PATIENCE: Duration = Duration::from_secs(240);

/// Built beside the relay; TWIN_STANDIN names another place.
fn binary() -> PathBuf {
    std::env::var_os("TWIN_STANDIN").map_or_else(
        || PathBuf::from(env!("CARGO_BIN_EXE_twin-relay")).with_file_name("twin-standin"),
        PathBuf::from,
    )
}

/// The stand-in; ended with the test. It counts each server event that it takes, repeats too.
pub(crate) struct Meta {
    child: Child,
    pub(crate) address: String,
    client: reqwest::Client,
}

impl Meta {
    pub(crate) fn start() -> Self {
        let mut child = Command::new(binary())
            .args(["--port", "0", "--latency-ms", "20"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{error}: build it by cargo build -p twin-standin"));
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line
            .trim()
            .strip_prefix("twin-standin listening on ")
            .unwrap()
            .to_owned();
        Self {
            child,
            address,
            client: client(),
        }
    }

    /// A relay's set-up that sends here, without limits on who posts.
    pub(crate) fn setup(&self) -> Setup {
        Setup::new(&self.address).set("TWIN_LOG_LEVEL", "info")
    }

    /// Arms a fault.
    pub(crate) async fn fault(&self, fault: Value) {
        let armed = self
            .client
            .post(format!("{}/__sim/fault", self.address))
            .body(fault.to_string());
        assert_eq!(armed.send().await.unwrap().status(), 201);
    }

    /// Moves Meta's clock.
    pub(crate) async fn advance(&self, by: &str) {
        let moved = self.client.post(format!("{}/__sim/clock", self.address));
        let moved = moved.body(json!({"advance": by}).to_string());
        assert_eq!(moved.send().await.unwrap().status(), 200);
    }

    /// Disarms all faults.
    pub(crate) async fn heal(&self) {
        self.client
            .delete(format!("{}/__sim/fault", self.address))
            .send()
            .await
            .unwrap();
    }

    /// How Meta counted the Purchases: `received_server`, `counted`, `repeats`.
    pub(crate) async fn purchases(&self) -> BTreeMap<String, u64> {
        let (_, report) = self.asked("/__sim/report").await;
        let counts = report["events"]["Purchase"].as_object();
        let counts = counts.into_iter().flatten();
        counts
            .map(|(key, value)| (key.clone(), value.as_u64().unwrap()))
            .collect()
    }

    /// The id of each conversion, so often as it counts.
    pub(crate) async fn counted(&self) -> Vec<String> {
        let (_, rows) = self.asked("/api/conversions").await;
        let ids = rows.as_array().unwrap().iter();
        ids.map(|row| row["event_id"].as_str().unwrap().to_owned())
            .collect()
    }

    async fn asked(&self, path: &str) -> (u16, Value) {
        let asked = self.client.get(format!("{}{path}", self.address));
        read(asked.send().await.unwrap()).await
    }

    /// Waits until Meta has counted so many Purchases as were answered for, and sees that each counts once. Prints the numbers
    /// that a run is judged by.
    pub(crate) async fn counts(&self, name: &str, accepted: &[String]) -> BTreeMap<String, u64> {
        patiently(&format!("{} Purchases", accepted.len()), async || {
            let counted = self.purchases().await.get("counted").copied();
            (counted.unwrap_or(0) >= accepted.len() as u64).then_some(())
        })
        .await;
        let judged = Judged::of(accepted, &self.counted().await);
        let counts = self.purchases().await;
        let of = |key: &str| counts.get(key).copied().unwrap_or(0);
        println!(
            "{}",
            json!({"case": name, "accepted": accepted.len(), "delivered": of("received_server"), "counted": of("counted"),
                "lost": judged.lost.len(), "doubled": judged.doubled.len(), "sent_again": of("repeats")})
        );
        assert_eq!(judged, Judged::default(), "{name}");
        counts
    }
}

/// Ids that a test gave out, `order_0` and so on.
pub(crate) fn orders(number: usize) -> Vec<String> {
    (0..number).map(|order| format!("order_{order}")).collect()
}

/// What became of the events that were answered for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Judged {
    /// Meta has none of these.
    pub(crate) lost: Vec<String>,
    /// Meta counts these more than once, or nobody posted them.
    pub(crate) doubled: Vec<String>,
}

impl Judged {
    pub(crate) fn of(accepted: &[String], counted: &[String]) -> Self {
        let mut open: BTreeSet<&String> = accepted.iter().collect();
        let again = counted.iter().filter(|id| !open.remove(id));
        Self {
            doubled: again.cloned().collect(),
            lost: open.into_iter().cloned().collect(),
        }
    }
}

/// Waits until `look` gives something: minutes, for what is long by its nature or on a machine that has other work.
pub(crate) async fn patiently<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "never: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

impl Drop for Meta {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What became of the posts of a crowd.
#[derive(Default)]
pub(crate) struct Memory {
    /// Answered with 202.
    pub(crate) kept: Vec<String>,
    /// Answered otherwise, or not at all: to be posted again, as browsers do.
    pub(crate) open: Vec<String>,
}

pub(crate) type Shared = Arc<Mutex<Memory>>;
