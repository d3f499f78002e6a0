//! What the endpoint takes and refuses, sentence by sentence.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]
#![cfg(feature = "relay")]

mod times;

use serde_json::{Value as Json, json};
use twin_core::accept::{self, Accepted, Client, Clock, MAX_EVENTS};
use twin_core::notice::Notices;

const NOW_S: u64 = 1_700_000_000;
const HASH: &str = "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f";

fn sound() -> Json {
    json!({
        "event_name": "Purchase",
        "event_time": NOW_S - 5,
        "event_id": "order_12345",
        "event_source_url": "https://shop.example/thank-you",
        "action_source": "website",
        "user_data": { "em": HASH, "fbp": "fb.1.1600000000000.123456789" },
        "custom_data": { "value": 100, "currency": "USD" }
    })
}

const CLOCK: Clock = Clock {
    now_s: NOW_S,
    skew_s: None,
};
const NOBODY: Client<'_> = Client {
    ip_address: "",
    user_agent: "",
};

/// Judges one event; the notices as `code@field`.
fn judge(event: &Json) -> (Option<Accepted>, Vec<String>) {
    judge_by(event, CLOCK)
}

fn judge_by(event: &Json, clock: Clock) -> (Option<Accepted>, Vec<String>) {
    let mut notes = Notices::new();
    let accepted = accept::event(event.clone(), NOBODY, clock, &mut notes);
    let told = notes
        .into_vec()
        .into_iter()
        .map(|notice| format!("{}@{}", notice.code.name(), notice.field))
        .collect();
    (accepted, told)
}

fn with(path: &str, value: Json) -> Json {
    let mut event = sound();
    let (parent, key) = path.rsplit_once('/').expect("a path");
    event.pointer_mut(parent).expect("a parent")[key] = value;
    event
}

fn without(key: &str) -> Json {
    let mut event = sound();
    event.as_object_mut().expect("an object").remove(key);
    event
}

fn refuses(event: &Json, because: &str) {
    let (accepted, told) = judge(event);
    assert_eq!(accepted, None, "{event}");
    assert_eq!(told.first().map(String::as_str), Some(because), "{event}");
}

fn accepts(event: &Json, told_too: &[&str]) -> Json {
    let (accepted, told) = judge(event);
    assert_eq!(told, told_too, "{event}");
    let accepted = accepted.unwrap_or_else(|| panic!("refused {event}"));
    serde_json::from_str(&accepted.json).expect("JSON")
}

#[test]
fn a_sound_event_passes_unchanged() {
    assert_eq!(accepts(&sound(), &[]), sound());
}

#[test]
fn required_fields_are_required() {
    for key in [
        "event_name",
        "event_time",
        "event_id",
        "action_source",
        "user_data",
    ] {
        refuses(&without(key), &format!("field_missing@{key}"));
        refuses(
            &with(&format!("/{key}"), Json::Null),
            &format!("field_missing@{key}"),
        );
    }
    refuses(&with("/event_id", json!("")), "field_missing@event_id");
}

#[test]
fn raw_customer_data_is_refused_and_not_echoed() {
    for (key, value) in [
        ("em", json!("ann@example.com")),
        ("ph", json!("+1 650 555 0100")),
        ("fn", json!("Ann")),
        ("external_id", json!("customer-7")),
        ("zp", json!(94105)),
        ("ln", json!([HASH, "Lee"])),
        ("ct", json!({ "name": "Paris" })),
        ("em", json!(format!("{HASH}0"))),
    ] {
        let (accepted, told) = judge(&with(&format!("/user_data/{key}"), value));
        assert_eq!(accepted, None);
        assert_eq!(told, [format!("not_hashed@user_data.{key}")]);
    }
    refuses(
        &with("/user_data/email", json!("ann@example.com")),
        "user_data_unknown@user_data.email",
    );
    refuses(
        &with("/user_data", json!("ann@example.com")),
        "field_type@user_data",
    );
    refuses(
        &with("/custom_data/note", json!("ann@example.com")),
        "personal_data@custom_data.note",
    );
    for path in [
        "/event_id",
        "/user_data/lead_id",
        "/app_data",
        "/original_event_data",
    ] {
        let event = with(path, json!("ann@example.com"));
        let field = path.trim_start_matches('/').replace('/', ".");
        refuses(&event, &format!("personal_data@{field}"));
    }
    refuses(
        &with("/event_name", json!("ann@example.com")),
        "event_name_invalid@event_name",
    );
    let cookie = with(
        "/user_data/fbc",
        json!("fb.1.1600000000000.ann@example.AQYCAQMB"),
    );
    let kept = accepts(&cookie, &["fbc_malformed@user_data.fbc"]);
    assert!(kept["user_data"].get("fbc").is_none());
}

#[test]
fn hashes_are_taken_in_every_form_that_meta_takes() {
    let upper = accepts(&with("/user_data/em", json!(HASH.to_uppercase())), &[]);
    assert_eq!(upper["user_data"]["em"], HASH);
    let appendix = accepts(
        &with("/user_data/em", json!(format!("{HASH}.AQYCAQMB"))),
        &[],
    );
    assert_eq!(appendix["user_data"]["em"], HASH);
    let list = accepts(
        &with("/user_data/em", json!([HASH, HASH, "0".repeat(64)])),
        &[],
    );
    assert_eq!(list["user_data"]["em"], json!([HASH, "0".repeat(64)]));
    let md5 = accepts(
        &with("/user_data/em", json!("d41d8cd98f00b204e9800998ecf8427e")),
        &[],
    );
    assert_eq!(md5["user_data"]["em"], "d41d8cd98f00b204e9800998ecf8427e");
}

