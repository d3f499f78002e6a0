//! What states and countries have in common: a table of names, and Meta's way of guessing from it.

use alloc::string::String;

use crate::platform::{Platform, lowercase};
use crate::text::{holds, join, keep, pieces};

/// Two letters for a region's name: they stand if they are two already, else the code of the table's exact name, else
/// of the first name in the table that the text holds, else the first two letters (one letter stands).
///
/// `table`: names of letters a–z in look-up order, one space between them. A code is the first two letters of its name
/// but for the capitals at the end, which take the place of the last or of both (`alabama alaskaK ontarioON`).
pub(super) fn normalize(value: &str, table: &str, platform: &dyn Platform) -> String {
    let letters = letters(value, platform);
    let guess = || find(&letters, table, false);
    let code = certain(&letters, table).or_else(guess).unwrap_or(letters);
    String::from(code.get(..2).unwrap_or(&code))
}

/// Whether the code is a guess: neither two letters nor an exact name.
pub(super) fn is_guess(value: &str, table: &str, platform: &dyn Platform) -> bool {
    certain(&letters(value, platform), table).is_none()
}

fn letters(value: &str, platform: &dyn Platform) -> String {
    keep(&lowercase(value, platform), |c| c.is_ascii_lowercase())
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
        let name = keep(entry, |c| c.is_ascii_lowercase());
        let capitals = entry.get(name.len()..)?;
        if holds(letters, &name) && (!is_whole || letters == name) {
            let first = name.get(..2 - capitals.len())?;
            return Some(join(&[first, &capitals.to_ascii_lowercase()]));
        }
    }
    None
}
