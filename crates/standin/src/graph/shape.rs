//! Types and keys as Meta checks them, with the JSON path in the error. The vocabulary of the other checks.

use serde_json::{Map, Value};

use super::errors::GraphError;
use super::texts;

/// A JSON object.
pub(crate) type Object = Map<String, Value>;

/// `$['data'][0]` and a key → `$['data'][0]['user_data']`.
pub(crate) fn at(path: &str, key: &str) -> String {
    format!("{path}['{key}']")
}

/// The value of a key, unless it is null, which is as good as absent.
pub(crate) fn get<'a>(object: &'a Object, key: &str) -> Option<&'a Value> {
    object.get(key).filter(|value| !value.is_null())
}

/// Like [`get`], and an empty string is absent as well.
pub(crate) fn filled<'a>(object: &'a Object, key: &str) -> Option<&'a Value> {
    get(object, key).filter(|value| value.as_str() != Some(""))
}

/// Refuses a key that is not in `known`.
pub(crate) fn closed(object: &Object, known: &[&str], path: &str) -> Result<(), GraphError> {
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(GraphError::shape(texts::unexpected_key(key, path))),
        None => Ok(()),
    }
}

/// The object under a key. An empty array passes for an empty object: that is how PHP writes one.
pub(crate) fn object<'a>(
    parent: &'a Object,
    key: &str,
    path: &str,
) -> Result<Option<&'a Object>, GraphError> {
    static EMPTY: std::sync::LazyLock<Object> = std::sync::LazyLock::new(Object::new);
    match get(parent, key) {
        None => Ok(None),
        Some(Value::Object(object)) => Ok(Some(object)),
        Some(Value::Array(members)) if members.is_empty() => Ok(Some(&EMPTY)),
        Some(_) => Err(wrong(&at(path, key), OBJECT)),
    }
}

/// The array under a key.
pub(crate) fn array<'a>(
    parent: &'a Object,
    key: &str,
    path: &str,
) -> Result<Option<&'a Vec<Value>>, GraphError> {
    match get(parent, key) {
        None => Ok(None),
        Some(Value::Array(members)) => Ok(Some(members)),
        Some(_) => Err(GraphError::shape(texts::must_be_array(&at(path, key)))),
    }
}

/// Text: a string, or a number taken as one.
pub(crate) fn is_text(value: &Value) -> bool {
    value.is_string() || value.is_number()
}

/// A whole number, or a string that holds one.
pub(crate) fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => text.trim().parse().ok(),
        _ => value.as_i64().or_else(|| {
            let number = value
                .as_f64()
                .filter(|number| number.fract() == 0.0 && number.abs() < 1e15)?;
            format!("{number:.0}").parse().ok()
        }),
    }
}

/// The kinds of value, in both locales.
pub(crate) type Kind = (&'static str, &'static str);
/// Text.
pub(crate) const STRING: Kind = ("a string", "une chaîne");
/// A number.
pub(crate) const NUMBER: Kind = ("a number", "un nombre");
/// A whole number.
pub(crate) const INTEGER: Kind = ("an integer", "un nombre entier");
/// true or false.
pub(crate) const BOOLEAN: Kind = ("a boolean", "un booléen");
/// A JSON object.
pub(crate) const OBJECT: Kind = ("an object", "un objet");

/// The refusal of a value of the wrong kind.
pub(crate) fn wrong(path: &str, kind: Kind) -> GraphError {
    GraphError::shape(texts::must_be(path, kind))
}

/// Refuses the value of a key that is there and does not pass.
pub(crate) fn check(
    parent: &Object,
    key: &str,
    path: &str,
    kind: Kind,
    passes: impl Fn(&Value) -> bool,
) -> Result<(), GraphError> {
    match get(parent, key) {
        Some(value) if !passes(value) => Err(wrong(&at(path, key), kind)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn whole_numbers_may_come_as_text_or_with_a_zero_fraction() {
        let cases = [
            (json!(1_795_000_000), Some(1_795_000_000)),
            (json!("1795000000"), Some(1_795_000_000)),
            (json!(1795000000.0), Some(1_795_000_000)),
            (json!(1795000000.5), None),
            (json!("1795000000.5"), None),
            (json!(true), None),
            (json!([1]), None),
            (json!(1e300), None),
        ];
        for (value, expected) in cases {
            assert_eq!(integer(&value), expected, "{value}");
        }
    }
}
