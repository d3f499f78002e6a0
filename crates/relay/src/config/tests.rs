use std::net::IpAddr;

use super::token::TokenSource;
use super::*;

/// The configuration of a file's text and variables, or the sentence that refuses it.
fn loaded(file: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("relay.toml");
    std::fs::write(&path, file).unwrap();
    let environment = environment
        .iter()
        .map(|(name, value)| ((*name).into(), (*value).into()));
    load(Some(&path), environment).map_err(|error| error.to_string())
}

fn refused(file: &str, environment: &[(&str, &str)]) -> String {
    match loaded(file, environment) {
        Ok(_) => panic!("taken: {file} {environment:?}"),
        Err(sentence) => sentence,
    }
}

/// The token of a pixel, as it is sent.
fn bearer(pixel: &Pixel) -> axum::http::HeaderValue {
    assert!(matches!(*pixel.token, TokenSource::Fixed(_)));
    pixel.token.bearer().unwrap()
}

const LEAST: &str = "pixel_id = \"1234567890\"\naccess_token = \"EAAB-token\"\n";

#[test]
fn pixel_and_token_are_enough() {
    let config = loaded(LEAST, &[]).unwrap();
    let [shop] = &config.shops[..] else {
        panic!("one shop");
    };
    let [pixel] = &shop.pixels[..] else {
        panic!("one pixel");
    };
    assert_eq!(&*pixel.id, "1234567890");
    assert_eq!(bearer(pixel), "Bearer EAAB-token");
    assert!(bearer(pixel).is_sensitive());
    assert_eq!(pixel.test_event_code, None);
    assert!(pixel.takes("Purchase") && pixel.takes("Anything"));
    assert_eq!((shop.name.as_str(), shop.hold_ms), ("", 5000));
    assert!(shop.allowed_origins.is_empty() && shop.webhooks.is_empty());
    assert_eq!(config.graph_base.as_str(), "https://graph.facebook.com/");
    assert_eq!(config.graph_version, "v26.0");
    assert_eq!(config.listen.to_string(), "127.0.0.1:8081");
    assert_eq!(config.data_dir, Path::new("data"));
    assert_eq!(config.log_level, Level::INFO);
    assert!(config.admin.is_none() && config.nats.is_none() && !config.is_log_json);
    let is_trusted = |text: &str| {
        let address: IpAddr = text.parse().unwrap();
        config
            .trusted_proxies
            .iter()
            .any(|net| net.contains(&address))
    };
    assert!(is_trusted("127.0.0.2") && is_trusted("::1") && !is_trusted("10.0.0.1"));
}

#[test]
fn the_environment_wins_and_its_digits_stay_text() {
    let config = loaded(
        &format!("{LEAST}listen = \"127.0.0.1:1\"\ntest_event_code = \"TEST1\"\nallowed_origins = [\"https://a.example\"]"),
        &[
            ("TWIN_PIXEL_ID", "007"),
            ("TWIN_ACCESS_TOKEN", "123456789"),
            ("TWIN_GRAPH_BASE", "http://localhost:8090/"),
            ("TWIN_GRAPH_VERSION", "v25.0"),
            // Empty: as if it were not set.
            ("TWIN_TEST_EVENT_CODE", ""),
            ("TWIN_ALLOWED_ORIGINS", "https://b.example, https://c.example:8443"),
            ("TWIN_TRUSTED_PROXIES", "10.0.0.0/8,192.0.2.1"),
            ("TWIN_LISTEN", "[::1]:0"),
            ("TWIN_DATA_DIR", "/tmp/1"),
            ("TWIN_LOG_LEVEL", "debug"),
            ("TWIN_POSTS_PER_S_PER_ADDRESS", "7"),
            ("TWIN_ADMIN_LISTEN", "127.0.0.1:9"),
            ("TWIN_ADMIN_TOKEN", "007"),
            ("TWIN_WEBHOOKS__STRIPE__SECRETS", "whsec_1,whsec_2"),
            ("TWIN_WEBHOOKS__STRIPE__SENDS_ITSELF", "true"),
            ("TWIN_SOMETHING_ELSE", "x"),
        ],
    )
    .unwrap();
    let shop = &config.shops[0];
    let pixel = &shop.pixels[0];
    assert_eq!(&*pixel.id, "007");
    assert_eq!(bearer(pixel), "Bearer 123456789");
    let stripe = &shop.webhooks[&crate::webhooks::Platform::Stripe];
    assert_eq!(stripe.secrets.len(), 2);
    assert!(stripe.sends_itself);
    assert_eq!(config.limits.per_address, 7);
    assert_eq!(config.admin.unwrap().token.bytes(), b"007");
    assert_eq!(config.graph_base.as_str(), "http://localhost:8090/");
    assert_eq!(config.graph_version, "v25.0");
    assert_eq!(pixel.test_event_code.as_deref(), Some("TEST1"));
    assert_eq!(shop.allowed_origins.len(), 2);
    assert_eq!(config.trusted_proxies.len(), 2);
    assert_eq!(config.listen.to_string(), "[::1]:0");
    assert_eq!(config.log_level, Level::DEBUG);
    assert_eq!(config.unknown_variables, ["TWIN_SOMETHING_ELSE"]);
    let none = loaded(LEAST, &[("TWIN_TRUSTED_PROXIES", "")]).unwrap();
    assert!(none.trusted_proxies.is_empty());
}

