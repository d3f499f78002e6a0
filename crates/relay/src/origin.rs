//! Which pages may post: those of the relay's own origin and those named in `allowed_origins`.

use axum::http::{HeaderMap, HeaderValue, header};
use url::Url;

/// A scheme, host and port, as browsers write it: lower case, no default port, no slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin(String);

impl Origin {
    /// From the configuration, where a slash at the end is forgiven. `None`: no origin of http or https.
    pub(crate) fn configured(text: &str) -> Option<Self> {
        Self::of(&Url::parse(text).ok()?)
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
    /// Any other page.
    Refused,
}

impl Standing {
    /// The host of the page that posts; `None` if no page does.
    pub(crate) fn page_host(&self) -> Option<&str> {
        match self {
            Self::Same { host } | Self::Allowed { host, .. } => Some(host),
            Self::Absent | Self::Refused => None,
        }
    }

    /// Lets a page of an allowed origin read the answer, and caches tell origins apart.
    pub(crate) fn mark(&self, headers: &mut HeaderMap) {
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
        if let Self::Allowed { origin, .. } = self {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
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
