//! Postal code.

use crate::platform::{host, step};

/// Lower case, cut at the first hyphen, at least two UTF-16 units: `"94105-1234"` → `94105`, `"SW1A 1AA"` → `sw1a 1aa`.
///
/// Inner spaces stay, as in the Pixel.
pub(super) const RULE: &str = concat!(
    host!(lower),
    step!(r"-[\s\S]*" => ""),
    host!(trim),
    step!(r"^[\u{0}-\u{ffff}]$" => ""),
);
