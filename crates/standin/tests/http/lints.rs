//! What is only remarked on, and what the stricter profile refuses instead.

use serde_json::json;

use crate::support::{EM, Meta, codes, custom, now_s, user, verdict};

/// Documented as required or forbidden, but Meta was seen to accept it, or nobody showed the refusal.
#[tokio::test]
async fn the_docs_profile_refuses_what_the_real_one_remarks_on() {
    let cases = [
        (
            json!({ "action_source": null }),
            2_804_019,
            "action_source_missing",
        ),
        (
            json!({ "event_source_url": null }),
            2_804_019,
            "event_source_url_missing",
        ),
        (
            user(json!({ "em": EM })),
            2_804_019,
            "client_user_agent_missing",
        ),
        (
            user(json!({ "em": "john_smith@gmail.com", "client_user_agent": "x" })),
            2_804_019,
            "unhashed_em",
        ),
        (
            user(json!({ "em": EM.to_uppercase(), "client_user_agent": "x" })),
            2_804_019,
            "uppercase_hash_em",
        ),
        (
            json!({ "event_name": "AddToCart", "custom_data": { "value": 1 } }),
            2_804_023,
            "value_without_currency",
        ),
        (
            custom(json!({ "contents": [{ "quantity": 1 }] })),
            2_804_008,
            "content_id_missing",
        ),
        (
            custom(json!({ "currency": "DOLLAR" })),
            2_804_019,
            "currency_unknown",
        ),
    ];
    for (changes, subcode, lint) in cases {
        assert_eq!(
            verdict(&Meta::strict(), &changes).await.0,
            subcode,
            "{changes}"
        );
        let real = Meta::new();
        assert_eq!(verdict(&real, &changes).await.0, 0, "{changes}");
        let lints = real.conversions().await[0]["server"]["lints"].clone();
        assert!(codes(&lints).contains(&lint), "{changes}: {lints}");
    }
}

#[tokio::test]
async fn oddities_are_remarked_on() {
    let seconds = "fb.1.1794990000.IwAR2";
    let cases = [
        (json!({ "event_id": null }), "no_event_id"),
        (json!({ "event_id": "x".repeat(256) }), "event_id_long"),
        (json!({ "event_name": "x".repeat(51) }), "event_name_long"),
        (custom(json!({ "value": -1 })), "value_negative"),
        (custom(json!({ "value": "0.00" })), "value_zero"),
        (custom(json!({ "order_id": 1001 })), "number_order_id"),
        (
            custom(json!({ "content_type": "products" })),
            "content_type_value",
        ),
        (
            custom(json!({ "delivery_category": "drone" })),
            "delivery_category_value",
        ),
        (user(json!({ "em": EM, "fbc": seconds })), "fbc_seconds"),
        (
            user(json!({ "em": EM, "fbp": "1098115397" })),
            "fbp_malformed",
        ),
        (
            user(json!({ "em": EM, "shoe_size": 43 })),
            "unknown_user_data_shoe_size",
        ),
        (
            user(json!({ "em": EM, "client_ip_address": "192.168.0.7" })),
            "client_ip_address_private",
        ),
        (
            user(json!({ "em": EM, "client_ip_address": "::1" })),
            "client_ip_address_private",
        ),
        (
            user(json!({ "em": EM, "client_ip_address": "unknown" })),
            "client_ip_address_invalid",
        ),
        (
            user(json!({ "em": EM, "client_ip_address": EM })),
            "hashed_client_ip_address",
        ),
        (
            user(json!({ "em": EM, "client_user_agent": EM })),
            "hashed_client_user_agent",
        ),
        (
            user(
                json!({ "em": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" }),
            ),
            "hash_of_nothing_em",
        ),
    ];
    for (changes, lint) in cases {
        let meta = Meta::new();
        assert_eq!(verdict(&meta, &changes).await.0, 0, "{changes}");
        let lints = meta.conversions().await[0]["server"]["lints"].clone();
        assert!(codes(&lints).contains(&lint), "{changes}: {lints}");
    }
}

#[tokio::test]
async fn a_good_event_has_no_lints() {
    let meta = Meta::new();
    let user_data = json!({
        "em": EM, "client_ip_address": "2001:db8::1.AQYBAQAA", "client_user_agent": "Mozilla/5.0",
        "fbp": format!("fb.1.{}.1098115397", now_s() * 1_000), "fbc": format!("fb.1.{}.IwAR2x", now_s() * 1_000),
    });
    assert_eq!(verdict(&meta, &user(user_data)).await.0, 0);
    assert_eq!(meta.conversions().await[0]["server"]["lints"], json!([]));
}
