//! `ipAddress-pattern` of the DLP/NAC profile: a set of addresses, optionally with a range of ports.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use ipnet::{IpNet, Ipv6Net};

use super::endpoint;
use super::ip_value::IpValue;
use super::ipv4_pattern::Ipv4Pattern;
use super::lexical::{LexicalError, collapse};
use super::port_range::PortRange;

/// The addresses that agree with a given one in the bits of a mask, and the ports on them.
///
/// The mask need not be contiguous. Bits outside it don't count: `10.1.2.3/8` is `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct IpPattern {
    network: Network,
    ports: Option<PortRange>,
}

/// INVARIANT: the bits of `address` lie within `mask`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Network {
    V4(Ipv4Pattern),
    V6 { address: u128, mask: u128 },
}

impl IpPattern {
    /// Reads `10.0.0.0/8`, `10.0.0.0/255.0.0.0:80-90`, `[2001:db8::]/32:443`, `[2001:db8::]/[ffff:ffff::]`, or IPv6
    /// without brackets where no ports follow. Without a mask, it is that one address.
    ///
    /// An IPv4 network inside IPv6 is that IPv4 network.
    pub fn parse(text: &str) -> Result<Self, LexicalError> {
        let parts = endpoint::split_lenient(collapse(text)).ok_or_else(expected)?;
        let network = match parts.address {
            IpAddr::V4(address) => {
                let mask = parts.mask.map_or(Some(u32::MAX), read_mask_v4).ok_or_else(expected)?;
                Network::V4(Ipv4Pattern::new(u32::from(address), mask))
            }
            IpAddr::V6(address) => {
                let mask = parts.mask.map_or(Some(u128::MAX), read_mask_v6).ok_or_else(expected)?;
                unmapped(address, mask)?
            }
        };
        Ok(Self { network, ports: parts.ports.map(PortRange::parse).transpose()? })
    }

    /// The ports, if any are named.
    pub fn ports(self) -> Option<PortRange> {
        self.ports
    }

    /// Whether the address is one of these (`ipAddress-match`); ports don't count.
    pub fn contains(self, value: &IpValue) -> bool {
        match (self.network, value.address()) {
            (Network::V4(pattern), value) => pattern.contains(value),
            (Network::V6 { address, mask }, IpAddr::V6(value)) => u128::from(value) & mask == address,
            (Network::V6 { .. }, IpAddr::V4(_)) => false,
        }
    }

    /// Whether address and port are among these (`ipAddress-endpoint-match`).
    ///
    /// A pattern without ports takes any, also none; one with ports takes no address without a port.
    pub fn endpoint_contains(self, value: &IpValue) -> bool {
        self.contains(value) && self.ports.is_none_or(|ports| value.port().is_some_and(|port| ports.contains(port)))
    }

    /// The addresses alone, where they are of IPv4.
    pub(crate) fn v4(self) -> Option<Ipv4Pattern> {
        match self.network {
            Network::V4(pattern) => Some(pattern),
            Network::V6 { .. } => None,
        }
    }

    /// The pattern as one network, for an index; `None` where the mask has gaps.
    pub fn networks(self) -> Option<IpNet> {
        match self.network {
            Network::V4(pattern) => pattern.network().map(IpNet::V4),
            Network::V6 { address, mask } => {
                let prefix = u8::try_from(mask.leading_ones()).ok()?;
                let network = Ipv6Net::new(Ipv6Addr::from(address), prefix).ok()?;
                (u128::from(network.netmask()) == mask).then_some(IpNet::V6(network))
            }
        }
    }
}

/// Addresses are compared in their canonical form, so a network of IPv4 addresses inside IPv6 has to become one too.
fn unmapped(address: Ipv6Addr, mask: u128) -> Result<Network, LexicalError> {
    let whole = Network::V6 { address: u128::from(address) & mask, mask };
    let Some(inner) = address.to_ipv4_mapped() else { return Ok(whole) };
    if mask >> 32 != u128::MAX >> 32 {
        return Err(LexicalError::new("expected a mask of 96 bits or more after an IPv4 address inside IPv6"));
    }
    let mask = u32::try_from(mask & u128::from(u32::MAX)).unwrap_or(u32::MAX);
    Ok(Network::V4(Ipv4Pattern::new(u32::from(inner), mask)))
}

fn read_mask_v4(text: &str) -> Option<u32> {
    endpoint::mask_v4(text).or_else(|| {
        let unset = 32_u32.checked_sub(prefix(text)?)?;
        Some(u32::MAX.checked_shl(unset).unwrap_or(0))
    })
}

fn read_mask_v6(text: &str) -> Option<u128> {
    endpoint::mask_v6(text).or_else(|| text.parse::<Ipv6Addr>().ok().map(u128::from)).or_else(|| {
        let unset = 128_u32.checked_sub(prefix(text)?)?;
        Some(u128::MAX.checked_shl(unset).unwrap_or(0))
    })
}

fn prefix(text: &str) -> Option<u32> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

fn expected() -> LexicalError {
    LexicalError::new("expected a network such as `10.0.0.0/8`, `10.0.0.0/255.0.0.0:80-90` or `[2001:db8::]/32`")
}

