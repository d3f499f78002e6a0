//! `_fbp` and `_fbc`, the two cookies that Meta's libraries share: `fb.<index>.<ms>.<payload>[.<appendix>]`.
//!
//! Source: fbevents.js 2.9.368 and Meta Parameter Builder 1.3, which read and write them alike. A valid value is never
//! rewritten, whoever made it, and an invalid one is replaced.

use alloc::string::String;

use crate::platform::{Platform, step};
use crate::text::{cut, decimal, join, leading_number, pieces};
use crate::url::ClickId;

/// The browser's id.
pub const FBP: &str = "_fbp";
/// The last ad click.
pub const FBC: &str = "_fbc";
/// 90 days, as long as Meta keeps both.
const ATTRIBUTES: &str = "; Path=/; Max-Age=7776000; SameSite=Lax";
/// Longer values are refused: a click id has at most 500 characters, and nothing of Meta's comes near this.
const MAX_BYTES: usize = 1000;
/// A time beyond this is in milliseconds: as seconds it would be the year 5138.
const MAX_PLAUSIBLE_S: u64 = 100_000_000_000;

/// A pattern: four or five parts, `fb`, two numbers (digits at the start are enough), a payload, and as fifth part only an
/// appendix. Printable ASCII.
macro_rules! value {
    () => {
        concat!(
            r"fb\.([0-9]+)[!-\-\/-:<-~]*\.([0-9]+)[!-\-\/-:<-~]*\.([!-\-\/-:<-~]+)",
            r"(?:\.(A[Qgw]|B[AQg]|[!-\-\/-:<-~]{8}))?"
        )
    };
}

/// The parts of a well-formed value, a space between: index, time, payload, appendix. Digits at the start are the numbers.
fn parts(text: &str, platform: &impl Platform) -> String {
    const PARTS: &str = step!("^", value!(), r"$|^[\s\S]+$" => "$1 $2 $3 $4");
    if text.len() > MAX_BYTES {
        return String::new();
    }
    platform.rewrite(text, PARTS)
}

/// One of [`parts`], from 0; empty if it is not there.
fn part(parts: &str, place: usize) -> &str {
    pieces(parts, b' ').nth(place).unwrap_or_default()
}

/// When a value was made, in ms.
fn made_ms(value: &str, platform: &impl Platform) -> Option<u64> {
    let time = leading_number(part(&parts(value, platform), 1))?;
    // A time in seconds stands as well: some plugins write it so, and Meta's libraries keep it.
    let is_s = time < MAX_PLAUSIBLE_S;
    Some(if is_s { time * 1000 } else { time })
}

/// Whether a value is an fbp or fbc as Meta's libraries accept it.
#[must_use]
pub fn is_valid(text: &str, platform: &impl Platform) -> bool {
    index(text, platform).is_some()
}

/// The dots in the domain that a value says it is set at; `None` if the value is malformed.
#[must_use]
pub fn index(text: &str, platform: &impl Platform) -> Option<u64> {
    leading_number(&parts(text, platform))
}

/// The value of the first well-formed cookie of that name in a `Cookie` header or `document.cookie`.
#[must_use]
pub fn read(header: &str, name: &str, platform: &impl Platform) -> Option<String> {
    const VALUES: &str = step!(
        r"\s*(_fb[cp])\s*=\s*(", value!(), r")\s*(?:;|$)|[^;]+;?|;" => "$1 $2 "
    );
    let values = platform.rewrite(header, VALUES);
    let mut words = pieces(&values, b' ');
    while let (Some(key), Some(value)) = (words.next(), words.next()) {
        if key == name && value.len() <= MAX_BYTES {
            return Some(String::from(value));
        }
    }
    None
}

/// How many cookies of that name there are, and whether one is malformed: Meta's libraries may look at that one alone, and
/// then make another value than the one that [`read`] gives.
#[must_use]
pub fn of_name(header: &str, name: &str, platform: &impl Platform) -> (usize, bool) {
    let (mut count, mut is_spoiled) = (0, false);
    for cookie in pieces(header, b';') {
        let (key, value) = cut(cookie, b'=').unwrap_or((cookie, ""));
        if key.strip_prefix(' ').unwrap_or(key) == name {
            count += 1;
            is_spoiled |= !is_valid(value, platform);
        }
    }
    (count, is_spoiled)
}

/// The part of `host` with so many dots, from its end: of `www.example.com` 0 is `com`, 1 `example.com`.
///
/// `None` past the whole host. A cookie's place is found by trial, widest first: the browser itself knows which of them
/// takes one.
#[must_use]
pub fn domain(host: &str, dots: u64) -> Option<&str> {
    let mut domain = host;
    loop {
        if domain.bytes().filter(|&byte| byte == b'.').count() as u64 == dots {
            return Some(domain);
        }
        domain = cut(domain, b'.')?.1;
    }
}

