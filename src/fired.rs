//! Which events this browser has fired before, so that a reloaded thank-you page fires none again, however late.
//!
//! They are remembered as short hashes, a space before each, newest last.

use twin_core::hash::sha256;
use twin_core::text::{holds, join};

use crate::page;

/// Hex digits kept of a hash: one in 2⁴⁸ against a chance collision.
const DIGITS: usize = 12;
/// How many are remembered: years of a customer's orders, in 4 kB.
const MAX_REMEMBERED: usize = 300;

/// Whether a pixel has not had this event yet; it counts as having had it from now on.
pub(crate) fn is_new(pixel: &str, event_name: &str, event_id: &str) -> bool {
    let hash = sha256(&join(&[pixel, "\n", event_name, "\n", event_id]));
    let entry = join(&[" ", hash.as_str().get(..DIGITS).unwrap_or_default()]);
    let remembered = page::stored("fired");
    if holds(&remembered, &entry) {
        return false;
    }
    let remembered = join(&[&remembered, &entry]);
    let surplus = remembered
        .len()
        .saturating_sub(MAX_REMEMBERED * entry.len());
    page::remember_fired(remembered.get(surplus..).unwrap_or_default());
    true
}
