//! Where a raw customer value lives, and the only way out of it.

use alloc::string::String;

use crate::hash::{Hashed, already_hashed, sha256};
use crate::normalize::{self, Field};
use crate::notice::Code;
use crate::platform::Platform;

/// A customer value as the shop gave it.
///
/// Without `Debug`, `Display`, `Clone` and `Serialize` on purpose: it cannot be posted, stored or logged. Its one exit
/// is [`Raw::hash`].
pub struct Raw(String);

impl Raw {
    /// Takes the value in.
    #[must_use]
    pub fn new(value: String) -> Self {
        Self(value)
    }

    /// Normalizes the value by the field's rule and hashes it. `None`: nothing in it that Meta could match.
    ///
    /// `year`: the current one, four digits, for the plausibility of birth dates.
    #[must_use]
    pub fn hash(&self, field: Field, year: u64, platform: &impl Platform) -> Option<Hashed> {
        let normalized = || normalize::normalize(field, &self.0, year, platform);
        already_hashed(&self.0, platform).or_else(|| normalized().map(|value| sha256(&value)))
    }

    /// A doubt about a raw value that [`Raw::hash`] takes.
    #[must_use]
    pub fn doubt(&self, field: Field, platform: &impl Platform) -> Option<Code> {
        normalize::doubt(field, &self.0, platform)
            .filter(|_| already_hashed(&self.0, platform).is_none())
    }
}
