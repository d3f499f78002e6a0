//! What customers type, and its hashes.

use serde::Deserialize;
use twin_core::hash::{already_hashed, sha256};
use twin_core::normalize::{Field, normalize};
use twin_core::notice::Notices;
use twin_core::platform::Native;
use twin_core::raw::Raw;
use twin_core::user_data::UserData;

use crate::{YEAR, load, told};

#[derive(Deserialize)]
struct NormalisationCase {
    field: String,
    input: String,
    normalized: Option<String>,
    sha256: Option<String>,
}

fn normalisation(file: &str, at_least: usize) {
    let cases: Vec<NormalisationCase> = load(file);
    assert!(cases.len() >= at_least, "{file} shrank to {}", cases.len());
    for case in cases {
        let name = format!("{file}: {} {:?}", case.field, case.input);
        let field = Field::from_key(&case.field).expect(&name);
        let normalized = match already_hashed(&case.input, &Native) {
            Some(hash) => Some(hash.as_str().to_owned()),
            None => normalize(field, &case.input, YEAR, &Native),
        };
        assert_eq!(normalized, case.normalized, "{name}");
        let hashed = Raw::new(case.input).hash(field, YEAR, &Native);
        assert_eq!(
            hashed.map(|hash| hash.as_str().to_owned()),
            case.sha256,
            "{name}"
        );
    }
}

#[test]
fn normalisation_of_metas_own_tests() {
    normalisation("normalisation.json", 189);
}

#[test]
fn normalisation_of_corner_cases() {
    normalisation("normalisation-corner-cases.json", 80);
}

#[test]
fn hashes_of_metas_documentation() {
    for (value, hash) in [
        (
            "john_smith@gmail.com",
            "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f",
        ),
        (
            "16505551212",
            "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176",
        ),
        (
            "mary",
            "6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec",
        ),
        (
            "valéry",
            "08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c",
        ),
        (
            "정",
            "8fa8cd9c440be61d0151429310034083132b35975c4bea67fdd74158eb51db14",
        ),
        (
            "19970216",
            "01acdbf6ec7b4f478a225f1a246e5d6767eeab1a7ffa17f025265b5b94f40f0c",
        ),
        (
            "us",
            "79adb2a2fce5c6ba215fe5f27f532d4e7edbac4b6a5e09e1ef3a08084a904621",
        ),
    ] {
        assert_eq!(sha256(value).as_str(), hash, "{value}");
    }
}
#[test]
fn doubtful_values_are_hashed_and_told() {
    for (field, value, code) in [
        ("ph", "0650 555 0100", Some("ph_national")),
        ("ph", "555-0100", Some("ph_national")),
        ("ph", "+1 650 555 0100", None),
        ("ph", "0049 30 901820", None),
        ("country", "Great Britain", Some("country_guessed")),
        ("country", "Germany", None),
        ("country", "UK", None),
        ("country", "d41d8cd98f00b204e9800998ecf8427e", None),
    ] {
        let field = Field::from_key(field).expect(field);
        let mut user_data = UserData::default();
        let mut notes = Notices::new();
        user_data.add_raw(
            field,
            &Raw::new(value.to_owned()),
            YEAR,
            &Native,
            &mut notes,
        );
        assert!(user_data.has(field), "{value}");
        let expected: Vec<String> = code
            .map(|code| format!("{code}@user.{}", field.key()))
            .into_iter()
            .collect();
        assert_eq!(told(notes), expected, "{value}");
    }
}
