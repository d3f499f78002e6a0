//! Who asks: address, browser, and the host that was asked for, seen past the proxies that we trust.
//!
//! A header that anybody can send is believed only from a trusted proxy.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, header};
use ipnet::IpNet;

/// Longer user agents are cut, in bytes.
const MAX_USER_AGENT_BYTES: usize = 1024;

/// Whoever sent a request, and where to.
pub(crate) struct Caller {
    /// The visitor's address.
    pub(crate) ip_address: IpAddr,
    /// The `User-Agent` header; empty if there is none.
    pub(crate) user_agent: String,
    /// The host that the browser asked for, perhaps with a port.
    pub(crate) host: Option<String>,
    /// Whether the browser spoke https.
    pub(crate) is_https: bool,
}

impl Caller {
    /// Reads the headers as far as `peer` may be believed.
    pub(crate) fn read(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Self {
        let peer = peer.to_canonical();
        let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
        let believed = |name| last(headers, name).filter(|_| is_trusted(&peer));
        let forwarded = headers.get_all("x-forwarded-for").iter();
        let forwarded: Vec<&str> = forwarded
            .map(|value| value.to_str().unwrap_or_default())
            .flat_map(|value| value.split(','))
            .collect();
        let user_agent = headers
            .get(header::USER_AGENT)
            .map(|value| value.as_bytes());
        Self {
            ip_address: walk(peer, &forwarded, is_trusted),
            user_agent: cut(user_agent.unwrap_or_default()),
            host: believed("x-forwarded-host")
                .or_else(|| last(headers, "host"))
                .map(Into::into),
            is_https: believed("x-forwarded-proto")
                .is_some_and(|proto| proto.eq_ignore_ascii_case("https")),
        }
    }
}

/// The last item of a header that may come as a list: the one that the nearest proxy wrote.
fn last<'headers>(headers: &'headers HeaderMap, name: &str) -> Option<&'headers str> {
    let value = headers.get_all(name).iter().next_back()?;
    let item = value.to_str().ok()?.rsplit(',').next()?.trim();
    (!item.is_empty()).then_some(item)
}

/// The client's address: from the peer leftwards through `forwarded` (as it reads, left to right) to the first that is
/// not trusted; the left-most if all are. What stands left of an entry that is no address may be forged and is not read.
fn walk(peer: IpAddr, forwarded: &[&str], is_trusted: impl Fn(&IpAddr) -> bool) -> IpAddr {
    let mut client = peer;
    for entry in forwarded.iter().rev() {
        if !is_trusted(&client) {
            break;
        }
        match address(entry) {
            Some(next) => client = next,
            None => break,
        }
    }
    client
}

/// An address as proxies write it: bare, with a port, IPv6 in brackets or with a zone. IPv4 inside IPv6 becomes IPv4.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let bare = || {
        let text = text
            .strip_prefix('[')
            .map_or(text, |text| text.trim_end_matches(']'));
        text.split('%').next()?.parse::<IpAddr>().ok()
    };
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    bare()
        .or_else(with_port)
        .map(|address| address.to_canonical())
}

/// Printable text of at most [`MAX_USER_AGENT_BYTES`].
fn cut(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let printable = text.chars().filter(|letter| !letter.is_control());
    let mut cut = String::new();
    for letter in printable {
        if cut.len() + letter.len_utf8() > MAX_USER_AGENT_BYTES {
            break;
        }
        cut.push(letter);
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn caller(peer: &str, given: &[(&'static str, &str)]) -> Caller {
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        let trusted = ["127.0.0.0/8", "10.0.0.0/8", "fd00::/8"].map(|text| text.parse().unwrap());
        Caller::read(peer.parse().unwrap(), &headers, &trusted)
    }

    #[test]
    fn the_client_is_the_first_untrusted_from_the_right() {
        for (peer, forwarded, expected) in [
            // Nobody in between.
            ("203.0.113.9", &[][..], "203.0.113.9"),
            ("::ffff:203.0.113.9", &[], "203.0.113.9"),
            // A stranger may claim what they like.
            ("203.0.113.9", &["198.51.100.1"], "203.0.113.9"),
            // One proxy; what the client itself sent stands further left.
            ("127.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("::ffff:127.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("127.0.0.1", &["1.1.1.1, 198.51.100.1"], "198.51.100.1"),
            // Several proxies, also in several headers.
            (
                "127.0.0.1",
                &["1.1.1.1, 198.51.100.1, 10.0.0.7"],
                "198.51.100.1",
            ),
            (
                "127.0.0.1",
                &["198.51.100.1", "10.0.0.7, 10.0.0.8"],
                "198.51.100.1",
            ),
            // All trusted: somebody inside. A private address rather than none.
            ("127.0.0.1", &["10.0.0.9, 10.0.0.7"], "10.0.0.9"),
            ("127.0.0.1", &[], "127.0.0.1"),
            ("127.0.0.1", &["192.168.1.5"], "192.168.1.5"),
            // Ways to write an address.
            ("127.0.0.1", &["198.51.100.1:4711"], "198.51.100.1"),
            ("127.0.0.1", &["2001:db8::1"], "2001:db8::1"),
            ("127.0.0.1", &["[2001:db8::1]"], "2001:db8::1"),
            ("127.0.0.1", &["[2001:db8::1]:4711"], "2001:db8::1"),
            ("127.0.0.1", &["\"[2001:db8::1]:4711\""], "2001:db8::1"),
            ("127.0.0.1", &["fe80::1%eth0"], "fe80::1"),
            ("127.0.0.1", &["::ffff:198.51.100.1"], "198.51.100.1"),
            // What is no address ends the walk.
            (
                "127.0.0.1",
                &["198.51.100.1, unknown, 10.0.0.7"],
                "10.0.0.7",
            ),
            ("127.0.0.1", &["198.51.100.1, "], "127.0.0.1"),
            ("127.0.0.1", &["not an address"], "127.0.0.1"),
        ] {
            let headers: Vec<_> = forwarded
                .iter()
                .map(|value| ("x-forwarded-for", *value))
                .collect();
            let found = caller(peer, &headers).ip_address.to_string();
            assert_eq!(found, expected, "{peer} {forwarded:?}");
        }
    }

    #[test]
    fn host_and_scheme_are_believed_from_a_proxy_only() {
        let given = [
            ("host", "inside:8081"),
            ("x-forwarded-host", "forged.example, shop.example"),
            ("x-forwarded-proto", "https"),
        ];
        let by_proxy = caller("10.1.2.3", &given);
        assert_eq!(by_proxy.host.as_deref(), Some("shop.example"));
        assert!(by_proxy.is_https);
        let by_stranger = caller("203.0.113.9", &given);
        assert_eq!(by_stranger.host.as_deref(), Some("inside:8081"));
        assert!(!by_stranger.is_https);
    }

    #[test]
    fn a_user_agent_is_printable_and_bounded() {
        assert_eq!(
            caller("10.0.0.1", &[("user-agent", "Mozilla/5.0\t(X)")]).user_agent,
            "Mozilla/5.0(X)"
        );
        assert_eq!(cut("é".repeat(2000).as_bytes()).len(), MAX_USER_AGENT_BYTES);
        assert_eq!(caller("10.0.0.1", &[]).user_agent, "");
    }
}
