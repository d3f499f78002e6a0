//! Customer values.

use twin_core::hash::{already_hashed, sha256};
use twin_core::normalize::{Field, normalize};
use twin_core::notice::Notices;
use twin_core::platform::Native;
use twin_core::raw::Raw;
use twin_core::user_data::UserData;

use super::YEAR;

/// For every field.
pub(crate) fn law(value: &str) {
    Field::ALL.iter().for_each(|field| of(*field, value));
}

/// Normalized twice is normalized once, white space round it is nothing, the hash is that of the normalized value, and what
/// is left has the form that Meta wants.
pub(crate) fn of(field: Field, value: &str) {
    let normalized = normalize(field, value, YEAR, &Native);
    let wrapped = format!("\u{feff}\t {value}\u{a0}\n");
    assert_eq!(normalize(field, &wrapped, YEAR, &Native), normalized);
    let hash = |value: &str| Raw::new(value.to_owned()).hash(field, YEAR, &Native);
    let known = already_hashed(value, &Native);
    let expected = known.clone().or_else(|| normalized.as_deref().map(sha256));
    assert_eq!(hash(value), expected, "{}", field.key());
    if let Some(hashed) = &expected {
        assert_eq!(hash(hashed.as_str()), expected, "a hash passes through");
    }
    if let Some(once) = &normalized {
        let twice = normalize(field, once, YEAR, &Native);
        assert_eq!(twice.as_ref(), Some(once), "{}", field.key());
        // But for what looks like a hash only now, such as 32 digits that had a space between.
        if known.is_none() && already_hashed(once, &Native).is_none() {
            assert_eq!(hash(once), expected, "{}", field.key());
        }
        assert!(has_form(field, once), "{}: {once:?}", field.key());
    }
    let mut user_data = UserData::default();
    let mut notes = Notices::new();
    user_data.add_raw(
        field,
        &Raw::new(value.to_owned()),
        YEAR,
        &Native,
        &mut notes,
    );
    assert_eq!(user_data.has(field), expected.is_some());
    assert!(expected.is_some() || !notes.as_slice().is_empty());
}

/// Meta's form of a field, as its documentation has it.
fn has_form(field: Field, value: &str) -> bool {
    let all = |passes: fn(char) -> bool| !value.is_empty() && value.chars().all(passes);
    match field {
        Field::Em => value.split_once('@').is_some_and(|(name, domain)| {
            !name.is_empty() && domain.contains('.') && value.is_ascii()
        }),
        Field::Ph => all(|c| c.is_ascii_digit()) && !value.starts_with('0'),
        Field::Fn | Field::Ln => all(|c| {
            !c.is_ascii_punctuation() && !c.is_ascii_uppercase() && !c.is_ascii_whitespace()
        }),
        Field::Ge => matches!(value, "f" | "m"),
        Field::Db => value.len() == 8 && all(|c| c.is_ascii_digit()),
        Field::Ct => {
            all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
                && !value.starts_with(|c: char| c.is_ascii_digit())
        }
        Field::St | Field::Country => value.len() <= 2 && all(|c| c.is_ascii_lowercase()),
        Field::Zp => value.encode_utf16().count() >= 2 && all(|c| c != '-'),
        Field::ExternalId => all(|c| !c.is_ascii_uppercase() && !c.is_ascii_whitespace()),
    }
}
