//! What the command line and the environment say, checked once at start.

use std::net::{IpAddr, Ipv4Addr};

use clap::{Parser, ValueEnum};
use serde::Serialize;

/// Stands in for Meta's side: takes Pixel events and Conversions API requests, pairs the twins, counts once.
#[derive(Debug, Clone, Parser)]
#[command(name = "twin-standin", version)]
pub struct Args {
    /// Port to listen on; 0 takes any free one
    #[arg(long, env = "STANDIN_PORT", default_value_t = 8090)]
    pub port: u16,
    /// Address to listen on; any but a loopback address needs --public
    #[arg(long, default_value = "127.0.0.1", value_parser = host)]
    pub host: IpAddr,
    /// Allow an address that other machines can reach
    #[arg(long)]
    pub public: bool,
    /// What to do when one side repeats an event_id: Meta does not say
    #[arg(long, env = "STANDIN_SAME_SOURCE", value_enum, default_value_t = SameSource::Dedup)]
    pub same_source: SameSource,
    /// Refuse what Meta is known to refuse (real), or also what its documentation calls required (docs)
    #[arg(long, value_enum, default_value_t = Profile::Real)]
    pub profile: Profile,
    /// Wait before each Graph reply, in milliseconds
    #[arg(long, env = "STANDIN_LATENCY_MS", default_value_t = 120)]
    pub latency_ms: u64,
    /// Language of error_user_title and error_user_msg
    #[arg(long, value_enum, default_value_t = Locale::En)]
    pub locale: Locale,
    /// The shop to link to while nothing has arrived
    #[arg(long, env = "STANDIN_SHOP_URL")]
    pub shop_url: Option<String>,
}

/// How the stand-in behaves; the part of [`Args`] that is not about the socket.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Settings {
    /// Same-source repeats: counted, or not.
    pub same_source: SameSource,
    /// Which rules refuse.
    pub profile: Profile,
    /// Wait before each Graph reply, ms.
    pub latency_ms: u64,
    /// Language of the two user texts in an error.
    pub locale: Locale,
    /// Link for the empty page, if any.
    pub shop_url: Option<String>,
}

/// What happens when the same side sends the same event_id again within 48 hours. No source settles it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SameSource {
    /// Counts it again: the pessimist's view, shows double sends.
    Count,
    /// Does not count it.
    #[default]
    Dedup,
}

/// Which rules refuse a request; the others become lints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// Only what Meta was seen to refuse, or says in so many words that it refuses.
    #[default]
    Real,
    /// Also what the documentation calls required.
    Docs,
}

/// Meta writes the user texts in the language of the token's owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// English.
    #[default]
    En,
    /// French.
    Fr,
}

impl Args {
    /// The settings, or one sentence on why the address is refused.
    pub fn settings(&self) -> Result<Settings, String> {
        if !self.host.is_loopback() && !self.public {
            return Err(format!(
                "{} can be reached from other machines; add --public if that is wanted",
                self.host
            ));
        }
        Ok(Settings {
            same_source: self.same_source,
            profile: self.profile,
            latency_ms: self.latency_ms,
            locale: self.locale,
            shop_url: self.shop_url.clone().filter(|url| !url.is_empty()),
        })
    }
}

fn host(text: &str) -> Result<IpAddr, String> {
    if text == "localhost" {
        return Ok(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    text.parse()
        .map_err(|_| "expected an IP address, or localhost".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(args: &[&str]) -> Result<Settings, String> {
        let line = std::iter::once("twin-standin").chain(args.iter().copied());
        Args::try_parse_from(line)
            .map_err(|error| error.to_string())?
            .settings()
    }

    #[test]
    fn the_defaults_suit_the_demo() {
        let settings = settings(&[]).unwrap();
        assert_eq!(settings.same_source, SameSource::Dedup);
        assert_eq!(settings.profile, Profile::Real);
        assert_eq!(settings.latency_ms, 120);
        assert_eq!(settings.locale, Locale::En);
    }

    #[test]
    fn an_address_others_can_reach_needs_the_flag() {
        for host in ["0.0.0.0", "192.168.1.5", "::"] {
            let refused = settings(&["--host", host]).unwrap_err();
            assert!(refused.contains("--public"), "{refused}");
            assert!(settings(&["--host", host, "--public"]).is_ok(), "{host}");
        }
        for host in ["127.0.0.1", "127.0.0.9", "::1", "localhost"] {
            assert!(settings(&["--host", host]).is_ok(), "{host}");
        }
        assert!(settings(&["--host", "example.com"]).is_err());
    }
}
