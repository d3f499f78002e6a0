//! The few things that are done with text without a pattern, each once and small: `str`'s own searchers, formatters and
//! number parsers cost kilobytes in the browser.

use alloc::string::String;

/// Whether every byte passes. True of empty text.
#[must_use]
pub fn all(text: &str, passes: fn(u8) -> bool) -> bool {
    text.bytes().all(passes)
}

/// Whether a byte is one of a few.
#[must_use]
#[expect(
    clippy::manual_contains,
    reason = "it is a searcher for long slices, in hundreds of bytes"
)]
pub fn is_in(byte: u8, few: &[u8]) -> bool {
    few.iter().any(|one| *one == byte)
}

/// What stands before and after the first `mark`, an ASCII character.
#[must_use]
pub fn cut(text: &str, mark: u8) -> Option<(&str, &str)> {
    let place = text.bytes().position(|byte| byte == mark)?;
    let (before, after) = text.split_at_checked(place)?;
    Some((before, after.get(1..)?))
}

/// The pieces between the `mark`s, an ASCII character: one more than there are marks.
#[must_use]
pub const fn pieces(text: &str, mark: u8) -> Pieces<'_> {
    Pieces {
        rest: Some(text),
        mark,
    }
}

/// See [`pieces`].
#[derive(Debug)]
pub struct Pieces<'text> {
    rest: Option<&'text str>,
    mark: u8,
}

impl<'text> Iterator for Pieces<'text> {
    type Item = &'text str;

    fn next(&mut self) -> Option<&'text str> {
        let text = self.rest?;
        let (piece, rest) = match cut(text, self.mark) {
            Some((piece, rest)) => (piece, Some(rest)),
            None => (text, None),
        };
        self.rest = rest;
        Some(piece)
    }
}

/// Whether `part` stands somewhere in `text`.
#[must_use]
pub fn holds(text: &str, part: &str) -> bool {
    // Windows of no width panic.
    part.is_empty()
        || text
            .as_bytes()
            .windows(part.len())
            .any(|window| window == part.as_bytes())
}

/// The place of `word` in a list of words with one space between.
#[must_use]
pub fn place_of(word: &str, list: &str) -> Option<usize> {
    pieces(list, b' ').position(|entry| entry == word)
}

/// Whether `word` is in a list of words with one space between.
#[must_use]
pub fn is_one_of(word: &str, list: &str) -> bool {
    place_of(word, list).is_some()
}

/// The texts, one after the other.
#[must_use]
pub fn join(parts: &[&str]) -> String {
    let mut joined = String::new();
    for part in parts {
        joined.push_str(part);
    }
    joined
}

/// Appends an ASCII character.
pub fn push_ascii(to: &mut String, byte: u8) {
    // The mask tells the compiler that there is nothing to encode.
    to.push(char::from(byte & 0x7f));
}

/// A whole number in decimal.
#[must_use]
pub fn decimal(number: u64) -> String {
    let mut text = String::new();
    push_decimal(&mut text, number);
    text
}

/// Appends a whole number in decimal.
pub fn push_decimal(to: &mut String, number: u64) {
    if number >= 10 {
        push_decimal(to, number / 10);
    }
    push_ascii(to, b'0' + (number % 10) as u8);
}

/// The decimal digits at the start; `None` if there is none.
///
/// It stops reading past 10¹⁵: every caller only asks whether a number is there or too large.
#[must_use]
pub fn leading_number(text: &str) -> Option<u64> {
    let mut number = None;
    for byte in text.bytes() {
        let digit = u64::from(byte.wrapping_sub(b'0'));
        let before = number.unwrap_or(0);
        if digit > 9 || before > 1_000_000_000_000_000 {
            break;
        }
        number = Some(before * 10 + digit);
    }
    number
}

/// JavaScript's `length` of a text: its UTF-16 units.
#[must_use]
pub fn units(text: &str) -> usize {
    text.bytes()
        .map(|byte| match byte {
            // All but the first of a character's bytes.
            0x80..0xc0 => 0,
            0xf0.. => 2,
            _ => 1,
        })
        .sum()
}
