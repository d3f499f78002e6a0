//! The parameters of a Graph request, wherever they stand: query, JSON body, form body.

use axum::body::Bytes;
use axum::http::HeaderMap;
use serde_json::{Map, Value};

use super::errors::GraphError;
use crate::forms::{self, Kind, Pairs};
use crate::lints::Lints;

/// Most events in one request.
const MOST_EVENTS: usize = 1_000;

/// Everything a request says by name. The body wins over the query.
#[derive(Debug, Default)]
pub(crate) struct Parameters {
    query: Pairs,
    form: Pairs,
    json: Map<String, Value>,
}

impl Parameters {
    /// Reads query and body; what cannot be read is as good as absent.
    pub(crate) async fn read(
        query: &str,
        headers: &HeaderMap,
        body: Bytes,
        lints: &mut Lints,
    ) -> Self {
        let mut parameters = Self {
            query: forms::urlencoded(query.as_bytes()),
            ..Self::default()
        };
        match forms::kind(headers) {
            Kind::Json => match serde_json::from_slice(&body) {
                Ok(Value::Object(object)) => parameters.json = object,
                Ok(_) => lints.push("body_not_object", "The JSON body is not an object."),
                Err(error) => lints.push(
                    "body_unparsable",
                    format!("The JSON body cannot be parsed: {error}."),
                ),
            },
            Kind::Urlencoded => parameters.form = forms::urlencoded(&body),
            Kind::Multipart => parameters.form = forms::multipart(headers, body).await,
            Kind::Other if body.is_empty() => {}
            Kind::Other => lints.push(
                "content_type",
                "The body was not read: its Content-Type is neither JSON nor a form.",
            ),
        }
        parameters
    }

    /// A parameter of the query, as text.
    pub(crate) fn in_query(&self, name: &str) -> Option<&str> {
        forms::last(&self.query, name)
    }

    /// A parameter of the body, as text.
    pub(crate) fn in_body(&self, name: &str) -> Option<&str> {
        self.json
            .get(name)
            .and_then(Value::as_str)
            .or_else(|| forms::last(&self.form, name))
    }

    /// `test_event_code`, if it says anything.
    pub(crate) fn test_event_code(&self) -> Option<&str> {
        let code = self
            .in_body("test_event_code")
            .or_else(|| self.in_query("test_event_code"));
        code.filter(|code| !code.is_empty())
    }

    /// The events. In a form `data` is JSON text; in an array each member may be JSON text as well.
    pub(crate) fn events(&self) -> Result<Vec<Value>, GraphError> {
        let required = || GraphError::plain(400, 100, "(#100) The parameter data is required");
        let as_text = || forms::last(&self.form, "data").or_else(|| self.in_query("data"));
        let data = match self.json.get("data") {
            Some(Value::String(text)) => serde_json::from_str(text).map_err(|_| required())?,
            Some(Value::Null) => return Err(required()),
            Some(value) => value.clone(),
            None => as_text()
                .and_then(|text| serde_json::from_str(text).ok())
                .ok_or_else(required)?,
        };
        let Value::Array(members) = data else {
            return Err(GraphError::plain(
                400,
                100,
                "(#100) param data must be an array.",
            ));
        };
        if members.is_empty() {
            return Err(required());
        }
        if members.len() > MOST_EVENTS {
            return Err(GraphError::plain(400, 100, "Invalid parameter"));
        }
        Ok(members.into_iter().map(unwrap_text).collect())
    }
}

fn unwrap_text(member: Value) -> Value {
    match &member {
        Value::String(text) => serde_json::from_str(text).unwrap_or(member),
        _ => member,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn events(query: &str, content_type: &str, body: &str) -> Result<usize, String> {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", content_type.parse().unwrap());
        let mut lints = Lints::default();
        let parameters =
            Parameters::read(query, &headers, Bytes::from(body.to_owned()), &mut lints).await;
        parameters
            .events()
            .map(|events| events.len())
            .map_err(|error| error.message)
    }

    #[tokio::test]
    async fn data_is_found_in_every_kind_of_body() {
        let json = "application/json";
        let form = "application/x-www-form-urlencoded";
        let required = Err("(#100) The parameter data is required".to_owned());
        let not_array = Err("(#100) param data must be an array.".to_owned());
        let cases = [
            ("", json, r#"{"data":[{},{}]}"#, Ok(2)),
            ("", json, r#"{"data":"[{},{}]"}"#, Ok(2)),
            ("", json, r#"{"data":["{\"a\":1}"]}"#, Ok(1)),
            ("", form, "data=%5B%7B%7D%5D", Ok(1)),
            ("data=%5B%7B%7D%5D", form, "", Ok(1)),
            ("", json, "{}", required.clone()),
            ("", json, r#"{"data":[]}"#, required.clone()),
            ("", json, r#"{"data":null}"#, required.clone()),
            ("", json, r#"{"data":[{}"#, required.clone()),
            ("", json, r#"[{}]"#, required.clone()),
            ("", form, "data=%5B%7B", required.clone()),
            ("", "text/plain", r#"{"data":[{}]}"#, required),
            ("", json, r#"{"data":{}}"#, not_array.clone()),
            ("", json, r#"{"data":7}"#, not_array),
        ];
        for (query, content_type, body, expected) in cases {
            assert_eq!(
                events(query, content_type, body).await,
                expected,
                "{content_type} {body}"
            );
        }
    }

    #[tokio::test]
    async fn a_thousand_events_are_the_most() {
        let body = |count: usize| format!(r#"{{"data":[{}]}}"#, vec!["{}"; count].join(","));
        assert_eq!(
            events("", "application/json", &body(1_000)).await,
            Ok(1_000)
        );
        assert_eq!(
            events("", "application/json", &body(1_001)).await,
            Err("Invalid parameter".into())
        );
    }
}
