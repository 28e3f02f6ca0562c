//! Reaching the server: addresses, time-outs of the socket, and whom to believe.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Config, Connection, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::Cause;
use crate::StoreError;
use crate::location::Server;

type TlsStream = <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream;

/// Everything that a connection to one server is made from.
#[derive(Clone)]
pub(crate) struct Connector {
    server: Arc<Server>,
    config: Config,
    tls: MakeRustlsConnect,
}

impl Connector {
    /// Reads the certificates, and sets what the URL leaves open.
    pub(crate) fn new(server: &Server) -> Result<Self, StoreError> {
        let mut config = server.config.clone();
        // A socket whose other end is gone is otherwise noticed after hours.
        config.keepalives_idle(Duration::from_secs(10)).keepalives_interval(Duration::from_secs(5));
        config.keepalives_retries(3).tcp_user_timeout(Duration::from_secs(15));
        config.connect_timeout(super::CONNECTING);
        if config.get_application_name().is_none() {
            config.application_name("argus");
        }
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier: Arc<dyn ServerCertVerifier> = match (&server.ca_file, config.get_ssl_mode()) {
            (None, SslMode::Disable | SslMode::Prefer) => Arc::new(Anyone(Arc::clone(&provider))),
            (ca_file, _) => believe(roots(ca_file.as_deref())?, Arc::clone(&provider))?,
        };
        let tls = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let tls = tls.map_err(|error| StoreError::Away(error.into()))?;
        let tls = tls.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
        Ok(Self { server: Arc::new(server.clone()), config, tls: MakeRustlsConnect::new(tls) })
    }

    /// Connects, within a runtime.
    pub(super) async fn connect(&self) -> Result<(Client, Connection<Socket, TlsStream>), Cause> {
        Ok(self.config.connect(self.tls.clone()).await?)
    }
}

/// The server, without its password.
impl fmt::Display for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.server.fmt(f)
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Connector({self})")
    }
}

fn roots(ca_file: Option<&Path>) -> Result<RootCertStore, StoreError> {
    let mut roots = RootCertStore::empty();
    let Some(path) = ca_file else {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        return Ok(roots);
    };
    let failed = |source: Cause| StoreError::Open { path: path.to_owned(), source };
    for certificate in CertificateDer::pem_file_iter(path).map_err(|error| failed(error.into()))? {
        let certificate = certificate.map_err(|error| failed(error.into()))?;
        roots.add(certificate).map_err(|error| failed(error.into()))?;
    }
    if roots.is_empty() { Err(failed("there is no certificate in it".into())) } else { Ok(roots) }
}

fn believe(roots: RootCertStore, provider: Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, StoreError> {
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build();
    Ok(verifier.map_err(|error| StoreError::Away(format!("no certificate authority to believe: {error}").into()))?)
}

/// Believes any certificate: for `sslmode=prefer`, where whoever could forge one could as well have refused to encrypt.
#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
