//! The answers to a post, all of them JSON. No value of the body is ever repeated in one.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};
use twin_core::notice::Notice;

/// An event that was refused.
pub(crate) struct Refusal {
    /// Its place in `data`, from 0.
    pub(crate) index: usize,
    /// Why, at a path inside the event.
    pub(crate) notice: Notice,
}

impl Refusal {
    fn json(&self) -> Value {
        let inside = shown(&self.notice.field);
        let dot = if inside.is_empty() { "" } else { "." };
        let field = format!("data[{}]{dot}{inside}", self.index);
        let mut error = problem(&field, &self.notice);
        if let Some(error) = error.as_object_mut() {
            error.insert("index".into(), self.index.into());
        }
        error
    }
}

fn problem(field: &str, notice: &Notice) -> Value {
    let message = format!("{field}: {}", notice.code.text());
    json!({"code": notice.code.name(), "field": field, "message": message})
}

/// 202 when every event was kept, else 422 with each refusal; the kept ones stay kept.
pub(crate) fn received(kept: usize, refusals: &[Refusal]) -> Response {
    let Some(first) = refusals.first() else {
        return json(StatusCode::ACCEPTED, &json!({"events_received": kept}));
    };
    let mut error = first.json();
    if let Some(error) = error.as_object_mut() {
        error.remove("index");
    }
    let errors: Vec<Value> = refusals.iter().map(Refusal::json).collect();
    let body = json!({"error": error, "events_received": kept, "errors": errors});
    json(StatusCode::UNPROCESSABLE_ENTITY, &body)
}

/// 422 for a body that holds no list of events.
pub(crate) fn refused(notice: &Notice) -> Response {
    let error = problem(&shown(&notice.field), notice);
    let body = json!({"error": error, "events_received": 0, "errors": []});
    json(StatusCode::UNPROCESSABLE_ENTITY, &body)
}

/// An answer with that body.
pub(crate) fn json(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// With the headers that all answers have: nobody keeps them, guesses at their type, or shows them in a page.
pub(crate) async fn guarded(mut response: Response) -> Response {
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        ),
    ] {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Longest path shown, in bytes.
const MAX_PATH_BYTES: usize = 64;
/// As many digits in a path may be a phone number, whatever stands between them.
const PERSONAL_DIGITS: usize = 7;

/// A path that may be shown. A key is text of whoever posts, and shops do write addresses where keys belong: a path
/// that may hold personal data is cut to what is known of it.
pub(crate) fn shown(path: &str) -> String {
    let is_plain = |letter: char| {
        letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.' | '[' | ']')
    };
    let digits = path.chars().filter(char::is_ascii_digit).count();
    if path.chars().all(is_plain) && digits < PERSONAL_DIGITS {
        return path.chars().take(MAX_PATH_BYTES).collect();
    }
    let known = ["user_data", "custom_data"].into_iter().find(|known| {
        path.strip_prefix(known)
            .is_some_and(|rest| rest.starts_with('.'))
    });
    known.map_or_else(
        || "(key withheld)".into(),
        |known| format!("{known}.(key withheld)"),
    )
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn a_path_shows_no_personal_data() {
        for (path, expected) in [
            ("event_time", "event_time"),
            ("user_data.em", "user_data.em"),
            ("custom_data.contents[12].id", "custom_data.contents[12].id"),
            ("user_data.jane.doe@example.com", "user_data.(key withheld)"),
            ("jane@example.com", "(key withheld)"),
            ("user_data.+1 650 555 0100", "user_data.(key withheld)"),
            ("user_data.650-555-0100", "user_data.(key withheld)"),
            ("custom_data.Jane Doe", "custom_data.(key withheld)"),
            ("jane%40example.com", "(key withheld)"),
            ("", ""),
        ] {
            assert_eq!(shown(path), expected, "{path}");
        }
        assert_eq!(shown(&"k".repeat(500)).len(), 64);
    }
}
