//! The stand-in for Meta as a process, and a crowd of visitors with their memory of what was answered.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::support::process::{Setup, client, read};
use crate::support::until;

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
        let asked = self.client.get(format!("{}/__sim/report", self.address));
        let (_, report) = read(asked.send().await.unwrap()).await;
        let counts = report["events"]["Purchase"]
            .as_object()
            .cloned()
            .unwrap_or_default();
        counts
            .iter()
            .map(|(key, value)| (key.clone(), value.as_u64().unwrap()))
            .collect()
    }

    /// Waits until Meta has counted so many Purchases; more would be an error, too.
    pub(crate) async fn counts(&self, purchases: usize) {
        until(&format!("{purchases} Purchases counted"), async || {
            let counted = self.purchases().await.get("counted").copied().unwrap_or(0);
            (counted >= purchases as u64).then_some(())
        })
        .await;
        assert_eq!(
            self.purchases().await["counted"],
            purchases as u64,
            "counted more than was answered for"
        );
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

/// One line for the numbers that a run is judged by.
pub(crate) fn print(name: &str, offered: usize, accepted: usize, counts: &BTreeMap<String, u64>) {
    let of = |key: &str| counts.get(key).copied().unwrap_or(0);
    println!(
        "{}",
        json!({"case": name, "offered": offered, "accepted": accepted, "delivered": of("received_server"),
            "counted_once": of("counted"), "lost": (accepted as u64).saturating_sub(of("counted")),
            "sent_again": of("repeats")})
    );
}
