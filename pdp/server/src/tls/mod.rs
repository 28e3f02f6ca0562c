//! TLS of both servers, and what is believed of client certificates (RFC 8705).
//!
//! A certificate is optional, so that those who present a key share the port with those who show a certificate. In the
//! handshake a client proves that he holds the private key of what he shows, and nothing else is asked: certificates that
//! nobody signed are as welcome as others, for a key may have registered that very certificate. What a certificate is
//! worth is judged behind ([`ClientTrust::judge`]), with every request anew, by the authorities and lists of revocations
//! of that moment: a connection that was opened before a revocation is no better than one opened after it. What isn't
//! judged to be good presents nothing.
//!
//! Certificate, key, authorities and lists are read again when their files are replaced. What can't be read is refused,
//! with a line in the log, and the old one stays in use.

mod handshake;
mod server;
mod trust;

use std::path::PathBuf;

pub use handshake::keep_certificate;
pub use server::{ServerTls, ServerTlsFiles};
pub(crate) use trust::Standing;
pub use trust::{ClientTrust, ClientTrustFiles};

/// Why a file for TLS is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the file `{}` is refused: {cause}", path.display())]
pub struct TlsFault {
    /// The file.
    pub path: PathBuf,
    cause: String,
}

impl TlsFault {
    fn new(path: &std::path::Path, cause: &(impl ToString + ?Sized)) -> Self {
        Self { path: path.to_path_buf(), cause: cause.to_string() }
    }
}
