//! The server behind TLS, over the data of the one before, and a client that shows it certificates.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use argus_tests::http::{Answer, PATIENCE};
use argus_tests::program::Server;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::certificates::{Authority, Shown, shown};

/// The authorities of both sides, and what clients may show.
pub(crate) struct Certificates {
    servers: Authority,
    clients: Authority,
    pub(crate) shown: BTreeMap<&'static str, Shown>,
}

impl Certificates {
    pub(crate) fn make() -> Self {
        let clients = Authority::new("clients");
        let shown = shown(&clients).into_iter().collect();
        Self { servers: Authority::new("servers"), clients, shown }
    }

    /// Starts the server behind TLS.
    pub(crate) fn serve(&self, folder: &Path, settings: impl FnOnce(&mut std::process::Command)) -> Server {
        let server = self.servers.sign_server();
        let files = [
            ("ARGUS_TLS_CERTIFICATE", server.pem),
            ("ARGUS_TLS_KEY", server.key.serialize_pem()),
            ("ARGUS_CLIENT_CA_FILE", self.clients.pem.clone()),
            ("ARGUS_CLIENT_CRL_FILES", self.clients.revocations()),
        ];
        Server::start_with(&folder.join("data"), |command| {
            settings(command);
            for (name, text) in &files {
                let file = folder.join(name);
                fs::write(&file, text).unwrap();
                command.env(name, file);
            }
        })
        .unwrap()
    }

    /// Sends these bytes over a connection on which a certificate is shown, unless it is `nothing`, and waits for one
    /// answer.
    pub(crate) fn send(&self, address: SocketAddr, shown: &str, request: &[u8]) -> Result<Answer> {
        let connection = ClientConnection::new(self.client(shown)?, ServerName::IpAddress(address.ip().into()))?;
        let socket = TcpStream::connect_timeout(&address, PATIENCE)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        let mut stream = StreamOwned::new(connection, socket);
        stream.write_all(request)?;
        let (mut received, mut part) = (Vec::new(), [0; 4096]);
        loop {
            if let Some(answer) = Answer::read(&received)? {
                return Ok(answer);
            }
            let count = stream.read(&mut part)?;
            ensure!(count > 0, "the connection was closed without an answer");
            received.extend_from_slice(&part[..count]);
        }
    }

    fn client(&self, shown: &str) -> Result<Arc<ClientConfig>> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(self.servers.der.clone()))?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        let config = config.with_root_certificates(roots);
        if shown == "nothing" {
            return Ok(Arc::new(config.with_no_client_auth()));
        }
        let shown = self.shown.get(shown).with_context(|| format!("no certificate is called {shown}"))?;
        let chain = shown.chain.iter().map(|der| CertificateDer::from(der.clone())).collect();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(shown.key.serialize_der()));
        Ok(Arc::new(config.with_client_auth_cert(chain, key)?))
    }
}
