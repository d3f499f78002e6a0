//! Shopify: topics `orders/create`, `orders/paid` and `refunds/create`. Source: Shopify's Admin API, Order and Refund.

use axum::http::HeaderMap;
use serde_json::{Value, json};
use twin_core::cookies::new_fbc;
use twin_core::platform::Native;
use twin_core::url::{ClickId, click_id};

use super::REFUND;
use super::report::{Report, Reported, amount, list, named, text, time_s};

/// Reads a delivery; other topics concern nobody here.
pub(super) fn read(headers: &HeaderMap, body: &Value) -> Reported {
    let header = |name| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned)
    };
    let reports = match header("x-shopify-topic").as_deref() {
        Some("orders/create" | "orders/paid") => vec![order(body)],
        Some("refunds/create") => vec![refund(body)],
        _ => Vec::new(),
    };
    Reported {
        delivery_id: header("x-shopify-webhook-id"),
        reports,
    }
}

fn order(body: &Value) -> Report {
    let mut report = Report {
        event_name: "Purchase".into(),
        event_time_s: time_s(body, "/created_at").or_else(|| time_s(body, "/processed_at")),
        status: text(body, "/financial_status").unwrap_or_default(),
        value: amount(body, "/total_price"),
        currency: text(body, "/currency"),
        action_source: "website".into(),
        url: text(body, "/order_status_url").and_then(|url| place(&url)),
        ip_address: text(body, "/client_details/browser_ip").or_else(|| text(body, "/browser_ip")),
        user_agent: text(body, "/client_details/user_agent"),
        ..Report::default()
    };
    report.refusal = refusal(body, &report.status);
    for (name, pointer) in [
        ("id", "/id"),
        ("order_number", "/order_number"),
        ("name", "/name"),
        ("checkout_token", "/checkout_token"),
    ] {
        report.id(name, text(body, pointer));
    }
    for pointer in ["/email", "/contact_email", "/customer/email"] {
        report.know("em", text(body, pointer));
    }
    for (field, pointers) in [
        (
            "ph",
            ["/phone", "/billing_address/phone", "/customer/phone"],
        ),
        (
            "fn",
            ["/billing_address/first_name", "/customer/first_name", ""],
        ),
        (
            "ln",
            ["/billing_address/last_name", "/customer/last_name", ""],
        ),
        (
            "ct",
            ["/billing_address/city", "/shipping_address/city", ""],
        ),
        (
            "st",
            [
                "/billing_address/province_code",
                "/shipping_address/province_code",
                "",
            ],
        ),
        ("zp", ["/billing_address/zip", "/shipping_address/zip", ""]),
        (
            "country",
            [
                "/billing_address/country_code",
                "/shipping_address/country_code",
                "",
            ],
        ),
        ("external_id", ["/customer/id", "", ""]),
    ] {
        let mut found = pointers.iter().filter_map(|pointer| text(body, pointer));
        report.know(field, found.next());
    }
    let notes = list(body, "/note_attributes");
    report.fbp = named(notes, "name", &["_fbp", "fbp"]);
    report.fbc =
        named(notes, "name", &["_fbc", "fbc"]).or_else(|| clicked(body, report.event_time_s));
    let lines = list(body, "/line_items");
    let contents: Vec<_> = lines
        .iter()
        .filter_map(|line| {
            let id = text(line, "/variant_id").or_else(|| text(line, "/product_id"))?;
            Some(json!({"id": id, "quantity": line.get("quantity"), "item_price": amount(line, "/price")}))
        })
        .collect();
    let ids: Vec<_> = contents.iter().filter_map(|item| item.get("id")).collect();
    report.parameter("content_ids", json!(ids));
    report.parameter("contents", json!(contents));
    report.parameter("content_type", json!("product"));
    report.parameter("order_id", json!(text(body, "/id")));
    report
}

/// Why an order makes no Purchase.
fn refusal(body: &Value, status: &str) -> Option<&'static str> {
    if body.get("test") == Some(&Value::Bool(true)) {
        Some("a test order")
    } else if !body.get("cancelled_at").unwrap_or(&Value::Null).is_null() {
        Some("cancelled")
    } else if matches!(
        text(body, "/source_name").as_deref(),
        Some("pos" | "shopify_draft_order")
    ) {
        Some("not an order of the web shop")
    } else if status != "paid" {
        Some("not paid")
    } else {
        None
    }
}

/// Scheme and host.
fn place(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    Some(format!("{}/", url.origin().ascii_serialization()))
}

/// The click that brought the visitor: Shopify keeps the address they came to.
fn clicked(body: &Value, event_time_s: Option<u64>) -> Option<String> {
    let landing = text(body, "/landing_site")?;
    match click_id(&landing, "", &Native, || {}) {
        ClickId::Found(id) => Some(new_fbc(1, event_time_s? * 1000, &id, &Native)),
        ClickId::None | ClickId::TooLong => None,
    }
}

fn refund(body: &Value) -> Report {
    let paid_back = list(body, "/transactions").iter().filter(|transaction| {
        text(transaction, "/kind").as_deref() == Some("refund")
            && text(transaction, "/status").as_deref() == Some("success")
    });
    let value: f64 = paid_back
        .clone()
        .filter_map(|transaction| amount(transaction, "/amount"))
        .sum();
    let mut report = Report {
        event_name: REFUND.into(),
        event_time_s: time_s(body, "/processed_at").or_else(|| time_s(body, "/created_at")),
        own_event_id: text(body, "/id").map(|id| format!("refund_{id}")),
        status: "refunded".into(),
        value: Some(value),
        currency: paid_back
            .clone()
            .find_map(|transaction| text(transaction, "/currency")),
        action_source: "system_generated".into(),
        refusal: (value <= 0.0).then_some("nothing was paid back"),
        ..Report::default()
    };
    report.id("order_id", text(body, "/order_id"));
    report.parameter("order_id", json!(text(body, "/order_id")));
    report
}
