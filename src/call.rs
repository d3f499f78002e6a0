//! One call as `js/call.ts` hands it over: plain text, so that nothing of the page's is touched here.

use twin_core::normalize::Field;
use twin_core::notice::{Code, Notices};
use twin_core::raw::Raw;
use twin_core::text::{cut, join, push_ascii};
use twin_core::user_data::UserData;

use crate::page::Browser;

/// Ends a field of a call, and a key or value of a customer. Taken out of all text before.
const MARK: u8 = 0x1f;

/// Takes what stands before the next mark.
pub(crate) fn take<'text>(rest: &mut &'text str) -> &'text str {
    let (taken, after) = cut(rest, MARK).unwrap_or((rest, ""));
    *rest = after;
    taken
}

/// Takes so many fields.
pub(crate) fn take_all<'text, const FIELDS: usize>(rest: &mut &'text str) -> [&'text str; FIELDS] {
    let mut taken = [""; FIELDS];
    for field in &mut taken {
        *field = take(rest);
    }
    taken
}

/// Texts with a mark after each.
pub(crate) fn joined(texts: &[&str]) -> String {
    let mut joined = String::new();
    for text in texts {
        joined.push_str(text);
        push_ascii(&mut joined, MARK);
    }
    joined
}

/// Adds so many values of a customer, key and value in turn, for fields of which `user_data` has none yet.
///
/// `year`: the current one, four digits.
pub(crate) fn add_customer(
    rest: &mut &str,
    user_data: &mut UserData<'_>,
    year: u64,
    notes: &mut Notices,
) {
    let known = user_data.fields();
    loop {
        let key = take(rest);
        if key.is_empty() {
            return;
        }
        let value = Raw::new(String::from(take(rest)));
        match Field::from_key(key) {
            Some(field) if known & field.bit() != 0 => {}
            Some(field) => user_data.add_raw(field, &value, year, &Browser, notes),
            None => notes.push(Code::UserFieldUnknown, &join(&["user.", key])),
        }
    }
}
