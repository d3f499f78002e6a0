//! Reads request bodies into name and value pairs: form-urlencoded and multipart, whatever sent them.

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;

/// Name and value pairs, in the order they came.
pub(crate) type Pairs = Vec<(String, String)>;

/// What the `Content-Type` says, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `application/json`, or another `+json`.
    Json,
    /// `application/x-www-form-urlencoded`.
    Urlencoded,
    /// `multipart/form-data`.
    Multipart,
    /// Anything else, or nothing.
    Other,
}

/// The kind of body these headers announce.
pub(crate) fn kind(headers: &HeaderMap) -> Kind {
    let full = content_type(headers).to_ascii_lowercase();
    let essence = full.split(';').next().unwrap_or_default().trim();
    match essence {
        "application/x-www-form-urlencoded" => Kind::Urlencoded,
        "multipart/form-data" => Kind::Multipart,
        "application/json" | "text/json" => Kind::Json,
        other if other.ends_with("+json") => Kind::Json,
        _ => Kind::Other,
    }
}

/// Pairs of a query string or an urlencoded body.
pub(crate) fn urlencoded(bytes: &[u8]) -> Pairs {
    form_urlencoded::parse(bytes)
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}

/// Pairs of a multipart body, up to the first part that cannot be read.
pub(crate) async fn multipart(headers: &HeaderMap, body: Bytes) -> Pairs {
    let Ok(boundary) = multer::parse_boundary(content_type(headers)) else {
        return Vec::new();
    };
    let whole = tokio_stream::once(Ok::<Bytes, std::convert::Infallible>(body));
    let mut parts = multer::Multipart::new(whole, boundary);
    let mut pairs = Vec::new();
    while let Ok(Some(part)) = parts.next_field().await {
        let Some(name) = part.name().map(str::to_owned) else {
            continue;
        };
        let Ok(value) = part.text().await else { break };
        pairs.push((name, value));
    }
    pairs
}

/// The last value of a name; a repeated parameter means its last value to Meta's side.
pub(crate) fn last<'a>(pairs: &'a Pairs, name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .rev()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

fn content_type(headers: &HeaderMap) -> &str {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_ignores_case_and_parameters() {
        let cases = [
            ("application/json; charset=utf-8", Kind::Json),
            ("Application/JSON", Kind::Json),
            (
                "application/x-www-form-urlencoded;charset=UTF-8",
                Kind::Urlencoded,
            ),
            ("multipart/form-data; boundary=x", Kind::Multipart),
            ("text/plain;charset=UTF-8", Kind::Other),
        ];
        for (text, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, text.parse().unwrap());
            assert_eq!(kind(&headers), expected, "{text}");
        }
        assert_eq!(kind(&HeaderMap::new()), Kind::Other);
    }

    #[tokio::test]
    async fn multipart_gives_text_parts_and_survives_nonsense() {
        let mut headers = HeaderMap::new();
        headers.insert(
            CONTENT_TYPE,
            "multipart/form-data; boundary=x".parse().unwrap(),
        );
        let body = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1 ü\r\n--x\r\n\
                    Content-Disposition: form-data; name=\"cd[b]\"\r\n\r\n2\r\n--x--\r\n";
        let pairs = multipart(&headers, Bytes::from_static(body.as_bytes())).await;
        assert_eq!(
            pairs,
            [("a".into(), "1 ü".into()), ("cd[b]".into(), "2".into())]
        );
        assert_eq!(
            multipart(&headers, Bytes::from_static(b"nonsense")).await,
            Pairs::new()
        );
        assert_eq!(
            multipart(&HeaderMap::new(), Bytes::new()).await,
            Pairs::new()
        );
    }
}
