//! First and last name.

use alloc::string::String;

use crate::platform::{Platform, lowercase};
use crate::text::{is_js_space, keep};

/// Without white space and the 32 ASCII punctuation marks, lower case: `"Mary-Ann O'Neil"` → `maryannoneil`.
///
/// All else stays: digits, `’` (U+2019), emoji, any script.
pub(super) fn normalize(value: &str, platform: &dyn Platform) -> String {
    lowercase(
        &keep(value, |c| !is_js_space(c) && !c.is_ascii_punctuation()),
        platform,
    )
}
