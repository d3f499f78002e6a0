//! E-mail address.

use alloc::string::String;

use crate::platform::{Platform, lowercase};
use crate::text::{all, cut, is_in, pieces, trim};

/// `" A@B.Co "` → `a@b.co`. Not an address: `None`.
///
/// Local part: runs of word characters and ``!#$%&'*+/=?^`{|}~-`` joined by single dots; a colon may stand before such
/// a dot, a slip in Meta's pattern that fbevents.js shares. Domain: two or more labels of a–z, 0–9 and inner hyphens.
/// `+tag` and Gmail dots stay. Nothing is repaired: a repaired address would be another one.
pub(super) fn normalize(value: &str, platform: &dyn Platform) -> Option<String> {
    let lower = lowercase(value, platform);
    let address = trim(&lower);
    let (local, domain) = cut(address, b'@')?;
    let mut labels = pieces(domain, b'.');
    let is_address =
        is_local(local) && labels.next().is_some_and(is_label) && cut(domain, b'.').is_some();
    (is_address && labels.all(is_label)).then(|| String::from(address))
}

fn is_local(local: &str) -> bool {
    let mut runs = pieces(local, b'.').peekable();
    while let Some(mut run) = runs.next() {
        if runs.peek().is_some() {
            run = run.strip_suffix(':').unwrap_or(run);
        }
        let is_run = |byte: u8| byte.is_ascii_graphic() && !is_in(byte, b"\"(),.:;<>@[\\]");
        if run.is_empty() || !all(run, is_run) {
            return false;
        }
    }
    true
}

fn is_label(label: &str) -> bool {
    let edges = [label.bytes().next(), label.bytes().next_back()];
    edges
        .iter()
        .all(|edge| edge.is_some_and(|byte| byte != b'-'))
        && all(label, |byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
