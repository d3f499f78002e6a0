#![no_main]

#[path = "../../crates/core/tests/laws/mod.rs"]
mod laws;

libfuzzer_sys::fuzz_target!(|text: &str| laws::cookies::law(text));
