//! The outbox on a real NATS cluster: three nodes on this machine, two relays, load on both. Run by
//! `npm run test:relay-cluster`, which needs `nats-server` (Debian's will do).

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "../faults/crowd.rs"]
mod crowd;
mod nats;
mod outbox;
#[path = "../relay/support/mod.rs"]
#[expect(dead_code, reason = "the other tests use the rest")]
mod support;
mod survive;
#[path = "../faults/world.rs"]
#[expect(dead_code, reason = "the other tests use the rest")]
mod world;
