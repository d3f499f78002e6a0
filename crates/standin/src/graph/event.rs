//! One server event against Meta's rules, in the order Meta applies them: shape, time, money, customer information.

use serde_json::Value;

use super::errors::GraphError;
use super::shape::{self, BOOLEAN, INTEGER, OBJECT, Object, STRING, at, check, filled, wrong};
use super::{custom_data, texts, user_data};
use crate::clock::{DAY_MS, MINUTE_MS};
use crate::config::Profile;
use crate::lints::Lints;

const EVENT_KEYS: [&str; 18] = [
    "event_name",
    "event_time",
    "event_id",
    "event_source_url",
    "action_source",
    "opt_out",
    "referrer_url",
    "user_data",
    "custom_data",
    "app_data",
    "data_processing_options",
    "data_processing_options_country",
    "data_processing_options_state",
    "original_event_data",
    "attribution_data",
    "messaging_channel",
    "advanced_measurement_table",
    "customer_segmentation",
];
const ORIGINAL_EVENT_KEYS: [&str; 4] = ["event_name", "event_time", "order_id", "event_id"];
const ACTION_SOURCES: [&str; 9] = [
    "email",
    "website",
    "app",
    "phone_call",
    "chat",
    "physical_store",
    "system_generated",
    "business_messaging",
    "other",
];
/// Not published; a minute is what others found.
const FUTURE_TOLERANCE_MS: i64 = MINUTE_MS;

/// The circumstances of a check.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    /// Which rules refuse.
    pub(crate) profile: Profile,
    /// Simulated Unix time, ms.
    pub(crate) now_ms: i64,
}

impl Rules {
    /// Checks the event at `index`; gives its lints, or the first reason to refuse it.
    pub(crate) fn judge(self, event: &Value, index: usize) -> Result<Lints, GraphError> {
        let path = format!("$['data'][{index}]");
        let event = event.as_object().ok_or_else(|| wrong(&path, OBJECT))?;
        let mut lints = Lints::default();
        let parts = self.check_shape(event, &path, &mut lints)?;
        self.check_time(parts.event_time_s, parts.action_source)?;
        let custom_path = at(&path, "custom_data");
        custom_data::check_money(
            parts.event_name,
            parts.custom,
            &custom_path,
            self.profile,
            &mut lints,
        )?;
        user_data::check_sufficient(parts.user)?;
        self.check_source(event, &parts, &path, &mut lints)?;
        Ok(lints)
    }

