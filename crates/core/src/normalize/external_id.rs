//! The shop's own id of the customer.

use alloc::string::String;

use crate::platform::{Platform, lowercase};
use crate::text::{is_js_space, keep};

/// Without white space, lower case: `" AbC 1 "` → `abc1`. Ids that differ in case or spaces only become one.
pub(super) fn normalize(value: &str, platform: &dyn Platform) -> String {
    lowercase(&keep(value, |c| !is_js_space(c)), platform)
}
