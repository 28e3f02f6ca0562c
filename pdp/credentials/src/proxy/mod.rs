//! Where a request came from, and with which certificate, when proxies stand in between: whom they ask for is believed of those alone that are trusted.
//!
//! Every proxy writes the address that it was asked from behind what it was sent. Read from the right, the list is as
//! trustworthy as the proxies in it: the first address that is no trusted proxy's is the client, and whatever stands to
//! the left of it is that client's own word. A stranger's headers about addresses are not looked at. One about a certificate
//! is refused: nobody sends that by mistake.

mod certificate_header;
mod forwarded;
mod node;

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::{IpNet, Ipv4Net};

use crate::certificate::CertificateChain;
pub use certificate_header::{CertificateHeader, CertificateHeaderFault, NotAHeaderName};
use node::Hop;

/// The proxies that are believed when they say for whom they ask: none, unless they are named.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies {
    networks: Arc<[IpNet]>,
    certificate_header: Option<Arc<CertificateHeader>>,
}

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
        let networks = networks.iter().map(|text| read_network(text.as_ref())).collect::<Result<_, _>>()?;
        Ok(Self { networks, certificate_header: None })
    }

    /// The same, believed when they hand on their clients' certificates in this header.
    #[must_use]
    pub fn with_certificate_header(self, header: CertificateHeader) -> Self {
        Self { certificate_header: Some(Arc::new(header)), ..self }
    }

    /// Whether proxies are believed when they hand on their clients' certificates.
    pub fn hand_on_certificates(&self) -> bool {
        !self.is_empty() && self.certificate_header.is_some()
    }

    /// Whether no proxy is trusted.
    pub fn is_empty(&self) -> bool {
        self.networks.is_empty()
    }

    /// Whether whoever has this address is believed.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.iter().any(|network| network.contains(&address))
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

    /// The certificate of the client: what `shown` itself, as the peer of the connection, unless that peer is a trusted
    /// proxy, which speaks for others and never for itself; then what the header says that was agreed on. `lines` gives the
    /// lines of a header by its name in lower case.
    pub fn certificate<'h, L: Iterator<Item = &'h [u8]>>(
        &self,
        peer: Option<IpAddr>,
        shown: Option<&CertificateChain>,
        lines: impl Fn(&str) -> L,
    ) -> Result<Option<CertificateChain>, CertificateHeaderFault> {
        let is_proxy = peer.is_some_and(|peer| self.contains(peer));
        let believed = self.certificate_header.as_deref().filter(|_| is_proxy);
        let agreed = self.certificate_header.iter().map(|header| header.name());
        let mut guarded = CertificateHeader::GUARDED.into_iter().chain(agreed);
        let is_unasked =
            |name: &str| !believed.is_some_and(|header| header.covers(name)) && lines(name).next().is_some();
        if guarded.any(is_unasked) {
            return Err(CertificateHeaderFault::Untrusted);
        }
        match believed {
            Some(header) => header.read(lines),
            None if is_proxy => Ok(None),
            None => Ok(shown.cloned()),
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
mod certificate_tests;
#[cfg(test)]
mod tests;
