//! Which certificates of clients are good: signed by an authority that is trusted, at this time, and not revoked.

use std::cell::RefCell;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use argus_credentials::certificate::{CertificateChain, CertificateFault};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{CertificateError, Error, RootCertStore};
use tracing::{error, info};

use super::TlsFault;
use crate::watched::{SeenFiles, WatchedFiles};

/// Judgements that a thread remembers for the second in which they were made, a power of two.
const PLACES: usize = 64;

/// The files by which certificates of clients are judged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientTrustFiles {
    /// The authorities that may sign certificates of clients, in PEM; without it, none may.
    pub authorities: Option<PathBuf>,
    /// Their lists of revocations, in PEM, each of one or more. Where there are any, each authority in a chain needs one
    /// that is not out of date.
    pub revocations: Vec<PathBuf>,
}

/// What certificates of clients are judged by. Cloned like a handle; the files are looked after as long as one is there.
#[derive(Clone)]
pub struct ClientTrust {
    inner: Arc<Inner>,
    _watched: Option<Arc<WatchedFiles>>,
}

struct Inner {
    files: ClientTrustFiles,
    trust: ArcSwap<Trust>,
    fault: Mutex<Option<TlsFault>>,
}

struct Trust {
    /// No two of a process have the same.
    number: u64,
    verifier: Option<Arc<dyn ClientCertVerifier>>,
}

/// How far a certificate that may be used now is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// An authority vouches for what stands in it.
    Signed,
    /// Nobody does: it can stand for itself only.
    Unsigned,
}

/// A judgement, and all that it depends on.
#[derive(Clone)]
struct Known {
    number: u64,
    second: i64,
    chain: CertificateChain,
    outcome: Result<Standing, CertificateFault>,
}

thread_local! {
    static KNOWN: RefCell<Vec<Option<Known>>> = RefCell::new(vec![None; PLACES]);
}

static NUMBER: AtomicU64 = AtomicU64::new(1);

impl ClientTrust {
    /// Trusts no authority.
    pub fn none() -> Self {
        let trust = Trust { number: NUMBER.fetch_add(1, Relaxed), verifier: None };
        let inner =
            Inner { files: ClientTrustFiles::default(), trust: ArcSwap::from_pointee(trust), fault: Mutex::default() };
        Self { inner: Arc::new(inner), _watched: None }
    }

    /// Reads the files, and begins to look after them. Blocks.
    pub fn open(files: ClientTrustFiles) -> Result<Self, TlsFault> {
        let Some(authorities) = files.authorities.clone() else {
            return match files.revocations.first() {
                Some(list) => Err(TlsFault::new(list, "a list of revocations needs the authority that signed it")),
                None => Ok(Self::none()),
            };
        };
        let seen = SeenFiles::look(files.authorities.iter().chain(&files.revocations).cloned().collect());
        let trust = ArcSwap::from_pointee(read(&files)?);
        let inner = Arc::new(Inner { files, trust, fault: Mutex::default() });
        let of_watch = Arc::clone(&inner);
        // What failed is in the log and is told.
        let watched = seen.watch("argus-client-trust", move || drop(of_watch.reread()));
        let watched = watched.map_err(|error| TlsFault::new(&authorities, &error))?;
        Ok(Self { inner, _watched: Some(Arc::new(watched)) })
    }

    /// Reads the files again, before it returns. What is refused leaves the old in use. Blocks.
    pub fn reread(&self) -> Result<(), TlsFault> {
        self.inner.reread()
    }

