//! Stripe: `checkout.session.completed`, `….async_payment_succeeded`, `….async_payment_failed` and `charge.refunded`.
//! Source: Stripe API, Event, Checkout Session, Charge; currencies.

use serde_json::{Value, json};

use super::REFUND;
use super::report::{Report, Reported, amount, text};

/// Currencies whose amounts are whole.
const WHOLE: [&str; 16] = [
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv",
    "xaf", "xof", "xpf",
];
/// Currencies with a thousand parts.
const THOUSANDTHS: [&str; 5] = ["bhd", "jod", "kwd", "omr", "tnd"];

/// Reads an event; other types concern nobody here.
pub(super) fn read(event: &Value) -> Reported {
    let object = event.pointer("/data/object").unwrap_or(&Value::Null);
    let report = match text(event, "/type").as_deref() {
        Some(
            "checkout.session.completed"
            | "checkout.session.async_payment_succeeded"
            | "checkout.session.async_payment_failed",
        ) => Some(session(event, object)),
        Some("charge.refunded") => Some(refund(event, object)),
        _ => None,
    };
    Reported {
        delivery_id: text(event, "/id"),
        reports: report.into_iter().collect(),
    }
}

fn session(event: &Value, object: &Value) -> Report {
    let mut report = of_customer(object, "/customer_details");
    report.event_name = "Purchase".into();
    report.event_time_s = whole(object, "/created").or_else(|| whole(event, "/created"));
    report.action_source = "website".into();
    report.status = text(object, "/payment_status").unwrap_or_default();
    report.value = value(object, "/amount_total");
    report.refusal = if is_test(event) {
        Some("a test order")
    } else if !matches!(report.status.as_str(), "paid" | "no_payment_required") {
        Some("not paid")
    } else {
        None
    };
    report.url = text(object, "/success_url")
        .and_then(|url| url::Url::parse(&url).ok())
        .map(|url| format!("{}/", url.origin().ascii_serialization()));
    report.know("external_id", text(object, "/customer"));
    for (name, pointer) in [
        ("id", "/id"),
        ("client_reference_id", "/client_reference_id"),
        ("payment_intent", "/payment_intent"),
        ("order_id", "/metadata/order_id"),
    ] {
        report.id(name, text(object, pointer));
    }
    report.fbp = text(object, "/metadata/fbp");
    report.fbc = text(object, "/metadata/fbc");
    report.ip_address = text(object, "/metadata/client_ip_address");
    report.user_agent = text(object, "/metadata/client_user_agent");
    let order = text(object, "/client_reference_id").or_else(|| text(object, "/id"));
    report.parameter("order_id", json!(order));
    report
}

/// What was paid back with this event: the sum so far, less what it was before.
fn refund(event: &Value, object: &Value) -> Report {
    let mut report = of_customer(object, "/billing_details");
    let before = value_in(event, "/data/previous_attributes/amount_refunded", object);
    let back = value(object, "/amount_refunded").unwrap_or(0.0) - before.unwrap_or(0.0);
    report.event_name = REFUND.into();
    report.event_time_s = whole(event, "/created");
    report.own_event_id = text(event, "/id").map(|id| format!("refund_{id}"));
    report.status = "refunded".into();
    report.value = Some(back);
    report.action_source = "system_generated".into();
    report.refusal = if is_test(event) {
        Some("a test order")
    } else {
        (back <= 0.0).then_some("nothing was paid back")
    };
    report.know("external_id", text(object, "/customer"));
    report.id("order_id", text(object, "/payment_intent"));
    report.parameter("order_id", json!(text(object, "/payment_intent")));
    report
}

fn is_test(event: &Value) -> bool {
    event.get("livemode") == Some(&Value::Bool(false))
}

fn of_customer(object: &Value, at: &str) -> Report {
    let mut report = Report {
        currency: text(object, "/currency"),
        ..Report::default()
    };
    for (field, pointer) in [
        ("em", "email"),
        ("ph", "phone"),
        ("ct", "address/city"),
        ("st", "address/state"),
        ("zp", "address/postal_code"),
        ("country", "address/country"),
    ] {
        report.know(field, text(object, &format!("{at}/{pointer}")));
    }
    // One field for the whole name; the last word is the last name.
    if let Some(name) = text(object, &format!("{at}/name")) {
        let (first, last) = name.rsplit_once(' ').unwrap_or(("", &name));
        report.know(
            "fn",
            Some(first.to_owned()).filter(|first| !first.is_empty()),
        );
        report.know("ln", Some(last.to_owned()));
    }
    report
}

fn whole(value: &Value, pointer: &str) -> Option<u64> {
    value.pointer(pointer)?.as_u64()
}

fn value(object: &Value, pointer: &str) -> Option<f64> {
    value_in(object, pointer, object)
}

/// An amount in the smallest part of the currency of `object`.
fn value_in(holder: &Value, pointer: &str, object: &Value) -> Option<f64> {
    let currency = text(object, "/currency").unwrap_or_default();
    let parts = if WHOLE.contains(&currency.as_str()) {
        1.0
    } else if THOUSANDTHS.contains(&currency.as_str()) {
        1000.0
    } else {
        100.0
    };
    Some(amount(holder, pointer)? / parts)
}
