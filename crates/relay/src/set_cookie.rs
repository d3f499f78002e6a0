//! `Set-Cookie` for `_fbp` and `_fbc`: what the browser has, for another 90 days. Values are never made here.
//!
//! A script's cookie lives seven days in Safari; one set by the shop's own host keeps its 90. But Meta's own script writes
//! `_fbp` again on each page, and makes a seven-day cookie of it. So a keeper beside each, which no script can touch,
//! remembers the first value for 13 months and brings it back.

use axum::http::{HeaderMap, HeaderValue, header};
use serde_json::Value;
use twin_core::cookies::{self, FBC, FBP, Plan};
use twin_core::platform::Native;

use crate::client::Caller;

/// What the events of a request say the browser's ids are.
#[derive(Default)]
pub(crate) struct Posted {
    fbp: Option<String>,
    fbc: Option<String>,
}

impl Posted {
    /// Reads them from an event as it was posted.
    pub(crate) fn of(event: &Value) -> Self {
        let found = |key| {
            let value = event.get("user_data")?.get(key)?.as_str()?;
            cookies::is_valid(value, &Native).then(|| value.to_owned())
        };
        Self {
            fbp: found("fbp"),
            fbc: found("fbc"),
        }
    }

    /// Takes over what a later event says.
    pub(crate) fn update(&mut self, later: Self) {
        self.fbp = later.fbp.or(self.fbp.take());
        self.fbc = later.fbc.or(self.fbc.take());
    }
}

/// What stands before a cookie's name in its keeper's. The browser takes such a cookie from this very host only, by https.
const KEEPER: &str = "__Host-twin";
/// For scripts not to be read, 13 months.
const KEEPER_ATTRIBUTES: &str = "; Path=/; Max-Age=34214400; SameSite=Lax; Secure; HttpOnly";
const KEEPER_END: &str = "; Path=/; Max-Age=0; SameSite=Lax; Secure; HttpOnly";

/// The headers to set after a post, which comes with the visitor's consent only. `page_host`: the host of the page that
/// posts, `None` if no page does.
///
/// A cookie that came is set again, unless its keeper has an older one, or two came: the one that is set may then stand last,
/// and Meta's library takes the first. One that did not come, while keeper or page still remember its value, was purged, and
/// is set again; what only the page says counts if the page lies within the domain.
pub(crate) fn refresh(
    headers: &HeaderMap,
    caller: &Caller,
    page_host: Option<&str>,
    posted: &Posted,
) -> Vec<HeaderValue> {
    let sent = headers.get_all(header::COOKIE).iter();
    let sent: Vec<&str> = sent.filter_map(|value| value.to_str().ok()).collect();
    let sent = sent.join("; ");
    let Some(place) = caller.host.as_deref().and_then(place) else {
        return Vec::new();
    };
    let mut set = Vec::new();
    for (name, posted) in [(FBP, &posted.fbp), (FBC, &posted.fbc)] {
        let remembered = || {
            posted.clone().filter(|value| {
                page_host.is_some_and(|page| {
                    place
                        .domain(value)
                        .is_some_and(|domain| is_within(page, domain))
                })
            })
        };
        if cookies::of_name(&sent, name, &Native).0 > 1 {
            continue;
        }
        let keeper = kept(&sent, name);
        let current = cookies::read(&sent, name, &Native).or_else(remembered);
        let Some(value) = oldest(name, current, keeper) else {
            continue;
        };
        let mut cookie = match (&place, place.domain(&value)) {
            (Place::Bare, _) => cookies::host_cookie(name, &value),
            (Place::Named(_), Some(domain)) => cookies::cookie(name, &value, domain),
            (Place::Named(_), None) => continue,
        };
        if caller.is_https {
            cookie.push_str("; Secure");
            let keeper = format!("{KEEPER}{name}={value}{KEEPER_ATTRIBUTES}");
            set.extend(HeaderValue::try_from(keeper));
        }
        set.extend(HeaderValue::try_from(cookie));
    }
    set
}