    /// Why certificates are judged by something else than what lies in the files.
    pub fn fault(&self) -> Option<TlsFault> {
        self.inner.fault.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Judges what a client showed at a time, in Unix seconds.
    pub(crate) fn judge(&self, chain: &CertificateChain, now: i64) -> Result<Standing, CertificateFault> {
        let trust = self.inner.trust.load();
        KNOWN.with_borrow_mut(|known| {
            let first = usize::from(chain.thumbprint().0.first().copied().unwrap_or_default());
            let Some(place) = known.get_mut(first % PLACES) else { return trust.judge(chain, now) };
            if let Some(known) = place
                && known.number == trust.number
                && known.second == now
                && known.chain == *chain
            {
                return known.outcome;
            }
            let outcome = trust.judge(chain, now);
            *place = Some(Known { number: trust.number, second: now, chain: chain.clone(), outcome });
            outcome
        })
    }
}

impl Inner {
    fn reread(&self) -> Result<(), TlsFault> {
        let outcome = read(&self.files);
        let mut fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        *fault = outcome.as_ref().err().cloned();
        match outcome {
            Ok(trust) => {
                self.trust.store(Arc::new(trust));
                info!("certificates of clients are judged by authorities and lists that were read again");
                Ok(())
            }
            Err(fault) => {
                error!("keeping the authorities and lists of revocations that were in use: {fault}");
                Err(fault)
            }
        }
    }
}

impl Trust {
    fn judge(&self, chain: &CertificateChain, now: i64) -> Result<Standing, CertificateFault> {
        chain.leaf().judge(now)?;
        let Some(verifier) = &self.verifier else { return Ok(Standing::Unsigned) };
        let leaf = CertificateDer::from(chain.leaf().der());
        let above: Vec<_> = chain.above().map(CertificateDer::from).collect();
        let now = UnixTime::since_unix_epoch(Duration::from_secs(now.unsigned_abs()));
        match verifier.verify_client_cert(&leaf, &above, now) {
            Ok(_) => Ok(Standing::Signed),
            Err(Error::InvalidCertificate(cause)) if is_about_revocation(&cause) => Err(CertificateFault::Revoked),
            Err(Error::InvalidCertRevocationList(_)) => Err(CertificateFault::Revoked),
            // It leads to no authority of ours, or not in a way that is right.
            Err(_) => Ok(Standing::Unsigned),
        }
    }
}

fn is_about_revocation(cause: &CertificateError) -> bool {
    matches!(
        cause,
        CertificateError::Revoked
            | CertificateError::UnknownRevocationStatus
            | CertificateError::ExpiredRevocationList
            | CertificateError::ExpiredRevocationListContext { .. }
    )
}

fn read(files: &ClientTrustFiles) -> Result<Trust, TlsFault> {
    let Some(path) = &files.authorities else {
        return Ok(Trust { number: NUMBER.fetch_add(1, Relaxed), verifier: None });
    };
    let mut roots = RootCertStore::empty();
    for authority in CertificateDer::pem_file_iter(path).map_err(|error| TlsFault::new(path, &error))? {
        let authority = authority.map_err(|error| TlsFault::new(path, &error))?;
        roots.add(authority).map_err(|error| TlsFault::new(path, &error))?;
    }
    if roots.is_empty() {
        return Err(TlsFault::new(path, "it holds no certificate in PEM"));
    }
    let mut lists = Vec::new();
    for path in &files.revocations {
        lists.extend(read_lists(path)?);
    }
    let provider = Arc::new(default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
        .with_crls(lists)
        .enforce_revocation_expiration()
        .build();
    // A list in another form than DER is the one thing that is left to be wrong.
    let verifier = verifier.map_err(|error| TlsFault::new(files.revocations.first().unwrap_or(path), &error))?;
    Ok(Trust { number: NUMBER.fetch_add(1, Relaxed), verifier: Some(verifier) })
}

fn read_lists(path: &Path) -> Result<Vec<CertificateRevocationListDer<'static>>, TlsFault> {
    let lists = CertificateRevocationListDer::pem_file_iter(path).map_err(|error| TlsFault::new(path, &error))?;
    let lists: Vec<_> = lists.collect::<Result<_, _>>().map_err(|error| TlsFault::new(path, &error))?;
    if lists.is_empty() { Err(TlsFault::new(path, "it holds no list of revocations in PEM")) } else { Ok(lists) }
}

impl fmt::Debug for ClientTrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ClientTrust").field(&self.inner.files).finish()
    }
}
