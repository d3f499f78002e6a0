//! Date of birth.

use alloc::string::String;

use crate::platform::step;
use crate::text::{cut, decimal, leading_number, pieces};

/// The runs of ASCII digits, a space between.
pub(super) const RULE: &str = concat!(step!("[^0-9]+" => " "), step!("^ | $" => ""));

/// `YYYYMMDD` from three numbers in any order that tells the year (over 31), or eight digits as they stand.
///
/// Of the two others the first is the month unless it is over 12: `05/06/1990` and `5.6.1990` are 6 May, `15/06/1990`
/// is 15 June. Month lengths are not checked, nor are the eight digits. Month names, two-digit years and Unix times:
/// `None`. `year`: the current one; a birth year lies between 1800 and the next.
pub(super) fn date(runs: String, year: u64) -> Option<String> {
    if runs.len() == 8 && cut(&runs, b' ').is_none() {
        return Some(runs);
    }
    let mut runs = pieces(&runs, b' ');
    let mut number = || leading_number(runs.next().unwrap_or_default()).unwrap_or(0);
    let (a, b, c) = (number(), number(), number());
    let (birth_year, mut month, mut day) = if a > 31 {
        (a, b, c)
    } else if b > 31 {
        // The year stands in the middle: what follows it is the month.
        (b, c, a)
    } else {
        (c, a, b)
    };
    if month > 12 {
        (month, day) = (day, month);
    }
    let is_date = birth_year >= 1800
        && birth_year <= year + 1
        && month.wrapping_sub(1) < 12
        && day.wrapping_sub(1) < 31;
    // 10,000 · year + 100 · month + day has the zeros in place.
    is_date.then(|| decimal(birth_year * 10_000 + month * 100 + day))
}
