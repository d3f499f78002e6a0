//! The companion: sits beside the Meta Pixel in a shop's page, and makes both twins of an event with one `event_id`.
//!
//! This file holds the exported functions and nothing else; `track.rs` is the one to read first. The module decides; it
//! keeps nothing between two calls. What must last is kept by the page's half in `js/`, which also holds the object that
//! users get and the wall that keeps errors from the page.

mod alloc;
mod call;
mod fired;
mod identity;
mod page;
mod track;

use twin_core::event_id;
use twin_core::match_quality::estimate;
use twin_core::normalize::year;
use twin_core::notice::{Notice, Notices};
use twin_core::retry::{Outcome, judge};
use twin_core::text::{join, leading_number};
use twin_core::url::discreet;
use twin_core::user_data::UserData;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::call::{add_customer, joined, take};

/// Room for so many bytes of text, for what is asked next.
#[wasm_bindgen]
pub fn room(bytes: usize) -> *mut u8 {
    page::room(bytes)
}

/// What the module is asked. Texts that go in have a mark after each (see `call.rs`).
///
/// - 0, own id and order: the id of an event (`""`: not given)
/// - 1, Unix time in ms and a customer: the customer with hashes for values, without what has none
/// - 2, an address: as it may be told if it holds something personal (`""`: it does not)
/// - 3, a call: sends an event on its way to both twins, only with consent
/// - 4, names of customer fields with a space between: an estimate of the match quality, see the core
#[wasm_bindgen]
pub fn ask(what: u8) {
    alloc::scope(|| {
        let given = page::given();
        let text = &mut given.as_str();
        match what {
            0 => {
                let random = [
                    page::random(),
                    page::random(),
                    page::random(),
                    page::random(),
                ];
                page::answer(&event_id::choose(
                    take(text),
                    take(text),
                    random,
                    &page::Browser,
                ));
            }
            1 => page::answer(&hashed_customer(text)),
            2 => page::answer(&discreet(take(text), &page::Browser)),
            4 => page::answer(&estimate(take(text))),
            _ => {
                let mut notes = Notices::new();
                track::deliver(text, &mut notes);
                for Notice { code, field } in notes.into_vec() {
                    page::report(code as u8, &field);
                }
            }
        }
    });
}

fn hashed_customer(text: &mut &str) -> String {
    let year = year(leading_number(take(text)).unwrap_or(0));
    let mut user_data = UserData::default();
    add_customer(text, &mut user_data, year, &mut Notices::new());
    let mut hashed = String::new();
    user_data.each(&mut |key, hash| hashed = join(&[&hashed, &joined(&[key, hash])]));
    hashed
}

/// What an endpoint's answer means: the ms to wait before the next try, 0 for delivered, -1 for rejected.
#[wasm_bindgen]
pub fn outcome(status: u16, retry_after_s: u32, failures: u32, random: u32) -> i32 {
    match judge(status, u64::from(retry_after_s) * 1000, failures, random) {
        Outcome::Delivered => 0,
        Outcome::Rejected => -1,
        Outcome::Retry { after_ms } => after_ms as i32 + 1,
    }
}
