//! Where a request came from when proxies stand in between: whom they ask for is believed of those alone that are trusted.
//!
//! Every proxy writes the address that it was asked from behind what it was sent. Read from the right, the list is as
//! trustworthy as the proxies in it: the first address that is no trusted proxy's is the client, and whatever stands to
//! the left of it is that client's own word. A stranger's headers are not looked at.

mod forwarded;
mod node;

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::{IpNet, Ipv4Net};

use node::Hop;

/// The proxies that are believed when they say for whom they ask: none, unless they are named.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Arc<[IpNet]>);

/// What is no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no network of proxies: {cause}")]
pub struct NotANetwork {
    text: String,
    cause: String,
}

/// Why nobody can say where a request came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ForwardedError {
    /// A trusted proxy wrote what can't be read.
    #[error("`{0}` can't be read")]
    Malformed(&'static str),
    /// Two headers name two clients.
    #[error("`Forwarded` and `X-Forwarded-For` name different clients")]
    Contradiction,
}

impl TrustedProxies {
    /// Reads networks such as `10.0.0.0/8`, `192.0.2.7` or `2001:db8::/32`.
    pub fn parse<T: AsRef<str>>(networks: &[T]) -> Result<Self, NotANetwork> {
        networks.iter().map(|text| read_network(text.as_ref())).collect::<Result<_, _>>().map(Self)
    }

    /// Whether no proxy is trusted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether whoever has this address is believed.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Where a request came from: `peer` itself where it is not trusted, else the client that the headers name (RFC 7239,
    /// and the custom that it made a standard of), each given with all its lines. `None` where a trusted proxy says that it
    /// doesn't know, or won't tell.
    pub fn client<'h>(
        &self,
        peer: IpAddr,
        forwarded: impl Iterator<Item = &'h [u8]>,
        x_forwarded_for: impl Iterator<Item = &'h [u8]>,
    ) -> Result<Option<IpAddr>, ForwardedError> {
        let peer = peer.to_canonical();
        if !self.contains(peer) {
            return Ok(Some(peer));
        }
        let standard = forwarded::read(forwarded).map_err(|_| ForwardedError::Malformed("Forwarded"))?;
        let customary = node::read_list(x_forwarded_for);
        let standard = standard.map(|hops| self.walk(peer, &hops, "Forwarded")).transpose()?;
        let customary = customary.map(|hops| self.walk(peer, &hops, "X-Forwarded-For")).transpose()?;
        match (standard, customary) {
            (Some(one), Some(other)) if one != other => Err(ForwardedError::Contradiction),
            (Some(client), _) | (None, Some(client)) => Ok(client),
            // A proxy that asks on its own behalf.
            (None, None) => Ok(Some(peer)),
        }
    }

    /// From the right, over those that are trusted, to the first that isn't.
    fn walk(&self, peer: IpAddr, hops: &[Hop], header: &'static str) -> Result<Option<IpAddr>, ForwardedError> {
        let mut client = peer;
        for hop in hops.iter().rev() {
            if !self.contains(client) {
                break;
            }
            match hop {
                Hop::Address(address) => client = *address,
                Hop::Untold => return Ok(None),
                Hop::Malformed => return Err(ForwardedError::Malformed(header)),
            }
        }
        Ok(Some(client))
    }
}

fn read_network(text: &str) -> Result<IpNet, NotANetwork> {
    let refuse = |cause: String| NotANetwork { text: text.escape_debug().to_string(), cause };
    let network = match text.parse::<IpAddr>() {
        Ok(address) => IpNet::from(address.to_canonical()),
        Err(_) => text
            .parse::<IpNet>()
            .map_err(|_| refuse("write `10.0.0.0/8`, `192.0.2.7` or `2001:db8::/32`".to_owned()))?,
    };
    // What is trusted is written as it is meant.
    if network.trunc() != network {
        return Err(refuse(format!("it reaches beyond what is written, write `{}`", network.trunc())));
    }
    Ok(canonical(network))
}

/// A network of IPv4 addresses inside IPv6 is that network: addresses are compared in their canonical form.
fn canonical(network: IpNet) -> IpNet {
    let inner = match network {
        IpNet::V6(network) => network.addr().to_ipv4_mapped().zip(network.prefix_len().checked_sub(96)),
        IpNet::V4(_) => None,
    };
    let inner = inner.and_then(|(address, length)| Ipv4Net::new(address, length).ok());
    inner.map_or(network, IpNet::V4)
}

#[cfg(test)]
mod tests;
