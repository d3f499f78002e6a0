//! What the fuzz targets have kept, through the same laws: `npm run fuzz` adds to it.
#![cfg(feature = "relay")]
#![expect(clippy::panic, reason = "a test fails by panicking")]

mod laws;

use std::fs;

/// Every input in the corpus of a target.
fn replay(target: &str, law: fn(&[u8])) {
    let folder = format!("{}/../../fuzz/corpus/{target}", env!("CARGO_MANIFEST_DIR"));
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let mut count = 0;
    for file in files.flatten() {
        law(&fs::read(file.path()).unwrap_or_default());
        count += 1;
    }
    assert!(count > 10, "{folder} has {count} inputs");
}

/// A law for text, of bytes that may be none.
macro_rules! of_text {
    ($law:path) => {
        |bytes| str::from_utf8(bytes).map_or((), $law)
    };
}

#[test]
fn cookies() {
    replay("cookies", of_text!(laws::cookies::law));
}

#[test]
fn url() {
    replay("url", of_text!(laws::url::law));
}

#[test]
fn normalize() {
    replay("normalize", of_text!(laws::normalize::law));
}

#[test]
fn body() {
    replay("body", laws::body::law);
}
