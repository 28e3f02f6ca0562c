//! The certificate that a server shows, read again when its files are replaced.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tracing::{error, info};

use super::TlsFault;
use super::handshake::AnyClient;
use crate::watched::{SeenFiles, WatchedFiles};

/// The files of a server's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerTlsFiles {
    /// The certificate, and those above it, in PEM.
    pub certificate: PathBuf,
    /// Its private key, in PEM.
    pub key: PathBuf,
}

/// TLS of a server. Cloned like a handle; the files are looked after as long as one is there.
#[derive(Clone)]
pub struct ServerTls {
    inner: Arc<Inner>,
    _watched: Arc<WatchedFiles>,
}

struct Inner {
    files: ServerTlsFiles,
    shown: Arc<Shown>,
    fault: Mutex<Option<TlsFault>>,
}

/// What new connections are shown.
#[derive(Debug)]
struct Shown(ArcSwap<CertifiedKey>);

impl ServerTls {
    /// Reads the files, and begins to look after them. Blocks.
    pub fn open(files: ServerTlsFiles) -> Result<Self, TlsFault> {
        let seen = SeenFiles::look(vec![files.certificate.clone(), files.key.clone()]);
        let shown = Arc::new(Shown(ArcSwap::from_pointee(read(&files)?)));
        let inner = Arc::new(Inner { files, shown, fault: Mutex::default() });
        let of_watch = Arc::clone(&inner);
        // What failed is in the log and is told.
        let watched = seen.watch("argus-tls", move || drop(of_watch.reread()));
        let watched = watched.map_err(|error: io::Error| TlsFault::new(&inner.files.certificate, &error))?;
        Ok(Self { inner, _watched: Arc::new(watched) })
    }

    /// The configuration of a listener: TLS 1.2 and 1.3, a client's certificate welcome and not asked for.
    pub fn config(&self) -> Result<ServerConfig, rustls::Error> {
        let provider = default_provider();
        let clients = AnyClient { algorithms: provider.signature_verification_algorithms };
        let config = ServerConfig::builder_with_provider(Arc::new(provider))
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(Arc::new(clients))
            .with_cert_resolver(Arc::clone(&self.inner.shown) as Arc<dyn ResolvesServerCert>);
        // A build for the module serves nothing that the module doesn't do.
        if cfg!(feature = "fips") && !config.fips() {
            return Err(rustls::Error::General("TLS is not in FIPS mode".to_owned()));
        }
        Ok(config)
    }

    /// Reads the files again, before it returns. What is refused leaves the old in use. Blocks.
    pub fn reread(&self) -> Result<(), TlsFault> {
        self.inner.reread()
    }

    /// Why what is shown is another than what lies in the files.
    pub fn fault(&self) -> Option<TlsFault> {
        self.inner.fault.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Inner {
    fn reread(&self) -> Result<(), TlsFault> {
        let outcome = read(&self.files);
        let mut fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        *fault = outcome.as_ref().err().cloned();
        let path = self.files.certificate.display();
        match outcome {
            Ok(certified) => {
                self.shown.0.store(Arc::new(certified));
                info!("new connections are shown the certificate in {path}");
                Ok(())
            }
            Err(fault) => {
                error!("keeping the certificate that was in use: {fault}");
                Err(fault)
            }
        }
    }
}

fn read(files: &ServerTlsFiles) -> Result<CertifiedKey, TlsFault> {
    let of_certificate = |cause: &dyn fmt::Display| TlsFault::new(&files.certificate, cause);
    let of_key = |cause: &dyn fmt::Display| TlsFault::new(&files.key, cause);
    let chain = CertificateDer::pem_file_iter(&files.certificate).map_err(|error| of_certificate(&error))?;
    let chain: Vec<_> = chain.collect::<Result<_, _>>().map_err(|error| of_certificate(&error))?;
    if chain.is_empty() {
        return Err(of_certificate(&"it holds no certificate in PEM"));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| of_key(&error))?;
    // Refuses a key that is another certificate's: half of two files that are being replaced.
    CertifiedKey::from_der(chain, key, &default_provider()).map_err(|error| of_key(&error))
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

impl fmt::Debug for ServerTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ServerTls").field(&self.inner.files).finish()
    }
}
