//! What Meta documents about the form of `fbp`, `fbc` and hashed fields; both sides of the wire are linted by it.

use crate::clock::{DAY_MS, MINUTE_MS};
use crate::lints::Lints;

/// `user_data` fields that must be SHA-256 digests. Source: Customer Information Parameters.
pub(crate) const HASHED_FIELDS: [&str; 10] = [
    "em", "ph", "fn", "ln", "db", "ge", "ct", "st", "zp", "country",
];

/// Digests of nothing: the empty string, `undefined`, `null`.
const DIGESTS_OF_NOTHING: [(&str, &str); 3] = [
    (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "the empty string",
    ),
    (
        "eb045d78d273107348b0300c01d29b7552d622abbc6faf81b3ec55359aa9950c",
        "the word undefined",
    ),
    (
        "74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b",
        "the word null",
    ),
];

/// Oldest click id that Meta still attributes.
const FBC_LIFE_MS: i64 = 90 * DAY_MS;
/// Clocks of visitors differ; a creation time is called future only beyond this.
const CLOCK_TOLERANCE_MS: i64 = 10 * MINUTE_MS;
/// 2001-09-09 in ms; a smaller number is a time in seconds.
const FIRST_PLAUSIBLE_MS: i64 = 1_000_000_000_000;

/// True for 64 hex digits in lower case, also with a parameter builder's appendix (`.AQ`, `.AQYBAQAA`) behind.
pub(crate) fn is_sha256(value: &str) -> bool {
    let digest = match value.split_once('.') {
        Some((digest, appendix)) if is_appendix(appendix) => digest,
        Some(_) => return false,
        None => value,
    };
    digest.len() == 64
        && digest
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// Lints one value of a hashed field. Gives false when Meta's documentation would not accept it.
pub(crate) fn check_hashed(field: &str, value: &str, lints: &mut Lints) -> bool {
    if let Some((_, what)) = DIGESTS_OF_NOTHING
        .iter()
        .find(|(digest, _)| value.starts_with(digest))
    {
        lints.push(
            format!("hash_of_nothing_{field}"),
            format!("{field} is the SHA-256 of {what}: leave the field out instead."),
        );
    }
    if is_sha256(value) {
        return true;
    }
    if is_sha256(&value.to_ascii_lowercase()) {
        lints.push(
            format!("uppercase_hash_{field}"),
            format!("{field} is a SHA-256 digest in upper case: Meta documents lower case."),
        );
    } else {
        lints.push(
            format!("unhashed_{field}"),
            format!("{field} is not a SHA-256 digest: Meta documents that it must be hashed."),
        );
    }
    false
}

/// Lints an `fbp`: `fb.<0..3>.<ms>.<digits>`, appendix allowed.
pub(crate) fn check_fbp(value: &str, now_ms: i64, lints: &mut Lints) {
    let Some((created_ms, payload)) = split_cookie(value) else {
        lints.push(
            "fbp_malformed",
            format!("fbp is {value:?}; expected fb.1.<ms>.<random digits>."),
        );
        return;
    };
    if payload.is_empty() || !payload.bytes().all(|b| b.is_ascii_digit()) {
        lints.push(
            "fbp_malformed",
            format!("fbp is {value:?}; its fourth part should be digits."),
        );
    }
    check_created("fbp", created_ms, now_ms, lints);
}

/// Lints an `fbc`: `fb.<0..3>.<ms>.<fbclid>`, appendix allowed; the click id keeps its case.
pub(crate) fn check_fbc(value: &str, now_ms: i64, lints: &mut Lints) {
    let Some((created_ms, fbclid)) = split_cookie(value) else {
        lints.push(
            "fbc_malformed",
            format!("fbc is {value:?}; expected fb.1.<ms>.<fbclid>."),
        );
        return;
    };
    check_created("fbc", created_ms, now_ms, lints);
    if created_ms >= FIRST_PLAUSIBLE_MS && now_ms - created_ms > FBC_LIFE_MS {
        lints.push(
            "fbc_old",
            "fbc was made more than 90 days ago: Meta no longer attributes such a click.",
        );
    }
    // Real click ids mix cases; a long one without a capital has been through toLowerCase().
    if fbclid.len() >= 20
        && fbclid.bytes().any(|b| b.is_ascii_lowercase())
        && !fbclid.bytes().any(|b| b.is_ascii_uppercase())
    {
        lints.push("fbc_lowercased", "The click id in fbc has no capital letter: it seems to have been lower-cased, which breaks it.");
    }
}

fn check_created(name: &str, created_ms: i64, now_ms: i64, lints: &mut Lints) {
    if created_ms < FIRST_PLAUSIBLE_MS {
        lints.push(
            format!("{name}_seconds"),
            format!("The creation time in {name} is {created_ms}: Meta documents milliseconds, this looks like seconds."),
        );
    } else if created_ms > now_ms + CLOCK_TOLERANCE_MS {
        lints.push(
            format!("{name}_future"),
            format!("The creation time in {name} lies in the future."),
        );
    }
}

/// `fb.1.1596403881668.payload[.appendix]` → creation time and payload.
fn split_cookie(value: &str) -> Option<(i64, &str)> {
    let parts: Vec<&str> = value.split('.').collect();
    let (index, created_ms, payload) = match parts.as_slice() {
        ["fb", index, created_ms, payload] => (index, created_ms, payload),
        ["fb", index, created_ms, payload, appendix] if is_appendix(appendix) => {
            (index, created_ms, payload)
        }
        _ => return None,
    };
    let index: u8 = index.parse().ok()?;
    // Documented are 0 to 2; Meta's own script writes 3 on 127.0.0.1.
    if index > 3 || payload.is_empty() {
        return None;
    }
    Some((created_ms.parse().ok()?, payload))
}

/// Meta's parameter builders append a mark of 2 or 8 characters.
fn is_appendix(text: &str) -> bool {
    matches!(text.len(), 2 | 8)
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_795_000_000_000;
    /// Meta's published vector for `mary`.
    const MARY: &str = "6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec";

    #[test]
    fn hashed_fields_are_told_from_others() {
        let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let cases = [
            (MARY.to_owned(), true, vec![]),
            (format!("{MARY}.AQ"), true, vec![]),
            (format!("{MARY}.AQYBAQAA"), true, vec![]),
            (format!("{MARY}.A"), false, vec!["unhashed_fn"]),
            (MARY.to_uppercase(), false, vec!["uppercase_hash_fn"]),
            ("mary".to_owned(), false, vec!["unhashed_fn"]),
            (MARY.replacen('6', "", 1), false, vec!["unhashed_fn"]),
            (nothing.to_owned(), true, vec!["hash_of_nothing_fn"]),
        ];
        for (value, good, codes) in cases {
            let mut lints = Lints::default();
            assert_eq!(check_hashed("fn", &value, &mut lints), good, "{value}");
            assert_eq!(lints.codes(), codes, "{value}");
        }
    }

    #[test]
    fn fbp_has_four_parts_and_digits_at_the_end() {
        let cases: [(&str, &[&str]); 8] = [
            ("fb.1.1794990000000.1098115397", &[]),
            ("fb.0.1794990000000.1098115397.AQ", &[]),
            ("fb.1.1794990000000.abc", &["fbp_malformed"]),
            ("fb.4.1794990000000.1098115397", &["fbp_malformed"]),
            ("fb.1.1794990000.1098115397", &["fbp_seconds"]),
            ("fb.1.1799990000000.1098115397", &["fbp_future"]),
            ("1098115397", &["fbp_malformed"]),
            ("fb%2E1%2E1%2E1", &["fbp_malformed"]),
        ];
        for (value, codes) in cases {
            let mut lints = Lints::default();
            check_fbp(value, NOW_MS, &mut lints);
            assert_eq!(lints.codes(), codes, "{value}");
        }
    }

    #[test]
    fn fbc_keeps_the_case_of_the_click_id_and_has_a_recent_time_in_ms() {
        let cases: [(&str, &[&str]); 8] = [
            (
                "fb.1.1794990000000.IwAR2F4-dbP0l7Mn1IawQQGCINEz7PYXQvwjNwB_qa2ofrHyiLjcbCRxTDMgk",
                &[],
            ),
            ("fb.1.1794990000000.IwAR2.AQYBAQAA", &[]),
            (
                "fb.1.1794990000000.iwar2f4-dbp0l7mn1iawqqgcinez7pyxqvwjnwb_qa2o",
                &["fbc_lowercased"],
            ),
            ("fb.1.1794990000.IwAR2", &["fbc_seconds"]),
            ("fb.1.1799990000000.IwAR2", &["fbc_future"]),
            ("fb.1.1780000000000.IwAR2", &["fbc_old"]),
            ("IwAR2", &["fbc_malformed"]),
            ("fb.1.1794990000000.", &["fbc_malformed"]),
        ];
        for (value, codes) in cases {
            let mut lints = Lints::default();
            check_fbc(value, NOW_MS, &mut lints);
            assert_eq!(lints.codes(), codes, "{value}");
        }
    }
}
