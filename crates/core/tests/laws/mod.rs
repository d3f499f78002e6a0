//! What the rules promise for any text. The property tests, the fuzz targets (`fuzz/`) and the replay of what these have found
//! (`corpus.rs`) hold the rules to the same laws. A law that is broken panics.
#![allow(
    dead_code,
    reason = "each of those that share this file has its own few of the laws"
)]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use twin_core::accept::Clock;

pub(crate) mod body;
pub(crate) mod cookies;
pub(crate) mod normalize;
pub(crate) mod url;

/// The year and the second at which the laws are looked at.
pub(crate) const YEAR: u64 = 2026;
pub(crate) const NOW_S: u64 = 1_700_000_000;
/// Ours, and nothing known of the visitor's.
pub(crate) const CLOCK: Clock = Clock {
    now_s: NOW_S,
    skew_s: None,
};
