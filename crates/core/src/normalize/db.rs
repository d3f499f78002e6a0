//! Date of birth.

use alloc::string::String;

use crate::text::{leading_number, push_decimal};

/// `YYYYMMDD` from three numbers in any order that tells the year (over 31), or eight digits as they stand.
///
/// Of the two others the first is the month unless it is over 12: `05/06/1990` and `5.6.1990` are 6 May, `15/06/1990`
/// is 15 June. Month lengths are not checked, nor are the eight digits. Month names, two-digit years and Unix times:
/// `None`. `year`: the current one; a birth year lies between 1800 and the next.
pub(super) fn normalize(value: &str, year: u64) -> Option<String> {
    let mut rest = value;
    let first = run(&mut rest)?;
    let Some(second) = run(&mut rest) else {
        return (first.len() == 8).then(|| String::from(first));
    };
    let third = run(&mut rest)?;
    let (a, b, c) = (
        leading_number(first)?,
        leading_number(second)?,
        leading_number(third)?,
    );
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
    is_date.then(|| {
        let mut date = String::new();
        // 10,000 · year + 100 · month + day has the zeros in place.
        push_decimal(&mut date, birth_year * 10_000 + month * 100 + day);
        date
    })
}

/// Takes the next run of ASCII digits.
fn run<'text>(rest: &mut &'text str) -> Option<&'text str> {
    let start = rest.bytes().position(|byte| byte.is_ascii_digit())?;
    let text = rest.get(start..)?;
    let end = text
        .bytes()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(text.len());
    let (run, after) = text.split_at_checked(end)?;
    *rest = after;
    Some(run)
}
