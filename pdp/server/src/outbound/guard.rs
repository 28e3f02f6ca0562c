//! Which addresses may be reached, and the resolver that hands out no others.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// What may be reached, besides what is public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Networks that may be reached though they are private.
    pub networks: Vec<IpNet>,
    /// Whether addresses on this very machine may be asked over plain HTTP, where they may be reached.
    pub plain_http_on_loopback: bool,
    /// How long a whole exchange may take.
    pub patience: Duration,
}

impl Default for Reach {
    fn default() -> Self {
        Self { networks: Vec::new(), plain_http_on_loopback: false, patience: Duration::from_secs(5) }
    }
}

/// Networks that are nobody's on the public internet (the IANA registries of special-purpose addresses), IPv4 in IPv6
/// aside, which is judged as IPv4.
const SPECIAL: [&str; 30] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.31.196.0/24",
    "192.52.193.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "192.175.48.0/24",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/96",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
    "5f00::/16",
    "fc00::/7",
    "fe80::/10",
    "ff00::/8",
];

impl Reach {
    /// With this very machine, over plain HTTP.
    #[must_use]
    pub fn with_this_machine(mut self) -> Self {
        let loopback = ["127.0.0.0/8", "::1/128"].iter().filter_map(|text| text.parse::<IpNet>().ok());
        self.networks.extend(loopback);
        Self { plain_http_on_loopback: true, ..self }
    }

    /// Whether an address may be reached.
    pub fn allows(&self, address: IpAddr) -> bool {
        // `::ffff:127.0.0.1` is this machine in other clothes.
        let address = address.to_canonical();
        let is_within = |network: &str| network.parse::<IpNet>().is_ok_and(|network| network.contains(&address));
        self.networks.iter().any(|network| network.contains(&address))
            || !SPECIAL.iter().any(|network| is_within(network))
    }
}

/// What finds the addresses of a name.
pub trait Lookup: fmt::Debug + Send + Sync + 'static {
    /// The addresses of a name, as they are now.
    fn look_up(&self, name: &str) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;
}

/// The resolver of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemLookup;

impl Lookup for SystemLookup {
    fn look_up(&self, name: &str) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
        let name = name.to_owned();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// A resolver that hands out only what may be reached. What it hands out is what is connected to.
#[derive(Clone)]
pub(super) struct Guarded {
    pub(super) lookup: Arc<dyn Lookup>,
    pub(super) reach: Arc<Reach>,
}

/// A name has no address that may be reached.
#[derive(Debug, thiserror::Error)]
#[error("none of its addresses may be reached")]
pub(super) struct OutOfReach;

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let (found, reach) = (self.lookup.look_up(name.as_str()), Arc::clone(&self.reach));
        Box::pin(async move {
            let mut found = found.await?;
            found.retain(|address| reach.allows(*address));
            if found.is_empty() {
                return Err(OutOfReach.into());
            }
            Ok(Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}

impl fmt::Debug for Guarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded").field("reach", &self.reach).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(reach: &Reach, address: &str) -> bool {
        reach.allows(address.parse().unwrap())
    }

    #[test]
    fn only_what_is_public_is_reached_unless_it_is_allowed() {
        let reach = Reach::default();
        for address in ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450::1"] {
            assert!(allows(&reach, address), "{address}");
        }
        for address in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "192.0.2.1",
            "198.18.0.1",
            "203.0.113.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::7f00:1",
            "64:ff9b::7f00:1",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "2002:7f00:1::",
            "2001:db8::1",
            "2001:0:1::1",
        ] {
            assert!(!allows(&reach, address), "{address}");
        }
        let reach = Reach { networks: vec!["10.1.0.0/16".parse().unwrap()], ..Reach::default() };
        assert!(allows(&reach, "10.1.2.3") && allows(&reach, "::ffff:10.1.2.3") && !allows(&reach, "10.2.0.1"));
    }
}
