//! What states and countries have in common: a table of names, and Meta's way of guessing from it.

use alloc::string::String;

use crate::platform::{Platform, host, step};
use crate::text::{holds, join, pieces};

/// Letters a–z, lower case.
pub(super) const RULE: &str = concat!(host!(lower), step!("[^a-z]+" => ""));

/// Two letters for a region's name: they stand if they are two already, else the code of the table's exact name, else
/// of the first name in the table that the letters hold, else the first two letters (one letter stands).
///
/// `table`: names of letters a–z in look-up order, one space between them. A code is the first two letters of its name
/// but for the capitals at the end, which take the place of the last or of both (`alabama alaskaK ontarioON`).
pub(super) fn code(letters: &str, table: &str) -> String {
    let code = certain(letters, table)
        .or_else(|| find(letters, table, false))
        .unwrap_or(String::from(letters));
    String::from(code.get(..2).unwrap_or(&code))
}

/// Whether the code of a value is a guess: neither two letters nor an exact name.
pub(super) fn is_guess(value: &str, table: &str, platform: &impl Platform) -> bool {
    certain(&platform.rewrite(value, RULE), table).is_none()
}

fn certain(letters: &str, table: &str) -> Option<String> {
    if letters.len() == 2 {
        return Some(String::from(letters));
    }
    find(letters, table, true)
}

/// The code of the first name that the letters are, or hold.
fn find(letters: &str, table: &str, is_whole: bool) -> Option<String> {
    for entry in pieces(table, b' ') {
        let length = entry.bytes().filter(u8::is_ascii_lowercase).count();
        let (name, capitals) = entry.split_at_checked(length)?;
        if holds(letters, name) && (!is_whole || letters == name) {
            let first = name.get(..2 - capitals.len())?;
            return Some(join(&[first, &capitals.to_ascii_lowercase()]));
        }
    }
    None
}
