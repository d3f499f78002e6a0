//! Visits that no person makes: crawlers, monitors, headless browsers.

use crate::platform::{Platform, host, only, step};

/// Whether Meta's Pixel sends nothing for a user agent, so that its server twin would stand alone.
///
/// Whatever calls itself a bot is one, but for the phones of Cubot; so is what names no browser at all (curl, an empty
/// text). The rest are names. Source: the lists of spiders and browsers in the configuration that fbevents.js 2.9.368
/// loads, of which these are the commonest that run a page's scripts. Vectors: `tests/vectors/bot.json`.
#[must_use]
pub fn is_bot(user_agent: &str, platform: &impl Platform) -> bool {
    const PERSON: &str = concat!(
        host!(lower),
        step!(
            r"[^u]bot(?:[^a-z_]|$)|headless|lighthouse|ptst\/|external(?:hit|agent)|google-|bingpreview|",
            "slurp|pingdom|monitor|crawl" => "\n"
        ),
        only!(r"[^\n]*?(mozilla|opera)[^\n]*"),
    );
    platform.rewrite(user_agent, PERSON).is_empty()
}
