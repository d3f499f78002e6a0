//! Laws that hold for any text, not only for the tables.
#![cfg(feature = "relay")]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod laws;

use laws::{CLOCK, NOW_S, YEAR};
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use twin_core::accept::{self, Client};
use twin_core::cookies::{self, new_fbp};
use twin_core::custom_data;
use twin_core::event::{self, ServerEvent};
use twin_core::event_id;
use twin_core::hash::sha256;
use twin_core::json::{each, push_text};
use twin_core::normalize::{self, Field};
use twin_core::notice::Notices;
use twin_core::platform::Native;
use twin_core::raw::Raw;
use twin_core::retry::{Outcome, backoff_ms, judge};
use twin_core::url::scrub;
use twin_core::user_data::UserData;
use twin_core::{bot, match_quality, merge, routing, text};

const NOBODY: Client<'_> = Client {
    ip_address: "",
    user_agent: "",
};

fn field() -> impl Strategy<Value = Field> {
    proptest::sample::select(Field::ALL.to_vec())
}

/// Text as customers and attackers type it: letters with marks, digits, signs, separators, other scripts.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[ -~]{0,40}",
        "[0-9+() ./-]{0,20}",
        "[A-Za-zÀ-ſΑ-ωİıŞşß' -]{0,20}",
        "[a-f0-9]{31,33}"
    ]
}

/// A cookie's value, sound or nearly so.
fn cookie() -> impl Strategy<Value = String> {
    prop_oneof![
        "fb\\.[0-9]{1,18}\\.[0-9]{1,18}\\.[!-~]{0,30}",
        "fb\\.[0-9a-z]{0,3}\\.1[0-9]{9,12}\\.[0-9A-Za-z_-]{1,30}\\.(A[Qgw]|B[AQg]|[!-~]{7,9})",
        text()
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<f64>().prop_map(|number| json!(number)),
        any::<i64>().prop_map(|number| json!(number)),
        text().prop_map(Value::String),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            object_of(inner)
        ]
    })
}

fn object_of(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    const KEYS: [&str; 14] = [
        "value",
        "currency",
        "content_ids",
        "contents",
        "num_items",
        "id",
        "quantity",
        "order_id",
        "event_name",
        "data",
        "user_data",
        "em",
        "fbp",
        "event_time",
    ];
    let key = prop_oneof![
        proptest::sample::select(KEYS.to_vec()).prop_map(str::to_owned),
        text()
    ];
    proptest::collection::btree_map(key, value, 0..6)
        .prop_map(|map| Value::Object(map.into_iter().collect()))
}

/// What is no JSON is walked to an end, too.
fn walk(json: &str) {
    let mut members = 0;
    each(json, &mut |_, _| {
        members += 1;
        assert!(members <= json.len(), "walked on and on: {json:?}");
    });
}

#[test]
fn what_is_no_json_is_walked_to_an_end() {
    for json in [
        "[:",
        "[1:2]",
        "[{}:",
        "[\"a\":1,2]",
        "{:",
        "{,",
        "{\"a\"",
        "{\"a\":1:2}",
        "[,,",
        "[}",
        "{]",
    ] {
        walk(json);
    }
}

// Each case looks at many values; the fuzz targets look at millions.
proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn customer_values_obey_the_laws(field in field(), value in text()) {
        laws::normalize::of(field, &value);
    }

    #[test]
    fn cookies_obey_the_laws(start in "[a-z_=; ]{0,20}", value in cookie(), end in text()) {
        laws::cookies::header(&format!("{start}; _fbp={value}; _fbc={end}"));
        laws::cookies::law(&value);
        laws::cookies::law(&end);
    }

    #[test]
    fn addresses_obey_the_laws(path in text(), query in text(), end in text()) {
        laws::url::law(&format!("{path}\n{query}\n{end}"));
    }

    #[test]
    fn bodies_obey_the_laws(body in value(), event in object_of(value()), name in text()) {
        laws::body::law(body.to_string().as_bytes());
        let mut event = event;
        for (key, value) in [("event_name", json!(name)), ("event_time", json!(NOW_S)), ("event_id", json!("1")), ("action_source", json!("website")), ("user_data", json!({"lead_id": name}))] {
            event[key] = value;
        }
        laws::body::law(json!({"data": [event.clone(), event]}).to_string().as_bytes());
    }
}

