//! An estimate of Meta's Event Match Quality from the fields that an event carries.
//!
//! Meta's own figure (1 to 10) also counts the share of events that were matched to an account, and its formula is not
//! public. Source of the order: Meta's priorities of customer information parameters, as vendors republish them (e-mail
//! highest; phone, address, browser, fbp and fbc high; names and places medium). The weights are ours: `docs/match-quality.md`.

use alloc::string::String;

use crate::text::{cut, decimal, is_one_of, join, leading_number, pieces};

/// What each field adds, in tenths, the most first. All of them make 90, and an event without any has 10.
const WEIGHTS: &str = "em 20,ph 12,fbp 10,fbc 10,external_id 8,client_ip_address 8,client_user_agent 7,fn 3,ln 3,zp 3,\
     ct 2,st 1,country 1,db 1,ge 1";

/// The estimate for an event with these `fields`, names of `user_data` with a space between: in tenths, 10 to 100, and
/// after it the fields that would raise it, the largest gain first: `58 ph external_id …`.
///
/// fbc is never among those: it comes with a click on an ad, not by anything a shop can add.
#[must_use]
pub fn estimate(fields: &str) -> String {
    let mut tenths = 10;
    let mut missing = String::new();
    for entry in pieces(WEIGHTS, b',') {
        let (field, weight) = cut(entry, b' ').unwrap_or_default();
        if is_one_of(field, fields) {
            tenths += leading_number(weight).unwrap_or(0);
        } else if field != "fbc" {
            missing = join(&[&missing, " ", field]);
        }
    }
    join(&[&decimal(tenths), &missing])
}
