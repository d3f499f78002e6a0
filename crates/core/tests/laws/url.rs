//! Addresses.

use twin_core::cookies::{is_valid, new_fbc};
use twin_core::platform::Native;
use twin_core::url::{ClickId, click_id, discreet, scrub};

use super::NOW_S;

/// What must not get through: personal values, and a part of each that no encoding hides.
const PERSONAL: [(&str, &str); 5] = [
    ("canary.person@mail.example", "canary.person"),
    ("canary.person%40mail.example", "canary.person"),
    ("canary.person%2540mail.example", "canary.person"),
    ("%2B1%20650%20555%200100x", "555"),
    ("x4111-1111-1111-1111x", "1111-1111"),
];

/// For an address, and for addresses with personal values at their lines' ends.
pub(crate) fn law(text: &str) {
    sound(text);
    click(text);
    let mut lines = text.split('\n');
    let mut next = || lines.next().unwrap_or_default();
    let (path, query, end) = (next(), next(), next());
    for (personal, telling) in PERSONAL {
        // Where the text itself has that part, nothing is to be learnt.
        if text.contains(telling) {
            continue;
        }
        for url in [
            format!("https://shop.example/{path}/{personal}/{end}"),
            format!("https://shop.example/{path}?{query}&a={personal}&{end}"),
            format!("https://{personal}:{personal}@shop.example/{path}"),
            format!("/{path}?{personal}=1#{personal}{end}"),
        ] {
            let clean = scrub(&url, &Native);
            assert!(!clean.contains(telling), "{url:?} became {clean:?}");
            sound(&url);
        }
    }
}

/// Scrubbed twice is scrubbed once, at most 2,000 bytes, and nothing in it that was not there.
pub(crate) fn sound(url: &str) {
    let clean = scrub(url, &Native);
    assert_eq!(scrub(&clean, &Native), clean, "{url:?}");
    assert!(clean.len() <= 2000, "{url:?}");
    assert!(!clean.contains('#'), "{url:?}");
    let (place, query) = clean.split_once('?').unwrap_or((&clean, ""));
    let mut segments = url.split(['/', '?', '#', '@']);
    for segment in place.split('/') {
        assert!(
            segment == "_" || segment.contains('@') || segments.any(|one| one == segment),
            "{segment:?} of {clean:?} is not in {url:?}"
        );
    }
    let mut pairs = url.split(['?', '&', '#']);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        // A question mark may stand in a parameter, too.
        assert!(
            pair.contains('?') || pairs.any(|one| one == pair),
            "{pair:?} of {clean:?} is not in {url:?}"
        );
    }
    let told = discreet(url, &Native);
    assert!(told.is_empty() || told == clean, "{url:?}");
    assert_eq!(discreet(&clean, &Native), "", "{url:?}");
}

/// A click id needs no encoding, and makes an fbc that stands.
pub(crate) fn click(text: &str) {
    for url in [
        text.to_owned(),
        format!("https://shop.example/?fbclid={text}"),
    ] {
        let found = click_id(&url, "", &Native, || {});
        let by_referrer = click_id("https://shop.example/", &url, &Native, || {});
        assert_eq!(found, by_referrer, "{url:?}");
        if let ClickId::Found(id) = found {
            assert!((1..=500).contains(&id.len()), "{url:?}");
            assert!(
                id.bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"_-.~".contains(&byte)),
                "{url:?}"
            );
            let fbc = new_fbc(1, NOW_S * 1000, &id, &Native);
            // A click id full of dots is longer in its cookie than any cookie that is read.
            assert!(is_valid(&fbc, &Native) || fbc.len() > 1000, "{fbc}");
        }
    }
}
