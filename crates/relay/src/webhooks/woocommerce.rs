//! WooCommerce: topics `order.created` and `order.updated`, which carry the refunds too. Source: WooCommerce REST API v3,
//! Order; class-wc-webhook.

use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::REFUND;
use super::report::{Report, Reported, amount, list, named, text, time_s};

/// Whether it is WooCommerce's first contact with an address, which carries no signature and must be answered 200.
pub(super) fn is_greeting(headers: &HeaderMap, body: &[u8]) -> bool {
    let is_unsigned = !headers.contains_key("x-wc-webhook-signature");
    let number = body.strip_prefix(b"webhook_id=");
    is_unsigned && number.is_some_and(|number| number.iter().all(u8::is_ascii_digit))
}

/// Reads a delivery. WooCommerce's delivery ids are not unique; what was kept is known by the order.
pub(super) fn read(headers: &HeaderMap, body: &Value) -> Reported {
    let topic = headers.get("x-wc-webhook-topic");
    let is_order = topic.is_some_and(|topic| topic == "order.created" || topic == "order.updated");
    let mut reports = Vec::new();
    if is_order {
        reports.push(order(body));
        reports.extend(list(body, "/refunds").iter().map(|one| refund(body, one)));
    }
    Reported {
        delivery_id: None,
        reports,
    }
}

fn order(body: &Value) -> Report {
    let mut report = of_customer(body);
    report.event_name = "Purchase".into();
    report.event_time_s = time_s(body, "/date_created_gmt");
    report.action_source = "website".into();
    report.status = text(body, "/status").unwrap_or_default();
    report.value = amount(body, "/total");
    report.refusal = refusal(body, &report.status);
    report.ip_address = text(body, "/customer_ip_address");
    report.user_agent = text(body, "/customer_user_agent");
    report.id("id", text(body, "/id"));
    report.id("number", text(body, "/number"));
    report.id("order_key", text(body, "/order_key"));
    let meta = list(body, "/meta_data");
    report.fbp = named(meta, "key", &["_fbp"]);
    report.fbc = named(meta, "key", &["_fbc"]);
    let contents: Vec<_> = list(body, "/line_items")
        .iter()
        .filter_map(|line| {
            let variation = text(line, "/variation_id").filter(|id| id != "0");
            let id = variation.or_else(|| text(line, "/product_id"))?;
            Some(json!({"id": id, "quantity": line.get("quantity"), "item_price": amount(line, "/price")}))
        })
        .collect();
    let ids: Vec<_> = contents.iter().filter_map(|item| item.get("id")).collect();
    report.parameter("content_ids", json!(ids));
    report.parameter("contents", json!(contents));
    report.parameter("content_type", json!("product"));
    report
}

/// Why an order makes no Purchase.
fn refusal(body: &Value, status: &str) -> Option<&'static str> {
    let is_tracked = |key| named(list(body, "/meta_data"), "key", &[key]).is_some();
    let is_paid = body.get("date_paid_gmt").is_some_and(Value::is_string);
    let on_delivery = text(body, "/payment_method").as_deref() == Some("cod");
    match status {
        _ if is_tracked("_meta_purchase_tracked_server") => Some("Meta for WooCommerce sends it"),
        "processing" if on_delivery && !is_paid => Some("not paid"),
        "processing" | "completed" => None,
        "refunded" => Some("refunded"),
        "cancelled" | "trash" => Some("cancelled"),
        "failed" => Some("the payment failed"),
        _ => Some("not paid"),
    }
}

fn of_customer(body: &Value) -> Report {
    let mut report = Report {
        currency: text(body, "/currency"),
        ..Report::default()
    };
    for (field, pointer) in [
        ("em", "/billing/email"),
        ("ph", "/billing/phone"),
        ("fn", "/billing/first_name"),
        ("ln", "/billing/last_name"),
        ("ct", "/billing/city"),
        ("st", "/billing/state"),
        ("zp", "/billing/postcode"),
        ("country", "/billing/country"),
        ("external_id", "/customer_id"),
    ] {
        // Guests have the customer number 0.
        report.know(field, text(body, pointer).filter(|text| text != "0"));
    }
    report.parameter("order_id", json!(text(body, "/id")));
    report
}

fn refund(body: &Value, refund: &Value) -> Report {
    let mut report = of_customer(body);
    let value = amount(refund, "/total").map(f64::abs);
    report.event_name = REFUND.into();
    report.own_event_id = text(refund, "/id").map(|id| format!("refund_{id}"));
    report.status = "refunded".into();
    report.value = value;
    report.action_source = "system_generated".into();
    report.refusal = (value.unwrap_or(0.0) <= 0.0).then_some("nothing was paid back");
    report.id("order_id", text(body, "/id"));
    report
}
