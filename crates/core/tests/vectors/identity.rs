//! The browser: its click, its two cookies, and whether it is a bot.

use serde::Deserialize;
use twin_core::bot::is_bot;
use twin_core::cookies::{self, Plan, settle_fbc, settle_fbp};
use twin_core::platform::Native;
use twin_core::url::{ClickId, click_id};

use crate::{NOW_MS, load, table};

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
