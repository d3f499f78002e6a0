//! Visits that no person makes: crawlers, monitors, headless browsers.

use crate::text::{holds, pieces};

/// What a browser's user agent has somewhere, one of them at least.
const BROWSERS: &str = "mozilla/ opera android iphone nokia samsung ucweb";
/// What a machine's has, though it may look like a browser's else.
const MACHINES: &str = "headlesschrome lighthouse phantomjs ptst/ facebookexternalhit meta-externalagent \
     mediapartners-google google-inspectiontool googleother google-read-aloud bingpreview chatgpt-user slurp baiduspider \
     yandexmetrika yandeximages prerender pingdom site24x7 uptime/ monitor checkly catchpoint datadogsynthetics \
     ruxitsynthetic heritrix proximic crawl";

/// Whether Meta's Pixel sends nothing for a user agent, so that its server twin would stand alone.
///
/// Whatever calls itself a bot is one, but for the phones of Cubot; so is what names no browser at all (curl, an empty
/// text). The rest are names. Source: the lists of spiders and browsers in the configuration that fbevents.js 2.9.368
/// loads, of which these are the ones that run a page's scripts. Vectors: `tests/vectors/bot.json`.
#[must_use]
pub fn is_bot(user_agent: &str) -> bool {
    let lower = user_agent.to_ascii_lowercase();
    let has_one_of = |list| pieces(list, b' ').any(|part| holds(&lower, part));
    !has_one_of(BROWSERS) || has_one_of(MACHINES) || is_called_bot(lower.as_bytes())
}

/// Whether a word ends in `bot`.
fn is_called_bot(mut lower: &[u8]) -> bool {
    let mut before = b' ';
    while let [byte, after @ ..] = lower {
        if let [b'b', b'o', b't', ..] = lower
            && before != b'u'
            && !matches!(lower.get(3), Some(b'a'..=b'z' | b'_'))
        {
            return true;
        }
        before = *byte;
        lower = after;
    }
    false
}
