//! What the rules need from where they run: its regular expressions, Unicode tables and number reader.
//!
//! The browser ships all three, so the module carries none of them: a rule is a list of steps, which is data, and the same
//! list is run by V8, by SpiderMonkey, and natively by the `regex` crate. Shared vectors prove the answers equal.

use alloc::string::String;

/// A step of a rule: a pattern, and what takes the place of each of its matches (`$1`: the first group).
///
/// Patterns are JavaScript's (flags `gu`, so `\s` is JavaScript's white space and `\w` ASCII) as far as the `regex` crate
/// has the same: no look-around, no back-reference, no `.` but in a class. They have to be linear in V8, which goes back and
/// tries again: whatever repeats is anchored or stops at a character that it does not take itself.
macro_rules! step {
    ($($pattern:expr),+ => $with:expr) => {
        concat!($($pattern),+, "\u{1f}", $with, "\u{1f}")
    };
}

/// A step that leaves what the pattern's first group has, or nothing unless the pattern is the whole text.
macro_rules! only {
    ($($pattern:expr),+) => {
        $crate::platform::step!("^(?:", $($pattern),+, r")$|^[\s\S]+$" => "$1")
    };
}

/// A step that no pattern can do: `trim`, `lower` (and `trim`), `upper`, `decode` (`%41` → `A`; a byte over 127 becomes
/// the character of that number), `number` (as JSON; empty text if it is none or not finite), `members` (of a JSON object
/// its keys, still escaped, and values, of a list its places and items, each with a mark, U+001F, after it).
macro_rules! host {
    ($step:ident) => {
        concat!("\u{1f}", stringify!($step), "\u{1f}")
    };
}

pub(crate) use {host, only, step};

/// What the rules borrow from their host.
pub trait Platform {
    /// Takes the steps one after the other.
    fn rewrite(&self, text: &str, steps: &'static str) -> String;

    /// The names or codes by which Meta knows the values of a key (`country`); empty while they are not there. A page needs
    /// them only for what is written out, such as `Germany`, or rare, and loads them then.
    fn names(&self, of: &str) -> String;
}

/// Whether a text holds what a step takes away.
#[must_use]
pub(crate) fn holds(text: &str, step: &'static str, platform: &impl Platform) -> bool {
    platform.rewrite(text, step).len() < text.len()
}

#[cfg(feature = "relay")]
pub use native::Native;

#[cfg(feature = "relay")]
mod native {
    extern crate std;

    use alloc::borrow::Cow;
    use alloc::format;
    use alloc::rc::Rc;
    use alloc::string::{String, ToString as _};
    use core::cell::RefCell;
    use std::collections::HashMap;
    use std::thread_local;

    use regex::Regex;

    use super::Platform;
    use crate::json::each;
    use crate::names::names;
    use crate::text::{decimal, join, pieces};

    /// Rust's own, for native builds.
    #[derive(Debug, Clone, Copy, Default)]
    pub struct Native;

    impl Platform for Native {
        fn rewrite(&self, text: &str, steps: &'static str) -> String {
            let mut text = Cow::Borrowed(text);
            for step in compiled(steps).iter() {
                match step.take(&text) {
                    // A pattern that is nowhere leaves the text as it is.
                    Cow::Borrowed(same) if same.len() == text.len() => {}
                    changed => text = Cow::Owned(changed.into_owned()),
                }
            }
            text.into_owned()
        }

        fn names(&self, of: &str) -> String {
            names(of).into()
        }
    }

    /// A step, ready to be taken.
    enum Step {
        Trim,
        Lower,
        Upper,
        Decode,
        Members,
        Number,
        /// What the pattern's first group has; nothing unless the pattern is the whole text.
        Only(Regex),
        Replace(Regex, &'static str),
    }

