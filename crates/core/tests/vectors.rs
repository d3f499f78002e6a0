//! Runs every table of `tests/vectors/` on the native build. A failure names the file and the case.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]
#![cfg(feature = "relay")]

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use twin_core::bot::is_bot;
use twin_core::cookies::{self, Plan, settle_fbc, settle_fbp};
use twin_core::custom_data;
use twin_core::event_id;
use twin_core::hash::{already_hashed, sha256};
use twin_core::match_quality::estimate;
use twin_core::normalize::{Field, normalize};
use twin_core::notice::{Notice, Notices};
use twin_core::platform::Native;
use twin_core::raw::Raw;
use twin_core::routing::{Route, is_standard, route};
use twin_core::url::{ClickId, click_id, scrub};
use twin_core::user_data::UserData;

/// The year in which the tables hold ("no birth after next year").
const YEAR: u64 = 2026;
const NOW_MS: u64 = 1_700_000_000_000;

#[derive(Deserialize)]
struct Table<Case> {
    cases: Vec<Case>,
}

fn load<T: DeserializeOwned>(file: &str) -> T {
    let path = format!("{}/../../tests/vectors/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&expand(&text)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn table<Case: DeserializeOwned>(file: &str) -> Vec<Case> {
    let table: Table<Case> = load(file);
    assert!(!table.cases.is_empty(), "{file} has no cases");
    table.cases
}

/// `{x*500}` in a table stands for 500 times `x`.
fn expand(text: &str) -> String {
    let mut parts = text.split("{x*");
    let mut expanded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (count, rest) = part.split_once('}').expect("a closing brace");
        expanded.push_str(&"x".repeat(count.parse().expect("a count")));
        expanded.push_str(rest);
    }
    expanded
}

#[derive(Deserialize)]
struct NormalisationCase {
    field: String,
    input: String,
    normalized: Option<String>,
    sha256: Option<String>,
}

fn normalisation(file: &str, at_least: usize) {
    let cases: Vec<NormalisationCase> = load(file);
    assert!(cases.len() >= at_least, "{file} shrank to {}", cases.len());
    for case in cases {
        let name = format!("{file}: {} {:?}", case.field, case.input);
        let field = Field::from_key(&case.field).expect(&name);
        let normalized = match already_hashed(&case.input, &Native) {
            Some(hash) => Some(hash.as_str().to_owned()),
            None => normalize(field, &case.input, YEAR, &Native),
        };
        assert_eq!(normalized, case.normalized, "{name}");
        let hashed = Raw::new(case.input).hash(field, YEAR, &Native);
        assert_eq!(
            hashed.map(|hash| hash.as_str().to_owned()),
            case.sha256,
            "{name}"
        );
    }
}

#[test]
fn normalisation_of_metas_own_tests() {
    normalisation("normalisation.json", 189);
}

#[test]
fn normalisation_of_corner_cases() {
    normalisation("normalisation-corner-cases.json", 80);
}

#[test]
fn hashes_of_metas_documentation() {
    for (value, hash) in [
        (
            "john_smith@gmail.com",
            "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f",
        ),
        (
            "16505551212",
            "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176",
        ),
        (
            "mary",
            "6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec",
        ),
        (
            "valéry",
            "08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c",
        ),
        (
            "정",
            "8fa8cd9c440be61d0151429310034083132b35975c4bea67fdd74158eb51db14",
        ),
        (
            "19970216",
            "01acdbf6ec7b4f478a225f1a246e5d6767eeab1a7ffa17f025265b5b94f40f0c",
        ),
        (
            "us",
            "79adb2a2fce5c6ba215fe5f27f532d4e7edbac4b6a5e09e1ef3a08084a904621",
        ),
    ] {
        assert_eq!(sha256(value).as_str(), hash, "{value}");
    }
}

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
struct ClickIdCase {
    name: String,
    url: String,
    referrer: String,
    out: Option<String>,
    #[serde(default)]
    notice: bool,
}

fn click(text: Option<&str>) -> ClickId {
    match text {
        None => ClickId::None,
        Some("too long") => ClickId::TooLong,
        Some(id) => ClickId::Found(id.to_owned()),
    }
}

#[test]
fn click_ids_are_found_as_meta_finds_them() {
    for case in table::<ClickIdCase>("click_id.json") {
        let mut told = false;
        let found = click_id(&case.url, &case.referrer, &Native, || told = true);
        assert_eq!(
            found,
            click(case.out.as_deref()),
            "click_id.json: {}",
            case.name
        );
        assert_eq!(told, case.notice, "click_id.json, notice: {}", case.name);
    }
}

#[derive(Deserialize)]
struct FbcCase {
    name: String,
    stored: Option<String>,
    click: Option<String>,
    out: Vec<String>,
}

