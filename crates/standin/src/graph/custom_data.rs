//! `custom_data`: open for custom properties, strict about the standard ones; contents, purchases and money.

use serde_json::Value;

use super::currency;
use super::errors::GraphError;
use super::shape::{self, INTEGER, NUMBER, OBJECT, Object, STRING, at, check, filled, get, wrong};
use super::texts;
use crate::config::Profile;
use crate::lints::Lints;
use crate::message::number;

const NUMBERS: [&str; 3] = ["value", "net_revenue", "predicted_ltv"];
const STRINGS: [&str; 8] = [
    "currency",
    "content_category",
    "content_name",
    "content_type",
    "delivery_category",
    "order_id",
    "search_string",
    "status",
];
/// Documented are the first four of Meta's list; its SDKs send the others as well.
const CONTENT_KEYS: [&str; 8] = [
    "id",
    "quantity",
    "item_price",
    "delivery_category",
    "title",
    "description",
    "category",
    "brand",
];
const DELIVERY: [&str; 3] = ["in_store", "curbside", "home_delivery"];

/// Checks keys and types of `custom_data` at `path`.
pub(crate) fn check_types(
    custom: &Object,
    path: &str,
    profile: Profile,
    lints: &mut Lints,
) -> Result<(), GraphError> {
    for key in NUMBERS {
        check(custom, key, path, NUMBER, |value| {
            value.as_str() == Some("") || number(value).is_some()
        })?;
    }
    for key in STRINGS {
        check(custom, key, path, STRING, shape::is_text)?;
        if get(custom, key).is_some_and(Value::is_number) {
            lints.push(
                format!("number_{key}"),
                format!("{key} is a number: Meta documents a string."),
            );
        }
    }
    check(custom, "num_items", path, INTEGER, |value| {
        shape::integer(value).is_some()
    })?;
    if let Some(ids) = shape::array(custom, "content_ids", path)? {
        let at_index = |index: usize| format!("{}[{index}]", at(path, "content_ids"));
        if let Some(index) = ids.iter().position(|id| !shape::is_text(id)) {
            return Err(wrong(&at_index(index), STRING));
        }
    }
    let contents_path = at(path, "contents");
    for (index, item) in shape::array(custom, "contents", path)?
        .into_iter()
        .flatten()
        .enumerate()
    {
        check_item(item, &format!("{contents_path}[{index}]"), profile, lints)?;
    }
    if let Some(kind) = get(custom, "content_type").and_then(Value::as_str)
        && !matches!(kind, "product" | "product_group")
    {
        lints.push(
            "content_type_value",
            format!("content_type is {kind:?}: Meta knows product and product_group."),
        );
    }
    check_delivery(custom, lints);
    Ok(())
}

fn check_item(
    item: &Value,
    path: &str,
    profile: Profile,
    lints: &mut Lints,
) -> Result<(), GraphError> {
    let Some(item) = item.as_object() else {
        return Err(wrong(path, OBJECT));
    };
    shape::closed(item, &CONTENT_KEYS, path)?;
    check(item, "id", path, STRING, shape::is_text)?;
    check(item, "quantity", path, INTEGER, |value| {
        shape::integer(value).is_some()
    })?;
    check(item, "item_price", path, NUMBER, |value| {
        number(value).is_some()
    })?;
    for key in [
        "title",
        "description",
        "category",
        "brand",
        "delivery_category",
    ] {
        check(item, key, path, STRING, shape::is_text)?;
    }
    check_delivery(item, lints);
    if filled(item, "id").is_none() {
        match profile {
            Profile::Docs => {
                return Err(GraphError::invalid_parameter(
                    2_804_008,
                    texts::content_id_missing(path),
                ));
            }
            Profile::Real => lints.push("content_id_missing", "An item in contents has no id."),
        }
    }
    Ok(())
}

fn check_delivery(object: &Object, lints: &mut Lints) {
    if let Some(kind) = filled(object, "delivery_category").and_then(Value::as_str)
        && !DELIVERY.contains(&kind)
    {
        lints.push(
            "delivery_category_value",
            format!(
                "delivery_category is {kind:?}: Meta knows in_store, curbside and home_delivery."
            ),
        );
    }
}

/// Checks what a purchase must have, and money in general. `custom` may be empty; types are known to be right.
pub(crate) fn check_money(
    event_name: &str,
    custom: &Object,
    path: &str,
    profile: Profile,
    lints: &mut Lints,
) -> Result<(), GraphError> {
    let value = filled(custom, "value");
    let currency = filled(custom, "currency");
    if event_name == "Purchase" {
        // Both missing: the only published example with an empty custom_data shows the currency error.
        if currency.is_none() {
            return Err(GraphError::invalid_parameter(
                2_804_010,
                texts::currency_missing(),
            ));
        }
        if value.is_none() {
            return Err(GraphError::invalid_parameter(
                2_804_009,
                texts::value_missing(),
            ));
        }
    } else if value.is_some() && currency.is_none() {
        match profile {
            Profile::Docs => {
                return Err(GraphError::invalid_parameter(
                    2_804_023,
                    texts::value_without_currency(),
                ));
            }
            Profile::Real => lints.push(
                "value_without_currency",
                "There is a value, but no currency.",
            ),
        }
    }
    if let Some(code) = currency.filter(|code| !code.as_str().is_some_and(currency::is_known)) {
        match profile {
            Profile::Docs => {
                let kind = (
                    "a valid ISO 4217 currency code",
                    "un code de devise ISO 4217 valide",
                );
                return Err(wrong(&at(path, "currency"), kind));
            }
            Profile::Real => lints.push(
                "currency_unknown",
                format!("{code} is no ISO 4217 currency code."),
            ),
        }
    }
    match value.and_then(number) {
        Some(number) if number < 0.0 => lints.push("value_negative", "The value is negative."),
        Some(0.0) => lints.push("value_zero", "The value is 0."),
        _ => {}
    }
    Ok(())
}
