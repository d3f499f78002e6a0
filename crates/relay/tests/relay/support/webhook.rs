//! Reports as the platforms send them: recorded shapes, signed as theirs are.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::RequestBuilder;
use sha2::Sha256;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::now_s;
use super::process::{Relay, Setup};

pub(crate) const SECRET: &str = "whsec_4713";

/// A set-up with the webhook of that platform (`SHOPIFY`).
pub(crate) fn with_webhook(graph: &str, platform: &str) -> Setup {
    Setup::new(graph).set(
        &format!("TWIN_WEBHOOKS__{platform}__SECRETS"),
        &format!("older,{SECRET}"),
    )
}

/// A recorded shape with words in braces filled in.
pub(crate) fn filled(fixture: &str, values: &[(&str, &str)]) -> String {
    let path = format!(
        "{}/tests/fixtures/{fixture}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let mut text = std::fs::read_to_string(path).unwrap();
    for (name, value) in values {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    text
}

/// A time some seconds ago as RFC 3339.
pub(crate) fn ago(seconds: u64) -> String {
    let time_s = i64::try_from(now_s() - seconds).unwrap();
    let time = OffsetDateTime::from_unix_timestamp(time_s).unwrap();
    time.format(&Rfc3339).unwrap()
}

fn mac(secret: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}

/// `t=…,v1=…`, at a time in Unix seconds.
pub(crate) fn timed(secret: &str, time_s: u64, body: &str) -> String {
    let time = time_s.to_string();
    let mac = mac(secret, &[time.as_bytes(), b".", body.as_bytes()]);
    let hex: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={time},v1={hex}")
}

pub(crate) fn base64(secret: &str, body: &str) -> String {
    STANDARD.encode(mac(secret, &[body.as_bytes()]))
}

impl Relay {
    /// A report, not signed.
    pub(crate) fn report(&self, platform: &str, body: &str) -> RequestBuilder {
        self.client
            .post(format!("{}/twin/webhooks/{platform}", self.address))
            .header("content-type", "application/json")
            .body(body.to_owned())
    }

    /// A delivery of Shopify's.
    pub(crate) async fn shopify(&self, topic: &str, delivery: &str, body: &str) -> u16 {
        let request = self
            .report("shopify", body)
            .header("x-shopify-topic", topic)
            .header("x-shopify-webhook-id", delivery)
            .header("x-shopify-hmac-sha256", base64(SECRET, body));
        request.send().await.unwrap().status().as_u16()
    }

    /// A delivery of WooCommerce's.
    pub(crate) async fn woocommerce(&self, body: &str) -> u16 {
        let request = self
            .report("woocommerce", body)
            .header("x-wc-webhook-topic", "order.updated")
            .header("x-wc-webhook-signature", base64(SECRET, body));
        request.send().await.unwrap().status().as_u16()
    }

    /// A delivery of Stripe's.
    pub(crate) async fn stripe(&self, body: &str) -> u16 {
        let signature = timed(SECRET, now_s(), body);
        let request = self.report("stripe", body);
        let request = request.header("stripe-signature", signature);
        request.send().await.unwrap().status().as_u16()
    }

    /// A report of a system of ours.
    pub(crate) async fn signed(&self, body: &str) -> u16 {
        let signature = timed(SECRET, now_s(), body);
        let request = self.report("signed", body);
        let request = request.header("twin-signature", signature);
        request.send().await.unwrap().status().as_u16()
    }
}
