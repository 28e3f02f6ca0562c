//! Distinguished names and host names, compared part by part.

use std::collections::BTreeSet;

use super::address::{bits, range, split};

/// A distinguished name (core 7.2 of the data types): of each part the set of its attributes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Distinguished {
    parts: Vec<BTreeSet<(String, String)>>,
    text: String,
}

/// A host name, or a pattern of them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Host {
    labels: Vec<String>,
    ports: Option<(u16, u16)>,
    text: String,
}

/// What the core's ipAddress and dnsName are: their text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Endpoint(pub(super) String);

impl Distinguished {
    /// Reads a name without quotes and escapes.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let part = |part: &str| part.split('+').map(attribute).collect::<Option<BTreeSet<_>>>();
        let parts = if text.is_empty() { Vec::new() } else { text.split(',').map(part).collect::<Option<_>>()? };
        Some(Self { parts, text: text.to_owned() })
    }

    pub(super) fn equals(&self, other: &Self) -> bool {
        self.parts == other.parts
    }

    /// `x500Name-match`: this is where the other ends.
    pub(super) fn ends(&self, other: &Self) -> bool {
        other.parts.ends_with(&self.parts)
    }

    pub(super) fn text(&self) -> String {
        self.text.clone()
    }
}

fn attribute(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    let name = match name.trim().to_ascii_uppercase().as_str() {
        "2.5.4.3" | "OID.2.5.4.3" => "CN".to_owned(),
        "2.5.4.10" => "O".to_owned(),
        plain if is_key(plain) || is_oid(plain) => plain.to_owned(),
        _ => return None,
    };
    let words: Vec<&str> = value.split_whitespace().collect();
    Some((name, words.join(" ").to_lowercase()))
}

/// RFC 2253, section 3: `ALPHA *keychar`.
fn is_key(text: &str) -> bool {
    let is_keychar = |c: char| c.is_ascii_alphanumeric() || c == '-';
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(is_keychar)
}

/// Numbers with dots between them.
fn is_oid(text: &str) -> bool {
    text.split('.').all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit()))
}

impl Host {
    /// Reads `host[:port]`.
    pub(super) fn parse_value(text: &str) -> Option<Self> {
        let host = Self::parse(text)?;
        // A name may have hyphens, a single port is no range.
        let one_port = text.split_once(':').is_none_or(|(_, ports)| !ports.contains('-'));
        (one_port && host.labels[0] != "*").then_some(host)
    }

    /// Reads `host[:ports]`, the leftmost label perhaps `*`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (name, ports) = text.split_once(':').map_or((text, None), |(name, ports)| (name, Some(ports)));
        let labels: Vec<String> = name.split('.').map(str::to_ascii_lowercase).collect();
        let is_label = |label: &String| {
            let inner = label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
            inner && !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
        };
        let (top, others) = labels.split_last()?;
        let right = is_label(top)
            && top.starts_with(|c: char| c.is_ascii_alphabetic())
            && others.iter().enumerate().all(|(place, label)| is_label(label) || (place == 0 && label == "*"));
        let ports = match ports {
            None => None,
            Some(ports) => Some(range(ports)?),
        };
        right.then(|| Self { labels, ports, text: text.to_owned() })
    }

    pub(super) fn equals(&self, other: &Self) -> bool {
        self.labels == other.labels
    }

    /// `dnsName-match`.
    pub(super) fn contains(&self, host: &Self) -> bool {
        match self.labels.split_first() {
            Some((first, below)) if first == "*" => host.labels.len() > below.len() && host.labels.ends_with(below),
            _ => self.labels == host.labels,
        }
    }

    /// `dnsName-endpoint-match`.
    pub(super) fn contains_endpoint(&self, host: &Self) -> bool {
        let fits = match (self.ports, host.ports) {
            (None, _) => true,
            (Some((first, last)), Some((port, _))) => (first..=last).contains(&port),
            (Some(_), None) => false,
        };
        self.contains(host) && fits
    }

    pub(super) fn text(&self) -> String {
        self.text.clone()
    }
}

impl Endpoint {
    pub(super) fn parse_address(text: &str) -> Option<Self> {
        let (host, rest) = split(text)?;
        let whole = bits(host)?;
        // An IPv6 address stands in brackets.
        if text.starts_with('[') != (whole.len() == 128) {
            return None;
        }
        let rest = match rest.strip_prefix('/') {
            None => rest,
            Some(rest) => {
                let (mask, rest) = split(rest)?;
                (bits(mask)?.len() == whole.len()).then_some(rest)?
            }
        };
        let ports = rest.is_empty() || rest == ":" || rest.strip_prefix(':').is_some_and(|rest| range(rest).is_some());
        ports.then(|| Self(text.to_owned()))
    }

    pub(super) fn parse_host(text: &str) -> Option<Self> {
        Host::parse(text).map(|host| Self(host.text))
    }
}
