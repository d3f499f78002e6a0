//! E-mail address.

use crate::platform::{host, only};

/// `" A@B.Co "` → `a@b.co`. Not an address: nothing.
///
/// The pattern is Meta's own. Local part: runs of word characters and ``!#$%&'*+/=?^`{|}~-`` joined by single dots; a
/// colon may stand before such a dot, a slip of theirs that fbevents.js shares. Domain: two or more labels of a–z, 0–9
/// and inner hyphens. `+tag` and Gmail dots stay. Nothing is repaired: a repaired address would be another one.
pub(super) const RULE: &str = concat!(
    host!(lower),
    only!(
        r"([\w!#$%&'*+\/=?^`{|}~\-]+(?::?\.[\w!#$%&'*+\/=?^`{|}~\-]+)*",
        r"@(?:[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?)"
    ),
);
