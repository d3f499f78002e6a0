//! The rules of pixel-twin, each written once and run on both sides: in the page (Wasm) and in the relay (native).
//!
//! Nothing here has a clock, randomness, I/O or JavaScript: they come in as arguments. Nothing here fails or panics:
//! a function gives a value, and what the developer should know goes into [`notice::Notices`].
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

#[cfg(feature = "relay")]
pub mod accept;
pub mod bot;
pub mod cookies;
pub mod custom_data;
pub mod event;
pub mod event_id;
pub mod hash;
pub mod json;
pub mod match_quality;
#[cfg(feature = "relay")]
pub mod merge;
#[cfg(feature = "relay")]
pub mod names;
pub mod normalize;
pub mod notice;
pub mod personal;
pub mod platform;
pub mod raw;
pub mod retry;
pub mod routing;
pub mod text;
pub mod url;
pub mod user_data;
