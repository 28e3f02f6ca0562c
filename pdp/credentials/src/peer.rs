//! Where a presentation came from, as coarse as failures are counted.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An IPv4 address, or the first 56 bits of an IPv6 address: what one household or host is given. Finer, and a guesser
/// would change his address for every guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PeerPrefix(IpAddr);

impl PeerPrefix {
    /// The prefix of an address. IPv4 in IPv6's clothes (`::ffff:192.0.2.1`) counts as IPv4.
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self(IpAddr::V4(address)),
            IpAddr::V6(address) => Self(IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 72)))),
        }
    }
}

impl From<Ipv4Addr> for PeerPrefix {
    fn from(address: Ipv4Addr) -> Self {
        Self::of(address.into())
    }
}

impl From<IpAddr> for PeerPrefix {
    fn from(address: IpAddr) -> Self {
        Self::of(address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefix(address: &str) -> PeerPrefix {
        PeerPrefix::of(address.parse().unwrap())
    }

    #[test]
    fn addresses_of_one_site_share_a_prefix() {
        assert_eq!(prefix("2001:db8:0:aa01::1"), prefix("2001:db8:0:aaff:1:2:3:4"));
        assert_ne!(prefix("2001:db8:0:aa01::1"), prefix("2001:db8:0:ab01::1"));
        assert_eq!(prefix("::ffff:192.0.2.1"), prefix("192.0.2.1"));
        assert_ne!(prefix("192.0.2.1"), prefix("192.0.2.2"));
    }
}
