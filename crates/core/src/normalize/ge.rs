//! Gender.

use alloc::string::String;

use crate::platform::{Platform, lowercase};
use crate::text::{is_one_of, trim};

const MALE: &str = "man male boy gentleman guy sir mister mr son father dad daddy papa uncle nephew brother husband \
     boyfriend groom widower king prince duke count emperor god lord lad fellow chap bloke dude he him his himself m";
const FEMALE: &str = "woman female girl lady miss ms mrs madam ma'am daughter mother mom mama mommy aunt niece sister \
     wife girlfriend bride widow queen princess duchess countess empress goddess maiden lass gal chick dame belle she \
     her hers herself f";

/// `f` or `m` for the words that Meta knows, exactly as they stand (`"Mrs "` → `f`, `"M."` → `None`).
pub(super) fn normalize(value: &str, platform: &dyn Platform) -> Option<String> {
    let lower = lowercase(value, platform);
    let word = trim(&lower);
    if is_one_of(word, MALE) {
        Some(String::from("m"))
    } else if is_one_of(word, FEMALE) {
        Some(String::from("f"))
    } else {
        None
    }
}
