//! `dnsName-pattern` of the DLP/NAC profile: one host or all below it, optionally with a range of ports.

use std::fmt;

use super::dns_name;
use super::dns_value::{DnsValue, bare_host};
use super::hostname::is_hostname_pattern;
use super::lexical::{LexicalError, collapse};
use super::port_range::PortRange;

/// A host, or with `*.` before it all hosts below it at any depth, and the ports on them.
#[derive(Debug, Clone)]
pub struct DnsPattern {
    text: Box<str>,
    ports: Option<PortRange>,
}

impl DnsPattern {
    /// Reads a host name whose leftmost label may be `*`, then optionally `:` and ports.
    pub fn parse(text: &str) -> Result<Self, LexicalError> {
        let text = collapse(text);
        let (host, ports) = dns_name::split(text)?;
        if !is_hostname_pattern(host) {
            return Err(LexicalError::new("expected a host name such as `www.example.com` or `*.example.com:443`"));
        }
        Ok(Self { text: text.into(), ports })
    }

    /// The ports, if any are named.
    pub fn ports(&self) -> Option<PortRange> {
        self.ports
    }

    /// The original text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the host is one of these (`dnsName-match`); ports don't count. `*.example.com` doesn't hold
    /// `example.com` itself.
    pub fn contains(&self, value: &DnsValue) -> bool {
        let (pattern, host) = (bare_host(&self.text), value.host());
        match pattern.strip_prefix('*') {
            None => pattern.eq_ignore_ascii_case(host),
            // What is left starts with a dot, so a whole label stands before it.
            Some(below) => {
                let end = host.len().checked_sub(below.len()).and_then(|start| host.as_bytes().get(start..));
                host.len() > below.len() && end.is_some_and(|end| end.eq_ignore_ascii_case(below.as_bytes()))
            }
        }
    }

    /// Whether host and port are among these (`dnsName-endpoint-match`).
    ///
    /// A pattern without ports takes any, also none; one with ports takes no host without a port.
    pub fn endpoint_contains(&self, value: &DnsValue) -> bool {
        self.contains(value) && self.ports.is_none_or(|ports| value.port().is_some_and(|port| ports.contains(port)))
    }
}

/// The same hosts and the same ports.
impl PartialEq for DnsPattern {
    fn eq(&self, other: &Self) -> bool {
        self.ports == other.ports && bare_host(&self.text).eq_ignore_ascii_case(bare_host(&other.text))
    }
}

impl Eq for DnsPattern {}

/// The original text.
impl fmt::Display for DnsPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(pattern: &str, value: &str) -> bool {
        DnsPattern::parse(pattern).unwrap().contains(&DnsValue::parse(value).unwrap())
    }

    fn endpoint_contains(pattern: &str, value: &str) -> bool {
        DnsPattern::parse(pattern).unwrap().endpoint_contains(&DnsValue::parse(value).unwrap())
    }

    #[test]
    fn a_star_stands_for_one_label_or_more() {
        assert!(contains("*.Example.com", "www.example.COM"));
        assert!(contains("*.example.com", "a.b.example.com."));
        assert!(!contains("*.example.com", "example.com"));
        assert!(!contains("*.example.com", "badexample.com"));
        assert!(contains("www.example.com.", "WWW.example.com"));
        assert!(!contains("www.example.com", "a.www.example.com"));
    }

    #[test]
    fn an_endpoint_needs_a_port_where_the_pattern_has_ports() {
        assert!(contains("*.example.com:443", "www.example.com:80"));
        assert!(!endpoint_contains("*.example.com:443", "www.example.com:80"));
        assert!(!endpoint_contains("*.example.com:443", "www.example.com"));
        assert!(endpoint_contains("*.example.com:443", "www.example.com:443"));
        assert!(endpoint_contains("*.example.com", "www.example.com:443"));
        assert!(endpoint_contains("*.example.com", "www.example.com"));
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for text in ["", "*", "*.", "**.com", "a.*.com", "host:", "10.0.0.1"] {
            assert!(DnsPattern::parse(text).is_err(), "{text}");
        }
    }
}
