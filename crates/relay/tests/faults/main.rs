//! The long tests: the real relay and the stand-in for Meta under load, and whatever can go wrong with machine and network.
//! What counts is what the stand-in counted. Run by `npm run test:relay-faults`.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod crowd;
mod disk;
mod judge;
mod kill;
mod meta;
mod mount;
mod slow;
#[path = "../relay/support/mod.rs"]
#[expect(dead_code, reason = "the other tests use the rest")]
mod support;
mod world;
