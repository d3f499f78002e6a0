//! Secrets: access tokens, which must never be seen anywhere but in the header of a request to Meta, and the keys that
//! webhooks are signed with.

use std::path::PathBuf;

use axum::http::HeaderValue;
use serde::{Deserialize, Deserializer};

/// A secret: without `Debug`, `Display` and `Serialize` on purpose, so it cannot be logged or stored.
#[derive(PartialEq, Eq)]
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

/// Where a token comes from.
#[derive(PartialEq, Eq)]
pub(crate) enum TokenSource {
    /// The configuration.
    Fixed(Token),
    /// A file, read again whenever Meta refuses what it held: a new token needs no restart.
    File(PathBuf),
}

impl TokenSource {
    /// The header's value; `None` if the file can't be read or holds no token.
    pub(crate) fn bearer(&self) -> Option<HeaderValue> {
        match self {
            Self::Fixed(token) => Some(token.bearer()),
            Self::File(path) => Some(Token::new(&std::fs::read_to_string(path).ok()?)?.bearer()),
        }
    }
}

/// A key that signs webhooks or opens the admin listener; as little to be seen as a token.
pub(crate) struct Secret(String);

impl Secret {
    /// The bytes to sign with or compare.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// As it stands in the configuration, not judged yet.
pub(crate) struct Unchecked(String);

impl Unchecked {
    /// The token, if it can be one.
    pub(crate) fn token(self) -> Option<Token> {
        Token::new(&self.0)
    }

    /// The secret, unless it is empty.
    pub(crate) fn secret(self) -> Option<Secret> {
        let text = self.0.trim();
        (!text.is_empty()).then(|| Secret(text.into()))
    }
}

impl<'de> Deserialize<'de> for Unchecked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}
