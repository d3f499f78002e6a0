//! `POST /twin/webhooks/<platform>`: what the shop's own systems report, signed. Verify, keep, answer; nothing else.

mod build;
#[cfg(any(test, feature = "fuzz"))]
pub(crate) mod laws;
mod report;
mod shopify;
mod signature;
mod signed;
mod stripe;
mod woocommerce;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::client::Caller;
use crate::clock;
use crate::config::{Shop, Webhook};
use crate::error::Error;
use crate::outbox::{Delivery, Intake, Kept, Purchase, Source};
use crate::respond;
use crate::router::Relay;
use crate::{meters, read_body};
use report::{Report, Reported};

/// Largest report, in bytes: an order with hundreds of lines.
const MAX_REPORT_BYTES: usize = 1024 * 1024;
/// What a refund is called at Meta, which has no event for it.
const REFUND: &str = "Refund";

/// Who reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Platform {
    Shopify,
    WooCommerce,
    Stripe,
    /// Any other system, in our own form.
    Signed,
}

impl Platform {
    /// The platform of that name in paths and in the configuration.
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Shopify, Self::WooCommerce, Self::Stripe, Self::Signed]
            .into_iter()
            .find(|platform| platform.name() == name)
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Shopify => "shopify",
            Self::WooCommerce => "woocommerce",
            Self::Stripe => "stripe",
            Self::Signed => "signed",
        }
    }

    /// What an event's id can be made of.
    pub(crate) const fn id_fields(self) -> &'static [&'static str] {
        match self {
            Self::Shopify => &["id", "order_number", "name", "checkout_token"],
            Self::WooCommerce => &["id", "number", "order_key"],
            Self::Stripe => &["id", "client_reference_id", "payment_intent", "order_id"],
            Self::Signed => &["order_id"],
        }
    }

    /// The same id that the page makes when it is given the order's.
    pub(crate) const fn default_event_id(self) -> &'static str {
        match self {
            Self::Signed => "order_{order_id}",
            _ => "order_{id}",
        }
    }
}

/// Takes a report for the only shop.
pub(crate) async fn of_only_shop(
    State(relay): State<Arc<Relay>>,
    Path(platform): Path<String>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    answer(&relay, "", &platform, peer, &headers, body).await
}

/// Takes a report for a shop that the path names.
pub(crate) async fn of_shop(
    State(relay): State<Arc<Relay>>,
    Path((shop, platform)): Path<(String, String)>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    answer(&relay, &shop, &platform, peer, &headers, body).await
}

async fn answer(
    relay: &Relay,
    shop: &str,
    platform: &str,
    peer: SocketAddr,
    headers: &HeaderMap,
    body: Body,
) -> Response {
    receive(relay, shop, platform, peer, headers, body)
        .await
        .unwrap_or_else(IntoResponse::into_response)
}

async fn receive(
    relay: &Relay,
    shop: &str,
    platform: &str,
    peer: SocketAddr,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    let shop = relay.shop(shop)?;
    let platform = Platform::named(platform).ok_or(Error::NotFound)?;
    let webhook = shop.webhooks.get(&platform).ok_or(Error::NotFound)?;
    let caller = Caller::read(peer.ip(), headers, &relay.trusted_proxies);
    relay.webhook_gate.pass(caller.ip_address, &shop.name)?;
    let bytes = read_body::whole(body, MAX_REPORT_BYTES).await?;
    if platform == Platform::WooCommerce && woocommerce::is_greeting(headers, &bytes) {
        return Ok(StatusCode::OK.into_response());
    }
    if !is_signed(platform, webhook, headers, &bytes) {
        tracing::warn!(
            shop = shop.name,
            platform = platform.name(),
            "a report with a wrong or old signature was refused"
        );
        return Err(Error::SignatureWrong);
    }
    let body: Value = serde_json::from_slice(&bytes).map_err(Error::not_json)?;
    let Reported {
        delivery_id,
        mut reports,
    } = read(platform, headers, &body)?;
    let mut kept = 0;
    // The last carries the delivery: it is known once all of it is kept.
    let last = reports.len().saturating_sub(1);
    for (number, report) in reports.iter_mut().enumerate() {
        find_customer(relay, shop, platform, report).await?;
        let mut intake = intake(shop, platform, webhook, report);
        if number == last {
            intake.delivery = delivery_id.clone().map(|id| Delivery {
                shop: shop.name.clone(),
                platform: platform.name(),
                id,
            });
        }
        let events: Vec<_> = intake
            .events
            .iter()
            .map(|kept| Arc::clone(&kept.event))
            .collect();
        let new = relay.outbox.keep(intake).await?;
        kept += new;
        if new > 0 {
            relay.status.accepted(&events, platform.name(), 0);
        }
    }
    meters::accepted(platform.name(), kept, 0);
    tracing::debug!(
        shop = shop.name,
        platform = platform.name(),
        kept,
        "reported"
    );
    Ok(respond::json(
        StatusCode::OK,
        &json!({"events_received": kept}),
    ))
}

