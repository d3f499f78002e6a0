//! Lints: what is odd about an accepted event. Meta says nothing in these cases; the developer should know.

use serde::Serialize;

/// One oddity: a stable code and a sentence.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Lint {
    /// For tests and machines, as `unhashed_em`.
    pub(crate) code: String,
    /// For people.
    pub(crate) text: String,
}

/// The oddities of one event or request, each code once.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub(crate) struct Lints(Vec<Lint>);

impl Lints {
    /// Adds one, unless its code is there already.
    pub(crate) fn push(&mut self, code: impl Into<String>, text: impl Into<String>) {
        let code = code.into();
        if !self.0.iter().any(|lint| lint.code == code) {
            self.0.push(Lint {
                code,
                text: text.into(),
            });
        }
    }

    /// Adds all of another list.
    pub(crate) fn extend(&mut self, other: &Self) {
        for lint in &other.0 {
            self.push(lint.code.clone(), lint.text.clone());
        }
    }

    /// The codes, in the order they came up.
    #[cfg(test)]
    pub(crate) fn codes(&self) -> Vec<&str> {
        self.0.iter().map(|lint| lint.code.as_str()).collect()
    }
}
