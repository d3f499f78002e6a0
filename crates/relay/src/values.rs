//! `twin-relay hash` and `normalize`: what the rules make of one value, for whoever wonders why a customer does not
//! match.

use twin_core::hash::already_hashed;
use twin_core::normalize::{Field, normalize, year};
use twin_core::notice::Code;
use twin_core::platform::Native;
use twin_core::raw::Raw;

use crate::clock;

/// What the rules made of a value.
pub(crate) struct Found {
    /// To be printed.
    pub(crate) text: String,
    /// Why it is unlikely to match all the same.
    pub(crate) doubt: Option<Code>,
}

/// The value in Meta's form. One that is hashed already stays as it is, in lower case.
///
/// # Errors
/// No such field, or the field's rule refuses the value.
pub(crate) fn normalized(key: &str, value: &str) -> Result<Found, Code> {
    let field = Field::from_key(key).ok_or(Code::UserFieldUnknown)?;
    let hashed = already_hashed(value, &Native).map(|hash| hash.as_str().to_owned());
    let text = hashed.or_else(|| normalize(field, value, year(clock::now_ms()), &Native));
    found(field, value, text)
}

/// The hash that Meta compares.
///
/// # Errors
/// As [`normalized`].
pub(crate) fn hashed(key: &str, value: &str) -> Result<Found, Code> {
    let field = Field::from_key(key).ok_or(Code::UserFieldUnknown)?;
    let hash = Raw::new(value.into()).hash(field, year(clock::now_ms()), &Native);
    found(field, value, hash.map(|hash| hash.as_str().to_owned()))
}

fn found(field: Field, value: &str, text: Option<String>) -> Result<Found, Code> {
    let text = text.ok_or_else(|| Code::invalid(field))?;
    let doubt = Raw::new(value.into()).doubt(field, &Native);
    Ok(Found { text, doubt })
}
