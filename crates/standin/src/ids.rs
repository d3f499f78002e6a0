//! How two event ids differ, said so that the mistake can be seen.

/// True when one id is the other with its case changed, white space around it, or something put in front of it, as
/// `#1001` and `gid://shopify/Order/1001` are to `1001`.
pub(crate) fn are_variants(a: &str, b: &str) -> bool {
    let (a, b) = (a.trim(), b.trim());
    same_ignoring_case(a, b) || prefix(a, b).is_some() || prefix(b, a).is_some()
}

/// Says how `this` and `other`, which are not equal, differ.
pub(crate) fn difference(this: &str, other: &str) -> String {
    let (this_trimmed, other_trimmed) = (this.trim(), other.trim());
    if this_trimmed == other_trimmed {
        let (ends, starts) = (
            this.trim_end() != this || other.trim_end() != other,
            this.trim_start() != this || other.trim_start() != other,
        );
        return match (starts, ends) {
            (true, true) => "they differ in white space around them",
            (true, false) => "one begins with a space",
            _ => "one ends with a space",
        }
        .to_owned();
    }
    if same_ignoring_case(this_trimmed, other_trimmed) {
        return "they differ only in upper and lower case".to_owned();
    }
    if let Some(prefix) =
        prefix(this_trimmed, other_trimmed).or_else(|| prefix(other_trimmed, this_trimmed))
    {
        return format!("one has {prefix:?} in front");
    }
    match distance(this, other) {
        Some(1) => "they differ in 1 character".to_owned(),
        Some(distance) => format!("they differ in {distance} characters"),
        None => "they differ".to_owned(),
    }
}

fn same_ignoring_case(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() {
        a.eq_ignore_ascii_case(b)
    } else {
        a.to_lowercase() == b.to_lowercase()
    }
}

/// What `long` has in front of `short`, if that ends in something other than a letter or digit.
fn prefix<'a>(long: &'a str, short: &str) -> Option<&'a str> {
    let at = long.len().checked_sub(short.len()).filter(|&at| at > 0)?;
    let (front, tail) = long.split_at_checked(at)?;
    let separated = front.ends_with(|c: char| !c.is_alphanumeric());
    (!short.is_empty() && separated && same_ignoring_case(tail, short)).then_some(front)
}

/// Edit distance in characters; not worked out for ids too long to look at.
fn distance(a: &str, b: &str) -> Option<usize> {
    const LONGEST: usize = 100;
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().max(b.len()) > LONGEST {
        return None;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut next = vec![i + 1];
        let mut left = i + 1;
        for ((to, &diagonal), &above) in b.iter().zip(&row).zip(row.iter().skip(1)) {
            left = (diagonal + usize::from(from != to))
                .min(above + 1)
                .min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_of_one_id_are_recognized_and_neighbors_are_not() {
        let cases = [
            ("Order-1", "order-1", true),
            ("1001 ", "1001", true),
            ("#1001", "1001", true),
            ("1001", "gid://shopify/Order/1001", true),
            ("order_1001", "1001", true),
            ("order_1001", "order_1002", false),
            ("21001", "1001", false),
            ("", "#", false),
            ("ü1", "Ü1", true),
        ];
        for (a, b, expected) in cases {
            assert_eq!(are_variants(a, b), expected, "{a:?} {b:?}");
            assert_eq!(are_variants(b, a), expected, "{b:?} {a:?}");
        }
    }

    #[test]
    fn the_difference_names_the_mistake() {
        let cases = [
            (
                "Order-1",
                "order-1",
                "they differ only in upper and lower case",
            ),
            ("1001 ", "1001", "one ends with a space"),
            ("1001", " 1001", "one begins with a space"),
            (" 1001", "1001 ", "they differ in white space around them"),
            ("#1001", "1001", "one has \"#\" in front"),
            (
                "1001",
                "gid://shopify/Order/1001",
                "one has \"gid://shopify/Order/\" in front",
            ),
            ("order_1001", "order_1002", "they differ in 1 character"),
            ("kitten", "sitting", "they differ in 3 characters"),
        ];
        for (this, other, expected) in cases {
            assert_eq!(difference(this, other), expected, "{this:?} {other:?}");
        }
        assert_eq!(difference(&"a".repeat(101), "b"), "they differ");
    }
}
