//! Addresses that somebody names and a server asks later.

/// Whether it is an address without name, password or fragment. Over plain HTTP only from this very machine, and only
/// where a server is allowed to.
pub(crate) fn web_address(url: &str, longest: usize) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| {
        let rest = url.strip_prefix("http://")?;
        ["127.0.0.1", "localhost", "[::1]"].iter().any(|host| is_host(rest, host)).then_some(rest)
    });
    let host = rest.map(|rest| rest.split(['/', '?']).next().unwrap_or_default());
    let is_plain = url.bytes().all(|octet| octet.is_ascii_graphic() && !b"\"<>\\^`{|}#".contains(&octet));
    is_plain && url.len() <= longest && host.is_some_and(|host| !host.is_empty() && !host.contains('@'))
}

fn is_host(rest: &str, host: &str) -> bool {
    rest.strip_prefix(host).is_some_and(|after| after.is_empty() || after.starts_with([':', '/', '?']))
}
