//! Trace ids, as Meta's support asks for them, and chance.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// `A` and 22 base64url characters: `ATHEd8F7ddsITPV0fE5TWjY`.
pub(crate) fn trace_id() -> String {
    let letters = random_bytes::<22>().map(|byte| {
        ALPHABET
            .get(usize::from(byte & 63))
            .map_or('A', |&letter| char::from(letter))
    });
    std::iter::once('A').chain(letters).collect()
}

/// A number from 0 up to, but not, 1.
pub(crate) fn chance() -> f64 {
    f64::from(u32::from_le_bytes(random_bytes())) / (f64::from(u32::MAX) + 1.0)
}

/// Zeros where the system has no randomness: nothing here is a secret.
fn random_bytes<const COUNT: usize>() -> [u8; COUNT] {
    let mut bytes = [0; COUNT];
    if getrandom::fill(&mut bytes).is_err() {
        bytes = [0; COUNT];
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trace_ids_look_like_metas_and_differ() {
        let (one, two) = (trace_id(), trace_id());
        assert_eq!(one.len(), 23);
        assert!(one.starts_with('A'));
        assert!(one.bytes().all(|b| ALPHABET.contains(&b)));
        assert_ne!(one, two);
        assert!((0.0..1.0).contains(&chance()));
    }
}
