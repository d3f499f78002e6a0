//! The rules as they run natively, for tests/native.test.mjs: a question in JSON on each line, an answer on each line.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "it serves a test"
)]

use std::io::{BufRead as _, stdin};

use serde_json::{Value, json};
use twin_core::cookies::{FBC, FBP, read};
use twin_core::custom_data::{clean, for_server};
use twin_core::normalize::{Field, year};
use twin_core::notice::{Notice, Notices};
use twin_core::platform::Native;
use twin_core::raw::Raw;
use twin_core::url::{discreet, scrub};

fn main() {
    for line in stdin().lock().lines() {
        let asked: Value = serde_json::from_str(&line.expect("a line")).expect("JSON");
        let text = |key: &str| asked[key].as_str().unwrap_or_default();
        let raw = Raw::new(text("value").to_owned());
        let year = year(asked["now_ms"].as_u64().unwrap_or(0));
        let hashes = Field::ALL.map(|field| {
            raw.hash(field, year, &Native)
                .map(|hash| hash.as_str().to_owned())
        });
        let mut notes = Notices::new();
        let parameters = text("parameters");
        let cleaned = clean(parameters, &Native, &mut notes);
        let params = cleaned.json.clone();
        let custom_data = for_server(text("name"), cleaned, parameters, &Native, &mut notes);
        let notes: Vec<_> = notes
            .into_vec()
            .into_iter()
            .map(|Notice { code, field }| json!([code as u8, field]))
            .collect();
        let answer = json!({
            "hashes": hashes,
            "params": params,
            "custom_data": custom_data,
            "notices": notes,
            "url": scrub(text("url"), &Native),
            "discreet": discreet(text("url"), &Native),
            "fbp": read(text("cookies"), FBP, &Native),
            "fbc": read(text("cookies"), FBC, &Native),
        });
        println!("{answer}");
    }
}
