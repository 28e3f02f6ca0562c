//! `ipAddress-value` of the DLP/NAC profile: one address, optionally with one port.

use std::fmt;
use std::net::IpAddr;

use super::endpoint;
use super::lexical::{LexicalError, collapse};
use super::port_range;

/// One address. `==` ignores the port. An IPv4 address inside IPv6 is that IPv4 address.
#[derive(Debug, Clone, Copy)]
pub struct IpValue {
    address: IpAddr,
    port: Option<u16>,
}

impl IpValue {
    /// Reads an address, then optionally `:` and a port. IPv6 stands in brackets, or bare where no port follows.
    pub fn parse(text: &str) -> Result<Self, LexicalError> {
        read(collapse(text)).ok_or_else(|| {
            LexicalError::new("expected one address such as `10.0.0.1`, `10.0.0.1:80` or `[2001:db8::1]:80`")
        })
    }

    /// The address; never an IPv4 address inside IPv6.
    pub fn address(self) -> IpAddr {
        self.address
    }

    /// The port, if one is named.
    pub fn port(self) -> Option<u16> {
        self.port
    }
}

fn read(text: &str) -> Option<IpValue> {
    let parts = endpoint::split_lenient(text)?;
    if parts.mask.is_some() {
        return None;
    }
    let port = match parts.ports {
        None => None,
        Some("") => return None,
        Some(port) => Some(port_range::port(port)?),
    };
    Some(IpValue { address: parts.address.to_canonical(), port })
}

impl From<IpAddr> for IpValue {
    fn from(address: IpAddr) -> Self {
        Self { address: address.to_canonical(), port: None }
    }
}

impl PartialEq for IpValue {
    fn eq(&self, other: &Self) -> bool {
        self.address == other.address
    }
}

impl Eq for IpValue {}

/// The canonical form, IPv6 in brackets.
impl fmt::Display for IpValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.address {
            IpAddr::V4(address) => write!(f, "{address}")?,
            IpAddr::V6(address) => write!(f, "[{address}]")?,
        }
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_canonically() {
        for (text, canonical) in [
            (" 10.0.0.1 ", "10.0.0.1"),
            ("10.0.0.1:80", "10.0.0.1:80"),
            ("[2001:DB8:0::1]", "[2001:db8::1]"),
            ("2001:db8::1", "[2001:db8::1]"),
            ("[2001:db8::1]:443", "[2001:db8::1]:443"),
            ("[::ffff:10.0.0.1]:443", "10.0.0.1:443"),
            ("::ffff:a00:1", "10.0.0.1"),
        ] {
            assert_eq!(IpValue::parse(text).unwrap().to_string(), canonical);
        }
    }

    #[test]
    fn equality_ignores_the_port() {
        assert_eq!(IpValue::parse("10.0.0.1:80"), IpValue::parse("10.0.0.1"));
        assert_eq!(IpValue::parse("[::ffff:10.0.0.1]"), IpValue::parse("10.0.0.1"));
        assert_ne!(IpValue::parse("10.0.0.1"), IpValue::parse("10.0.0.2"));
    }

    #[test]
    fn a_mask_or_a_range_makes_no_value() {
        for text in
            ["", "10.0.0.1/8", "10.0.0.1/255.0.0.0", "10.0.0.1:80-90", "10.0.0.1:", "[::1]/64", "::1/64", "host"]
        {
            assert!(IpValue::parse(text).is_err(), "{text}");
        }
    }
}
