//! `fbp` and `fbc` of this browser: read, restored or made where they are missing, before the Pixel looks for them.

use twin_core::cookies::{self, FBC, FBP, Plan, cookie, host_cookie, settle_fbc, settle_fbp};
use twin_core::notice::{Code, Notices};
use twin_core::text::join;
use twin_core::url::click_id;

use crate::page::{self, Browser};

/// Reads the cookies once, writes what is new, and gives fbp and fbc as both twins carry them.
pub(crate) fn settle(
    now_ms: u64,
    url: &str,
    referrer: &str,
    notes: &mut Notices,
) -> (String, String) {
    let header = page::cookies();
    let host = page::host();
    let before = page::stored("id");
    let old = cookies::remembered(&before);
    let old_fbc = cookies::read(&old, FBC, &Browser);
    let click = click_id(url, referrer, &Browser, || {
        notes.push(Code::FbclidInvalid, "fbclid");
    });
    let plan = settle_fbc(
        cookies::read(&header, FBC, &Browser),
        old_fbc.clone(),
        &click,
        now_ms,
        &Browser,
    );
    let (fbc, fbc_source) = carry_out(plan, FBC, &header, &host, now_ms, notes);
    let plan = settle_fbp(
        cookies::read(&header, FBP, &Browser),
        cookies::read(&old, FBP, &Browser),
        [page::random(), page::random()],
        &Browser,
    );
    let (fbp, fbp_source) = carry_out(plan, FBP, &header, &host, now_ms, notes);
    let id = cookies::to_remember(&fbp, &fbc, &old_fbc.unwrap_or_default());
    if id != before {
        page::remember_id(&id);
    }
    page::sources(&join(&["fbp ", fbp_source, " fbc ", fbc_source]));
    (fbp, fbc)
}

/// Makes of one of the cookies what is planned; gives the value, and where it comes from.
fn carry_out(
    plan: Plan,
    name: &str,
    header: &str,
    host: &str,
    now_ms: u64,
    notes: &mut Notices,
) -> (String, &'static str) {
    let (count, is_spoiled) = cookies::of_name(header, name, &Browser);
    if is_spoiled {
        page::expire(name);
    }
    match plan {
        Plan::None => (String::new(), "none"),
        Plan::Keep(value) if is_spoiled => (set(name, host, value, notes), "cookie"),
        Plan::Keep(value) => {
            // Of two the one that is set again may then come last, and Meta's library takes the first.
            if count == 1 {
                page::renew(&place(name, host, &value));
            }
            (value, "cookie")
        }
        Plan::Restore(value) => (set(name, host, value, notes), "remembered"),
        Plan::Renew(value) => (set(name, host, value, notes), "renewed"),
        Plan::Create(payload) => {
            let new = |index| cookies::value(index, now_ms, &payload);
            (create(name, host, &new, notes), "made")
        }
    }
}

/// The cookie at the domain that its index names.
fn place(name: &str, host: &str, value: &str) -> String {
    let index = cookies::index(value, &Browser).unwrap_or(0);
    cookie(name, value, cookies::domain(host, index).unwrap_or(host))
}

/// Sets a cookie at the domain that its index names, or where that does not take it, as a new one.
fn set(name: &str, host: &str, value: String, notes: &mut Notices) -> String {
    if is_set(name, &value, &place(name, host, &value)) {
        return value;
    }
    create(name, host, &|_| value.clone(), notes)
}

/// Sets a new cookie at the widest domain that takes it; which that is only the browser knows. The trial is the cookie
/// itself, so nothing is left over.
fn create(name: &str, host: &str, value: &dyn Fn(u64) -> String, notes: &mut Notices) -> String {
    let mut index = 0;
    loop {
        let made = value(index);
        let Some(domain) = cookies::domain(host, index) else {
            // No domain takes one. The host alone may: `localhost` in WebKit.
            let made = value(index.saturating_sub(1));
            if !is_set(name, &made, &host_cookie(name, &made)) {
                notes.push(Code::CookiesUnavailable, name);
            }
            return made;
        };
        if is_set(name, &made, &cookie(name, &made, domain)) {
            return made;
        }
        index += 1;
    }
}

/// Sets a cookie; whether the browser has it now.
fn is_set(name: &str, value: &str, cookie: &str) -> bool {
    cookies::read(&page::set_cookie(cookie), name, &Browser).as_deref() == Some(value)
}
