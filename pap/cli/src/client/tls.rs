//! TLS as the caller wants it: whom to believe besides the system's authorities, and the certificate to show.

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use reqwest::{Certificate, ClientBuilder, Identity};

use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;

/// More than a bundle of authorities has; a wrong file is not read whole.
const LONGEST: u64 = 4 * 1024 * 1024;

/// The files that the flags and the surroundings name.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct TlsFiles<'c> {
    /// Authorities that may sign certificates of servers.
    pub(super) authorities: Option<&'c Path>,
    /// The caller's certificate and its private key.
    pub(super) shown: Option<(&'c Path, &'c Path)>,
}

impl<'c> TlsFiles<'c> {
    pub(super) fn read(console: &'c Console) -> Result<Self, Failure> {
        let shown = match (console.client_certificate(), console.client_key()) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            _ => {
                return Err(Failure::usage("a client certificate is shown with its private key")
                    .help("name both, with --client-certificate FILE and --client-key FILE"));
            }
        };
        Ok(Self { authorities: console.ca_file(), shown })
    }

    /// Adds what is in the files.
    pub(super) fn add_to(self, mut http: ClientBuilder) -> Result<ClientBuilder, Failure> {
        if let Some(file) = self.authorities {
            http = http.tls_certs_merge(authorities(file)?);
        }
        if let Some((certificate, key)) = self.shown {
            http = http.identity(identity(certificate, key)?);
        }
        Ok(http)
    }

    /// Why a connection can't be prepared with what is in the files, which each looked right by itself.
    pub(super) fn refuse(self, error: &reqwest::Error) -> Failure {
        let cause = super::address::last_cause(error);
        match (self.shown, self.authorities) {
            (Some((_, key)), _) => unusable(key, format!("it is no key of the client certificate: {cause}")),
            (None, Some(file)) => unusable(file, cause),
            (None, None) => Failure::new(Exit::Bug, "internal", format!("no connection can be prepared: {cause}")),
        }
    }
}

fn authorities(file: &Path) -> Result<Vec<Certificate>, Failure> {
    let read = Certificate::from_pem_bundle(&octets(file)?).map_err(|error| unusable(file, error))?;
    if read.is_empty() { Err(unusable(file, "it holds no certificate in PEM")) } else { Ok(read) }
}

fn identity(certificate: &Path, key: &Path) -> Result<Identity, Failure> {
    if Certificate::from_pem_bundle(&octets(certificate)?).ok().is_none_or(|found| found.is_empty()) {
        return Err(unusable(certificate, "it holds no certificate in PEM"));
    }
    let both = [octets(certificate)?, b"\n".to_vec(), octets(key)?].concat();
    Identity::from_pem(&both).map_err(|_| unusable(key, "it holds no private key in PEM that can be used"))
}

/// The first certificate in a file in PEM: its DER, in base64.
pub(crate) fn read_certificate(file: &Path) -> Result<String, Failure> {
    let octets = octets(file)?;
    let text = String::from_utf8_lossy(&octets);
    let block = text.split_once("-----BEGIN CERTIFICATE-----").and_then(|(_, rest)| rest.split_once("-----END"));
    let (block, _) = block.ok_or_else(|| unusable(file, "it holds no certificate in PEM"))?;
    Ok(block.split_ascii_whitespace().collect())
}

fn octets(file: &Path) -> Result<Vec<u8>, Failure> {
    let mut octets = Vec::new();
    let read = File::open(file).and_then(|opened| opened.take(LONGEST).read_to_end(&mut octets));
    read.map(|_| octets).map_err(|error| Failure::unreadable(file, &error))
}

fn unusable(file: &Path, cause: impl fmt::Display) -> Failure {
    Failure::new(Exit::NoInput, "unreadable-file", format!("`{}` can't be used: {cause}", file.display()))
}
