//! `_fbp` and `_fbc`, the two cookies that Meta's libraries share: `fb.<index>.<ms>.<payload>[.<appendix>]`.
//!
//! Source: fbevents.js 2.9.368 and Meta Parameter Builder 1.3, which read and write them alike. A valid value is never
//! rewritten, whoever made it, and an invalid one is replaced.

use alloc::string::String;

use crate::hash::is_appendix;
use crate::text::{all, cut, decimal, join, leading_number, pieces, trim};
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

/// A well-formed value, in parts.
struct Parts<'text> {
    /// Dots in the domain that the cookie is set at: 1 for `.example.com`.
    index: u64,
    /// When it was made, in ms.
    time_ms: u64,
    payload: &'text str,
    appendix: Option<&'text str>,
}

fn parts(text: &str) -> Option<Parts<'_>> {
    let mut dots = pieces(text, b'.');
    let prefix = dots.next()?;
    let index = leading_number(dots.next()?)?;
    let mut time_ms = leading_number(dots.next()?)?;
    if time_ms < MAX_PLAUSIBLE_S {
        // A time in seconds stands as well: some plugins write it so, and Meta's libraries keep it.
        time_ms *= 1000;
    }
    let payload = dots.next()?;
    let appendix = dots.next();
    let is_printable =
        text.len() <= MAX_BYTES && all(text, |byte| byte.is_ascii_graphic() && byte != b';');
    let is_sound = prefix == "fb" && !payload.is_empty() && dots.next().is_none();
    (is_printable && is_sound && appendix.is_none_or(is_appendix)).then_some(Parts {
        index,
        time_ms,
        payload,
        appendix,
    })
}

/// Whether a value is an fbp or fbc as Meta's libraries accept it: four or five parts, `fb`, two numbers (digits at
/// the start are enough), a payload, and as fifth part only an appendix.
#[must_use]
pub fn is_valid(text: &str) -> bool {
    parts(text).is_some()
}

/// The dots in the domain that a value says it is set at; `None` if the value is malformed.
#[must_use]
pub fn index(text: &str) -> Option<u64> {
    parts(text).map(|parts| parts.index)
}

/// The value of the first well-formed cookie of that name in a `Cookie` header or `document.cookie`.
#[must_use]
pub fn read<'header>(header: &'header str, name: &str) -> Option<&'header str> {
    for pair in pieces(header, b';') {
        if let Some((key, value)) = cut(pair, b'=')
            && trim(key) == name
            && is_valid(trim(value))
        {
            return Some(trim(value));
        }
    }
    None
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

/// A new fbp: two numbers below 999,999,999 written one after the other, as fbevents.js does.
#[must_use]
pub fn new_fbp(index: u64, now_ms: u64, random: [u32; 2]) -> String {
    let [left, right] = random;
    let half = |number: u32| decimal((number % 999_999_999).into());
    value(index, now_ms, &join(&[&half(left), &half(right)]))
}

/// A new fbc for a click id.
#[must_use]
pub fn new_fbc(index: u64, now_ms: u64, click_id: &str) -> String {
    value(index, now_ms, &stored_click_id(click_id))
}

fn value(index: u64, now_ms: u64, payload: &str) -> String {
    join(&["fb.", &decimal(index), ".", &decimal(now_ms), ".", payload])
}

/// A dot of a click id is stored as `__DOT__`, since dots part the value.
fn stored_click_id(click_id: &str) -> String {
    let mut stored = String::new();
    for part in pieces(click_id, b'.') {
        stored.push_str("__DOT__");
        stored.push_str(part);
    }
    String::from(stored.get("__DOT__".len()..).unwrap_or_default())
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
    /// A new one at the widest domain that takes it: [`new_fbp`], or [`new_fbc`] for this click id.
    Create(String),
}

/// The `_fbp` of this page, from the cookie and from what was remembered of earlier pages (each well-formed or `None`).
///
/// Safari deletes what scripts have set after seven days, and Meta's library then makes another browser of the same: of
/// two the older is right.
#[must_use]
pub fn settle_fbp(cookie: Option<&str>, remembered: Option<&str>) -> Plan {
    let made_ms = |value| parts(value).map(|parts| parts.time_ms);
    match (cookie, remembered) {
        (None, None) => Plan::Create(String::new()),
        (None, Some(old)) => Plan::Restore(old.into()),
        (Some(new), Some(old)) if made_ms(old) < made_ms(new) => Plan::Restore(old.into()),
        (Some(value), _) => Plan::Keep(value.into()),
    }
}

/// The `_fbc` of this page, from the cookie, from what was remembered of earlier pages (each well-formed or `None`), and from
/// the click id in the URL or referrer.
///
/// The same click keeps its time, another one (also in another case) gets a new one; index and appendix stay. With a
/// click id over 500 characters Meta's libraries send no fbc at all and leave the cookie alone, and so do we.
#[must_use]
pub fn settle_fbc(
    cookie: Option<&str>,
    remembered: Option<&str>,
    click: &ClickId,
    now_ms: u64,
) -> Plan {
    let known = cookie.or(remembered);
    match (known.and_then(|value| Some((value, parts(value)?))), click) {
        (_, ClickId::TooLong) | (None, ClickId::None) => Plan::None,
        (None, ClickId::Found(id)) => Plan::Create(id.clone()),
        (Some((_, parts)), ClickId::Found(id)) if parts.payload != stored_click_id(id) => {
            let renewed = new_fbc(parts.index, now_ms, id);
            Plan::Renew(match parts.appendix {
                Some(appendix) => join(&[&renewed, ".", appendix]),
                None => renewed,
            })
        }
        (Some((value, _)), _) if cookie.is_some() => Plan::Keep(value.into()),
        (Some((value, _)), _) => Plan::Restore(value.into()),
    }
}

/// Reads what [`to_remember`] wrote: fbp and fbc, each `None` if it is not well-formed.
#[must_use]
pub fn remembered(text: &str) -> [Option<&str>; 2] {
    let (fbp, fbc) = cut(text, b' ').unwrap_or((text, ""));
    [fbp, fbc].map(|value| Some(value).filter(|value| is_valid(value)))
}

/// What to remember of this page for later ones, in Safari past the end of the cookies. No fbc takes none away.
#[must_use]
pub fn to_remember(fbp: &str, fbc: &str, before: &str) -> String {
    let [_, old] = remembered(before);
    let fbc = if fbc.is_empty() {
        old.unwrap_or_default()
    } else {
        fbc
    };
    join(&[fbp, " ", fbc])
}
