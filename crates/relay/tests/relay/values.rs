//! `twin-relay hash` and `normalize`, by the vectors that every build shares.

use std::process::{Command, Output};

use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    field: String,
    input: String,
    normalized: Option<String>,
    sha256: Option<String>,
}

fn run(command: &str, field: &str, value: &str) -> Output {
    let binary = env!("CARGO_BIN_EXE_twin-relay");
    Command::new(binary)
        .args([command, field, value])
        .output()
        .unwrap()
}

#[test]
fn the_shared_vectors_hold() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors");
    let mut count = 0;
    for name in ["normalisation.json", "normalisation-corner-cases.json"] {
        let text = std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
        let cases: Vec<Case> = serde_json::from_str(&text).unwrap();
        for case in cases {
            // No command line can hold this.
            if case.input.contains('\0') {
                continue;
            }
            for (command, expected) in [("normalize", &case.normalized), ("hash", &case.sha256)] {
                let output = run(command, &case.field, &case.input);
                let said = String::from_utf8(output.stdout).unwrap();
                let place = format!("{name}: {command} {} {:?}", case.field, case.input);
                match expected {
                    Some(expected) => {
                        assert_eq!(said, format!("{expected}\n"), "{place}");
                        assert_eq!(output.status.code(), Some(0), "{place}");
                    }
                    None => {
                        assert_eq!(said, "", "{place}");
                        assert_eq!(output.status.code(), Some(1), "{place}");
                        assert!(
                            output
                                .stderr
                                .starts_with(format!("{}: ", case.field).as_bytes()),
                            "{place}"
                        );
                    }
                }
            }
            count += 1;
        }
    }
    assert!(count > 250, "{count}");
}

#[test]
fn a_value_that_is_refused_is_not_repeated() {
    for (field, value, reason) in [
        ("em", "jane at example", "not an e-mail address"),
        ("email", "jane@example.com", "not a customer field"),
        ("db", "-1", "not a date of birth"),
    ] {
        for command in ["hash", "normalize"] {
            let output = run(command, field, value);
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(1), "{said}");
            assert!(said.contains(reason) && !said.contains(value), "{said}");
            assert!(output.stdout.is_empty());
        }
    }
}

#[test]
fn a_doubt_is_told_beside_the_value() {
    let output = run("normalize", "ph", "030 901820");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(!output.stdout.is_empty());
    assert!(said.contains("country code"), "{said}");
}
