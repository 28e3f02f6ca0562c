//! `dnsName` of core A.2: a host name, optionally with ports. Core defines no equality for it.

use std::fmt;

use super::hostname::is_hostname_pattern;
use super::lexical::{LexicalError, collapse};
use super::port_range::PortRange;

/// A host name as core writes it; its leftmost label may be `*`. `==` compares the texts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DnsName {
    text: Box<str>,
    ports: Option<PortRange>,
}

impl DnsName {
    /// Reads `hostname [ ":" ports ]`.
    pub fn parse(text: &str) -> Result<Self, LexicalError> {
        let text = collapse(text);
        let (host, ports) = split(text)?;
        if !is_hostname_pattern(host) {
            return Err(LexicalError::new("expected a host name such as `www.example.com:443` or `*.example.com`"));
        }
        Ok(Self { text: text.into(), ports })
    }

    /// The host name, without the ports.
    pub fn host(&self) -> &str {
        self.text.split(':').next().unwrap_or_default()
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

/// The host and the ports.
pub(super) fn split(text: &str) -> Result<(&str, Option<PortRange>), LexicalError> {
    match text.split_once(':') {
        None => Ok((text, None)),
        Some((host, ports)) => PortRange::parse(ports).map(|ports| (host, Some(ports))),
    }
}

/// The original text.
impl fmt::Display for DnsName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_start_with_a_star_and_have_ports() {
        for text in
            ["some.host.name:147-874", "a.different.host:-45", "*.example.com", "*.example.com:443", "localhost"]
        {
            assert_eq!(DnsName::parse(&format!("\n{text} ")).unwrap().to_string(), text);
        }
        let name = DnsName::parse("some.host.name:147-874").unwrap();
        assert_eq!((name.host(), name.ports().unwrap().last()), ("some.host.name", 874));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in ["", "*", "a.*.com", "host:", "host:-", "ho st", "host_name", "10.0.0.1", "host:99999", ":80"] {
            assert!(DnsName::parse(text).is_err(), "{text}");
        }
    }
}
