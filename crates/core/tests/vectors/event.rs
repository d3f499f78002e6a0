//! The event: its address, id, parameters and ways, and what Meta can match by it.

use serde::Deserialize;
use serde_json::value::RawValue;
use twin_core::custom_data;
use twin_core::event_id;
use twin_core::match_quality::estimate;
use twin_core::notice::Notices;
use twin_core::platform::Native;
use twin_core::routing::{Route, is_standard, route};
use twin_core::url::scrub;

use crate::{table, told};

#[derive(Deserialize)]
struct UrlCase {
    name: String,
    r#in: String,
    out: String,
}

#[test]
fn urls_lose_personal_data() {
    for case in table::<UrlCase>("url.json") {
        assert_eq!(
            scrub(&case.r#in, &Native),
            case.out,
            "url.json: {}",
            case.name
        );
        assert_eq!(
            scrub(&case.out, &Native),
            case.out,
            "url.json, once more: {}",
            case.name
        );
    }
}
#[derive(Deserialize)]
struct MatchQualityCase {
    fields: String,
    tenths: u8,
    next: String,
}

#[test]
fn match_quality_is_estimated_and_the_largest_gain_comes_first() {
    let tenths = |fields: &str| -> u8 {
        let estimate = estimate(fields);
        let number = estimate.split(' ').next().expect("a number");
        number.parse().expect("a number")
    };
    for MatchQualityCase {
        fields,
        tenths: expected,
        next,
    } in table("match_quality.json")
    {
        let answer = format!("{expected} {next}");
        assert_eq!(estimate(&fields), answer.trim_end(), "{fields}");
        let gains: Vec<u8> = next
            .split_terminator(' ')
            .map(|field| tenths(&format!("{fields} {field}")) - expected)
            .collect();
        assert!(gains.iter().all(|gain| *gain > 0), "{fields}: {gains:?}");
        assert!(
            gains.is_sorted_by(|one, two| one >= two),
            "{fields}: {gains:?}"
        );
    }
}

#[derive(Deserialize)]
struct RoutingCase {
    event: String,
    routes: String,
    standard: bool,
}

#[test]
fn presets_route_as_designed() {
    let presets = ["pixel", "purchases", "conversions", "all"];
    for case in table::<RoutingCase>("routing.json") {
        for (preset, letter) in presets.into_iter().zip(case.routes.chars()) {
            let expected = Route {
                pixel: true,
                server: letter == 'B',
            };
            assert_eq!(
                route(preset, "", &case.event),
                expected,
                "routing.json: {} {preset}",
                case.event
            );
        }
        assert_eq!(
            is_standard(&case.event),
            case.standard,
            "routing.json: {}",
            case.event
        );
    }
}

#[test]
fn an_exception_beats_the_preset_and_what_is_none_of_them_changes_nothing() {
    for (exception, pixel, server) in [
        ("pixel", true, false),
        ("server", false, true),
        ("both", true, true),
        ("none", false, false),
    ] {
        assert_eq!(
            route("pixel", exception, "Purchase"),
            Route { pixel, server },
            "{exception}"
        );
    }
    for unknown in ["", "Both", "all"] {
        assert_eq!(
            route("purchases", unknown, "Purchase"),
            Route {
                pixel: true,
                server: true
            },
            "{unknown}"
        );
    }
}

#[derive(Deserialize)]
struct EventIdCase {
    name: String,
    event_id: Option<String>,
    order_id: Option<String>,
    #[serde(default)]
    random: String,
    out: String,
}

#[test]
fn event_ids_are_chosen_in_order() {
    for case in table::<EventIdCase>("event_id.json") {
        let random = u128::from_str_radix(&case.random, 16).unwrap_or(0);
        let random = [96, 64, 32, 0].map(|shift| (random >> shift) as u32);
        let id = event_id::choose(
            case.event_id.as_deref().unwrap_or(""),
            case.order_id.as_deref().unwrap_or(""),
            random,
            &Native,
        );
        assert_eq!(id, case.out, "event_id.json: {}", case.name);
    }
}

#[derive(Deserialize)]
struct CustomDataCase {
    name: String,
    r#in: Box<RawValue>,
    out: Box<RawValue>,
    #[serde(default)]
    notices: Vec<String>,
}

/// JSON without white space, keys in their order.
fn compact(json: &RawValue) -> String {
    let mut compact = String::new();
    let mut is_text = false;
    let mut is_escaped = false;
    for c in json.get().chars() {
        if is_text || !c.is_whitespace() {
            compact.push(c);
        }
        if c == '"' && !is_escaped {
            is_text = !is_text;
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    compact
}

#[test]
fn custom_data_is_of_metas_types() {
    for case in table::<CustomDataCase>("custom_data.json") {
        let mut notes = Notices::new();
        let cleaned = custom_data::clean(&compact(&case.r#in), &Native, &mut notes).json;
        assert_eq!(
            cleaned,
            compact(&case.out),
            "custom_data.json: {}",
            case.name
        );
        assert_eq!(
            told(notes),
            case.notices,
            "custom_data.json, notices: {}",
            case.name
        );
        let mut again = Notices::new();
        let twice = custom_data::clean(&cleaned, &Native, &mut again).json;
        assert_eq!(twice, cleaned, "custom_data.json, once more: {}", case.name);
        assert_eq!(
            told(again),
            Vec::<String>::new(),
            "custom_data.json, once more: {}",
            case.name
        );
    }
}
