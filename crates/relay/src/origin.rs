//! Which pages may post: those of the relay's own origin and those named in `allowed_origins`.
//!
//! `null` is what browsers call the origin of a frame in a sandbox, of a file, and of a page that hides where it is. Whoever
//! names it in `allowed_origins` lets all of them in, so none of them has to do with cookies.

use axum::http::{HeaderMap, HeaderValue, header};
use url::Url;

/// The header of whoever has no origin to show.
const NULL: &str = "null";

/// A scheme, host and port, as browsers write it: lower case, no default port, no slash at the end; or [`NULL`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin(String);

impl Origin {
    /// From the configuration, where a slash at the end is forgiven. `None`: neither `null` nor an origin of http or https.
    pub(crate) fn configured(text: &str) -> Option<Self> {
        match text {
            NULL => Some(Self(NULL.into())),
            text => Self::of(&Url::parse(text).ok()?),
        }
    }

    fn of(url: &Url) -> Option<Self> {
        let is_bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        let is_web = matches!(url.scheme(), "http" | "https");
        (is_bare && is_web).then(|| Self(url.origin().ascii_serialization()))
    }
}

/// How a request stands to us.
pub(crate) enum Standing {
    /// No `Origin`: not a page of another origin. Servers post so.
    Absent,
    /// A page of the host that the relay is mounted on.
    Same {
        /// The page's host, without port.
        host: String,
    },
    /// A page of an allowed origin.
    Allowed {
        /// The page's host, without port.
        host: String,
        /// The header as it came, to be repeated.
        origin: HeaderValue,
    },
    /// A page that shows no origin, where that is allowed.
    Hidden,
    /// Any other page.
    Refused,
}

impl Standing {
    /// The host of the page that posts; `None` if no page does.
    pub(crate) fn page_host(&self) -> Option<&str> {
        match self {
            Self::Same { host } | Self::Allowed { host, .. } => Some(host),
            Self::Absent | Self::Hidden | Self::Refused => None,
        }
    }

    /// Whether cookies may be set and ended.
    pub(crate) fn has_cookies(&self) -> bool {
        !matches!(self, Self::Hidden | Self::Refused)
    }

    /// What a page of another origin, or of none, is told that it may read the answer by.
    pub(crate) fn shown(&self) -> Option<HeaderValue> {
        match self {
            Self::Allowed { origin, .. } => Some(origin.clone()),
            Self::Hidden => Some(HeaderValue::from_static(NULL)),
            Self::Absent | Self::Same { .. } | Self::Refused => None,
        }
    }

    /// Lets a page of an allowed origin read the answer, and caches tell origins apart.
    ///
    /// Credentials are for [`Standing::Hidden`], too: the companion always asks for them, and no answer holds any.
    pub(crate) fn mark(&self, headers: &mut HeaderMap) {
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
        if let Some(origin) = self.shown() {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(
                header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
                HeaderValue::from_static("true"),
            );
        }
    }
}

/// Judges a request by its `Origin`. `host`: what the browser asked for, perhaps with a port.
///
/// The scheme is not compared for the own host: behind a proxy that speaks TLS the relay sees plain http.
pub(crate) fn judge(headers: &HeaderMap, host: Option<&str>, allowed: &[Origin]) -> Standing {
    let Some(header) = headers.get(header::ORIGIN) else {
        return Standing::Absent;
    };
    if header == NULL {
        let is_allowed = allowed.iter().any(|origin| origin.0 == NULL);
        return if is_allowed {
            Standing::Hidden
        } else {
            Standing::Refused
        };
    }
    let Some(url) = header.to_str().ok().and_then(|text| Url::parse(text).ok()) else {
        return Standing::Refused;
    };
    let (Some(origin), Some(page_host)) = (Origin::of(&url), url.host_str()) else {
        return Standing::Refused;
    };
    let own = host.and_then(|host| Origin::configured(&format!("{}://{host}", url.scheme())));
    if own.as_ref() == Some(&origin) {
        Standing::Same {
            host: page_host.into(),
        }
    } else if allowed.contains(&origin) {
        Standing::Allowed {
            host: page_host.into(),
            origin: header.clone(),
        }
    } else {
        Standing::Refused
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The verdict in a word.
    fn standing(origin: Option<&str>, host: &str, allowed: &[&str]) -> &'static str {
        let mut headers = HeaderMap::new();
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_str(origin).unwrap());
        }
        let allowed: Vec<_> = allowed
            .iter()
            .map(|text| Origin::configured(text).unwrap())
            .collect();
        match judge(&headers, Some(host), &allowed) {
            Standing::Absent => "absent",
            Standing::Same { .. } => "same",
            Standing::Allowed { .. } => "allowed",
            Standing::Hidden => "hidden",
            Standing::Refused => "refused",
        }
    }

    #[test]
    fn a_page_posts_to_its_own_host_or_by_name() {
        let shop = &["https://shop.example/", "http://localhost:3000"][..];
        for (origin, host, allowed, expected) in [
            (None, "shop.example", &[][..], "absent"),
            (Some("https://shop.example"), "shop.example", &[], "same"),
            (Some("https://shop.example"), "SHOP.example", &[], "same"),
            (
                Some("https://shop.example"),
                "shop.example:443",
                &[],
                "same",
            ),
            (Some("http://localhost:8080"), "localhost:8080", &[], "same"),
            (Some("http://[::1]:8080"), "[::1]:8080", &[], "same"),
            (
                Some("http://localhost:8080"),
                "localhost:8081",
                &[],
                "refused",
            ),
            (Some("https://evil.example"), "shop.example", &[], "refused"),
            (
                Some("https://shop.example.evil.example"),
                "x",
                shop,
                "refused",
            ),
            (
                Some("https://shop.example"),
                "relay.example",
                shop,
                "allowed",
            ),
            (
                Some("https://shop.example:8443"),
                "relay.example",
                shop,
                "refused",
            ),
            (
                Some("http://shop.example"),
                "relay.example",
                shop,
                "refused",
            ),
            (
                Some("http://localhost:3000"),
                "relay.example",
                shop,
                "allowed",
            ),
            (Some("null"), "shop.example", shop, "refused"),
            (Some("null"), "null", &[], "refused"),
            (Some("null"), "shop.example", &["null"], "hidden"),
            (
                Some("https://evil.example"),
                "shop.example",
                &["null"],
                "refused",
            ),
            (Some("file://"), "", shop, "refused"),
            (
                Some("https://evil.example"),
                "shop.example@evil.example",
                &[],
                "refused",
            ),
        ] {
            assert_eq!(
                standing(origin, host, allowed),
                expected,
                "{origin:?} to {host}"
            );
        }
    }

    #[test]
    fn only_a_bare_web_origin_is_configured() {
        for text in [
            "*",
            "shop.example",
            "https://shop.example/path",
            "ftp://shop.example",
            "https://u@shop.example",
            "",
        ] {
            assert_eq!(Origin::configured(text), None, "{text}");
        }
        let origin = Origin::configured("HTTPS://Shop.Example:443/").unwrap();
        assert_eq!(origin, Origin("https://shop.example".into()));
    }
}
