//! The relay as its users have it: the real process, a real disk, and a Graph API that answers as told.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod answers;
mod books;
mod commands;
mod delivery;
mod halves;
mod limits;
mod office;
mod origins;
mod shops;
mod starting;
mod storage;
mod support;
mod trouble;
mod values;
mod webhooks;
