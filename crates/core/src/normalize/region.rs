//! What states and countries have in common: a list of names, and Meta's way of guessing from it.

use alloc::string::String;

use super::Field;
use crate::platform::{Platform, host, step};
use crate::text::{holds, join, pieces};

/// Letters a–z, lower case.
pub(super) const RULE: &str = concat!(host!(lower), step!("[^a-z]+" => ""));

/// Two letters for a region's name: they stand if they are two already, else the code of the list's exact name, else
/// of the first name in the list that the letters hold, else the first two letters (one letter stands). `None`: the list is
/// needed, and not there.
///
/// `names`: of letters a–z in look-up order, one space between them. A code is the first two letters of its name
/// but for the capitals at the end, which take the place of the last or of both (`alabama alaskaK ontarioON`).
pub(super) fn code(letters: String, field: Field, platform: &impl Platform) -> Option<String> {
    if letters.len() <= 2 {
        return Some(letters);
    }
    let names = platform.names(field.key());
    if names.is_empty() {
        return None;
    }
    find(&letters, &names, true)
        .or_else(|| find(&letters, &names, false))
        .or_else(|| letters.get(..2).map(String::from))
}

/// Whether the code of a value is a guess: neither two letters nor an exact name.
pub(super) fn is_guess(value: &str, field: Field, platform: &impl Platform) -> bool {
    let letters = platform.rewrite(value, RULE);
    letters.len() != 2 && find(&letters, &platform.names(field.key()), true).is_none()
}

/// The code of the first name that the letters are, or hold.
fn find(letters: &str, names: &str, is_whole: bool) -> Option<String> {
    for entry in pieces(names, b' ') {
        let length = entry.bytes().filter(u8::is_ascii_lowercase).count();
        let (name, capitals) = entry.split_at_checked(length)?;
        if holds(letters, name) && (!is_whole || letters == name) {
            let first = name.get(..2 - capitals.len())?;
            return Some(join(&[first, &capitals.to_ascii_lowercase()]));
        }
    }
    None
}
