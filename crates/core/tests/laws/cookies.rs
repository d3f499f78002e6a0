//! `_fbp` and `_fbc`.

use twin_core::cookies::{
    FBC, FBP, Plan, index, is_valid, of_name, read, remembered, settle_fbc, settle_fbp,
    to_remember, value,
};
use twin_core::platform::Native;
use twin_core::url::ClickId;

use super::NOW_S;

const NOW_MS: u64 = NOW_S * 1000;
/// A browser's id that is older than any that is made here.
const OLD: &str = "fb.1.1500000000000.1234567890";

/// For a header, its lines and its parts as values.
pub(crate) fn law(text: &str) {
    header(text);
    for value in text.split(['\n', ';', '=']) {
        alone(value);
    }
}

/// What is read is well-formed, stands there, and reads back.
pub(crate) fn header(text: &str) {
    for name in [FBP, FBC] {
        let found = read(text, name, &Native);
        let (count, is_spoiled) = of_name(text, name, &Native);
        if let Some(found) = &found {
            assert!(
                is_valid(found, &Native) && text.contains(found.as_str()),
                "{found}"
            );
            let again = format!("a=b; {name}={found};c");
            assert_eq!(read(&again, name, &Native).as_ref(), Some(found));
            assert_eq!(of_name(&again, name, &Native), (1, false));
        }
        assert!(found.is_some() || count == 0 || is_spoiled, "{text:?}");
    }
}

/// A well-formed value stands, is remembered and brought back; a malformed one is replaced.
pub(crate) fn alone(text: &str) {
    // White space round a cookie's value is no part of it.
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let is_sound = is_valid(text, &Native);
    let cookie = read(&format!("{FBP}={text}"), FBP, &Native);
    assert_eq!(cookie.as_deref(), is_sound.then_some(text), "{text:?}");
    let kept = settle_fbp(cookie.clone(), None, [7, 7], &Native);
    match &cookie {
        Some(sound) => {
            assert_eq!(kept, Plan::Keep(sound.clone()));
            let old = settle_fbp(None, cookie.clone(), [7, 7], &Native);
            assert_eq!(old, Plan::Restore(sound.clone()));
            let of_two = settle_fbp(cookie.clone(), Some(OLD.to_owned()), [7, 7], &Native);
            assert!(matches!(of_two, Plan::Keep(_) | Plan::Restore(_)));
            let note = remembered(&to_remember(sound, "", sound));
            assert_eq!(read(&note, FBP, &Native), cookie);
            assert_eq!(read(&note, FBC, &Native), cookie);
        }
        None => match kept {
            Plan::Create(payload) => assert!(is_valid(&value(1, NOW_MS, &payload), &Native)),
            plan => panic!("{plan:?} for {text:?}"),
        },
    }
    click(cookie, text);
}

/// The same click twice is one click, and another keeps the place of the cookie.
fn click(cookie: Option<String>, text: &str) {
    let id: String = text
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || "_-.~".contains(*c))
        .take(100)
        .collect();
    let click = match id.is_empty() {
        true => ClickId::None,
        false => ClickId::Found(id),
    };
    let settle = |cookie| settle_fbc(cookie, None, &click, NOW_MS, &Native);
    let place = cookie.as_deref().and_then(|known| index(known, &Native));
    let fbc = match settle(cookie) {
        Plan::Keep(fbc) => fbc,
        Plan::Renew(fbc) => {
            assert_eq!(index(&fbc, &Native), place, "{text:?}");
            fbc
        }
        Plan::Create(payload) => value(1, NOW_MS, &payload),
        plan => return assert_eq!(plan, Plan::None, "{text:?}"),
    };
    // With an appendix of a long one it may be longer than what is read.
    if fbc.len() <= 1000 {
        assert!(is_valid(&fbc, &Native), "{fbc}");
        assert_eq!(settle(Some(fbc.clone())), Plan::Keep(fbc));
    }
    assert_eq!(
        settle_fbc(None, None, &ClickId::TooLong, NOW_MS, &Native),
        Plan::None
    );
}
