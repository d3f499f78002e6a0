//! Which event goes from which side.

use crate::text::{is_one_of, place_of};

/// The sides that an event goes out from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// Fire the Pixel event.
    pub pixel: bool,
    /// Post the server event.
    pub server: bool,
}

/// A shop's choices, from the least server traffic to the most. The Pixel fires for every event in all of them.
///
/// `pixel`: no server twin. `purchases`: Purchase. `conversions`: [`CONVERSIONS`] too. `all`: custom events as well.
pub const PRESETS: &str = "pixel purchases conversions all";
/// What a shop can say of one event: the sides that it goes out from.
pub const ROUTES: &str = "none pixel server both";

/// Standard events that are a step towards money or a lead, Purchase apart.
const CONVERSIONS: &str = "InitiateCheckout AddPaymentInfo Lead CompleteRegistration Subscribe StartTrial Contact \
     Schedule SubmitApplication Donate";
/// The other standard events.
const OTHERS: &str =
    "PageView ViewContent AddToCart Search AddToWishlist CustomizeProduct FindLocation";

/// The sides that `event_name` goes out from: the `exception` made for it (one of [`ROUTES`]), else what the `preset` (one
/// of [`PRESETS`]) says. What is none of them counts as not given; without a preset it is `conversions`.
#[must_use]
pub fn route(preset: &str, exception: &str, event_name: &str) -> Route {
    match place_of(exception, ROUTES) {
        Some(sides) => Route {
            pixel: sides & 1 != 0,
            server: sides & 2 != 0,
        },
        None => Route {
            pixel: true,
            server: place_of(preset, PRESETS).unwrap_or(2) >= least_with_twin(event_name),
        },
    }
}

/// The place of the least preset in which the event has a server twin.
fn least_with_twin(event_name: &str) -> usize {
    if event_name == "Purchase" {
        1
    } else if is_one_of(event_name, CONVERSIONS) {
        2
    } else {
        3
    }
}

/// Whether Meta knows the event by that name; the Pixel has another call for all others.
///
/// Source: Meta Pixel reference, standard events; PageView besides.
#[must_use]
pub fn is_standard(event_name: &str) -> bool {
    least_with_twin(event_name) < 3 || is_one_of(event_name, OTHERS)
}
