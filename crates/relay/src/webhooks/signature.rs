//! The signatures of webhooks: HMAC-SHA256 over the body as it came, compared in constant time.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::config::token::Secret;

/// How far the time in a signature may be from ours, in seconds. An older one may be a replay.
const TOLERANCE_S: u64 = 300;

fn mac(secret: &Secret, parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.bytes()).ok()?;
    parts.iter().for_each(|part| mac.update(part));
    Some(mac)
}

/// As Shopify and WooCommerce sign: the MAC in base64.
pub(super) fn is_base64(secret: &Secret, body: &[u8], header: Option<&str>) -> bool {
    let given = header.and_then(|header| STANDARD.decode(header.trim()).ok());
    given
        .zip(mac(secret, &[body]))
        .is_some_and(|(given, mac)| mac.verify_slice(&given).is_ok())
}

/// As Stripe signs: `t=<Unix seconds>,v1=<hex>`, perhaps with several `v1`, of the time, a dot and the body.
pub(super) fn is_timed(secret: &Secret, body: &[u8], header: Option<&str>, now_s: u64) -> bool {
    let pairs = || {
        header
            .unwrap_or_default()
            .split(',')
            .filter_map(|pair| pair.trim().split_once('='))
    };
    let Some((_, time)) = pairs().find(|(key, _)| *key == "t") else {
        return false;
    };
    let is_fresh = time
        .parse::<u64>()
        .is_ok_and(|time_s| time_s.abs_diff(now_s) <= TOLERANCE_S);
    is_fresh
        && pairs().filter(|(key, _)| *key == "v1").any(|(_, hex)| {
            mac(secret, &[time.as_bytes(), b".", body])
                .zip(from_hex(hex))
                .is_some_and(|(mac, given)| mac.verify_slice(&given).is_ok())
        })
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}
