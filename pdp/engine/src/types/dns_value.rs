//! `dnsName-value` of the DLP/NAC profile: one host name, optionally with one port.

use std::fmt;

use super::hostname::is_hostname;
use super::lexical::{LexicalError, collapse};
use super::port_range;

/// One host name. `==` ignores the port, ASCII case, and the dot that may end a full name.
#[derive(Debug, Clone)]
pub struct DnsValue {
    text: Box<str>,
    port: Option<u16>,
}

impl DnsValue {
    /// Reads a host name without `*`, then optionally `:` and a port.
    pub fn parse(text: &str) -> Result<Self, LexicalError> {
        let text = collapse(text);
        let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
        let number = port.map(port_range::port);
        if !is_hostname(host) || number == Some(None) {
            return Err(LexicalError::new("expected one host name such as `www.example.com` or `www.example.com:443`"));
        }
        Ok(Self { text: text.into(), port: number.flatten() })
    }

    /// The host name as written, without the port and the final dot.
    pub fn host(&self) -> &str {
        bare_host(&self.text)
    }

    /// The port, if one is named.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// The original text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// The host without ports and final dot.
pub(super) fn bare_host(text: &str) -> &str {
    let host = text.split(':').next().unwrap_or_default();
    host.strip_suffix('.').unwrap_or(host)
}

impl PartialEq for DnsValue {
    fn eq(&self, other: &Self) -> bool {
        self.host().eq_ignore_ascii_case(other.host())
    }
}

impl Eq for DnsValue {}

/// The original text.
impl fmt::Display for DnsValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equality_ignores_port_case_and_final_dot() {
        assert_eq!(DnsValue::parse("WWW.Example.com:443"), DnsValue::parse("www.example.COM."));
        assert_ne!(DnsValue::parse("www.example.com"), DnsValue::parse("example.com"));
        assert_eq!(DnsValue::parse(" www.Example.com:443 ").unwrap().to_string(), "www.Example.com:443");
    }

    #[test]
    fn a_star_or_a_range_makes_no_value() {
        for text in ["", "*.example.com", "host:", "host:1-2", "host:-1", "host:70000", "10.0.0.1", "a b", ":1"] {
            assert!(DnsValue::parse(text).is_err(), "{text}");
        }
    }
}
