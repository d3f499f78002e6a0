//! The access token: where it stands and what it is worth. Its value never leaves this file.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use serde::Serialize;

use super::errors::GraphError;

/// Where the token was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TokenPlace {
    /// `?access_token=`; wins over the others.
    Query,
    /// `access_token` in the body.
    Body,
    /// `Authorization: Bearer …` (or `OAuth …`).
    Header,
}

/// The token in use and its place. An empty one counts as none.
pub(crate) fn find(
    query: Option<&str>,
    body: Option<&str>,
    headers: &HeaderMap,
) -> Option<(TokenPlace, String)> {
    let header = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| {
            scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("oauth")
        })
        .map(|(_, token)| token.trim());
    [
        (TokenPlace::Query, query),
        (TokenPlace::Body, body),
        (TokenPlace::Header, header),
    ]
    .into_iter()
    .filter_map(|(place, token)| Some((place, token?)))
    .find(|(_, token)| !token.is_empty())
    .map(|(place, token)| (place, token.to_owned()))
}

/// Judges a token for a dataset.
///
/// Any token of eight or more characters of `[A-Za-z0-9|_.-]` is good, unless it ends in `.expired`, `.revoked` or
/// `.noperm`, which act as their names say. Source of the answers: published replies of Meta; a token is not a secret here.
pub(crate) fn judge(token: Option<&str>, pixel_id: &str) -> Result<(), GraphError> {
    let Some(token) = token else {
        return Err(GraphError::plain(403, 200, "(#200) Provide valid app ID"));
    };
    let plausible = token.len() >= 8
        && token
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"|_.-".contains(&b));
    if !plausible {
        return Err(GraphError::plain(
            401,
            190,
            "Invalid OAuth access token - Cannot parse access token",
        ));
    }
    if token.ends_with(".expired") {
        return Err(expired());
    }
    if token.ends_with(".revoked") {
        return Err(GraphError::token(
            460,
            "Error validating access token: The session has been invalidated because the user changed their \
             password or Facebook has changed the session for security reasons.",
        ));
    }
    if token.ends_with(".noperm")
        || pixel_id.is_empty()
        || !pixel_id.bytes().all(|b| b.is_ascii_digit())
    {
        return Err(GraphError::no_such_object(pixel_id));
    }
    Ok(())
}

/// `190`/`463`: the token was good until a while ago.
pub(crate) fn expired() -> GraphError {
    GraphError::token(
        463,
        "Error validating access token: Session has expired on Sunday, 01-Nov-26 10:00:00 PST. The current time is later.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(authorization: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, authorization.parse().unwrap());
        headers
    }

    #[test]
    fn the_query_wins_over_the_body_and_the_body_over_the_header() {
        let bearer = headers("Bearer inheader");
        let place = |query, body, headers: &HeaderMap| find(query, body, headers);
        assert_eq!(
            place(Some("q"), Some("b"), &bearer),
            Some((TokenPlace::Query, "q".into()))
        );
        assert_eq!(
            place(None, Some("b"), &bearer),
            Some((TokenPlace::Body, "b".into()))
        );
        assert_eq!(
            place(Some(""), None, &bearer),
            Some((TokenPlace::Header, "inheader".into()))
        );
        assert_eq!(
            place(None, None, &headers("OAuth x")),
            Some((TokenPlace::Header, "x".into()))
        );
        assert_eq!(place(None, None, &headers("Basic x")), None);
        assert_eq!(place(None, Some(""), &HeaderMap::new()), None);
    }

    #[test]
    fn tokens_are_judged_by_their_form_and_their_ending() {
        let cases = [
            (None, "1", Some((403, 200, None))),
            (Some("short"), "1", Some((401, 190, None))),
            (Some("with space"), "1", Some((401, 190, None))),
            (Some("EAAB|good_token-1.x"), "1", None),
            (Some("EAABtoken.expired"), "1", Some((401, 190, Some(463)))),
            (Some("EAABtoken.revoked"), "1", Some((401, 190, Some(460)))),
            (Some("EAABtoken.noperm"), "1", Some((400, 100, Some(33)))),
            (
                Some("EAABtoken"),
                "not-a-dataset",
                Some((400, 100, Some(33))),
            ),
        ];
        for (token, pixel_id, expected) in cases {
            let answer = judge(token, pixel_id)
                .err()
                .map(|error| (error.status, error.code, error.subcode));
            assert_eq!(answer, expected, "{token:?} {pixel_id}");
        }
    }
}
