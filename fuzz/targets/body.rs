#![no_main]

#[path = "../../crates/core/tests/laws/mod.rs"]
mod laws;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    laws::body::law(bytes);
    twin_relay::laws::body(bytes);
});
