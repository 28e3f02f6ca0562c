//! One hop: an address, perhaps with a port, or the refusal to name one (RFC 7239 §6).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// From where a proxy was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hop {
    /// From this address, in its canonical form.
    Address(IpAddr),
    /// It doesn't know, or tells a name of its own making.
    Untold,
    /// What stands there is neither.
    Malformed,
}

/// The lines of `X-Forwarded-For`; `None` where there are none. Only what is looked at has to be readable: further left
/// stands what clients wrote.
pub(super) fn read_list<'h>(lines: impl Iterator<Item = &'h [u8]>) -> Option<Vec<Hop>> {
    let mut hops = None;
    for line in lines {
        let line = String::from_utf8_lossy(line);
        // Empty elements are no elements (RFC 9110 §5.6.1.2).
        let items = line.split(',').map(|item| item.trim_matches([' ', '\t'])).filter(|item| !item.is_empty());
        hops.get_or_insert_with(Vec::new).extend(items.map(read));
    }
    hops
}

/// Reads one. Bare IPv6 addresses and zones are custom, not standard; a zone means something on its own machine only,
/// and is left out.
pub(super) fn read(text: &str) -> Hop {
    if let Some(bracketed) = text.strip_prefix('[') {
        let Some((address, port)) = bracketed.split_once(']') else { return Hop::Malformed };
        let is_port = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
        return if is_port { read_v6(address) } else { Hop::Malformed };
    }
    if let found @ Hop::Address(_) = read_v6(text) {
        return found;
    }
    let (name, port) = text.split_once(':').map_or((text, None), |(name, port)| (name, Some(port)));
    if !port.is_none_or(is_port) {
        return Hop::Malformed;
    }
    if name.eq_ignore_ascii_case("unknown") || name.strip_prefix('_').is_some_and(is_obfuscated) {
        return Hop::Untold;
    }
    name.parse::<Ipv4Addr>().map_or(Hop::Malformed, |address| Hop::Address(address.into()))
}

fn read_v6(text: &str) -> Hop {
    let (address, zone) = text.split_once('%').map_or((text, None), |(address, zone)| (address, Some(zone)));
    if zone.is_some_and(|zone| zone.is_empty() || !zone.bytes().all(|octet| octet.is_ascii_graphic())) {
        return Hop::Malformed;
    }
    let address = address.parse::<Ipv6Addr>().map(|address| IpAddr::from(address).to_canonical());
    address.map_or(Hop::Malformed, Hop::Address)
}

/// A number of at most five digits, or a name of the proxy's own making.
fn is_port(text: &str) -> bool {
    let is_number = (1..=5).contains(&text.len()) && text.bytes().all(|octet| octet.is_ascii_digit());
    is_number || text.strip_prefix('_').is_some_and(is_obfuscated)
}

fn is_obfuscated(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"._-".contains(&octet))
}