/// The cookie's text for `document.cookie` or `Set-Cookie`, as Meta's libraries write it: raw, readable by script, for
/// the domain and all below it.
#[must_use]
pub fn cookie(name: &str, value: &str, domain: &str) -> String {
    join(&[name, "=", value, "; Domain=.", domain, ATTRIBUTES])
}

/// The same for a host that takes no domain cookie: an IP address, or a bare name like `localhost`.
#[must_use]
pub fn host_cookie(name: &str, value: &str) -> String {
    join(&[name, "=", value, ATTRIBUTES])
}

/// A new fbp.
#[must_use]
pub fn new_fbp(index: u64, now_ms: u64, random: [u32; 2]) -> String {
    value(index, now_ms, &fbp_payload(random))
}

/// A new fbc for a click id.
#[must_use]
pub fn new_fbc(index: u64, now_ms: u64, click_id: &str, platform: &impl Platform) -> String {
    value(index, now_ms, &stored_click_id(click_id, platform))
}

/// A well-formed value. `index`: the dots in the domain that it is set at.
#[must_use]
pub fn value(index: u64, now_ms: u64, payload: &str) -> String {
    join(&["fb.", &decimal(index), ".", &decimal(now_ms), ".", payload])
}

/// Two numbers below 999,999,999 written one after the other, as fbevents.js does.
fn fbp_payload([left, right]: [u32; 2]) -> String {
    let half = |number: u32| decimal((number % 999_999_999).into());
    join(&[&half(left), &half(right)])
}

/// A dot of a click id is stored as `__DOT__`, since dots part the value.
fn stored_click_id(click_id: &str, platform: &impl Platform) -> String {
    platform.rewrite(click_id, step!(r"\." => "__DOT__"))
}

/// What to do about one of the cookies.
#[derive(Debug, PartialEq, Eq)]
pub enum Plan {
    /// There is none and nothing to make one of, or the click id is one that Meta's libraries stop at.
    None,
    /// The cookie stands.
    Keep(String),
    /// The browser has lost it: this remembered value, at the domain that its index names.
    Restore(String),
    /// A new click on a known browser: this value, at the domain that its index names.
    Renew(String),
    /// A new one at the widest domain that takes it: [`value`] with this payload.
    Create(String),
}

/// The `_fbp` of this page, from the cookie and from what was remembered of earlier pages (each well-formed or `None`).
///
/// Safari deletes what scripts have set after seven days, and Meta's library then makes another browser of the same: of
/// two the older is right.
#[must_use]
pub fn settle_fbp(
    cookie: Option<String>,
    remembered: Option<String>,
    random: [u32; 2],
    platform: &impl Platform,
) -> Plan {
    match (cookie, remembered) {
        (None, None) => Plan::Create(fbp_payload(random)),
        (Some(new), Some(old)) if made_ms(&new, platform) <= made_ms(&old, platform) => {
            Plan::Keep(new)
        }
        (Some(new), None) => Plan::Keep(new),
        (_, Some(old)) => Plan::Restore(old),
    }
}

/// The `_fbc` of this page, from the cookie, from what was remembered of earlier pages (each well-formed or `None`), and from
/// the click id in the URL or referrer.
///
/// The same click keeps its time, another one (also in another case) gets a new one; index and appendix stay. With a
/// click id over 500 characters Meta's libraries send no fbc at all and leave the cookie alone, and so do we.
#[must_use]
pub fn settle_fbc(
    cookie: Option<String>,
    remembered: Option<String>,
    click: &ClickId,
    now_ms: u64,
    platform: &impl Platform,
) -> Plan {
    let is_there = cookie.is_some();
    let payload = match click {
        ClickId::None => String::new(),
        ClickId::Found(id) => stored_click_id(id, platform),
        ClickId::TooLong => return Plan::None,
    };
    let Some(known) = cookie.or(remembered) else {
        return if payload.is_empty() {
            Plan::None
        } else {
            Plan::Create(payload)
        };
    };
    let parts = parts(&known, platform);
    if !payload.is_empty() && part(&parts, 2) != payload {
        let index = leading_number(&parts).unwrap_or(0);
        let renewed = value(index, now_ms, &payload);
        let appendix = part(&parts, 3);
        let dot = if appendix.is_empty() { "" } else { "." };
        return Plan::Renew(join(&[&renewed, dot, appendix]));
    }
    if is_there {
        Plan::Keep(known)
    } else {
        Plan::Restore(known)
    }
}

/// What [`to_remember`] wrote, in the form that [`read`] reads.
#[must_use]
pub fn remembered(text: &str) -> String {
    let (fbp, fbc) = cut(text, b' ').unwrap_or((text, ""));
    join(&["_fbp=", fbp, ";_fbc=", fbc])
}

/// What to remember of this page for later ones, in Safari past the end of the cookies. No fbc takes none away.
#[must_use]
pub fn to_remember(fbp: &str, fbc: &str, old_fbc: &str) -> String {
    join(&[fbp, " ", if fbc.is_empty() { old_fbc } else { fbc }])
}