#[test]
fn each_bad_value_is_named_with_its_key_and_a_fix() {
    for (line, key) in [
        (
            "test_event_code = \"no spaces\"",
            "test_event_code has the value \"no spaces\"",
        ),
        (
            "graph_base = \"http://graph.example\"",
            "graph_base has the value",
        ),
        (
            "graph_base = \"https://graph.example/?a=b\"",
            "graph_base has the value",
        ),
        ("graph_base = \"graph.example\"", "graph_base has the value"),
        (
            "graph_version = \"26\"",
            "graph_version has the value \"26\"",
        ),
        (
            "allowed_origins = [\"*\"]",
            "allowed_origins has the value \"*\"",
        ),
        (
            "allowed_origins = [\"shop.example\"]",
            "allowed_origins has the value",
        ),
        (
            "allowed_origins = \"https://shop.example\"",
            "allowed_origins is not a list",
        ),
        ("listen = \"8081\"", "listen has the value \"8081\""),
        ("listen = 8081", "listen is not text"),
        (
            "trusted_proxies = [\"proxy\"]",
            "trusted_proxies has the value \"proxy\"",
        ),
        ("log_level = \"loud\"", "log_level has the value \"loud\""),
        ("log_format = \"xml\"", "log_format has the value \"xml\""),
        ("admin_listen = \"127.0.0.1:1\"", "admin_token is missing"),
        ("outbox = \"redis://x\"", "outbox has the value"),
        ("outbox = \"nats://x?replicas=9\"", "outbox has the value"),
        ("hold_ms = 300001", "hold_ms has the value \"300001\""),
        ("hold_ms = \"5\"", "hold_ms is not a whole number"),
        (
            "[webhooks.paypal]",
            "webhooks.paypal.secrets is for no platform",
        ),
        ("[webhooks.shopify]", "webhooks.shopify.secrets is missing"),
        (
            "[webhooks.stripe]\nsecrets = [\"s\"]\nevent_id = \"order_{name}\"",
            "webhooks.stripe.event_id has the value \"order_{name}\"",
        ),
        (
            "[webhooks.stripe]\nsecret = \"s\"",
            "webhooks.stripe.secret is not a key",
        ),
        (
            "[shops.a]\npixel_id = \"12a\"\naccess_token = \"t\"",
            "shops.a.pixel_id has the value",
        ),
        ("[shops.A]", "shops has the value \"A\""),
        (
            "pixelid = \"1\"",
            "pixelid is not a key that twin-relay knows",
        ),
        ("[relay]\nlisten = \"x\"", "relay is not a key"),
    ] {
        let sentence = refused(&format!("{LEAST}{line}"), &[]);
        assert!(sentence.starts_with(key), "{line}: {sentence}");
        assert!(sentence.contains(": "), "no fix: {sentence}");
        assert!(!sentence.contains('\n'), "{sentence}");
    }
    assert!(refused("", &[]).starts_with("access_token is missing"));
    assert!(refused("access_token = \"t\"", &[]).starts_with("pixel_id is missing"));
    assert!(refused("pixel_id = 12", &[]).starts_with("pixel_id is not text"));
    assert!(
        refused(LEAST, &[("TWIN_PIXEL_ID", "12a")]).starts_with("pixel_id has the value \"12a\"")
    );
}

