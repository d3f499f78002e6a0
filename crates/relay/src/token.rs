//! The access token. It must never be seen anywhere but in the header of a request to Meta.

use axum::http::HeaderValue;
use serde::{Deserialize, Deserializer};

/// A secret: without `Debug`, `Display`, `Clone` and `Serialize` on purpose, so it cannot be logged or stored.
pub(crate) struct Token(HeaderValue);

impl Token {
    /// `None`: empty, or holds what no token holds (white space, line breaks, non-ASCII).
    pub(crate) fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        let mut header = HeaderValue::try_from(format!("Bearer {text}")).ok()?;
        header.set_sensitive(true);
        Some(Self(header))
    }

    /// The value of the `Authorization` header, marked as sensitive so that the HTTP client does not print it.
    pub(crate) fn bearer(&self) -> HeaderValue {
        self.0.clone()
    }
}

/// As it stands in the configuration, not judged yet.
pub(crate) struct Unchecked(String);

impl Unchecked {
    /// The token, if it can be one.
    pub(crate) fn check(self) -> Option<Token> {
        Token::new(&self.0)
    }
}

impl<'de> Deserialize<'de> for Unchecked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}
