//! Runs every table of `tests/vectors/` on the native build. A failure names the file and the case.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]
#![cfg(feature = "relay")]

mod event;
mod identity;
mod normalisation;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use twin_core::notice::{Notice, Notices};

/// The year in which the tables hold ("no birth after next year").
const YEAR: u64 = 2026;
const NOW_MS: u64 = 1_700_000_000_000;

#[derive(Deserialize)]
struct Table<Case> {
    cases: Vec<Case>,
}

fn load<T: DeserializeOwned>(file: &str) -> T {
    let path = format!("{}/../../tests/vectors/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&expand(&text)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn table<Case: DeserializeOwned>(file: &str) -> Vec<Case> {
    let table: Table<Case> = load(file);
    assert!(!table.cases.is_empty(), "{file} has no cases");
    table.cases
}

/// `{x*500}` in a table stands for 500 times `x`.
fn expand(text: &str) -> String {
    let mut parts = text.split("{x*");
    let mut expanded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (count, rest) = part.split_once('}').expect("a closing brace");
        expanded.push_str(&"x".repeat(count.parse().expect("a count")));
        expanded.push_str(rest);
    }
    expanded
}

/// The notices as `code@field`.
fn told(notes: Notices) -> Vec<String> {
    notes
        .into_vec()
        .into_iter()
        .map(|Notice { code, field }| format!("{}@{field}", code.name()))
        .collect()
}