#[test]
fn the_token_is_in_no_sentence() {
    const LONG: &str =
        "EAAB4711ZCZBLongAsTheyAreABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    for (file, environment) in [
        ("pixel_id = \"1\"\naccess_token = 4711471147", &[][..]),
        ("pixel_id = \"1\"\naccess_token = EAAB4711", &[]),
        ("pixel_id = \"1\"\naccess_token = [\"EAAB4711\"]", &[]),
        ("pixel_id = \"1\"\naccess_token = \"EAAB4711", &[]),
        ("pixel_id = \"1\"", &[("TWIN_ACCESS_TOKEN", "EAAB 4711")]),
        // Under the wrong key.
        (LEAST, &[("TWIN_PIXEL_ID", LONG)]),
    ] {
        let sentence = refused(file, environment);
        assert!(!sentence.contains("4711"), "{sentence}");
    }
}

#[test]
fn a_broken_file_is_named_with_its_line() {
    let sentence = refused("pixel_id = \"1\"\nlisten = oops\n", &[]);
    assert!(
        sentence.contains("relay.toml is not TOML at line 2"),
        "{sentence}"
    );
    let missing = load(Some(Path::new("/no/such/file.toml")), [].into_iter());
    let sentence = missing.err().unwrap().to_string();
    assert!(
        sentence.contains("/no/such/file.toml can't be read"),
        "{sentence}"
    );
}

#[test]
fn the_example_holds_every_key_and_its_default() {
    let example = include_str!("../../twin-relay.example.toml");
    // Without the comment signs before keys, it is a whole configuration.
    let uncommented: String = example
        .lines()
        .map(|line| {
            line.strip_prefix("#")
                .filter(|rest| !rest.starts_with(' '))
                .unwrap_or(line)
        })
        .flat_map(|line| [line, "\n"])
        .collect();
    let table: toml::Table = toml::from_str(&uncommented).unwrap();
    let mut keys: Vec<_> = table.keys().map(String::as_str).collect();
    keys.sort_unstable();
    let mut known: Vec<_> = RELAY_KEYS.into_iter().chain(SHOP_KEYS).collect();
    known.sort_unstable();
    assert_eq!(keys, known);
    assert!(loaded(&uncommented, &[]).is_ok());
    assert!(loaded(example, &[]).is_ok());
}

#[test]
fn a_relay_serves_several_shops_with_several_pixels() {
    let config = loaded(
        r#"
        [shops.de]
        pixel_id = "1"
        access_token = "one"
        allowed_origins = ["https://shop.de"]
        [[shops.de.pixels]]
        pixel_id = "2"
        access_token = "two"
        test_event_code = "TEST2"
        events = ["Purchase"]
        [shops.fr]
        pixel_id = "3"
        access_token_file = "/run/secrets/three"
        "#,
        &[("TWIN_SHOPS__FR__HOLD_MS", "700")],
    )
    .unwrap();
    let [de, fr] = &config.shops[..] else {
        panic!("two shops");
    };
    assert_eq!((de.name.as_str(), fr.name.as_str()), ("de", "fr"));
    let ids: Vec<_> = de.pixels.iter().map(|pixel| &*pixel.id).collect();
    assert_eq!(ids, ["1", "2"]);
    assert!(de.pixels[1].takes("Purchase") && !de.pixels[1].takes("Lead"));
    assert_eq!(bearer(&de.pixels[1]), "Bearer two");
    assert_eq!(de.pixels[1].test_event_code.as_deref(), Some("TEST2"));
    assert!(matches!(&*fr.pixels[0].token, TokenSource::File(path) if path.ends_with("three")));
    assert_eq!(fr.hold_ms, 700);
}

#[test]
fn one_pixel_has_one_token() {
    let sentence = refused(
        "[shops.a]\npixel_id = \"1\"\naccess_token = \"one\"\n[shops.b]\npixel_id = \"1\"\naccess_token = \"two\"",
        &[],
    );
    assert!(sentence.starts_with("shops.b.access_token"), "{sentence}");
    assert!(!sentence.contains("two"));
}

#[test]
fn nats_servers_are_several_on_three_of_which_all_is_kept() {
    let of = |outbox: &str| {
        let nats = loaded(LEAST, &[("TWIN_OUTBOX", outbox)])
            .unwrap()
            .nats
            .unwrap();
        (nats.addresses.len(), nats.replicas)
    };
    assert_eq!(of("nats://user:password@a:4222,tls://b:4223"), (2, 3));
    assert_eq!(of("nats://127.0.0.1?replicas=1"), (1, 1));
}
