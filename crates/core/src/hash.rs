//! SHA-256 as Meta wants it, and the recognition of values that are hashed already.

use alloc::string::String;
use alloc::vec::Vec;
use core::sync::atomic::{
    AtomicBool, AtomicU32,
    Ordering::{Acquire, Relaxed, Release},
};

use crate::platform::{Platform, host, only};
use crate::text::push_ascii;

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

/// SHA-256 (FIPS 180-4) of the UTF-8 bytes, 64 lower-case hex digits.
///
/// Our own because it is small: the constants, which no compression makes smaller, are worked out.
#[must_use]
pub fn sha256(text: &str) -> Hashed {
    let mut bytes = Vec::from(text.as_bytes());
    let bits = bytes.len() as u64 * 8;
    bytes.push(0x80);
    while bytes.len() % 64 != 56 {
        bytes.push(0);
    }
    bytes.extend_from_slice(&bits.to_be_bytes());
    let constants = constants();
    let mut state = [0; 8];
    for (start, root) in state.iter_mut().zip(&constants.square) {
        *start = root.load(Relaxed);
    }
    let mut words = [0; 64];
    for block in bytes.as_chunks::<64>().0 {
        for (word, bytes) in words.iter_mut().zip(block.as_chunks().0) {
            *word = u32::from_be_bytes(*bytes);
        }
        for place in 0..48 {
            if let Some([a, b, _, _, _, _, _, _, _, c, _, _, _, _, d, _, new]) =
                words.get_mut(place..).and_then(<[u32]>::first_chunk_mut)
            {
                let left = b.rotate_right(7) ^ b.rotate_right(18) ^ *b >> 3;
                let right = d.rotate_right(17) ^ d.rotate_right(19) ^ *d >> 10;
                *new = a.wrapping_add(left).wrapping_add(*c).wrapping_add(right);
            }
        }
        // Not an array: these eight stay out of memory.
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = state;
        for (word, root) in words.iter().zip(&constants.cube) {
            let left = h
                .wrapping_add(e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25))
                .wrapping_add(e & f ^ !e & g)
                .wrapping_add(root.load(Relaxed))
                .wrapping_add(*word);
            let right = (a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22))
                .wrapping_add(a & b ^ a & c ^ b & c);
            (h, g, f, e) = (g, f, e, d.wrapping_add(left));
            (d, c, b, a) = (c, b, a, left.wrapping_add(right));
        }
        for (sum, part) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
            *sum = sum.wrapping_add(part);
        }
    }
    let mut hex = String::new();
    for word in &state {
        for byte in &word.to_be_bytes() {
            push_hex(&mut hex, *byte);
        }
    }
    Hashed(hex)
}

/// The constants of SHA-256: the first 32 bits of the fractional parts of the roots of the first primes.
struct Constants {
    square: [AtomicU32; 8],
    cube: [AtomicU32; 64],
    are_there: AtomicBool,
}

/// Worked out once.
fn constants() -> &'static Constants {
    static CONSTANTS: Constants = Constants {
        square: [const { AtomicU32::new(0) }; 8],
        cube: [const { AtomicU32::new(0) }; 64],
        are_there: AtomicBool::new(false),
    };
    if !CONSTANTS.are_there.load(Acquire) {
        fill(&CONSTANTS.square, 2.0);
        fill(&CONSTANTS.cube, 3.0);
        CONSTANTS.are_there.store(true, Release);
    }
    &CONSTANTS
}

fn fill(fractions: &[AtomicU32], power: f64) {
    let mut prime = 1_u32;
    for fraction in fractions {
        prime += 1;
        while (2..prime).any(|factor| prime.is_multiple_of(factor)) {
            prime += 1;
        }
        // Newton's way, from above: exact to the last bit but a few of the 53 after so many rounds.
        let mut root = 20.0;
        for _ in 0..20 {
            let slope = if power > 2.0 { root * root } else { root };
            root -= (slope * root - f64::from(prime)) / (power * slope);
        }
        // The fraction alone: wasm2js knows no way from a number to 64 bits.
        let fraction_of_root = root - f64::from(root as u32);
        fraction.store((fraction_of_root * 4_294_967_296.0) as u32, Relaxed);
    }
}

/// A pattern: the mark that Meta's Parameter Builders append, after a dot, to values they touched.
///
/// Source: Meta Parameter Builder 1.3 (`cookieUnpack`); six old marks, or any 8 characters.
macro_rules! appendix {
    () => {
        r"A[Qgw]|B[AQg]|[^.]{7}[^.\s]"
    };
}

/// The value, lower-cased, if it is a hash already: 64 or 32 hex digits in any case, white space round them ignored.
///
/// A Parameter Builder's appendix (`<hash>.AQYCAQMB`) is cut off, because fbevents.js does not know it and would hash
/// the whole again. An id that happens to be 32 hex digits, a UUID without dashes for one, passes as an MD5 would: so
/// do fbevents.js and the Parameter Builder.
/// Source: Meta Parameter Builder 1.3 (`piiUtil`). Vectors: `tests/vectors/normalisation-corner-cases.json`.
#[must_use]
pub fn already_hashed(text: &str, platform: &impl Platform) -> Option<Hashed> {
    const HASH: &str = concat!(
        only!(
            r"\s*([0-9A-Fa-f]{32}(?:[0-9A-Fa-f]{32})?)(?:\.(?:",
            appendix!(),
            r"))?\s*"
        ),
        host!(lower),
    );
    // What the endpoint gets is nothing else, as a rule; it says the same, sooner.
    #[cfg(feature = "relay")]
    if text.len() == 64
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    {
        return Some(Hashed(String::from(text)));
    }
    // Most values are too short, and need not be looked at.
    let hash = (text.len() >= 32).then(|| platform.rewrite(text, HASH))?;
    (!hash.is_empty()).then_some(Hashed(hash))
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
