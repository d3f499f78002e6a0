//! What may be said of a page's address, and the click id in it.

use alloc::string::String;
use alloc::vec::Vec;

use crate::text::{cut, holds, is_in, is_one_of, join, pieces, push_ascii};

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
pub fn click_id(url: &str, referrer: &str, invalid: impl FnOnce()) -> ClickId {
    let Some(encoded) = first_fbclid(url).or_else(|| first_fbclid(referrer)) else {
        return ClickId::None;
    };
    let mut id = String::new();
    let mut is_id = true;
    for byte in percent_decode(encoded.as_bytes()) {
        is_id &= byte.is_ascii_alphanumeric() || is_in(byte, b"_-.~");
        push_ascii(&mut id, byte);
    }
    let is_short = id.len() <= MAX_CLICK_ID;
    if is_short && is_id {
        return ClickId::Found(id);
    }
    invalid();
    if is_short {
        ClickId::None
    } else {
        ClickId::TooLong
    }
}

fn first_fbclid(url: &str) -> Option<&str> {
    let mut rest = url;
    loop {
        let start = rest.bytes().position(is_separator)? + 1;
        rest = rest.get(start..)?;
        let end = rest.bytes().position(is_separator).unwrap_or(rest.len());
        if let Some(value) = rest.get(..end)?.strip_prefix("fbclid") {
            if value.is_empty() {
                return None;
            }
            if let Some(value) = value.strip_prefix('=') {
                return Some(value).filter(|value| !value.is_empty());
            }
        }
    }
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b'?' | b'#' | b'&')
}

/// The address without what tells who the visitor is: user and password, fragment, query parameters with a personal
/// name or with an e-mail address or phone number in them; a path segment that holds one becomes `_`.
///
/// At most 2,000 bytes: later parameters are left out first. Idempotent. Source: Meta's terms forbid personal data in
/// URLs; the list of names is ours. Vectors: `tests/vectors/url.json`.
#[must_use]
pub fn scrub(url: &str) -> String {
    let whole = cut(url, b'#').map_or(url, |(whole, _)| whole);
    let (place, query) = cut(whole, b'?').unwrap_or((whole, ""));
    let mut clean = String::new();
    let mut host_bytes = 0;
    let has_host = holds(place, "://");
    for (number, segment) in pieces(place, b'/').enumerate() {
        if number > 0 {
            clean.push_str("/");
        }
        if has_host && number == 2 {
            // User and password stand before the last @.
            clean.push_str(pieces(segment, b'@').last().unwrap_or_default());
            host_bytes = clean.len();
        } else {
            clean.push_str(if is_personal_text(segment, true) {
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
        if fits && !pair.is_empty() && !is_personal_parameter(pair) {
            clean = join(&[&clean, separator, pair]);
            separator = "&";
        }
    }
    clean
}

fn is_personal_parameter(pair: &str) -> bool {
    let (name, value) = cut(pair, b'=').unwrap_or((pair, ""));
    let mut letters = String::new();
    for byte in percent_decode(name.as_bytes()) {
        if byte.is_ascii_alphanumeric() {
            push_ascii(&mut letters, byte.to_ascii_lowercase());
        }
    }
    // Ad and catalogue ids may look like phone numbers.
    let may_be_phone = !letters.starts_with("utm")
        && !is_one_of(
            &letters,
            "fbclid gclid gbraid wbraid msclkid ttclid variant",
        );
    is_personal_name(&letters)
        || is_personal_text(name, false)
        || is_personal_text(value, may_be_phone)
}

/// Parts of a name that give it away wherever they stand, letters and digits only.
const TELLING: &str = "email phone mobile firstname lastname fullname surname givenname familyname username address \
     street birth passw secret token";
/// Names that give themselves away only when they stand alone.
const EXACT: &str = "em ph fn ln ge db ct st zp mail tel telephone cell name first last gender sex dob bday age zip \
     postcode postalcode postal city town user login nick nickname contact customer pass pwd key auth session sid iban \
     ssn signature sig";

/// Whether a parameter of that name (lower-case letters and digits) is known to carry personal data or a secret.
fn is_personal_name(letters: &str) -> bool {
    is_one_of(letters, EXACT) || pieces(TELLING, b' ').any(|part| holds(letters, part))
}

/// Whether the text, or what percent-decoding makes of it, holds an e-mail address, or where it may, a phone number.
///
/// Decoded three times at most: an address inside a parameter is encoded once more.
fn is_personal_text(text: &str, may_be_phone: bool) -> bool {
    let mut bytes = Vec::from(text.as_bytes());
    for _ in 0..4 {
        if holds_email(&bytes) || may_be_phone && holds_phone(&bytes) {
            return true;
        }
        bytes = percent_decode(&bytes);
    }
    false
}

/// Whether the text holds an e-mail address: `@` between an address character and a dotted domain.
///
/// Letters of other scripts count: an address is not less personal for them.
#[must_use]
pub fn holds_email(text: &[u8]) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte >= 0x80 || byte == b'-';
    let mut before = b' ';
    let mut rest = text;
    while let [byte, after @ ..] = rest {
        if *byte == b'@' && (is_word(before) || is_in(before, b"_!#$%&'*+/=?^`{|}~.")) {
            let label = after.iter().take_while(|&&byte| is_word(byte)).count();
            if label > 0 && matches!(after.get(label..), Some([b'.', byte, ..]) if is_word(*byte)) {
                return true;
            }
        }
        before = *byte;
        rest = after;
    }
    false
}

/// Whether the text is a phone number (9 to 15 digits with nothing but `+-(). /` between), or holds one that starts
/// with `+`.
fn holds_phone(text: &[u8]) -> bool {
    let mut rest = text;
    let mut is_start = true;
    while let [byte, after @ ..] = rest {
        if is_start || *byte == b'+' {
            let run = rest
                .iter()
                .take_while(|byte| byte.is_ascii_digit() || is_in(**byte, b" +-()./"));
            let (marks, digits) = run.fold((0, 0), |(marks, digits), byte| {
                if byte.is_ascii_digit() {
                    (marks, digits + 1)
                } else {
                    (marks + 1, digits)
                }
            });
            if (9..=15).contains(&digits) && (*byte == b'+' || marks + digits == rest.len()) {
                return true;
            }
        }
        is_start = false;
        rest = after;
    }
    false
}

/// `%41` → `A`, `+` → space; a `%` without two hex digits stays as it is.
fn percent_decode(text: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::new();
    let mut rest = text;
    loop {
        rest = match rest {
            [] => return decoded,
            [b'%', high, low, after @ ..]
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
            {
                decoded.push(hex_value(*high) << 4 | hex_value(*low));
                after
            }
            [byte, after @ ..] => {
                decoded.push(if *byte == b'+' { b' ' } else { *byte });
                after
            }
        };
    }
}

/// Of an ASCII hex digit.
const fn hex_value(digit: u8) -> u8 {
    (digit & 15) + if digit > b'9' { 9 } else { 0 }
}
