//! The shop's own id of the customer.

use crate::platform::{host, step};

/// Without white space, lower case: `" AbC 1 "` → `abc1`. Ids that differ in case or spaces only become one.
pub(super) const RULE: &str = concat!(step!(r"\s+" => ""), host!(lower));