#[test]
fn fbc_is_kept_renewed_or_created() {
    for case in table::<FbcCase>("fbc.json") {
        let stored = format!("_fbc={}", case.stored.unwrap_or_default());
        let plan = settle_fbc(
            cookies::read(&stored, cookies::FBC, &Native),
            None,
            &click(case.click.as_deref()),
            NOW_MS,
            &Native,
        );
        assert_eq!(words(&plan), case.out, "fbc.json: {}", case.name);
    }
}

/// A plan as the tables write it.
fn words(plan: &Plan) -> Vec<&str> {
    match plan {
        Plan::None => vec!["none"],
        Plan::Keep(value) => vec!["keep", value],
        Plan::Restore(value) => vec!["restore", value],
        Plan::Renew(value) => vec!["renew", value],
        Plan::Create(id) => vec!["create", id],
    }
}

#[derive(Deserialize)]
struct IdentityTable {
    cases: Vec<IdentityCase>,
    domains: Vec<DomainCase>,
}

#[derive(Deserialize)]
struct IdentityCase {
    name: String,
    fbp: Option<String>,
    fbc: Option<String>,
    click: Option<String>,
    #[serde(default)]
    remembered: String,
    out: Plans,
    remember: Option<String>,
}

#[derive(Deserialize)]
struct Plans {
    fbp: Vec<String>,
    fbc: Vec<String>,
}

#[derive(Deserialize)]
struct DomainCase {
    host: String,
    value: String,
    domain: Option<String>,
}

#[test]
fn a_purge_makes_no_new_browser() {
    let table: IdentityTable = load("identity.json");
    assert!(table.cases.len() > 20 && table.domains.len() > 7);
    for case in table.cases {
        let place = format!("identity.json: {}", case.name);
        let old = cookies::remembered(&case.remembered);
        let old_fbc = cookies::read(&old, cookies::FBC, &Native);
        let click = click(case.click.as_deref());
        let fbp = settle_fbp(
            case.fbp,
            cookies::read(&old, cookies::FBP, &Native),
            [7, 11],
            &Native,
        );
        let fbc = settle_fbc(case.fbc, old_fbc.clone(), &click, NOW_MS, &Native);
        assert_eq!(words(&fbp), case.out.fbp, "{place}");
        assert_eq!(words(&fbc), case.out.fbc, "{place}");
        let value = |plan: &Plan| words(plan).get(1).copied().unwrap_or_default().to_owned();
        if let Some(remember) = case.remember {
            assert_eq!(
                cookies::to_remember(&value(&fbp), &value(&fbc), &old_fbc.unwrap_or_default()),
                remember,
                "{place}"
            );
        }
    }
    for case in table.domains {
        assert_eq!(
            cookies::index(&case.value, &Native)
                .and_then(|index| cookies::domain(&case.host, index)),
            case.domain.as_deref(),
            "identity.json: {} {}",
            case.host,
            case.value
        );
    }
}

#[derive(Deserialize)]
struct BotCase {
    r#in: String,
    bot: bool,
}

#[test]
fn bots_are_those_that_the_pixel_is_silent_for() {
    for case in table::<BotCase>("bot.json") {
        assert_eq!(
            is_bot(&case.r#in, &Native),
            case.bot,
            "bot.json: {}",
            case.r#in
        );
    }
}

#[derive(Deserialize)]
struct CookieCase {
    r#in: String,
    valid: bool,
}

#[test]
fn cookie_values_are_judged_as_by_meta() {
    for case in table::<CookieCase>("cookie_value.json") {
        assert_eq!(
            cookies::is_valid(&case.r#in, &Native),
            case.valid,
            "cookie_value.json: {}",
            case.r#in
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

fn told(notes: Notices) -> Vec<String> {
    notes
        .into_vec()
        .into_iter()
        .map(|Notice { code, field }| format!("{}@{field}", code.name()))
        .collect()
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

#[test]
fn doubtful_values_are_hashed_and_told() {
    for (field, value, code) in [
        ("ph", "0650 555 0100", Some("ph_national")),
        ("ph", "555-0100", Some("ph_national")),
        ("ph", "+1 650 555 0100", None),
        ("ph", "0049 30 901820", None),
        ("country", "Great Britain", Some("country_guessed")),
        ("country", "Germany", None),
        ("country", "UK", None),
        ("country", "d41d8cd98f00b204e9800998ecf8427e", None),
    ] {
        let field = Field::from_key(field).expect(field);
        let mut user_data = UserData::default();
        let mut notes = Notices::new();
        user_data.add_raw(
            field,
            &Raw::new(value.to_owned()),
            YEAR,
            &Native,
            &mut notes,
        );
        assert!(user_data.has(field), "{value}");
        let expected: Vec<String> = code
            .map(|code| format!("{code}@user.{}", field.key()))
            .into_iter()
            .collect();
        assert_eq!(told(notes), expected, "{value}");
    }
}
