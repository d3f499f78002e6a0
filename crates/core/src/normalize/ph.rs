//! Phone number.

use crate::platform::{Platform, step};

/// ASCII digits only, leading zeros dropped: `"+1 (650) 555-0100"` → `16505550100`.
///
/// No country code is guessed and no length is asked: no library of Meta's does. A number without its country code
/// hashes to something that cannot match; see [`is_national`].
pub(super) const RULE: &str = concat!(step!("[^0-9]+" => ""), step!("^0+" => ""));

/// Whether the number seems to lack its country code: fewer than ten digits, or a single zero first.
pub(super) fn is_national(value: &str, platform: &impl Platform) -> bool {
    const NATIONAL: &str = concat!(
        step!("[^0-9]+" => ""),
        step!("^(?:0*[0-9]{0,9}|0[1-9][0-9]*)$" => ""),
    );
    platform.rewrite(value, NATIONAL).is_empty()
}
