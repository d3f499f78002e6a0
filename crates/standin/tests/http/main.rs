//! The stand-in over HTTP: what a Pixel, a server and a developer see of it.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod acceptance;
mod api;
mod assets;
mod beacon;
mod faults;
mod hints;
mod lints;
mod rules;
mod support;
mod transport;
mod wire;
