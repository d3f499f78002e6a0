//! Postal code.

use alloc::string::String;

use crate::platform::{Platform, lowercase};
use crate::text::{is_within, pieces, trim};

/// Lower case, cut at the first hyphen, at least two UTF-16 units: `"94105-1234"` → `94105`, `"SW1A 1AA"` → `sw1a 1aa`.
///
/// Inner spaces stay, as in the Pixel.
pub(super) fn normalize(value: &str, platform: &dyn Platform) -> Option<String> {
    let lower = lowercase(value, platform);
    let code = trim(pieces(&lower, b'-').next()?);
    (!is_within(code, 1)).then(|| String::from(code))
}
