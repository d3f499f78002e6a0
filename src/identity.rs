//! `fbp` and `fbc` of this browser: read, restored or made where they are missing, before the Pixel looks for them.

use twin_core::cookies::{self, FBC, FBP, Plan, cookie, new_fbc, new_fbp, settle_fbc, settle_fbp};
use twin_core::notice::{Code, Notices};
use twin_core::text::join;
use twin_core::url::click_id;

use crate::page;

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
    let [old_fbp, old_fbc] = cookies::remembered(&before);
    let click = click_id(url, referrer, || notes.push(Code::FbclidInvalid, "fbclid"));
    let plan = settle_fbc(cookies::read(&header, FBC), old_fbc, &click, now_ms);
    let make = |index, id: &str| new_fbc(index, now_ms, id);
    let (fbc, fbc_source) = carry_out(plan, FBC, &host, &make, notes);
    let plan = settle_fbp(cookies::read(&header, FBP), old_fbp);
    let random = [page::random(), page::random()];
    let make = |index, _: &str| new_fbp(index, now_ms, random);
    let (fbp, fbp_source) = carry_out(plan, FBP, &host, &make, notes);
    let id = cookies::to_remember(&fbp, &fbc, &before);
    if id != before {
        page::remember_id(&id);
    }
    page::sources(&join(&["fbp", fbp_source, " fbc", fbc_source]));
    (fbp, fbc)
}

/// Makes of one of the cookies what is planned; gives the value, and where it comes from.
fn carry_out(
    plan: Plan,
    name: &str,
    host: &str,
    make: &dyn Fn(u64, &str) -> String,
    notes: &mut Notices,
) -> (String, &'static str) {
    match plan {
        Plan::None => (String::new(), " none"),
        Plan::Keep(value) => {
            page::renew(&place(name, host, &value));
            (value, " cookie")
        }
        Plan::Restore(value) => (set(name, host, value, notes), " remembered"),
        Plan::Renew(value) => (set(name, host, value, notes), " renewed"),
        Plan::Create(id) => (
            create(name, host, &|index| make(index, &id), notes),
            " made",
        ),
    }
}

/// The cookie at the domain that its index names.
fn place(name: &str, host: &str, value: &str) -> String {
    let index = cookies::index(value).unwrap_or(0);
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
            notes.push(Code::CookiesUnavailable, name);
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
    cookies::read(&page::set_cookie(cookie), name) == Some(value)
}
