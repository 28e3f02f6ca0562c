//! A certificate with those that lead from it to an authority, as a client shows them.

use std::sync::Arc;

use super::{Certificate, CertificateFault, LONGEST, Thumbprint};

/// Certificates above the client's own that are looked at.
const LONGEST_CHAIN: usize = 8;

/// What a client showed. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateChain(Arc<Parts>);

#[derive(Debug, PartialEq, Eq)]
struct Parts {
    leaf: Certificate,
    above: Box<[Box<[u8]>]>,
}

impl CertificateChain {
    /// Reads a chain in DER, the client's own first.
    pub fn read<'c>(chain: impl IntoIterator<Item = &'c [u8]>) -> Result<Self, CertificateFault> {
        let mut chain = chain.into_iter();
        let leaf = Certificate::read(chain.next().ok_or(CertificateFault::Malformed)?)?;
        let above: Box<[Box<[u8]>]> = chain.map(Into::into).collect();
        if above.len() > LONGEST_CHAIN || above.iter().any(|der| der.len() > LONGEST) {
            return Err(CertificateFault::Malformed);
        }
        Ok(Self(Arc::new(Parts { leaf, above })))
    }

    /// The client's own.
    pub fn leaf(&self) -> &Certificate {
        &self.0.leaf
    }

    /// Those above it, as they came.
    pub fn above(&self) -> impl Iterator<Item = &[u8]> {
        self.0.above.iter().map(|der| &**der)
    }

    /// `x5t#S256` of the client's own.
    pub fn thumbprint(&self) -> Thumbprint {
        self.0.leaf.thumbprint()
    }
}