/// The headers that end the keepers.
pub(crate) fn forget(caller: &Caller) -> Vec<HeaderValue> {
    let ends = [FBP, FBC].map(|name| format!("{KEEPER}{name}={KEEPER_END}"));
    let ends = ends.into_iter().filter(|_| caller.is_https);
    ends.filter_map(|end| HeaderValue::try_from(end).ok())
        .collect()
}

/// The keeper's value, if it is sound.
fn kept(sent: &str, name: &str) -> Option<String> {
    let value = sent.split(';').find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key.strip_prefix(KEEPER) == Some(name)).then_some(value)
    })?;
    cookies::is_valid(value, &Native).then(|| value.to_owned())
}

/// Of two `_fbp` the older is right: the newer was made after a purge. Of `_fbc` the last click counts.
fn oldest(name: &str, current: Option<String>, keeper: Option<String>) -> Option<String> {
    if name == FBC || current.is_none() {
        return current.or(keeper);
    }
    match cookies::settle_fbp(current, keeper, [0, 0], &Native) {
        Plan::Keep(value) | Plan::Restore(value) => Some(value),
        _ => None,
    }
}

/// What a cookie can be set for.
enum Place<'host> {
    /// A host name with dots, which takes a cookie for a domain.
    Named(&'host str),
    /// An IP address or a bare name (`localhost`): the cookie is for that host alone.
    Bare,
}

impl<'host> Place<'host> {
    /// The domain that a value's index names; `None` for a top-level one, where no browser keeps a cookie.
    fn domain(&self, value: &str) -> Option<&'host str> {
        match self {
            Self::Named(host) => cookies::domain(host, cookies::index(value, &Native)?)
                .filter(|domain| domain.contains('.')),
            Self::Bare => None,
        }
    }
}

