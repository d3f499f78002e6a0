//! `twin-relay check-config`: what the relay makes of its configuration. No secret is printed.

use anyhow::Result;

use crate::clock;
use crate::config::{Config, Shop, rules};

pub(super) fn run(config: &Config) -> Result<()> {
    for name in &config.unknown_variables {
        println!("warning: there is no such key, so the variable {name} does nothing");
    }
    if let Some(warning) = rules::retirement(&config.graph_version, clock::now_s()) {
        println!("warning: {warning}");
    }
    println!("listens on {}", config.listen);
    match &config.admin {
        Some(admin) => println!("answers its operator on {}", admin.listen),
        None => println!("metrics, readiness and the dead-letter API are off (admin_listen)"),
    }
    println!(
        "sends to {} {}",
        config.graph_base.as_str().trim_end_matches('/'),
        config.graph_version
    );
    for shop in &config.shops {
        describe(shop);
    }
    println!("the configuration holds");
    Ok(())
}

fn describe(shop: &Shop) {
    let path = match shop.name.as_str() {
        "" => "/twin".to_owned(),
        name => format!("/twin/{name}"),
    };
    println!("shop at {path}/events");
    for pixel in &shop.pixels {
        let events = match pixel.events.as_slice() {
            [] => "all events".to_owned(),
            events => events.join(", "),
        };
        let test = pixel.test_event_code.as_ref();
        let test = test.map_or_else(String::new, |code| format!(", shown as test {code}"));
        let token = match pixel.token.bearer() {
            Some(_) => "",
            None => ", but its token can't be read",
        };
        println!("  pixel {}: {events}{test}{token}", pixel.id);
    }
    for (platform, webhook) in &shop.webhooks {
        let sends = match webhook.sends_itself {
            true => ", makes no Purchase: the shop sends it itself",
            false => "",
        };
        println!(
            "  webhook at {path}/webhooks/{}: event_id {}{sends}",
            platform.name(),
            webhook.event_id
        );
    }
}
