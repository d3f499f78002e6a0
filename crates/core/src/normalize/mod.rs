//! Meta's form of each customer field, before hashing. One file per field holds its rule.
//!
//! Source for all of them: Meta Parameter Builder 1.3, which is fbevents.js' own code and what Meta's newer Business
//! SDKs call. Vectors: `tests/vectors/normalisation*.json`.

#[cfg(feature = "relay")]
mod country;
mod ct;
mod db;
mod em;
mod external_id;
mod ge;
mod name;
mod ph;
mod region;
#[cfg(feature = "relay")]
mod st;
mod zp;

#[cfg(feature = "relay")]
pub(crate) use self::{country::NAMES as COUNTRIES, ge::NAMES as GENDERS, st::NAMES as STATES};
use alloc::string::String;

use crate::notice::Code;
use crate::platform::Platform;
use crate::text::{pieces, place_of};

/// A `user_data` field that Meta wants hashed. The discriminant is its place in [`Field::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Field {
    /// E-mail address.
    Em,
    /// Phone number, country code first.
    Ph,
    /// First name.
    Fn,
    /// Last name.
    Ln,
    /// Gender, `f` or `m`.
    Ge,
    /// Date of birth, `YYYYMMDD`.
    Db,
    /// City.
    Ct,
    /// State or province, two letters.
    St,
    /// Postal code.
    Zp,
    /// Country, ISO 3166-1 alpha-2.
    Country,
    /// The shop's own id of the customer.
    ExternalId,
}

impl Field {
    /// Every field, in Meta's usual order.
    pub const ALL: [Self; 11] = [
        Self::Em,
        Self::Ph,
        Self::Fn,
        Self::Ln,
        Self::Ge,
        Self::Db,
        Self::Ct,
        Self::St,
        Self::Zp,
        Self::Country,
        Self::ExternalId,
    ];

    /// Meta's names of them in `user_data`, in the order of [`Field::ALL`].
    const KEYS: &str = "em ph fn ln ge db ct st zp country external_id";

    /// Meta's name of it in `user_data`.
    #[must_use]
    pub fn key(self) -> &'static str {
        pieces(Self::KEYS, b' ')
            .nth(self as usize)
            .unwrap_or_default()
    }

    /// A bit of its own.
    #[must_use]
    pub const fn bit(self) -> u32 {
        1 << self as u32
    }

    /// The field of that name.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.get(place_of(key, Self::KEYS)?).copied()
    }
}

/// The value in Meta's form, ready to hash; `None` when nothing is left that Meta could match.
///
/// Values that are hashed already must not come here: [`crate::hash::already_hashed`] takes them first.
/// `year`: the current one, four digits.
#[must_use]
pub fn normalize(field: Field, value: &str, year: u64, platform: &impl Platform) -> Option<String> {
    let rule = match field {
        Field::Em => em::RULE,
        Field::Ph => ph::RULE,
        Field::Fn | Field::Ln => name::RULE,
        Field::Ge => ge::RULE,
        Field::Db => db::RULE,
        Field::Ct => ct::RULE,
        Field::St | Field::Country => region::RULE,
        Field::Zp => zp::RULE,
        Field::ExternalId => external_id::RULE,
    };
    let text = platform.rewrite(value, rule);
    let normalized = match field {
        Field::Db => db::date(text, year)?,
        Field::Ge => ge::code(&text, platform)?,
        Field::St | Field::Country => region::code(text, field, platform)?,
        _ => text,
    };
    Some(normalized).filter(|text| !text.is_empty())
}

/// A doubt about a value that can be normalized, yet is unlikely to match.
#[must_use]
pub fn doubt(field: Field, value: &str, platform: &impl Platform) -> Option<Code> {
    match field {
        Field::Ph if ph::is_national(value, platform) => Some(Code::PhNational),
        Field::Country if region::is_guess(value, field, platform) => Some(Code::CountryGuessed),
        _ => None,
    }
}

/// The year that a time lies in, give or take the day at its ends: enough for the plausibility of a birth date.
#[must_use]
pub const fn year(now_ms: u64) -> u64 {
    /// The average year of the Gregorian calendar.
    const YEAR_MS: u64 = 31_556_952_000;
    1970 + now_ms / YEAR_MS
}
