//! The page and the Pixel script stand-in, from the binary itself.

use axum::extract::Path;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

/// The page asks nobody but its own origin for anything.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'";

/// `GET /`.
pub(crate) async fn page() -> Response {
    let headers = [
        (CONTENT_TYPE, HTML),
        (CONTENT_SECURITY_POLICY, POLICY),
        (CACHE_CONTROL, "no-cache"),
    ];
    (headers, include_str!("../page/index.html")).into_response()
}

/// `GET /page/{file}`: its styles and scripts.
pub(crate) async fn page_file(Path(file): Path<String>) -> Response {
    let (kind, text) = match file.as_str() {
        "style.css" => (CSS, include_str!("../page/style.css")),
        "rows.css" => (CSS, include_str!("../page/rows.css")),
        "page.js" => (JS, include_str!("../page/page.js")),
        "connection.js" => (JS, include_str!("../page/connection.js")),
        "row.js" => (JS, include_str!("../page/row.js")),
        "lanes.js" => (JS, include_str!("../page/lanes.js")),
        "list.js" => (JS, include_str!("../page/list.js")),
        "detail.js" => (JS, include_str!("../page/detail.js")),
        "refused.js" => (JS, include_str!("../page/refused.js")),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    file_of(kind, text)
}

/// `GET /look/{file}`: what it shares with the other pages that show events. It only looks; it judges nothing.
pub(crate) async fn look_file(Path(file): Path<String>) -> Response {
    let (kind, text) = match file.as_str() {
        "look.css" => (CSS, include_str!("../../../look/look.css")),
        "element.js" => (JS, include_str!("../../../look/element.js")),
        "fold-row.js" => (JS, include_str!("../../../look/fold-row.js")),
        "pill.js" => (JS, include_str!("../../../look/pill.js")),
        "side.js" => (JS, include_str!("../../../look/side.js")),
        "time.js" => (JS, include_str!("../../../look/time.js")),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    file_of(kind, text)
}

fn file_of(kind: &'static str, text: &'static str) -> Response {
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-cache")], text).into_response()
}

/// `GET /{locale}/fbevents.js`: the same in every locale.
pub(crate) async fn fbevents() -> Response {
    let headers: [(HeaderName, &str); 3] = [
        (CONTENT_TYPE, JS),
        (CACHE_CONTROL, "no-cache"),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (headers, include_str!("../fbevents/fbevents.js")).into_response()
}
