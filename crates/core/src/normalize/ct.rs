//! City.

use alloc::string::String;

use crate::text::keep;

/// ASCII letters and digits only, lower case, a letter first: `"São Paulo"` → `sopaulo`, `"29 Palms"` → `None`.
///
/// Accented letters are dropped, not folded, as the Pixel has done for years.
pub(super) fn normalize(value: &str) -> Option<String> {
    let city = keep(value, |c| c.is_ascii_alphanumeric()).to_ascii_lowercase();
    city.bytes()
        .next()
        .is_some_and(|first| first.is_ascii_lowercase())
        .then_some(city)
}
