//! The id that both twins share. This is the one place where it is chosen.

use alloc::string::String;

use crate::event::is_label;
use crate::hash::push_hex;
use crate::platform::{Platform, host};
use crate::text::join;

/// The event's id: the caller's own; else `order_<orderId>`, which any backend can form from the order alone; else a
/// random UUID v4.
///
/// `own` stays exactly as given, since another system may send the same event with it. `order` loses white space round
/// it, which templates add. What [`is_usable`] refuses counts as not given. `random`: from the platform's CSPRNG.
#[must_use]
pub fn choose(own: &str, order: &str, random: [u32; 4], platform: &impl Platform) -> String {
    let order = platform.rewrite(order, host!(trim));
    let of_order = join(&["order_", &order]);
    if is_usable(own, platform) {
        String::from(own)
    } else if !order.is_empty() && is_usable(&of_order, platform) {
        of_order
    } else {
        uuid_v4(random)
    }
}

/// Whether both twins can carry an id: see [`is_label`], with at most 255 units. Meta states no limit.
#[must_use]
pub fn is_usable(id: &str, platform: &impl Platform) -> bool {
    is_label(id, 255, platform)
}

/// 36 characters, RFC 9562: version 4 in the seventh byte, variant 10 in the ninth.
fn uuid_v4(random: [u32; 4]) -> String {
    let mut id = String::new();
    for place in 0..16 {
        let byte = random
            .get(place / 4)
            .map_or(0, |number| (number >> (24 - place % 4 * 8)) as u8);
        if matches!(place, 4 | 6 | 8 | 10) {
            id.push_str("-");
        }
        let byte = match place {
            6 => byte & 0x0f | 0x40,
            8 => byte & 0x3f | 0x80,
            _ => byte,
        };
        push_hex(&mut id, byte);
    }
    id
}
