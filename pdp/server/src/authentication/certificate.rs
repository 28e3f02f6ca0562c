//! Client certificates (RFC 8705): judged first, then looked for under what was registered.

use std::sync::Arc;

use argus_credentials::Refusal;
use argus_credentials::certificate::{CertificateChain, CertificateFault, Thumbprint};
use argus_store::KeyId;
use tracing::debug;

use super::known::judge;
use super::{Authenticator, Checked};
use crate::snapshot::{KeyRecord, Snapshot};
use crate::tls::Standing;

/// In which of its two ways a client authenticates itself by a certificate (RFC 8705 §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateMethod {
    /// `tls_client_auth`: a trusted authority signed it, and its subject or an alternative name is registered.
    Signed,
    /// `self_signed_tls_client_auth`: it is registered itself.
    Itself,
}

impl Authenticator {
    /// Finds the one key that a certificate presents. Nothing is waited for.
    pub(crate) fn check_certificate<'s>(
        &self,
        chain: &CertificateChain,
        snapshot: &'s Snapshot,
        now: i64,
    ) -> Checked<'s> {
        match self.find_presented(chain, snapshot, now) {
            Ok(record) => match judge(Some(record), now) {
                Ok(record) => Checked::Verified(record),
                Err((refusal, record)) => Checked::Refused(refusal, record),
            },
            Err(fault) => {
                debug!(certificate.thumbprint = %chain.thumbprint(), "a client certificate is refused: {fault}");
                Checked::Refused(refusal(fault, chain, snapshot), None)
            }
        }
    }

    /// The key of a client that names itself, and shows a certificate in a way that it has registered.
    pub(crate) fn check_client_certificate<'s>(
        &self,
        client: KeyId,
        method: CertificateMethod,
        chain: &CertificateChain,
        snapshot: &'s Snapshot,
        now: i64,
    ) -> Result<&'s Arc<KeyRecord>, CertificateFault> {
        let standing = self.trust.judge(chain, now)?;
        let certificates = snapshot.certificates();
        let of_client = |record: &&Arc<KeyRecord>| record.key.id == client;
        let found = match method {
            CertificateMethod::Itself => in_use(certificates.by_itself(chain.leaf()).filter(of_client)),
            CertificateMethod::Signed if standing == Standing::Unsigned => return Err(CertificateFault::Untrusted),
            CertificateMethod::Signed => in_use(certificates.by_name(chain.leaf()).filter(of_client)),
        }?;
        judge(Some(found), now).map_err(|_| CertificateFault::Unregistered)
    }

    /// The thumbprint that a token may be bound to: of a certificate that may be used now.
    pub(crate) fn thumbprint(&self, chain: Option<&CertificateChain>, now: i64) -> Option<Thumbprint> {
        chain.filter(|chain| self.trust.judge(chain, now).is_ok()).map(CertificateChain::thumbprint)
    }

    fn find_presented<'s>(
        &self,
        chain: &CertificateChain,
        snapshot: &'s Snapshot,
        now: i64,
    ) -> Result<&'s Arc<KeyRecord>, CertificateFault> {
        let standing = self.trust.judge(chain, now)?;
        let certificates = snapshot.certificates();
        let by_name = (standing == Standing::Signed).then(|| certificates.by_name(chain.leaf()));
        let found = in_use(certificates.by_itself(chain.leaf()).chain(by_name.into_iter().flatten()));
        match (found, standing) {
            (Err(CertificateFault::Unregistered), Standing::Unsigned) => Err(CertificateFault::Untrusted),
            (found, _) => found,
        }
    }
}

/// What is told of a certificate that is refused. Whoever registered that very one may know what became of it.
fn refusal(fault: CertificateFault, chain: &CertificateChain, snapshot: &Snapshot) -> Refusal {
    if snapshot.certificates().by_itself(chain.leaf()).next().is_none() {
        return Refusal::Unknown;
    }
    match fault {
        CertificateFault::Expired => Refusal::Expired,
        CertificateFault::NotYetValid => Refusal::NotYetValid,
        CertificateFault::Revoked => Refusal::Revoked,
        _ => Refusal::Unknown,
    }
}

/// The record of the one key among these. Of several credentials, one that is in use goes before one that is not, also
/// where it is another key's: a name may be registered anew once its first holder has lost it.
fn in_use<'s>(found: impl Iterator<Item = &'s Arc<KeyRecord>>) -> Result<&'s Arc<KeyRecord>, CertificateFault> {
    let mut best: Option<&Arc<KeyRecord>> = None;
    let mut is_ambiguous = false;
    for record in found {
        match best {
            Some(known) if known.is_in_use() == record.is_in_use() => is_ambiguous |= known.key.id != record.key.id,
            Some(known) if known.is_in_use() => {}
            _ => (best, is_ambiguous) = (Some(record), false),
        }
    }
    match best {
        Some(_) if is_ambiguous => Err(CertificateFault::Ambiguous),
        Some(record) => Ok(record),
        None => Err(CertificateFault::Unregistered),
    }
}