    impl Step {
        fn of(pattern: &'static str, with: &'static str) -> Self {
            match (pattern, with) {
                ("", "trim") => Self::Trim,
                ("", "lower") => Self::Lower,
                ("", "upper") => Self::Upper,
                ("", "decode") => Self::Decode,
                ("", "members") => Self::Members,
                ("", _) => Self::Number,
                // By itself the first half of `only!` is matched much faster.
                _ => match pattern.strip_suffix(r"|^[\s\S]+$") {
                    Some(whole) if with == "$1" => Self::Only(regex(whole)),
                    _ => Self::Replace(regex(pattern), with),
                },
            }
        }

        fn take<'text>(&self, text: &'text str) -> Cow<'text, str> {
            match self {
                Self::Trim => text.trim_matches(is_js_space).into(),
                Self::Lower => text.trim_matches(is_js_space).to_lowercase().into(),
                Self::Upper => text.to_uppercase().into(),
                Self::Decode => decoded(text).into(),
                Self::Members => members(text).into(),
                Self::Number => number(text).into(),
                Self::Only(regex) => {
                    let group = regex.captures(text).and_then(|groups| groups.get(1));
                    group.map_or("", |group| group.as_str()).into()
                }
                Self::Replace(regex, with) => regex.replace_all(text, *with),
            }
        }
    }

    /// The lists that have been met, by where they stand: a list is a constant, and its place is compared faster than its text.
    type Compiled = HashMap<(usize, usize), Rc<[Step]>>;

    /// Each list of steps is compiled once in each thread: threads that share a pattern wait for each other.
    fn compiled(steps: &'static str) -> Rc<[Step]> {
        thread_local! {
            static COMPILED: RefCell<Compiled> = RefCell::default();
        }
        let place = (steps.as_ptr() as usize, steps.len());
        COMPILED.with_borrow_mut(|known| {
            let compile = || {
                let mut parts = pieces(steps, 0x1f);
                let next = || Some(Step::of(parts.next()?, parts.next()?));
                core::iter::from_fn(next).collect()
            };
            Rc::clone(known.entry(place).or_insert_with(compile))
        })
    }

    /// JavaScript's `\s`. It has U+FEFF, which Rust's lacks, and lacks U+0085, which Rust's has.
    const SPACE: &str =
        r"[\t-\r \u{a0}\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}\u{feff}]";

    fn is_js_space(c: char) -> bool {
        c == '\u{feff}' || c.is_whitespace() && c != '\u{85}'
    }

    #[expect(
        clippy::expect_used,
        reason = "the patterns are constants of this crate, and the vectors meet them all"
    )]
    fn regex(pattern: &str) -> Regex {
        let translated = pattern
            .replace(r"[\s\S]", "(?s:.)")
            .replace(r"\s", SPACE)
            .replace(r"\w", "[0-9A-Za-z_]");
        Regex::new(&translated).expect(pattern)
    }

    /// JavaScript's `unescape`, but for `%u0041`.
    fn decoded(text: &str) -> String {
        let mut decoded = String::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let byte = rest
                .strip_prefix('%')
                .and_then(|rest| rest.get(..2))
                .filter(|hex| hex.bytes().all(|digit| digit.is_ascii_hexdigit()))
                .and_then(|hex| u8::from_str_radix(hex, 16).ok());
            decoded.push(byte.map_or(c, char::from));
            rest = rest
                .get(byte.map_or(c.len_utf8(), |_| 3)..)
                .unwrap_or_default();
        }
        decoded
    }

    fn members(json: &str) -> String {
        let mut members = String::new();
        let mut place = 0;
        each(json, &mut |key, value| {
            let place_text = decimal(place);
            let key = if json.starts_with('[') {
                &place_text
            } else {
                key
            };
            members = join(&[&members, key, "\u{1f}", value, "\u{1f}"]);
            place += 1;
        });
        members
    }

    fn number(text: &str) -> String {
        let number = text.parse().ok().filter(|number: &f64| number.is_finite());
        number.map_or(String::new(), |number| {
            // JavaScript's notation: zero has no sign, and what is very large or small has an exponent.
            let number = number + 0.0;
            match number.abs() {
                size if size >= 1e21 => format!("{number:e}").replace('e', "e+"),
                size if size > 0.0 && size < 1e-6 => format!("{number:e}"),
                _ => number.to_string(),
            }
        })
    }
}