    fn check_shape<'a>(
        self,
        event: &'a Object,
        path: &str,
        lints: &mut Lints,
    ) -> Result<Parts<'a>, GraphError> {
        shape::closed(event, &EVENT_KEYS, path)?;
        let required = |key: &str| GraphError::shape(texts::required(&at(path, key)));
        let name = filled(event, "event_name").ok_or_else(|| required("event_name"))?;
        let event_name = name
            .as_str()
            .ok_or_else(|| wrong(&at(path, "event_name"), STRING))?;
        let time = filled(event, "event_time").ok_or_else(|| required("event_time"))?;
        let event_time_s =
            shape::integer(time).ok_or_else(|| wrong(&at(path, "event_time"), INTEGER))?;
        let user = shape::object(event, "user_data", path)?.ok_or_else(|| required("user_data"))?;
        for key in [
            "event_id",
            "event_source_url",
            "referrer_url",
            "messaging_channel",
        ] {
            check(event, key, path, STRING, shape::is_text)?;
        }
        check(event, "opt_out", path, BOOLEAN, Value::is_boolean)?;
        shape::array(event, "data_processing_options", path)?;
        if let Some(original) = shape::object(event, "original_event_data", path)? {
            shape::closed(
                original,
                &ORIGINAL_EVENT_KEYS,
                &at(path, "original_event_data"),
            )?;
        }
        let action_source = self.action_source(event, path, lints)?;
        user_data::check_types(
            user,
            &at(path, "user_data"),
            self.now_ms,
            self.profile,
            lints,
        )?;
        let custom = shape::object(event, "custom_data", path)?;
        if let Some(custom) = custom {
            custom_data::check_types(custom, &at(path, "custom_data"), self.profile, lints)?;
        }
        lint_lengths(event_name, event, lints);
        Ok(Parts {
            event_name,
            event_time_s,
            user,
            custom: custom.unwrap_or(&NO_CUSTOM_DATA),
            action_source,
        })
    }

    fn action_source<'a>(
        self,
        event: &'a Object,
        path: &str,
        lints: &mut Lints,
    ) -> Result<Option<&'a str>, GraphError> {
        let Some(value) = filled(event, "action_source") else {
            self.docs_only(
                lints,
                "action_source_missing",
                "There is no action_source.",
                || texts::required(&at(path, "action_source")),
            )?;
            return Ok(None);
        };
        match value
            .as_str()
            .filter(|source| ACTION_SOURCES.contains(source))
        {
            Some(source) => Ok(Some(source)),
            None => Err(wrong(
                &at(path, "action_source"),
                (
                    "one of the documented action sources",
                    "une source d’action documentée",
                ),
            )),
        }
    }

    /// `event_time` is seconds; a number of milliseconds lies far in the future.
    fn check_time(self, event_time_s: i64, action_source: Option<&str>) -> Result<(), GraphError> {
        let event_time_ms = event_time_s.saturating_mul(1_000);
        let days = if action_source == Some("physical_store") {
            62
        } else {
            7
        };
        if event_time_ms < self.now_ms - days * DAY_MS {
            return Err(GraphError::invalid_parameter(
                2_804_003,
                texts::too_old(days),
            ));
        }
        if event_time_ms > self.now_ms + FUTURE_TOLERANCE_MS {
            return Err(GraphError::invalid_parameter(
                2_804_004,
                texts::in_the_future(),
            ));
        }
        Ok(())
    }

    fn check_source(
        self,
        event: &Object,
        parts: &Parts<'_>,
        path: &str,
        lints: &mut Lints,
    ) -> Result<(), GraphError> {
        match parts.action_source {
            Some("website") => {
                if filled(event, "event_source_url").is_none() {
                    self.docs_only(
                        lints,
                        "event_source_url_missing",
                        "A website event should have an event_source_url.",
                        || texts::required(&at(path, "event_source_url")),
                    )?;
                }
                if !user_data::has_user_agent(parts.user) {
                    self.docs_only(
                        lints,
                        "client_user_agent_missing",
                        "A website event should have a client_user_agent.",
                        || texts::required(&at(&at(path, "user_data"), "client_user_agent")),
                    )?;
                }
                Ok(())
            }
            Some("app") if !has_extinfo(event) => {
                Err(GraphError::invalid_parameter(2_804_043, texts::extinfo()))
            }
            Some("business_messaging") if filled(event, "messaging_channel").is_none() => Err(
                GraphError::invalid_parameter(2_804_063, texts::messaging_channel()),
            ),
            _ => Ok(()),
        }
    }

    /// Documented as required, but Meta was seen to accept it: an error in one profile, a lint in the other.
    fn docs_only(
        self,
        lints: &mut Lints,
        code: &str,
        lint: &str,
        text: impl Fn() -> texts::UserText,
    ) -> Result<(), GraphError> {
        match self.profile {
            Profile::Docs => Err(GraphError::shape(text())),
            Profile::Real => {
                lints.push(code, lint);
                Ok(())
            }
        }
    }
}

static NO_CUSTOM_DATA: std::sync::LazyLock<Object> = std::sync::LazyLock::new(Object::new);

/// What the later checks need, once the shape is right.
struct Parts<'a> {
    event_name: &'a str,
    event_time_s: i64,
    user: &'a Object,
    custom: &'a Object,
    action_source: Option<&'a str>,
}

fn lint_lengths(event_name: &str, event: &Object, lints: &mut Lints) {
    if event_name.chars().count() > 50 {
        lints.push(
            "event_name_long",
            "event_name has more than 50 characters: no custom conversion can be made of it.",
        );
    }
    match filled(event, "event_id") {
        None => lints.push("no_event_id", "There is no event_id: a Pixel event and this one are then counted twice in most cases."),
        Some(Value::String(id)) if id.chars().count() > 255 => {
            lints.push("event_id_long", "event_id has more than 255 characters.");
        }
        Some(_) => {}
    }
}

/// 16 entries, the first `a2` or `i2`, the fifth the version of the system.
fn has_extinfo(event: &Object) -> bool {
    let entries = event
        .get("app_data")
        .and_then(|app| app.get("extinfo"))
        .and_then(Value::as_array);
    entries.is_some_and(|entries| {
        let text = |index: usize| {
            entries
                .get(index)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        entries.len() == 16 && matches!(text(0), "a2" | "i2") && !text(4).is_empty()
    })
}
