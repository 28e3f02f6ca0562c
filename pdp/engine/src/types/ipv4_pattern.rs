//! The addresses of an `ipAddress-pattern` of IPv4: two words, which a compiled `Match` holds where it stands.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use ipnet::Ipv4Net;

/// The IPv4 addresses that agree with a given one in the bits of a mask, which may have gaps.
///
/// INVARIANT: the bits of `address` lie within `mask`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Ipv4Pattern {
    address: u32,
    mask: u32,
}

impl Ipv4Pattern {
    pub(super) fn new(address: u32, mask: u32) -> Self {
        Self { address: address & mask, mask }
    }

    /// Whether it is one of these addresses. None of IPv6 is.
    pub(crate) fn contains(self, address: IpAddr) -> bool {
        matches!(address, IpAddr::V4(address) if u32::from(address) & self.mask == self.address)
    }

    /// All of them as one network; `None` where the mask has gaps.
    pub(crate) fn network(self) -> Option<Ipv4Net> {
        let prefix = u8::try_from(self.mask.leading_ones()).ok()?;
        let network = Ipv4Net::new(Ipv4Addr::from(self.address), prefix).ok()?;
        (u32::from(network.netmask()) == self.mask).then_some(network)
    }
}

/// The address and the mask.
impl fmt::Display for Ipv4Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", Ipv4Addr::from(self.address), Ipv4Addr::from(self.mask))
    }
}
