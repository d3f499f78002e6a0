//! The laws of what platforms report: only what is signed counts, what is read is stable, and nothing raw is kept.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a law that is broken panics"
)]

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;
use twin_core::personal::holds_email;
use twin_core::platform::Native;

use super::{Platform, Webhook, intake, is_signed, read, woocommerce};
use crate::clock;
use crate::laws::shop;
use crate::outbox::{Intake, Source};

/// Where each platform's signature stands.
const SIGNATURES: [(Platform, &str); 4] = [
    (Platform::Shopify, "x-shopify-hmac-sha256"),
    (Platform::WooCommerce, "x-wc-webhook-signature"),
    (Platform::Stripe, "stripe-signature"),
    (Platform::Signed, "twin-signature"),
];
const TOPICS: [(&str, &str); 4] = [
    ("x-shopify-topic", "orders/paid"),
    ("x-shopify-topic", "refunds/create"),
    ("x-wc-webhook-topic", "order.updated"),
    ("x-wc-webhook-topic", "order.deleted"),
];

/// For a report's body, which serves as a signature, too.
pub(crate) fn law(bytes: &[u8]) {
    for (platform, header) in SIGNATURES {
        let webhook = shop().webhooks.get(&platform).expect("a webhook");
        signed(platform, webhook, header, bytes);
        if let Ok(body) = serde_json::from_slice::<Value>(bytes) {
            for (topic, about) in TOPICS {
                let mut headers = HeaderMap::new();
                headers.insert(topic, HeaderValue::from_static(about));
                reported(platform, webhook, &headers, &body);
            }
        }
    }
    assert!(
        !woocommerce::is_greeting(&HeaderMap::new(), bytes) || bytes.starts_with(b"webhook_id=")
    );
}

/// The right signature is taken, and no other: of other bytes, of another time, or the bytes themselves.
fn signed(platform: Platform, webhook: &Webhook, header: &'static str, bytes: &[u8]) {
    let is_taken = |signature: &[u8], body: &[u8]| {
        let mut headers = HeaderMap::new();
        let name = HeaderName::from_static(header);
        headers.insert(name, HeaderValue::from_bytes(signature).ok()?);
        Some(is_signed(platform, webhook, &headers, body))
    };
    let mac = |parts: &[&[u8]]| {
        let mut mac = Hmac::<Sha256>::new_from_slice(b"secret").unwrap();
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes()
    };
    let timed = |time_s: u64| {
        let time = time_s.to_string();
        let hex: String = mac(&[time.as_bytes(), b".", bytes])
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("t={time},v1=00,v1={hex}")
    };
    let (right, late) = match platform {
        Platform::Shopify | Platform::WooCommerce => {
            (STANDARD.encode(mac(&[bytes])), "t=1,v1=00".into())
        }
        Platform::Stripe | Platform::Signed => (timed(clock::now_s()), timed(clock::now_s() - 301)),
    };
    assert_eq!(is_taken(right.as_bytes(), bytes), Some(true));
    assert_eq!(
        is_taken(right.as_bytes(), &[bytes, b" "].concat()),
        Some(false)
    );
    assert_eq!(is_taken(late.as_bytes(), bytes), Some(false));
    assert_ne!(is_taken(bytes, bytes), Some(true));
}

/// Read twice is the same, each event is whole and of the shop, and no e-mail address is in what is kept.
fn reported(platform: Platform, webhook: &Webhook, headers: &HeaderMap, body: &Value) {
    let (Ok(first), Ok(second)) = (read(platform, headers, body), read(platform, headers, body))
    else {
        return;
    };
    assert_eq!(first.delivery_id, second.delivery_id);
    assert_eq!(first.reports.len(), second.reports.len());
    for (one, other) in first.reports.iter().zip(&second.reports) {
        let kept = intake(shop(), platform, webhook, one);
        assert_eq!(told(&kept), told(&intake(shop(), platform, webhook, other)));
        let takers = if one.event_name == "Purchase" { 2 } else { 1 };
        assert!(kept.events.is_empty() || kept.events.len() == takers);
        if let Some(purchase) = &kept.purchase {
            assert_eq!(purchase.reason.is_none(), !kept.events.is_empty());
            let hash = purchase.external_id.as_deref().unwrap_or_default();
            assert!(hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
        }
        for kept in &kept.events {
            assert!(kept.source == Source::Shop && kept.expected & Source::Shop.bit() != 0);
            assert_eq!(kept.event.event_name, one.event_name);
            let event: Value = serde_json::from_str(&kept.event.json).expect("JSON");
            let mut user_data = event["user_data"].clone();
            // As the platform knew it, which is no customer value.
            user_data["client_user_agent"].take();
            for part in [&user_data, &event["custom_data"], &event["event_id"]] {
                assert!(!holds_email(&part.to_string(), &Native), "{part}");
            }
        }
    }
}

/// What is kept of a report, in a text.
fn told(intake: &Intake) -> String {
    let events = intake.events.iter().map(|kept| kept.event.json.as_str());
    let purchase = intake.purchase.iter().map(|said| {
        format!(
            "{} {} {:?} {:?} {:?} {:?}",
            said.order_id, said.status, said.reason, said.value, said.currency, said.external_id
        )
    });
    format!(
        "{:?} {:?}",
        events.collect::<Vec<_>>(),
        purchase.collect::<Vec<_>>()
    )
}
