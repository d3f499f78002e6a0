//! What may be said of a page's address, and the click id in it.

use alloc::string::String;

use crate::platform::{Platform, holds, host, only, step};
use crate::text::{self, cut, join, pieces, units};

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

/// A step list: what percent-encoding once less makes of it, bytes over 127 as the characters of those numbers.
macro_rules! decoded {
    () => {
        // `%u0041` is no percent-encoding.
        concat!(step!(r"\+" => " "), step!("%u" => "%25u"), host!(decode))
    };
}

/// A pattern: an e-mail address, as far as it gives one away: `@` between an address character and a dotted domain.
///
/// Letters of other scripts count: an address is not less personal for them.
macro_rules! email {
    () => {
        concat!(
            r"[\w!#$%&'*+\/=?^`{|}~.\-\u{80}-\u{10ffff}]@",
            r"[0-9A-Za-z\-\u{80}-\u{10ffff}]+\.[0-9A-Za-z\-\u{80}-\u{10ffff}]"
        )
    };
}
pub(crate) use email;

/// A pattern: text that is a phone number (9 to 15 digits with nothing but `+-(). /` between), or holds one that starts with
/// `+`.
macro_rules! phone {
    () => {
        concat!(
            r"(?:^|\+)[ +\-().\/]*(?:[0-9][ +\-().\/]*){9,15}$|",
            r"\+[ +\-().\/]*(?:[0-9][ +\-().\/]*){9,15}[^0-9 +\-().\/]"
        )
    };
}

/// A step list that leaves nothing of a text if a pattern is in it, or in what percent-decoding makes of it.
///
/// Decoded three times at most: an address inside a parameter is encoded once more.
macro_rules! unless {
    ($($pattern:expr),+) => {
        concat!(
            step!(r"^[\s\S]*?(?:", $($pattern),+, r")[\s\S]*$" => ""), decoded!(),
            step!(r"^[\s\S]*?(?:", $($pattern),+, r")[\s\S]*$" => ""), decoded!(),
            step!(r"^[\s\S]*?(?:", $($pattern),+, r")[\s\S]*$" => ""), decoded!(),
            step!(r"^[\s\S]*?(?:", $($pattern),+, r")[\s\S]*$" => ""),
        )
    };
}

const WITHOUT_PHONE: &str = unless!(email!());
const WITH_PHONE: &str = unless!(email!(), "|", phone!());

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
/// name or with an e-mail address or phone number in them; a path segment that holds one becomes `_`.
///
/// At most 2,000 bytes: later parameters are left out first. Idempotent. Source: Meta's terms forbid personal data in
/// URLs; the list of names is ours. Vectors: `tests/vectors/url.json`.
#[must_use]
pub fn scrub(url: &str, platform: &impl Platform) -> String {
    let whole = cut(url, b'#').map_or(url, |(whole, _)| whole);
    let (place, query) = cut(whole, b'?').unwrap_or((whole, ""));
    let mut clean = String::new();
    let mut host_bytes = 0;
    let has_host = text::holds(place, "://");
    for (number, segment) in pieces(place, b'/').enumerate() {
        if number > 0 {
            clean.push_str("/");
        }
        if has_host && number == 2 {
            // User and password stand before the last @.
            clean.push_str(pieces(segment, b'@').last().unwrap_or_default());
            host_bytes = clean.len();
        } else {
            clean.push_str(if is_personal(segment, WITH_PHONE, platform) {
                "_"
            } else {
                segment
            });
        }
    }
    if clean.len() > MAX_URL_BYTES {
        clean.truncate(host_bytes);
    }
    let mut separator = "?";
    for pair in pieces(query, b'&') {
        let fits = clean.len() + 1 + pair.len() <= MAX_URL_BYTES;
        if fits && !pair.is_empty() && !is_personal_parameter(pair, platform) {
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
            "signature|sig|[0-9a-z]*(?:email|phone|mobile|firstname|lastname|fullname|surname|givenname|familyname|",
            "username|address|street|birth|passw|secret|token)[0-9a-z]*)$" => "@"
        ),
        step!("^(?:utm[0-9a-z]*|fbclid|gclid|gbraid|wbraid|msclkid|ttclid|variant)$" => "-"),
    );
    let (name, value) = cut(pair, b'=').unwrap_or((pair, ""));
    let kind = platform.rewrite(name, KIND);
    let may_be = if kind == "-" {
        WITHOUT_PHONE
    } else {
        WITH_PHONE
    };
    kind == "@"
        || is_personal(name, WITHOUT_PHONE, platform)
        || is_personal(value, may_be, platform)
}

/// Whether the text holds an e-mail address, or where it may, a phone number.
fn is_personal(text: &str, unless: &'static str, platform: &impl Platform) -> bool {
    let (mut is_suspect, mut digits) = (false, 0);
    for byte in text.bytes() {
        is_suspect |= matches!(byte, b'@' | b'%');
        digits += u32::from(byte.is_ascii_digit());
    }
    // All others can hold neither.
    (is_suspect || digits >= 9) && platform.rewrite(text, unless).is_empty()
}

/// Whether the text holds an e-mail address.
#[must_use]
pub fn holds_email(text: &str, platform: &impl Platform) -> bool {
    holds(text, step!(email!() => ""), platform)
}
