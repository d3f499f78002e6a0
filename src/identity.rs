//! `fbp` and `fbc` of this browser: read, and made where they are missing, before the Pixel looks for them.

use twin_core::cookies::{self, FBC, FBP, Fbc, cookie, new_fbc, new_fbp, settle_fbc};
use twin_core::notice::{Code, Notices};
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
    let click = click_id(url, referrer, || notes.push(Code::FbclidInvalid, "fbclid"));
    let fbc = match settle_fbc(cookies::read(&header, FBC), &click, now_ms) {
        Fbc::None => String::new(),
        Fbc::Keep(value) => value,
        Fbc::Renew(value) => {
            let index = cookies::index(&value).unwrap_or(0);
            page::set_cookie(&cookie(
                FBC,
                &value,
                cookies::domain(&host, index).unwrap_or(&host),
            ));
            value
        }
        Fbc::Create(id) => create(FBC, &host, &|index| new_fbc(index, now_ms, &id), notes),
    };
    let fbp = match cookies::read(&header, FBP) {
        Some(value) => String::from(value),
        None => {
            let random = [page::random(), page::random()];
            create(FBP, &host, &|index| new_fbp(index, now_ms, random), notes)
        }
    };
    (fbp, fbc)
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
        if cookies::read(&page::set_cookie(&cookie(name, &made, domain)), name) == Some(&made) {
            return made;
        }
        index += 1;
    }
}
