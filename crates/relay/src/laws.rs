//! What the relay promises for whatever comes in. The fuzz targets (`fuzz/`) and the replay of what they have found hold it to
//! the same laws. A law that is broken panics.
#![allow(clippy::expect_used, reason = "a law that is broken panics")]

use std::path::Path;
use std::sync::OnceLock;

use serde_json::Value;
use twin_core::accept::{self, Clock};

use crate::client::Caller;
use crate::clock::set::SET_MS;
use crate::config::{self, Shop};
use crate::receive::{Sorted, intake, sort, test_event_code};
use crate::webhooks;

/// When the laws are looked at, Unix time in seconds.
const NOW_S: u64 = 1_700_000_000;
const CONFIG: &str = r#"
pixel_id = "1234567890"
access_token = "token"
max_value = 1000
[[pixels]]
pixel_id = "987"
access_token = "token"
events = ["Purchase"]
[webhooks.shopify]
secrets = ["secret"]
[webhooks.woocommerce]
secrets = ["secret"]
event_id = "order_{number}"
[webhooks.stripe]
secrets = ["old", "secret"]
[webhooks.signed]
secrets = ["secret"]
"#;

/// A shop with all that a shop can have.
pub(crate) fn shop() -> &'static Shop {
    static SHOP: OnceLock<Shop> = OnceLock::new();
    SHOP.get_or_init(|| {
        let file = std::env::temp_dir().join(format!("twin-relay-{}.toml", std::process::id()));
        std::fs::write(&file, CONFIG).expect("a file");
        let loaded = config::load(Some(Path::new(&file)), std::iter::empty());
        // Nobody reads it again.
        let _ = std::fs::remove_file(&file);
        let shop = loaded
            .ok()
            .and_then(|config| config.shops.into_iter().next());
        shop.expect("a shop")
    })
}

/// Every event of a post is either kept for each pixel that takes it, or refused.
pub fn body(bytes: &[u8]) {
    let Ok(body) = serde_json::from_slice::<Value>(bytes) else {
        return;
    };
    let code = test_event_code(&body);
    let clock = Clock {
        now_s: NOW_S,
        skew_s: accept::skew_s(&body, NOW_S),
    };
    let caller = Caller {
        ip_address: [203, 0, 113, 9].into(),
        user_agent: "Mozilla/5.0".into(),
        host: None,
        is_https: true,
    };
    let Ok(events) = accept::events(body) else {
        return;
    };
    let count = events.len();
    let Sorted {
        accepted, refusals, ..
    } = sort(events, shop(), &caller, clock);
    assert_eq!(accepted.len() + refusals.len(), count);
    let purchases = accepted
        .iter()
        .filter(|event| event.event_name == "Purchase");
    let kept = intake(shop(), &accepted, code).events;
    assert_eq!(kept.len(), accepted.len() + purchases.count());
    for kept in kept {
        assert_eq!(kept.hold_ms > 0, kept.event.event_name == "Purchase");
        assert!(kept.test_event_code.is_none_or(|code| code.len() < 100));
        let event: Value = serde_json::from_str(&kept.event.json).expect("JSON");
        let value = event.pointer("/custom_data/value").and_then(Value::as_f64);
        assert!(value.is_none_or(|value| value.abs() <= 1000.0));
    }
}

/// See [`webhooks::laws`].
pub fn webhook(bytes: &[u8]) {
    SET_MS.set(Some(NOW_S * 1000));
    webhooks::laws::law(bytes);
    SET_MS.set(None);
}

#[cfg(test)]
mod tests {
    use std::fs;

    fn replay(target: &str, law: fn(&[u8])) {
        let folder = format!("{}/../../fuzz/corpus/{target}", env!("CARGO_MANIFEST_DIR"));
        let files: Vec<_> = fs::read_dir(&folder).unwrap().flatten().collect();
        assert!(files.len() > 3, "{folder}");
        for file in files {
            law(&fs::read(file.path()).unwrap());
        }
    }

    #[test]
    fn what_was_found_for_bodies_holds() {
        replay("body", super::body);
    }

    #[test]
    fn what_was_found_for_webhooks_holds() {
        replay("webhooks", super::webhook);
    }
}
