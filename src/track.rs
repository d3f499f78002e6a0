//! The straight line from a call to both twins. Each step is one function elsewhere.

use twin_core::bot::is_bot;
use twin_core::custom_data::{clean, for_server};
use twin_core::event::{ServerEvent, is_event_name};
use twin_core::normalize::{Field, year};
use twin_core::notice::{Code, Notices};
use twin_core::routing::{is_standard, route};
use twin_core::text::{leading_number, pieces};
use twin_core::url::scrub;
use twin_core::user_data::UserData;

use crate::call::{add_customer, joined, take_all};
use crate::page::Browser;
use crate::{fired, identity, page};

/// Identify, keep, fire, post: only with consent.
///
/// Kept before it is fired: `fbq` is the page's code, and if it throws or navigates, the server twin is already safe.
pub(crate) fn deliver(mut call: &str, notes: &mut Notices) {
    let call = &mut call;
    let [
        pixel_ids,
        // The page has made the Pixel's call itself.
        adopted,
        preset,
        exception,
        event_name,
        event_id,
        can_repeat,
        now_ms,
        url,
        referrer,
        parameters,
        more,
    ] = take_all(call);
    let now_ms = leading_number(now_ms).unwrap_or(0);

    if is_bot(&page::user_agent(), &Browser) {
        return;
    }
    if !is_event_name(event_name, &Browser) {
        return notes.push(Code::EventNameInvalid, "track");
    }
    let mut pixels = Vec::new();
    for pixel in pieces(pixel_ids, b',') {
        if can_repeat.is_empty() || fired::is_new(pixel, event_name, event_id) {
            pixels.push(pixel);
        }
    }
    if pixels.is_empty() {
        return;
    }
    let year = year(now_ms);
    let mut user_data = UserData::default();
    // This event's, the one that `identify` named, and what the page's fields say.
    for _ in 0..3 {
        add_customer(call, &mut user_data, year, notes);
    }
    page::matched(&user_data.keys());
    let (fbp, fbc) = identity::settle(now_ms, url, referrer, notes);
    (user_data.fbp, user_data.fbc) = (&fbp, &fbc);
    let custom_data = clean(parameters, &Browser, notes);
    let params = custom_data.json.clone();
    let route = route(preset, exception, event_name);
    if route.server
        && let Some(custom_data) = for_server(event_name, custom_data, parameters, &Browser, notes)
    {
        let event = ServerEvent {
            event_name,
            event_time: now_ms / 1000,
            event_id,
            event_source_url: &scrub(url, &Browser),
            referrer_url: &scrub(referrer, &Browser),
            action_source: "website",
            user_data: &user_data,
            custom_data: &custom_data,
            more,
        };
        page::keep(&event.json());
    }
    if route.pixel && adopted.is_empty() {
        let method = if is_standard(event_name) {
            "trackSingle"
        } else {
            "trackSingleCustom"
        };
        let (em, external_id) = (
            user_data.first(Field::Em),
            user_data.first(Field::ExternalId),
        );
        for pixel in pixels {
            // `trackSingle`: `track` would reach every pixel that others have set up, and drops a second PageView. The
            // customer reaches the Pixel only with its first `init`. Two keys at most: a `/tr` address over 2,048
            // characters becomes a form post that dies with the page, and each hash goes into it three times.
            page::fire(&joined(&[
                pixel,
                em,
                external_id,
                method,
                event_name,
                event_id,
                &params,
            ]));
        }
    }
}
