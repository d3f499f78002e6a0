//! What states and countries have in common: a table of names, and Meta's way of guessing from it.

use alloc::string::String;

use crate::platform::{Platform, lowercase};
use crate::text::{holds, keep, pieces};

/// Two letters for a region's name: they stand if they are two already, else the code of the table's exact name, else
/// of the first name in the table that the text holds, else the first two letters (one letter stands).
///
/// `table`: entries in look-up order, one space between them, each a name of letters a–z with its code at the end
/// (`ontarioon quebecqc`).
pub(super) fn normalize(value: &str, table: &str, platform: &dyn Platform) -> String {
    let letters = letters(value, platform);
    let code = certain(&letters, table).or_else(|| {
        entries(table)
            .find(|(name, _)| holds(&letters, name))
            .map(|(_, code)| code)
    });
    String::from(code.or_else(|| letters.get(..2)).unwrap_or(&letters))
}

/// Whether the code is a guess: neither two letters nor an exact name.
pub(super) fn is_guess(value: &str, table: &str, platform: &dyn Platform) -> bool {
    certain(&letters(value, platform), table).is_none()
}

fn letters(value: &str, platform: &dyn Platform) -> String {
    keep(&lowercase(value, platform), |c| c.is_ascii_lowercase())
}

fn certain<'text>(letters: &'text str, table: &'text str) -> Option<&'text str> {
    if letters.len() == 2 {
        return Some(letters);
    }
    entries(table)
        .find(|(name, _)| *name == letters)
        .map(|(_, code)| code)
}

fn entries(table: &str) -> impl Iterator<Item = (&str, &str)> {
    pieces(table, b' ').filter_map(|entry| entry.split_at_checked(entry.len() - 2))
}
