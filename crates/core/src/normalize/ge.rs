//! Gender.

use alloc::string::String;

use crate::platform::{Platform, host};
use crate::text::{cut, is_one_of};

pub(super) const RULE: &str = host!(lower);

/// `f` or `m` for the words that Meta knows, exactly as they stand (`"Mrs "` → `f`, `"M."` → nothing).
pub(super) fn code(word: &str, platform: &impl Platform) -> Option<String> {
    if is_one_of(word, "f m") {
        return Some(String::from(word));
    }
    // No list of words is asked for what can be no word.
    if word.len() < 2 {
        return None;
    }
    let names = platform.names("ge");
    let (men, women) = cut(&names, b'/')?;
    if is_one_of(word, men) {
        Some(String::from("m"))
    } else if is_one_of(word, women) {
        Some(String::from("f"))
    } else {
        None
    }
}

/// The words for a man, a slash, and those for a woman.
#[cfg(feature = "relay")]
pub(crate) const NAMES: &str = "man male boy gentleman guy sir mister mr son father dad daddy papa uncle nephew brother \
     husband boyfriend groom widower king prince duke count emperor god lord lad fellow chap bloke dude he him his himself/\
     woman female girl lady miss ms mrs madam ma'am daughter mother mom mama mommy aunt niece sister wife girlfriend bride \
     widow queen princess duchess countess empress goddess maiden lass gal chick dame belle she her hers herself";
