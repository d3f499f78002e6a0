//! A shop: who may post for it, the pixels its events go to, and the webhooks it sends.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;

use super::problem::{each, missing, problem, unfit, wrong};
use super::rules::{is_event_id_form, is_pixel_id, is_test_code};
use super::source;
use super::token::{Secret, TokenSource, Unchecked};
use crate::error::StartError;
use crate::origin::Origin;
use crate::webhooks::Platform;
use figment::value::Value;

/// The keys of a shop.
pub(super) const SHOP_KEYS: [&str; 10] = [
    "pixel_id",
    "access_token",
    "access_token_file",
    "test_event_code",
    "events",
    "pixels",
    "allowed_origins",
    "max_value",
    "hold_ms",
    "webhooks",
];
/// How long a half waits for the other, in ms.
const HOLD_MS: u64 = 5_000;
/// Longest such wait that makes sense: Meta prefers twins within five minutes.
const MAX_HOLD_MS: u64 = 300_000;

/// A shop as the relay knows it.
pub(crate) struct Shop {
    /// As in the paths; empty for the only shop.
    pub(crate) name: String,
    /// One at least. Every event goes to each that takes it.
    pub(crate) pixels: Vec<Pixel>,
    /// Who may post from a page of another origin.
    pub(crate) allowed_origins: Vec<Origin>,
    /// Most that a page may claim an event to be worth, in whatever currency; `None`: anything.
    pub(crate) max_value: Option<u32>,
    /// How long the half of a Purchase waits for the other, in ms, where a webhook is configured.
    pub(crate) hold_ms: u64,
    /// What the shop's own systems may report.
    pub(crate) webhooks: BTreeMap<Platform, Webhook>,
}

/// A pixel (dataset) that events are sent to.
pub(crate) struct Pixel {
    /// Digits.
    pub(crate) id: Arc<str>,
    /// Where Meta's access token for it comes from.
    pub(crate) token: Arc<TokenSource>,
    /// Makes Events Manager show the events on its test page. They count all the same.
    pub(crate) test_event_code: Option<String>,
    /// The names of the events that it gets; empty: all.
    pub(crate) events: Vec<String>,
}

impl Pixel {
    /// Whether an event of that name is sent to it.
    pub(crate) fn takes(&self, event_name: &str) -> bool {
        self.events.is_empty() || self.events.iter().any(|taken| taken == event_name)
    }
}

/// A system that reports orders.
pub(crate) struct Webhook {
    /// Any of them may have signed: an old one stays valid while a new one is rolled out.
    pub(crate) secrets: Vec<Secret>,
    /// How the event's id is made of the order, `order_{id}`.
    pub(crate) event_id: String,
    /// Whether the shop's own plugin or channel sends the Purchase already.
    pub(crate) sends_itself: bool,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenShop {
    pixel_id: Option<String>,
    access_token: Option<Unchecked>,
    access_token_file: Option<PathBuf>,
    test_event_code: Option<String>,
    events: Option<Vec<String>>,
    pixels: Option<Vec<WrittenPixel>>,
    allowed_origins: Option<Vec<String>>,
    max_value: Option<u32>,
    hold_ms: Option<u64>,
    webhooks: Option<BTreeMap<String, Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPixel {
    pixel_id: Option<String>,
    access_token: Option<Unchecked>,
    access_token_file: Option<PathBuf>,
    test_event_code: Option<String>,
    events: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenWebhook {
    secrets: Option<Vec<Unchecked>>,
    event_id: Option<String>,
    sends_itself: Option<bool>,
}

impl WrittenShop {
    /// `place`: what stands before its keys, `shops.name.`; empty for the only shop.
    pub(super) fn check(self, name: &str, place: &str) -> Result<Shop, StartError> {
        let first = WrittenPixel {
            pixel_id: self.pixel_id,
            access_token: self.access_token,
            access_token_file: self.access_token_file,
            test_event_code: self.test_event_code,
            events: self.events,
        };
        let more = self.pixels.unwrap_or_default();
        let mut pixels = Vec::new();
        if first.pixel_id.is_some() || first.access_token.is_some() || more.is_empty() {
            pixels.push(first.check(place)?);
        }
        for pixel in more {
            pixels.push(pixel.check(&format!("{place}pixels."))?);
        }
        let origins = self.allowed_origins.unwrap_or_default();
        let hold_ms = self.hold_ms.unwrap_or(HOLD_MS);
        if hold_ms > MAX_HOLD_MS {
            return Err(wrong(&format!("{place}hold_ms"), &hold_ms.to_string()));
        }
        let mut webhooks = BTreeMap::new();
        for (platform, keys) in self.webhooks.unwrap_or_default() {
            let place = format!("{place}webhooks.{platform}.");
            let known = Platform::named(&platform)
                .ok_or_else(|| problem(&format!("{place}secrets"), "is for no platform that twin-relay knows (shopify, woocommerce, stripe, signed)".into()))?;
            let keys = keys.into_dict().unwrap_or_default();
            let written: WrittenWebhook =
                source::extract(keys).map_err(|error| unfit(&error, &place))?;
            webhooks.insert(known, written.check(&place, known)?);
        }
        Ok(Shop {
            name: name.into(),
            pixels,
            allowed_origins: each(
                &format!("{place}allowed_origins"),
                &origins,
                Origin::configured,
            )?,
            max_value: self.max_value,
            hold_ms,
            webhooks,
        })
    }
}

impl WrittenPixel {
    fn check(self, place: &str) -> Result<Pixel, StartError> {
        let at = |key: &str| format!("{place}{key}");
        let token = match (self.access_token, self.access_token_file) {
            (Some(token), _) => token.token().map(TokenSource::Fixed),
            (None, Some(file)) => Some(TokenSource::File(file)),
            (None, None) => return Err(missing(&at("access_token"))),
        };
        let id = self.pixel_id.ok_or_else(|| missing(&at("pixel_id")))?;
        if !is_pixel_id(&id) {
            return Err(wrong(&at("pixel_id"), &id));
        }
        let code = self.test_event_code.filter(|code| !code.is_empty());
        if let Some(code) = code.as_ref().filter(|code| !is_test_code(code)) {
            return Err(wrong(&at("test_event_code"), code));
        }
        Ok(Pixel {
            id: id.into(),
            // Never quoted, whatever is wrong with it.
            token: token
                .map(Arc::new)
                .ok_or_else(|| problem(&at("access_token"), "is no token".into()))?,
            test_event_code: code,
            events: self.events.unwrap_or_default(),
        })
    }
}

impl WrittenWebhook {
    fn check(self, place: &str, platform: Platform) -> Result<Webhook, StartError> {
        let at = |key: &str| format!("{place}{key}");
        let secrets: Option<Vec<_>> = self
            .secrets
            .unwrap_or_default()
            .into_iter()
            .map(Unchecked::secret)
            .collect();
        // Without a secret anybody could report orders: there is no such mode.
        let secrets = secrets
            .filter(|secrets| !secrets.is_empty())
            .ok_or_else(|| missing(&at("secrets")))?;
        let event_id = self
            .event_id
            .unwrap_or_else(|| platform.default_event_id().into());
        if !is_event_id_form(&event_id, platform.id_fields()) {
            return Err(wrong(&at("event_id"), &event_id));
        }
        Ok(Webhook {
            secrets,
            event_id,
            sends_itself: self.sends_itself.unwrap_or(false),
        })
    }
}
