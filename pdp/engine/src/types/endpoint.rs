//! How an address, its mask and its ports stand together in one text; shared by the core type and the profile's.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The parts of `address [ "/" mask ] [ ":" [ ports ] ]`, the mask and the ports still as text.
pub(super) struct Endpoint<'a> {
    pub(super) address: IpAddr,
    pub(super) mask: Option<&'a str>,
    pub(super) ports: Option<&'a str>,
}

/// Splits the text. An IPv6 address stands in brackets.
pub(super) fn split(text: &str) -> Option<Endpoint<'_>> {
    if let Some(rest) = text.strip_prefix('[') {
        let (address, rest) = rest.split_once(']')?;
        let (mask, ports) = split_mask(rest)?;
        return Some(Endpoint { address: IpAddr::V6(address.parse().ok()?), mask, ports });
    }
    let (host, ports) = text.split_once(':').map_or((text, None), |(host, ports)| (host, Some(ports)));
    let (address, mask) = host.split_once('/').map_or((host, None), |(address, mask)| (address, Some(mask)));
    Some(Endpoint { address: IpAddr::V4(address.parse().ok()?), mask, ports })
}

/// As [`split`], but an IPv6 address without brackets is taken too; its colons leave no room for ports.
pub(super) fn split_lenient(text: &str) -> Option<Endpoint<'_>> {
    let (address, mask) = text.split_once('/').map_or((text, None), |(address, mask)| (address, Some(mask)));
    match address.parse::<Ipv6Addr>() {
        Ok(address) => Some(Endpoint { address: IpAddr::V6(address), mask, ports: None }),
        Err(_) => split(text),
    }
}

/// What follows a bracketed address: a mask, in brackets of its own or as a number, and ports.
fn split_mask(rest: &str) -> Option<(Option<&str>, Option<&str>)> {
    let Some(mask) = rest.strip_prefix('/') else {
        return if rest.is_empty() { Some((None, None)) } else { Some((None, Some(rest.strip_prefix(':')?))) };
    };
    let end = if mask.starts_with('[') { mask.find(']')? + 1 } else { mask.find(':').unwrap_or(mask.len()) };
    let (mask, rest) = mask.split_at_checked(end)?;
    let ports = if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) };
    Some((Some(mask), ports))
}

/// A mask written as an IPv4 address.
pub(super) fn mask_v4(text: &str) -> Option<u32> {
    text.parse::<Ipv4Addr>().ok().map(u32::from)
}

/// A mask written as an IPv6 address in brackets.
pub(super) fn mask_v6(text: &str) -> Option<u128> {
    text.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(u128::from)
}
