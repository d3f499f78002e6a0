//! City.

use crate::platform::{host, step};

/// ASCII letters and digits only, lower case, a letter first: `"São Paulo"` → `sopaulo`, `"29 Palms"` → nothing.
///
/// Accented letters are dropped, not folded, as the Pixel has done for years.
pub(super) const RULE: &str = concat!(
    step!("[^0-9A-Za-z]+" => ""),
    host!(lower),
    step!("^[0-9][0-9a-z]*" => ""),
);
