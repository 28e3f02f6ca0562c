//! `ipAddress` of core A.2: an address, optionally with a mask and ports. Core defines no equality for it.

use std::fmt;
use std::net::IpAddr;

use super::endpoint;
use super::lexical::{LexicalError, collapse};
use super::port_range::PortRange;

/// An address as core writes it. `==` compares the texts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IpAddress {
    text: Box<str>,
    address: IpAddr,
    ports: Option<PortRange>,
}

impl IpAddress {
    /// Reads `address [ "/" mask ] [ ":" [ ports ] ]`, IPv6 addresses and masks in brackets.
    pub fn parse(text: &str) -> Result<Self, LexicalError> {
        let text = collapse(text);
        let endpoint = endpoint::split(text).ok_or_else(expected)?;
        let mask_is_right = endpoint.mask.is_none_or(|mask| match endpoint.address {
            IpAddr::V4(_) => endpoint::mask_v4(mask).is_some(),
            IpAddr::V6(_) => endpoint::mask_v6(mask).is_some(),
        });
        if !mask_is_right {
            return Err(expected());
        }
        // A colon with nothing after it is in the grammar.
        let ports = endpoint.ports.filter(|ports| !ports.is_empty()).map(PortRange::parse).transpose()?;
        Ok(Self { text: text.into(), address: endpoint.address, ports })
    }

    /// The address, without its mask.
    pub fn address(&self) -> IpAddr {
        self.address
    }

    /// The ports, if any are named.
    pub fn ports(&self) -> Option<PortRange> {
        self.ports
    }

    /// The original text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

fn expected() -> LexicalError {
    LexicalError::new("expected an address such as `10.0.0.1/255.0.0.0:80` or `[2001:db8::1]:80`")
}

/// The original text.
impl fmt::Display for IpAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_address_may_have_a_mask_and_ports() {
        for text in [
            "122.45.38.245/255.255.255.64:8080",
            "10.0.0.1",
            "10.0.0.1:",
            "10.0.0.1:-80",
            "10.0.0.1/255.0.0.0",
            "[2001:db8::1]",
            "[2001:db8::1]:80-90",
            "[2001:db8::1]/[ffff:ffff::]",
            "[2001:db8::1]/[ffff:ffff::]:80",
            "[::ffff:10.0.0.1]:",
        ] {
            assert_eq!(IpAddress::parse(&format!(" {text} ")).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "10.0.0",
            "10.0.0.256",
            "010.0.0.1",
            "10.0.0.1/8",
            "10.0.0.1/255.0.0",
            "10.0.0.1:a",
            "10.0.0.1:80:80",
            "10.0.0.1 :80",
            "2001:db8::1",
            "[2001:db8::1",
            "[2001:db8::1]/32",
            "[2001:db8::1]80",
            "[10.0.0.1]",
            "[2001:db8::1]/[ffff::",
            "[2001:db8::1]/255.0.0.0",
            "10.0.0.1:65536",
            "10.0.0.1:-",
            "host",
            "[fe80::1%eth0]",
        ] {
            assert!(IpAddress::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[0-9a-f.:/\\[\\]é-]{0,40}|.*") {
            let _ = IpAddress::parse(&text);
        }
    }
}
