//! Addresses and networks of the DLP/NAC profile, compared bit by bit.

use std::net::{Ipv4Addr, Ipv6Addr};

/// One address, perhaps with a port.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Address {
    bits: Vec<bool>,
    port: Option<u16>,
    text: String,
}

/// Addresses with the same bits in some places, `None` where any bit will do, perhaps with ports.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Network {
    bits: Vec<Option<bool>>,
    ports: Option<(u16, u16)>,
}

impl Address {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (host, rest) = split(text)?;
        let port = match rest {
            "" => None,
            rest => Some(rest.strip_prefix(':')?.parse().ok()?),
        };
        Some(Self { bits: bits(host)?, port, text: text.to_owned() })
    }

    pub(super) fn same_host(&self, other: &Self) -> bool {
        self.bits == other.bits
    }

    pub(super) fn text(&self) -> String {
        self.text.clone()
    }
}

impl Network {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (host, rest) = split(text)?;
        let all = bits(host)?;
        let (mask, rest) = match rest.strip_prefix('/') {
            Some(rest) => mask(rest, all.len())?,
            None => (vec![true; all.len()], rest),
        };
        let ports = match rest {
            "" => None,
            rest => Some(range(rest.strip_prefix(':')?)?),
        };
        let bits = all.iter().zip(mask).map(|(bit, counts)| counts.then_some(*bit)).collect();
        Some(Self { bits, ports })
    }

    /// `ipAddress-match`.
    pub(super) fn contains(&self, address: &Address) -> bool {
        self.bits.len() == address.bits.len()
            && self.bits.iter().zip(&address.bits).all(|(own, other)| own.is_none_or(|own| own == *other))
    }

    /// `ipAddress-endpoint-match`.
    pub(super) fn contains_endpoint(&self, address: &Address) -> bool {
        let fits = match (self.ports, address.port) {
            (None, _) => true,
            (Some((first, last)), Some(port)) => (first..=last).contains(&port),
            (Some(_), None) => false,
        };
        self.contains(address) && fits
    }
}

/// The bits that count, by a length or by a mask of the address's own kind, and what follows.
fn mask(text: &str, of: usize) -> Option<(Vec<bool>, &str)> {
    let (mask, rest) = split(text)?;
    let counts = match mask.parse::<usize>() {
        Ok(length) => (length <= of).then(|| (0..of).map(|place| place < length).collect())?,
        Err(_) => bits(mask)?,
    };
    (counts.len() == of).then_some((counts, rest))
}

/// The host, without brackets, and what follows it.
pub(super) fn split(text: &str) -> Option<(&str, &str)> {
    if let Some(rest) = text.strip_prefix('[') {
        return rest.split_once(']');
    }
    Some(text.split_at(text.find(['/', ':']).unwrap_or(text.len())))
}

pub(super) fn bits(host: &str) -> Option<Vec<bool>> {
    let octets = match host.parse::<Ipv4Addr>() {
        Ok(address) => address.octets().to_vec(),
        Err(_) => host.parse::<Ipv6Addr>().ok()?.octets().to_vec(),
    };
    Some(octets.iter().flat_map(|octet| (0..8).rev().map(move |bit| octet >> bit & 1 == 1)).collect())
}

pub(super) fn range(text: &str) -> Option<(u16, u16)> {
    match text.split_once('-') {
        None => text.parse().ok().map(|port| (port, port)),
        Some(("", last)) => Some((0, last.parse().ok()?)),
        Some((first, "")) => Some((first.parse().ok()?, u16::MAX)),
        Some((first, last)) => Some((first.parse().ok()?, last.parse().ok()?)).filter(|(first, last)| first <= last),
    }
}
