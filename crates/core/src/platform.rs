//! What the rules need from where they run: Unicode's lower case and the reading of a decimal number.
//!
//! The browser ships both, so the Wasm build calls `toLowerCase` and `Number` instead of carrying its own tables. The
//! shared vectors prove both answers equal.

use alloc::string::{String, ToString as _};

use crate::text::{all, is_in};

/// What the rules borrow from their host.
pub trait Platform {
    /// Full Unicode lower case, without locale: `İ` → `i` + U+0307, a final `Σ` → `ς`.
    ///
    /// Called only for text that is not pure ASCII.
    fn lowercase_unicode(&self, text: &str) -> String;

    /// The number that a text of digits, signs, dots and `e` is, as JSON; empty text if it is none or not finite.
    fn number(&self, text: &str) -> String;
}

/// Lower case, with the short way for ASCII, which is nearly all text.
#[must_use]
pub fn lowercase(text: &str, platform: &dyn Platform) -> String {
    if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        platform.lowercase_unicode(text)
    }
}

/// A decimal number as JSON (`"012.50"` → `12.5`, `"1e3"` → `1000`); empty text if it is none.
#[must_use]
pub fn number(text: &str, platform: &dyn Platform) -> String {
    let is_decimal = all(text, |byte| byte.is_ascii_digit() || is_in(byte, b".+-eE"));
    if is_decimal && !text.is_empty() {
        platform.number(text)
    } else {
        String::new()
    }
}

/// Rust's own, for native builds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Native;

impl Platform for Native {
    fn lowercase_unicode(&self, text: &str) -> String {
        text.to_lowercase()
    }

    fn number(&self, text: &str) -> String {
        let number = text.parse().ok().filter(|number: &f64| number.is_finite());
        // Zero has no sign in JavaScript's notation.
        number.map_or(String::new(), |number| (number + 0.0).to_string())
    }
}