/// The canonical form, with a prefix length where the mask has no gaps.
impl fmt::Display for IpPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.networks(), self.network) {
            (Some(IpNet::V4(net)), _) => write!(f, "{}/{}", net.addr(), net.prefix_len())?,
            (Some(IpNet::V6(net)), _) => write!(f, "[{}]/{}", net.addr(), net.prefix_len())?,
            (None, Network::V4(pattern)) => pattern.fmt(f)?,
            (None, Network::V6 { address, mask }) => {
                write!(f, "[{}]/[{}]", Ipv6Addr::from(address), Ipv6Addr::from(mask))?;
            }
        }
        self.ports.map_or(Ok(()), |ports| write!(f, ":{ports}"))
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use ipnet::Ipv4Net;
    use proptest::prelude::*;

    use super::*;

    fn pattern(text: &str) -> IpPattern {
        IpPattern::parse(text).unwrap()
    }

    fn value(text: &str) -> IpValue {
        IpValue::parse(text).unwrap()
    }

    #[test]
    fn a_pattern_is_written_canonically() {
        for (text, canonical) in [
            ("10.1.2.3/8", "10.0.0.0/8"),
            ("10.0.0.0/255.0.0.0:80-90", "10.0.0.0/8:80-90"),
            ("10.0.0.1", "10.0.0.1/32"),
            ("10.0.0.1:80", "10.0.0.1/32:80"),
            ("10.2.3.4/255.0.255.0", "10.0.3.0/255.0.255.0"),
            ("[2001:db8::]/32", "[2001:db8::]/32"),
            ("2001:db8::/32", "[2001:db8::]/32"),
            ("2001:db8::1", "[2001:db8::1]/128"),
            ("[2001:db8::]/[ffff:ffff::]:443", "[2001:db8::]/32:443"),
            ("2001:db8::/ffff:ffff::", "[2001:db8::]/32"),
            ("[2001:db8::1]/[ffff::ffff]", "[2001::1]/[ffff::ffff]"),
            ("::/0", "[::]/0"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("[::ffff:10.0.0.0]/104", "10.0.0.0/8"),
            ("::ffff:10.1.2.3", "10.1.2.3/32"),
        ] {
            assert_eq!(pattern(text).to_string(), canonical);
            assert_eq!(pattern(canonical), pattern(text));
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for text in [
            "",
            "10.0.0.0/33",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "[::]/129",
            "10.0.0/8",
            "10.0.0.0/8:",
            "[::ffff:10.0.0.0]/80",
            "10.0.0.0/[ff::]",
            "[2001:db8::]/255.0.0.0",
            "2001:db8::/32:80",
            "*",
            "10.0.0.0-10.0.0.9",
        ] {
            assert!(IpPattern::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_address_is_in_a_pattern_by_the_bits_of_the_mask() {
        assert!(pattern("10.0.0.0/8").contains(&value("10.200.1.1:80")));
        assert!(!pattern("10.0.0.0/8").contains(&value("11.0.0.0")));
        assert!(pattern("10.0.0.0/8").contains(&value("[::ffff:10.1.2.3]")));
        assert!(pattern("[2001:db8::]/32").contains(&value("2001:db8:ffff::1")));
        assert!(!pattern("[::]/0").contains(&value("10.0.0.1")));
        assert!(pattern("10.0.3.0/255.0.255.0").contains(&value("10.77.3.9")));
        assert!(!pattern("10.0.3.0/255.0.255.0").contains(&value("10.77.4.9")));
    }

    #[test]
    fn an_endpoint_needs_a_port_where_the_pattern_has_ports() {
        let web = pattern("10.0.0.0/8:80-90");
        assert!(web.endpoint_contains(&value("10.0.0.1:85")));
        assert!(!web.endpoint_contains(&value("10.0.0.1:91")));
        assert!(!web.endpoint_contains(&value("10.0.0.1")));
        assert!(web.contains(&value("10.0.0.1")));
        assert!(pattern("10.0.0.0/8").endpoint_contains(&value("10.0.0.1")));
        assert!(pattern("10.0.0.0/8").endpoint_contains(&value("10.0.0.1:1")));
    }

    #[test]
    fn a_mask_with_gaps_is_no_network() {
        assert_eq!(pattern("10.2.3.4/255.0.255.0").networks(), None);
        assert_eq!(pattern("10.2.3.4/8:80").networks(), Some("10.0.0.0/8".parse().unwrap()));
        assert_eq!(pattern("::/0").networks(), Some("::/0".parse().unwrap()));
    }

    proptest! {
        #[test]
        fn a_prefix_holds_what_the_network_library_says(address in any::<u32>(), prefix in 0_u8..=32, other in any::<u32>(), near in any::<bool>()) {
            let other = if near { address ^ (other >> prefix.min(31)) } else { other };
            let network = Ipv4Net::new(Ipv4Addr::from(address), prefix).unwrap();
            let probe = Ipv4Addr::from(other);
            prop_assert_eq!(
                pattern(&network.to_string()).contains(&IpValue::from(IpAddr::V4(probe))),
                network.contains(&probe)
            );
        }

        #[test]
        fn no_text_panics(text in "[0-9a-f.:/\\[\\]é-]{0,40}|.*") {
            if let Ok(pattern) = IpPattern::parse(&text) {
                prop_assert_eq!(IpPattern::parse(&pattern.to_string()), Ok(pattern));
            }
        }
    }
}
