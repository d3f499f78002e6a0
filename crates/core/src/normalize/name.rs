//! First and last name.

use crate::platform::{host, step};

/// Without white space and the 32 ASCII punctuation marks, lower case: `"Mary-Ann O'Neil"` → `maryannoneil`.
///
/// All else stays: digits, `’` (U+2019), emoji, any script.
pub(super) const RULE: &str = concat!(step!(r"[\s!-\/:-@\[-`{-~]+" => ""), host!(lower));
