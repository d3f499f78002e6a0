//! Every notice can be told, and told apart.
#![cfg(feature = "relay")]

use std::collections::BTreeSet;
use twin_core::notice::Code;

#[test]
fn every_code_has_its_own_name_and_a_sentence_with_the_fix() {
    let mut names = BTreeSet::new();
    let mut texts = BTreeSet::new();
    for (number, code) in Code::ALL.iter().enumerate() {
        assert_eq!(*code as usize, number, "{}", code.name());
        assert!(names.insert(code.name()), "{} twice", code.name());
        assert!(texts.insert(code.text()), "{}: text twice", code.name());
        assert!(
            code.name()
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
            "{}",
            code.name()
        );
        assert!(
            code.text().ends_with('.') && code.text().len() > 20,
            "{}: {}",
            code.name(),
            code.text()
        );
    }
}