fn is_within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Reads a `Host` header; `None` if it is none.
fn place(host: &str) -> Option<Place<'_>> {
    if host.starts_with('[') {
        return Some(Place::Bare);
    }
    let name = host.split(':').next()?;
    let is_plain = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
    if name.is_empty() || !is_plain {
        return None;
    }
    let (_, last) = name.rsplit_once('.').unwrap_or_default();
    let is_named = last.bytes().any(|byte| byte.is_ascii_alphabetic());
    Some(if is_named {
        Place::Named(name)
    } else {
        Place::Bare
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const VALUE: &str = "fb.1.1700000000000.123456789";
    const DEEP: &str = "fb.2.1700000000000.123456789";

    fn set(host: &str, is_https: bool, cookie: &str, page: Option<&str>, fbp: &str) -> Vec<String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_str(cookie).unwrap());
        let caller = Caller {
            ip_address: [203, 0, 113, 9].into(),
            user_agent: String::new(),
            host: Some(host.into()),
            is_https,
        };
        let posted = Posted::of(&json!({"user_data": {"fbp": fbp}}));
        let set = refresh(&headers, &caller, page, &posted);
        let set = set.iter().map(|value| value.to_str().unwrap().to_owned());
        let (keepers, set): (Vec<_>, Vec<_>) = set.partition(|value| value.starts_with(KEEPER));
        // Each cookie has its keeper, where the browser takes one.
        assert_eq!(keepers.len(), if is_https { set.len() } else { 0 });
        for (keeper, cookie) in keepers.iter().zip(&set) {
            let (value, _) = cookie.split_once(';').unwrap();
            assert_eq!(*keeper, format!("{KEEPER}{value}{KEEPER_ATTRIBUTES}"));
        }
        set
    }

    #[test]
    fn what_a_purge_took_away_comes_back_from_its_keeper() {
        let host = "www.shop.example";
        let of = |cookie: &str| set(host, true, cookie, Some(host), "");
        let is_first = |set: Vec<String>| set[0].starts_with(&format!("_fbp={VALUE};"));
        assert!(is_first(of(&format!("__Host-twin_fbp={VALUE}"))));
        // Meta's script had made a new one meanwhile.
        let newer = "fb.1.1800000000000.987654321";
        assert!(is_first(of(&format!(
            "_fbp={newer}; __Host-twin_fbp={VALUE}"
        ))));
        // A keeper that is younger, or no value at all, changes nothing.
        assert!(is_first(of(&format!(
            "_fbp={VALUE}; __Host-twin_fbp={newer}"
        ))));
        assert!(is_first(of(&format!("_fbp={VALUE}; __Host-twin_fbp=x"))));
        // The last click counts, not the first.
        let clicks = of("_fbc=fb.1.1800000000000.New; __Host-twin_fbc=fb.1.1700000000000.Old");
        assert!(clicks[0].starts_with("_fbc=fb.1.1800000000000.New;"));
    }

    #[test]
    fn consent_taken_back_ends_the_keepers() {
        let caller = |is_https| Caller {
            ip_address: [203, 0, 113, 9].into(),
            user_agent: String::new(),
            host: Some("shop.example".into()),
            is_https,
        };
        let ends = forget(&caller(true));
        assert_eq!(ends.len(), 2);
        assert!(
            ends.iter()
                .all(|end| end.to_str().unwrap().contains("=; Path=/; Max-Age=0;"))
        );
        assert!(forget(&caller(false)).is_empty());
    }

    #[test]
    fn a_cookie_that_came_is_set_again_at_its_domain() {
        let cookie = format!("a=b; _fbp={VALUE}; _fbc=fb.1.1700000000000.AbC");
        let plain = "; Path=/; Max-Age=7776000; SameSite=Lax";
        assert_eq!(
            set("www.shop.example:8443", true, &cookie, None, ""),
            [
                format!("_fbp={VALUE}; Domain=.shop.example{plain}; Secure"),
                format!("_fbc=fb.1.1700000000000.AbC; Domain=.shop.example{plain}; Secure"),
            ]
        );
        let deep = format!("_fbp={DEEP}");
        assert_eq!(
            set("www.shop.co.uk", false, &deep, None, ""),
            [format!("_fbp={DEEP}; Domain=.shop.co.uk{plain}")]
        );
    }

    #[test]
    fn of_several_cookies_none_is_set_again() {
        let sent =
            "_fbp=fb.1.1700000000000.555; _fbp=fb.2.1700000000001.222; _fbc=fb.1.1700000000000.AbC";
        let set = set(
            "www.shop.example",
            true,
            sent,
            None,
            "fb.2.1700000000001.222",
        );
        assert!(
            set.iter().all(|cookie| cookie.starts_with("_fbc=")),
            "{set:?}"
        );
        assert_eq!(set.len(), 1);
    }

    #[test]
    fn a_purged_cookie_comes_back_for_a_page_of_its_domain() {
        let own = set("www.shop.example", true, "", Some("m.shop.example"), VALUE);
        assert_eq!(own.len(), 1);
        for page in [None, Some("other.example"), Some("evilshop.example")] {
            assert!(
                set("www.shop.example", true, "", page, VALUE).is_empty(),
                "{page:?}"
            );
        }
        // What the browser has goes before what the page remembers.
        let cookie = format!("_fbp={VALUE}9");
        let both = set("shop.example", true, &cookie, Some("shop.example"), VALUE);
        assert!(both[0].starts_with(&format!("_fbp={VALUE}9;")));
    }

    #[test]
    fn a_host_without_a_domain_keeps_its_cookie_to_itself() {
        let value = "fb.0.1700000000000.123456789";
        for host in ["localhost:8080", "127.0.0.1:8080", "[::1]:8080", "shop"] {
            assert_eq!(
                set(host, false, &format!("_fbp={value}"), None, ""),
                [format!(
                    "_fbp={value}; Path=/; Max-Age=7776000; SameSite=Lax"
                )],
                "{host}"
            );
            assert!(set(host, false, "", Some("localhost"), value).is_empty());
        }
    }

    #[test]
    fn nothing_is_set_where_no_browser_keeps_it() {
        let cookie = format!("_fbp={VALUE}");
        for host in ["", ":8080", "a b.example"] {
            assert!(set(host, false, &cookie, None, "").is_empty(), "{host}");
        }
        assert!(set("shop.example", false, "_fbp=made-up", None, "made-up").is_empty());
        assert!(set("shop.example", false, &format!("_fbp={DEEP}"), None, "").is_empty());
    }
}