proptest! {
    #[test]
    fn nothing_panics_whatever_the_text(one in text(), other in text(), number: u64, random: [u32; 4]) {
        for field in Field::ALL {
            let _ = normalize::doubt(field, &one, &Native);
        }
        let _ = (bot::is_bot(&one, &Native), match_quality::estimate(&one), normalize::year(number));
        let _ = (routing::route(&one, &other, &one), routing::is_standard(&one));
        let _ = (cookies::domain(&one, number), cookies::cookie(&one, &other, &one), cookies::host_cookie(&one, &other));
        let _ = (cookies::value(number, number, &one), event_id::choose(&one, &other, random, &Native), event::is_event_name(&one, &Native));
        let _ = (merge::merge(&one, &other), merge::differs(&one, &other));
        let _ = (text::leading_number(&one), text::cut(&one, b'.'), text::units(&one), text::place_of(&one, &other), text::holds(&one, &other));
        walk(&one);
    }

    #[test]
    fn an_id_is_never_empty_and_the_same_for_the_same_order(own in text(), order in text()) {
        let id = event_id::choose(&own, &order, [7; 4], &Native);
        prop_assert!(event_id::is_usable(&id, &Native), "{}", id);
        prop_assert_eq!(event_id::choose(&id, &order, [8; 4], &Native), id.clone());
        prop_assert_eq!(event_id::choose(&own, &format!(" {order}\n"), [7; 4], &Native), id);
    }

    #[test]
    fn the_hash_is_sha_256(text in prop_oneof![text(), "[ -~]{0,300}"]) {
        let expected: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
        let hash = sha256(&text);
        prop_assert_eq!(hash.as_str(), expected);
    }

    #[test]
    fn what_is_made_reads_back(index in 0u64..9, now_ms in 0u64..4_000_000_000_000, random: [u32; 2], other in "[a-z_=; ]{0,20}") {
        let fbp = new_fbp(index, now_ms, random);
        prop_assert_eq!(cookies::index(&fbp, &Native), Some(index));
        let header = format!("{other}; _fbp={fbp}; a=b");
        prop_assert_eq!(cookies::read(&header, cookies::FBP, &Native), Some(fbp));
    }

    #[test]
    fn domains_grow_to_the_host(host in "[a-z]{1,5}(\\.[a-z]{1,5}){0,4}") {
        let dots = host.matches('.').count() as u64;
        prop_assert_eq!(cookies::domain(&host, dots), Some(host.as_str()));
        prop_assert_eq!(cookies::domain(&host, dots + 1), None);
        for index in 0..=dots {
            let domain = cookies::domain(&host, index).unwrap_or_default();
            prop_assert_eq!(domain.matches('.').count() as u64, index);
            prop_assert!(host.ends_with(domain));
        }
    }

    #[test]
    fn cleaning_gives_sound_json_and_twice_is_once(parameters in object_of(value())) {
        let once = custom_data::clean(&parameters.to_string(), &Native, &mut Notices::new()).json;
        let read: Value = serde_json::from_str(&once).expect("JSON");
        prop_assert!(read.is_object());
        let mut notes = Notices::new();
        prop_assert_eq!(custom_data::clean(&once, &Native, &mut notes).json, once);
        prop_assert!(notes.as_slice().is_empty());
    }

    #[test]
    fn text_becomes_the_json_that_reads_back(text in text()) {
        let mut json = String::new();
        push_text(&mut json, &text);
        prop_assert_eq!(serde_json::from_str::<String>(&json).expect("JSON"), text);
    }

    #[test]
    fn walking_meets_every_member(value in value()) {
        let json = value.to_string();
        let mut met = Vec::new();
        each(&json, &mut |key, value| met.push((key, value)));
        match &value {
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(Value::to_string).collect();
                prop_assert_eq!(met, items.iter().map(|item| ("", item.as_str())).collect::<Vec<_>>());
            }
            Value::Object(members) => {
                prop_assert_eq!(met.len(), members.len());
                for ((key, met), (name, value)) in met.into_iter().zip(members) {
                    prop_assert_eq!(format!("\"{key}\""), json!(name).to_string());
                    prop_assert_eq!(met, value.to_string());
                }
            }
            _ => prop_assert!(met.is_empty()),
        }
    }

    /// The companion's half of the wire contract: whatever a page passes in, the endpoint takes what comes out.
    #[test]
    fn what_the_companion_builds_the_endpoint_accepts(name in "[A-Za-z][A-Za-z ]{0,49}", parameters in object_of(value()), fields in proptest::collection::vec((field(), text()), 0..8), url in text(), own in text(), order in text()) {
        let id = event_id::choose(&own, &order, [7; 4], &Native);
        let mut notes = Notices::new();
        let mut user_data = UserData::default();
        for (field, value) in fields {
            user_data.add_raw(field, &Raw::new(value), YEAR, &Native, &mut notes);
        }
        let fbp = new_fbp(1, NOW_S * 1000, [7; 2]);
        user_data.fbp = &fbp;
        let parameters = parameters.to_string();
        let cleaned = custom_data::clean(&parameters, &Native, &mut notes);
        if let Some(custom_data) = custom_data::for_server(&name, cleaned, &parameters, &Native, &mut notes) {
            let event = ServerEvent {
                event_name: &name,
                event_time: NOW_S,
                event_id: &id,
                event_source_url: &scrub(&url, &Native),
                referrer_url: "",
                action_source: "website",
                user_data: &user_data,
                custom_data: &custom_data,
                more: "",
            };
            let json = event.json();
            let read: Value = serde_json::from_str(&json).expect("JSON");
            let mut told = Notices::new();
            let accepted = accept::event(read.clone(), NOBODY, CLOCK, &mut told).map(|accepted| accepted.json);
            prop_assert!(accepted.is_some(), "{:?}", told);
            prop_assert_eq!(serde_json::from_str::<Value>(&accepted.unwrap_or_default()).expect("JSON"), read);
            prop_assert!(told.as_slice().is_empty(), "{:?}", told);
        }
    }

    #[test]
    fn waits_stay_in_their_bounds(failures: u32, random: u32, status: u16) {
        let wait_ms = backoff_ms(failures, random);
        prop_assert!(wait_ms <= 300_000);
        prop_assert!(wait_ms <= 1000u64.saturating_mul(1 << failures.saturating_sub(1).min(20)));
        match judge(status, 7_000, failures, random) {
            Outcome::Delivered => prop_assert!((200..300).contains(&status)),
            Outcome::Rejected => prop_assert!((400..500).contains(&status) && ![408, 425, 429].contains(&status)),
            Outcome::Retry { after_ms } => prop_assert!((7_000..=300_000).contains(&after_ms)),
        }
    }
}

#[test]
fn every_text_holds_the_empty_one() {
    assert!(text::holds("", "") && text::holds("abc", ""));
}
