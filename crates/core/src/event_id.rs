//! The id that both twins share. This is the one place where it is chosen.

use alloc::string::String;

use crate::hash::push_hex;
use crate::text::{join, trim};

/// The event's id: the caller's own; else `order_<orderId>`, which any backend can form from the order alone; else a
/// random UUID v4.
///
/// `own` stays exactly as given, since another system may send the same event with it. `order` loses white space round
/// it, which templates add. Empty ones, and white space only, count as not given. `random`: from the platform's CSPRNG.
#[must_use]
pub fn choose(own: &str, order: &str, random: [u32; 4]) -> String {
    if !trim(own).is_empty() {
        return String::from(own);
    }
    let order = trim(order);
    if order.is_empty() {
        uuid_v4(random)
    } else {
        join(&["order_", order])
    }
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