#[test]
fn names_ids_and_sources_are_metas() {
    refuses(
        &with("/event_name", json!("x".repeat(51))),
        "event_name_invalid@event_name",
    );
    refuses(
        &with("/event_name", json!("a\u{0}b")),
        "event_name_invalid@event_name",
    );
    refuses(
        &with("/event_name", json!(7)),
        "event_name_invalid@event_name",
    );
    refuses(
        &with("/event_id", json!("x".repeat(256))),
        "event_id_invalid@event_id",
    );
    refuses(
        &with("/event_id", json!("a\nb")),
        "event_id_invalid@event_id",
    );
    refuses(&with("/event_id", json!({})), "event_id_invalid@event_id");
    assert_eq!(
        accepts(&with("/event_id", json!(12345)), &[])["event_id"],
        "12345"
    );
    refuses(
        &with("/action_source", json!("web")),
        "action_source_unknown@action_source",
    );
}

#[test]
fn the_event_is_a_closed_object_as_at_meta() {
    refuses(
        &with("/advertiser_tracking_enabled", json!(1)),
        "field_unknown@advertiser_tracking_enabled",
    );
    refuses(&json!("Purchase"), "field_type@");
    let options = with("/data_processing_options", json!(["LDU"]));
    assert_eq!(accepts(&options, &[]), options);
}

#[test]
fn a_purchase_that_meta_would_refuse_stops_here() {
    refuses(
        &with("/custom_data", json!({ "value": 1 })),
        "currency_missing@custom_data.currency",
    );
    refuses(
        &with("/custom_data", json!({ "currency": "USD" })),
        "value_missing@custom_data.value",
    );
    refuses(
        &without("custom_data"),
        "currency_missing@custom_data.currency",
    );
    refuses(&with("/custom_data", json!([])), "field_type@custom_data");
    let mut lead = with("/custom_data", json!({ "value": 1 }));
    lead["event_name"] = json!("Lead");
    assert_eq!(
        accepts(&lead, &["value_without_currency@custom_data.value"]).get("custom_data"),
        None
    );
}

#[test]
fn cookies_that_are_none_are_left_out() {
    let event = with("/user_data/fbc", json!("IwAR0AbC"));
    assert_eq!(
        accepts(&event, &["fbc_malformed@user_data.fbc"])["user_data"].get("fbc"),
        None
    );
    let event = with("/user_data/fbp", json!(7));
    assert_eq!(
        accepts(&event, &["fbp_malformed@user_data.fbp"])["user_data"].get("fbp"),
        None
    );
}

#[test]
fn the_client_is_added() {
    let client = Client {
        ip_address: "203.0.113.7",
        user_agent: "Mozilla/5.0 \"x\"",
    };
    let accepted = accept::event(sound(), client, CLOCK, &mut Notices::new()).expect("sound");
    let event: Json = serde_json::from_str(&accepted.json).expect("JSON");
    assert_eq!(event["user_data"]["client_ip_address"], "203.0.113.7");
    assert_eq!(event["user_data"]["client_user_agent"], "Mozilla/5.0 \"x\"");
    assert_eq!(
        (
            accepted.event_name.as_str(),
            accepted.event_id.as_str(),
            accepted.event_time
        ),
        ("Purchase", "order_12345", NOW_S - 5)
    );
}

#[test]
fn unhashed_keys_and_other_fields_pass() {
    let mut event = with("/user_data/lead_id", json!(1234567890123456u64));
    event["opt_out"] = json!(true);
    let accepted = accepts(&event, &[]);
    assert_eq!(accepted["user_data"]["lead_id"], "1234567890123456");
    assert_eq!(accepted["opt_out"], true);
}

#[test]
fn an_address_that_the_poster_claims_is_not_believed() {
    let event = with("/user_data/client_ip_address", json!("203.0.113.7"));
    assert_eq!(
        accepts(&event, &[])["user_data"].get("client_ip_address"),
        None
    );
}

#[test]
fn urls_are_scrubbed_here_too() {
    let event = accepts(
        &with(
            "/event_source_url",
            json!("https://shop.example/?email=a@b.co&x=1"),
        ),
        &[],
    );
    assert_eq!(event["event_source_url"], "https://shop.example/?x=1");
    refuses(
        &with("/referrer_url", json!(["x"])),
        "field_type@referrer_url",
    );
}

#[test]
fn bodies_hold_a_list_of_1_to_1000_events() {
    let refused = |body: Json| {
        let notice = accept::events(body).expect_err("refused");
        format!("{}@{}", notice.code.name(), notice.field)
    };
    assert_eq!(refused(json!({})), "field_missing@data");
    assert_eq!(refused(json!([sound()])), "field_missing@data");
    assert_eq!(refused(json!({ "data": [] })), "field_missing@data");
    assert_eq!(refused(json!({ "data": sound() })), "field_type@data");
    assert_eq!(
        refused(json!({ "data": vec![sound(); MAX_EVENTS + 1] })),
        "too_many_events@data"
    );
    let body = json!({ "data": vec![sound(); MAX_EVENTS], "x": 1 });
    assert_eq!(
        accept::events(body).map(|events| events.len()),
        Ok(MAX_EVENTS)
    );
}

#[test]
fn the_first_notice_of_a_refused_event_says_why() {
    let mut event = with("/user_data/fbc", json!("broken"));
    event["event_time"] = json!(1);
    refuses(&event, "event_time_too_old@event_time");
}
