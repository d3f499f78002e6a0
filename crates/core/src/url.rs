//! What may be said of a page's address, and the click id in it.

use alloc::string::String;

use crate::personal::{Look, decoded, is_personal, telling};
use crate::platform::{Platform, holds, host, only, step};
use crate::text::{cut, join, pieces, units};

/// A click id, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClickId {
    /// No `fbclid`, an empty one, or one with characters that no click id has.
    None,
    /// A usable one, case kept.
    Found(String),
    /// Over 500 characters: Meta's libraries then make and send no fbc at all.
    TooLong,
}

/// Longest click id that Meta's libraries take, in characters.
const MAX_CLICK_ID: usize = 500;
/// Longest address that is passed on; parameters that would go over it are left out.
const MAX_URL_BYTES: usize = 2000;

/// The click id of a page: the first `fbclid` after `?`, `#` or `&` of its URL, else of its referrer.
///
/// Name and value are case-sensitive. Only ids of A–Z, a–z, 0–9 and `_-.~` count, as in fbevents.js: real ones are
/// base64url, and every other character would have to be encoded in the cookie, which Meta's libraries do anew on each
/// page. `invalid` is told when an `fbclid` was there but could not be used.
/// Source: Meta Parameter Builder 1.3 (`urlUtil`), fbevents.js 2.9.368.
#[must_use]
pub fn click_id(
    url: &str,
    referrer: &str,
    platform: &impl Platform,
    invalid: impl FnOnce(),
) -> ClickId {
    const FBCLID: &str = concat!(
        only!(r"[\s\S]*?[?#&]fbclid(?:=([^?#&]*)(?:[?#&][\s\S]*)?|[?#&][\s\S]*)?"),
        decoded!(),
    );
    let mut id = platform.rewrite(url, FBCLID);
    if id.is_empty() {
        id = platform.rewrite(referrer, FBCLID);
    }
    if id.is_empty() {
        return ClickId::None;
    }
    let is_short = units(&id) <= MAX_CLICK_ID;
    if is_short && !holds(&id, step!(r"[^\w\-.~]" => ""), platform) {
        return ClickId::Found(id);
    }
    invalid();
    if is_short {
        ClickId::None
    } else {
        ClickId::TooLong
    }
}

/// The address without what tells who the visitor is: user and password, fragment, query parameters with a personal
/// name or with an e-mail address, phone or card number in them; a path segment that holds one becomes `_`.
///
/// At most 2,000 bytes: later parameters are left out first. Idempotent. Source: Meta's terms forbid personal data in
/// URLs; the list of names is ours. Vectors: `tests/vectors/url.json`.
#[must_use]
pub fn scrub(url: &str, platform: &impl Platform) -> String {
    walk(url, platform, &mut false)
}

/// [`scrub`] where the address, its fragment included, holds something personal; empty where it does not.
#[must_use]
pub fn discreet(url: &str, platform: &impl Platform) -> String {
    let mut is_personal = false;
    let clean = walk(url, platform, &mut is_personal);
    if let Some((_, fragment)) = cut(url, b'#') {
        // A route of its own, or only parameters.
        walk(fragment, platform, &mut is_personal);
        walk(&join(&["?", fragment]), platform, &mut is_personal);
    }
    if is_personal { clean } else { String::new() }
}

/// Scrubs, and says whether something personal was there.
fn walk(url: &str, platform: &impl Platform, is_found: &mut bool) -> String {
    let whole = cut(url, b'#').map_or(url, |(whole, _)| whole);
    let (place, query) = cut(whole, b'?').unwrap_or((whole, ""));
    let mut clean = String::new();
    let mut host_bytes = 0;
    let mut has_host = cut(place, b'/')
        .is_some_and(|(scheme, rest)| scheme.ends_with(':') && rest.starts_with('/'));
    for (number, segment) in pieces(place, b'/').enumerate() {
        if number > 0 {
            clean.push_str("/");
        }
        if has_host && number == 2 {
            // User and password stand before the last @.
            clean.push_str(pieces(segment, b'@').last().unwrap_or_default());
            host_bytes = clean.len();
        } else {
            let is_personal = is_personal(segment, Look::Phone, platform);
            *is_found |= is_personal;
            // Where what should be a scheme goes, what follows is judged as a path: it would be one the next time.
            has_host &= !is_personal;
            clean.push_str(if is_personal { "_" } else { segment });
        }
    }
    // Without its path; without its host, too, where that alone is too long.
    for most in [host_bytes, 0] {
        if clean.len() > MAX_URL_BYTES {
            clean.truncate(most);
        }
    }
    let mut separator = "?";
    for pair in pieces(query, b'&') {
        let is_personal = is_personal_parameter(pair, platform);
        *is_found |= is_personal;
        let fits = clean.len() + 1 + pair.len() <= MAX_URL_BYTES;
        if fits && !pair.is_empty() && !is_personal {
            clean = join(&[&clean, separator, pair]);
            separator = "&";
        }
    }
    clean
}

fn is_personal_parameter(pair: &str, platform: &impl Platform) -> bool {
    /// What is known of a parameter by its name, of which letters and digits count: `@` for personal data or a secret, `-`
    /// for an id that may look like a phone number. Names that give themselves away only when they stand alone, then parts
    /// that do wherever they stand.
    const KIND: &str = concat!(
        decoded!(),
        step!("[^0-9A-Za-z]+" => ""),
        host!(lower),
        step!(
            "^(?:em|ph|fn|ln|ge|db|ct|st|zp|mail|tel|telephone|cell|name|first|last|gender|sex|dob|bday|age|zip|postcode|",
            "postalcode|postal|city|town|user|login|nick|nickname|contact|customer|pass|pwd|key|auth|session|sid|iban|ssn|",
            "signature|sig|[0-9a-z]*(?:", telling!(), ")[0-9a-z]*)$" => "@"
        ),
        step!("^(?:utm[0-9a-z]*|fbclid|gclid|gbraid|wbraid|msclkid|ttclid|variant)$" => "-"),
    );
    let (name, value) = cut(pair, b'=').unwrap_or((pair, ""));
    let kind = platform.rewrite(name, KIND);
    let look = if kind == "-" { Look::Form } else { Look::Phone };
    kind == "@" || is_personal(name, Look::Form, platform) || is_personal(value, look, platform)
}
