//! A local stand-in for Meta's side: takes Pixel events (`/tr/`) and Conversions API requests
//! (`/{version}/{pixel_id}/events`), judges both by Meta's documents, pairs the twins and counts each conversion once.
//!
//! It is the judge of this project and shares no code with the rest of it.

mod api;
mod assets;
mod clock;
mod config;
mod control;
mod conversion;
mod faults;
mod forms;
mod graph;
mod hints;
mod http;
mod identifiers;
mod ids;
mod lints;
mod message;
mod pairing;
mod report;
mod rows;
mod serve;
mod sse;
mod state;
mod tr;

pub use config::{Args, Locale, Profile, SameSource, Settings};
pub use http::router;
pub use serve::serve;
pub use state::StandIn;
