//! What gives a person away in text that is not meant for customer data: by its form, or by the name it goes under.
//!
//! Meta's terms forbid such data in addresses and parameters; the patterns and the list of names are ours.

use crate::platform::{Platform, holds, host, step};

/// A pattern: an e-mail address, as far as it gives one away: `@` between an address character and a dotted domain.
///
/// Letters of other scripts count: an address is not less personal for them.
macro_rules! email {
    () => {
        concat!(
            r"[\w!#$%&'*+\/=?^`{|}~.\-\u{80}-\u{10ffff}]@",
            r"[0-9A-Za-z\-\u{80}-\u{10ffff}]+\.[0-9A-Za-z\-\u{80}-\u{10ffff}]"
        )
    };
}
pub(crate) use email;

/// A pattern: text that holds a phone number that starts with `+` (9 to 15 digits with nothing but `+-(). /` between).
macro_rules! plus_phone {
    () => {
        r"\+[ +\-().\/]*(?:[0-9][ +\-().\/]*){9,15}(?:[^0-9 +\-().\/]|$)"
    };
}
pub(crate) use plus_phone;

/// A pattern: text that is a phone number, with or without `+`.
macro_rules! phone {
    () => {
        r"^[ +\-().\/]*(?:[0-9][ +\-().\/]*){9,15}$"
    };
}

/// A pattern: the number of a payment card, 15 or 16 digits in fours with this between.
macro_rules! card {
    ($between:literal) => {
        concat!(
            r"(?:^|[^0-9])(?:2[2-7]|[3-6][0-9])[0-9]{2}(?:",
            $between,
            r"[0-9]{4}){2}",
            $between,
            r"[0-9]{3,4}(?:[^0-9]|$)"
        )
    };
}
pub(crate) use card;

/// A pattern: a part of a name of letters and digits that gives itself away wherever it stands.
macro_rules! telling {
    () => {
        concat!(
            "email|phone|mobile|firstname|lastname|fullname|surname|givenname|familyname|username|address|street|birth|",
            "passw|secret|token|cardnumber|creditcard"
        )
    };
}
pub(crate) use telling;

/// A step list: what percent-encoding once less makes of it, bytes over 127 as the characters of those numbers.
macro_rules! decoded {
    () => {
        // `%u0041` is no percent-encoding.
        concat!(
            $crate::platform::step!(r"\+" => " "),
            $crate::platform::step!("%u" => "%25u"),
            $crate::platform::host!(decode)
        )
    };
}
pub(crate) use decoded;

/// A step list that leaves nothing of a text if a pattern is in it, or in what percent-decoding makes of it.
///
/// Decoded three times at most: an address inside a parameter is encoded once more.
macro_rules! unless {
    ($($pattern:expr),+) => {
        concat!(
            step!(r"^[\s\S]*?(?:", $($pattern),+, r")[\s\S]*$" => ""), decoded!(),
            step!(r"^[\s\S]*?(?:", $($pattern),+, r")[\s\S]*$" => ""), decoded!(),
            step!(r"^[\s\S]*?(?:", $($pattern),+, r")[\s\S]*$" => ""), decoded!(),
            step!(r"^[\s\S]*?(?:", $($pattern),+, r")[\s\S]*$" => ""),
        )
    };
}

/// How a text is looked at.
#[derive(Clone, Copy)]
pub(crate) enum Look {
    /// Whether it holds an e-mail address, a card number, or a phone number that starts with `+`.
    Form,
    /// And whether all of it can be a phone number.
    Phone,
}

/// Whether a text gives a person away by its form.
pub(crate) fn is_personal(text: &str, look: Look, platform: &impl Platform) -> bool {
    const FORM: &str = unless!(email!(), "|", plus_phone!(), "|", card!(r"[ \-]?"));
    const PHONE: &str = unless!(
        email!(),
        "|",
        plus_phone!(),
        "|",
        card!(r"[ \-]?"),
        "|",
        phone!()
    );
    let (mut is_suspect, mut digits) = (false, 0);
    for byte in text.bytes() {
        is_suspect |= matches!(byte, b'@' | b'%');
        digits += u32::from(byte.is_ascii_digit());
    }
    // All others can hold neither.
    (is_suspect || digits >= 9)
        && platform
            .rewrite(
                text,
                match look {
                    Look::Form => FORM,
                    Look::Phone => PHONE,
                },
            )
            .is_empty()
}

/// Whether a parameter's name says that its value is a person's: Meta's own names for customer data, and what shops call it.
pub(crate) fn is_personal_name(name: &str, platform: &impl Platform) -> bool {
    const NAME: &str = concat!(
        step!("[^0-9A-Za-z]+" => ""),
        host!(lower),
        step!(
            "^(?:name|em|ph|fn|ln|ge|db|ct|st|zp|[0-9a-z]*(?:", telling!(),
            "|(?:customer|client|buyer|billing|shipping|contact)name)[0-9a-z]*)$" => "@"
        ),
    );
    platform.rewrite(name, NAME) == "@"
}

/// Whether the text holds an e-mail address.
#[must_use]
pub fn holds_email(text: &str, platform: &impl Platform) -> bool {
    holds(text, step!(email!() => ""), platform)
}
