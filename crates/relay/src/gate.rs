//! Who may post how often: so many posts per second from one address, and for one shop.

use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::config::Limits;
use crate::error::Error;

/// As many seconds' posts may come at once.
const BURST: u32 = 3;

/// The limits and who has come how near to them.
pub(crate) struct Gate {
    addresses: Option<DefaultKeyedRateLimiter<IpAddr>>,
    shops: Option<DefaultKeyedRateLimiter<String>>,
    clock: DefaultClock,
}

impl Gate {
    /// With nobody near any limit.
    pub(crate) fn new(limits: Limits) -> Self {
        let quota = |per_second| {
            let burst = NonZeroU32::new(u32::saturating_mul(per_second, BURST))?;
            Some(Quota::per_second(NonZeroU32::new(per_second)?).allow_burst(burst))
        };
        Self {
            addresses: quota(limits.per_address).map(RateLimiter::keyed),
            shops: quota(limits.per_shop).map(RateLimiter::keyed),
            clock: DefaultClock::default(),
        }
    }

    /// Counts a post.
    ///
    /// # Errors
    /// [`Error::TooMany`] over a limit. This machine's own address is no visitor's: either a server posts, or a proxy
    /// that does not say for whom, and then one limit for all would be none for anybody.
    pub(crate) fn pass(&self, address: IpAddr, shop: &str) -> Result<(), Error> {
        if let Some(addresses) = &self.addresses
            && !address.is_loopback()
        {
            self.judge(addresses.check_key(&network(address)))?;
        }
        if let Some(shops) = &self.shops {
            self.judge(shops.check_key(&shop.to_owned()))?;
        }
        Ok(())
    }

    fn judge<T>(
        &self,
        checked: Result<T, governor::NotUntil<governor::clock::QuantaInstant>>,
    ) -> Result<(), Error> {
        checked.map(drop).map_err(|not_until| {
            let wait = not_until.wait_time_from(self.clock.now());
            let seconds = u16::try_from(wait.as_secs()).unwrap_or(u16::MAX);
            Error::TooMany {
                retry_after_s: seconds.saturating_add(1),
            }
        })
    }

    /// Forgets who is far from the limits.
    pub(crate) fn tidy(&self) {
        if let Some(addresses) = &self.addresses {
            addresses.retain_recent();
            addresses.shrink_to_fit();
        }
    }
}

/// One visitor has a whole /64 of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let bits = address.to_bits() & !u128::from(u64::MAX);
            std::net::Ipv6Addr::from_bits(bits).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(per_address: u32, per_shop: u32) -> Gate {
        Gate::new(Limits {
            per_address,
            per_shop,
            connections: 1,
        })
    }

    fn passed(gate: &Gate, address: &str, shop: &str, times: usize) -> usize {
        let address = address.parse().unwrap();
        (0..times)
            .filter(|_| gate.pass(address, shop).is_ok())
            .count()
    }

    #[test]
    fn one_address_does_not_use_up_anothers_share() {
        let gate = gate(1, 0);
        assert_eq!(passed(&gate, "203.0.113.9", "", 100), 3);
        assert_eq!(passed(&gate, "203.0.113.10", "", 100), 3);
        // Addresses of one /64 are one.
        assert_eq!(passed(&gate, "2001:db8::1", "", 2), 2);
        assert_eq!(passed(&gate, "2001:db8::2", "", 100), 1);
        assert_eq!(passed(&gate, "2001:db8:0:1::1", "", 100), 3);
        assert_eq!(passed(&gate, "127.0.0.1", "", 100), 100);
        let refused = gate.pass("203.0.113.9".parse().unwrap(), "").unwrap_err();
        assert!(matches!(refused, Error::TooMany { retry_after_s: 1 }));
    }

    #[test]
    fn one_shop_does_not_use_up_anothers_share() {
        let gate = gate(0, 1);
        assert_eq!(passed(&gate, "203.0.113.9", "a", 100), 3);
        assert_eq!(passed(&gate, "203.0.113.9", "b", 100), 3);
    }
}
