//! Gender.

use crate::platform::{host, only, step};

/// `f` or `m` for the words that Meta knows, exactly as they stand (`"Mrs "` → `f`, `"M."` → nothing).
pub(super) const RULE: &str = concat!(
    host!(lower),
    step!(
        "^(?:man|male|boy|gentleman|guy|sir|mister|mr|son|father|dad|daddy|papa|uncle|nephew|brother|husband|boyfriend|",
        "groom|widower|king|prince|duke|count|emperor|god|lord|lad|fellow|chap|bloke|dude|he|him|his|himself)$" => "m"
    ),
    step!(
        "^(?:woman|female|girl|lady|miss|ms|mrs|madam|ma'am|daughter|mother|mom|mama|mommy|aunt|niece|sister|wife|",
        "girlfriend|bride|widow|queen|princess|duchess|countess|empress|goddess|maiden|lass|gal|chick|dame|belle|she|her|",
        "hers|herself)$" => "f"
    ),
    only!("([fm])"),
);
