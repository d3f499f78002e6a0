//! SHA-256 as Meta wants it, and the recognition of values that are hashed already.

use alloc::string::String;
use alloc::vec::Vec;

use sha2::block_api::compress256;

use crate::text::{all, is_one_of, is_within, push_ascii, trim};

/// A customer value that may leave the page: 64 lower-case hex digits of a SHA-256, or 32 of an MD5 that came as such.
///
/// Made only in this file, so whatever has this type was hashed or recognised as a hash.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hashed(String);

impl Hashed {
    /// The hex digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// SHA-256 of the UTF-8 bytes, 64 lower-case hex digits.
#[must_use]
pub fn sha256(text: &str) -> Hashed {
    // FIPS 180-4: first 32 bits of the fractional parts of the square roots of the first eight primes.
    let mut state = [
        0x6a09_e667,
        0xbb67_ae85,
        0x3c6e_f372,
        0xa54f_f53a,
        0x510e_527f,
        0x9b05_688c,
        0x1f83_d9ab,
        0x5be0_cd19,
    ];
    let mut bytes = Vec::from(text.as_bytes());
    let bits = bytes.len() as u64 * 8;
    bytes.push(0x80);
    while bytes.len() % 64 != 56 {
        bytes.push(0);
    }
    bytes.extend_from_slice(&bits.to_be_bytes());
    let (blocks, _) = bytes.as_chunks();
    compress256(&mut state, blocks);
    let mut hex = String::new();
    for byte in state.iter().flat_map(|word| word.to_be_bytes()) {
        push_hex(&mut hex, byte);
    }
    Hashed(hex)
}

/// The value, lower-cased, if it is a hash already: 64 or 32 hex digits in any case, white space round them ignored.
///
/// A Parameter Builder's appendix (`<hash>.AQYCAQMB`) is cut off, because fbevents.js does not know it and would hash
/// the whole again. An id that happens to be 32 hex digits, a UUID without dashes for one, passes as an MD5 would: so
/// do fbevents.js and the Parameter Builder.
/// Source: Meta Parameter Builder 1.3 (`piiUtil`). Vectors: `tests/vectors/normalisation-corner-cases.json`.
#[must_use]
pub fn already_hashed(text: &str) -> Option<Hashed> {
    let text = trim(text);
    let digits = match text.bytes().rposition(|byte| byte == b'.') {
        Some(dot) if is_appendix(text.get(dot + 1..)?) => text.get(..dot)?,
        _ => text,
    };
    let is_hash = matches!(digits.len(), 32 | 64) && all(digits, |digit| digit.is_ascii_hexdigit());
    is_hash.then(|| Hashed(digits.to_ascii_lowercase()))
}

/// Whether a dot-separated tail is the mark that Meta's Parameter Builders append to values they touched.
///
/// Source: Meta Parameter Builder 1.3 (`cookieUnpack`); six old marks, or any 8 UTF-16 units.
#[must_use]
pub fn is_appendix(tail: &str) -> bool {
    is_one_of(tail, "AQ Ag Aw BA BQ Bg") || is_within(tail, 8) && !is_within(tail, 7)
}

/// Appends two lower-case hex digits.
pub fn push_hex(to: &mut String, byte: u8) {
    for digit in [byte >> 4, byte & 15] {
        push_ascii(
            to,
            if digit < 10 {
                b'0' + digit
            } else {
                b'a' - 10 + digit
            },
        );
    }
}