fn read(platform: Platform, headers: &HeaderMap, body: &Value) -> Result<Reported, Error> {
    Ok(match platform {
        Platform::Shopify => shopify::read(headers, body),
        Platform::WooCommerce => woocommerce::read(headers, body),
        Platform::Stripe => stripe::read(body),
        Platform::Signed => signed::read(body)?,
    })
}

fn is_signed(platform: Platform, webhook: &Webhook, headers: &HeaderMap, body: &[u8]) -> bool {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    webhook.secrets.iter().any(|secret| match platform {
        Platform::Shopify => signature::is_base64(secret, body, header("x-shopify-hmac-sha256")),
        Platform::WooCommerce => {
            signature::is_base64(secret, body, header("x-wc-webhook-signature"))
        }
        Platform::Stripe => {
            signature::is_timed(secret, body, header("stripe-signature"), clock::now_s())
        }
        Platform::Signed => {
            signature::is_timed(secret, body, header("twin-signature"), clock::now_s())
        }
    })
}

/// A refund says nothing of the customer; the order that it belongs to did.
async fn find_customer(
    relay: &Relay,
    shop: &Shop,
    platform: Platform,
    report: &mut Report,
) -> Result<(), Error> {
    if report.event_name == REFUND && report.user.is_empty() {
        let order_id = report.ids.get("order_id").map_or("", String::as_str);
        let found = relay.outbox.customer(&shop.name, platform.name(), order_id);
        match found.await? {
            Some(hash) => report.user.push(("external_id", hash)),
            None => report.refusal = Some("the customer of this refund is not known"),
        }
    }
    Ok(())
}

fn intake(shop: &Shop, platform: Platform, webhook: &Webhook, report: &Report) -> Intake {
    let is_purchase = report.event_name == "Purchase";
    let event_id = report.event_id(&webhook.event_id);
    let mut refusal = report.refusal;
    if event_id.contains('{') {
        refusal = refusal.or(Some("it lacks what event_id is made of"));
    }
    if is_purchase && webhook.sends_itself {
        refusal = refusal.or(Some("the shop's own plugin or channel sends it"));
    }
    let event = match refusal {
        None => build::event(report, &event_id).map(Arc::new),
        Some(_) => None,
    };
    if refusal.is_none() && event.is_none() {
        refusal = Some("it can't be an event of Meta's");
    }
    let takes = shop
        .pixels
        .iter()
        .filter(|pixel| pixel.takes(&report.event_name));
    let events = event.iter().flat_map(|event| {
        takes.clone().map(|pixel| Kept {
            pixel_id: Arc::clone(&pixel.id),
            event: Arc::clone(event),
            source: Source::Shop,
            expected: Source::Shop.bit()
                | if is_purchase {
                    Source::Browser.bit()
                } else {
                    0
                },
            hold_ms: if is_purchase { shop.hold_ms } else { 0 },
            test_event_code: None,
        })
    });
    let order_id = report.ids.get("id").or(report.ids.get("order_id"));
    Intake {
        events: events.collect(),
        purchase: is_purchase.then(|| Purchase {
            shop: shop.name.clone(),
            platform: platform.name(),
            order_id: order_id.unwrap_or(&event_id).clone(),
            event_id: event_id.clone(),
            status: report.status.clone(),
            reason: refusal,
            value: report.value,
            currency: report.currency.clone(),
            external_id: build::external_id(report),
        }),
        delivery: None,
    }
}
