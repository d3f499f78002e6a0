//! Phone number.

use alloc::string::String;

use crate::text::keep;

/// ASCII digits only, leading zeros dropped: `"+1 (650) 555-0100"` → `16505550100`.
///
/// No country code is guessed and no length is asked: no library of Meta's does. A number without its country code
/// hashes to something that cannot match; see [`is_national`].
pub(super) fn normalize(value: &str) -> String {
    String::from(without_zeros(&digits(value)))
}

/// Whether the number seems to lack its country code: fewer than ten digits, or a single zero first.
pub(super) fn is_national(value: &str) -> bool {
    let digits = digits(value);
    let number = without_zeros(&digits);
    number.len() < 10 || digits.len() == number.len() + 1
}

fn digits(value: &str) -> String {
    keep(value, |c| c.is_ascii_digit())
}

fn without_zeros(mut digits: &str) -> &str {
    while let Some(rest) = digits.strip_prefix('0') {
        digits = rest;
    }
    digits
}
