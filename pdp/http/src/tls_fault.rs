//! Why a server that is asked over TLS isn't spoken to, read out of the error of whatever client asked it: a certificate
//! that isn't trusted is another fault than a server that is away, and somebody else's to mend.

use std::error::Error;
use std::io;

use rustls::{CertificateError, Error as TlsError};

/// What is wrong with the TLS of the other end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TlsFault {
    /// Nobody whom this end trusts has signed it.
    #[error("its certificate is from no authority that is trusted")]
    UnknownIssuer,
    /// It is signed by itself, and says to be an authority.
    #[error("its certificate is an authority's own, and not one that an authority gave to a server")]
    OfAuthority,
    /// It is somebody else's: whose, as far as it says so.
    #[error("its certificate is for {0}, and not for the name by which it is asked")]
    OtherName(String),
    /// Its time is over.
    #[error("its certificate has expired")]
    Expired,
    /// Its time has not come.
    #[error("its certificate is not good yet, or the clock of this machine is slow")]
    NotYet,
    /// It was taken back.
    #[error("its certificate is revoked")]
    Revoked,
    /// Something else is wrong with it.
    #[error("its certificate is malformed, or not made for a server")]
    Certificate,
    /// What it says is no TLS.
    #[error("what answers there speaks no TLS")]
    NoTls,
    /// Its TLS is too old, or too weak.
    #[error("it speaks no TLS that is safe: 1.2 or 1.3, with ciphers of today")]
    Weak,
    /// It breaks off the handshake.
    #[error("it refuses TLS with this client")]
    Refused,
}

/// What is wrong with the TLS of the other end, where that is the cause of an error.
pub fn tls_fault(error: &(dyn Error + 'static)) -> Option<TlsFault> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref::<TlsError>() {
            return of(found);
        }
        // An `io::Error` gives as its source not what it wraps, but the source of that.
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        cause = wrapped.map_or_else(|| error.source(), |wrapped| Some(wrapped));
    }
    None
}

fn of(error: &TlsError) -> Option<TlsFault> {
    match error {
        TlsError::InvalidCertificate(fault) => Some(of_certificate(fault)),
        TlsError::NoCertificatesPresented => Some(TlsFault::Certificate),
        TlsError::InvalidMessage(_) => Some(TlsFault::NoTls),
        TlsError::PeerIncompatible(_) => Some(TlsFault::Weak),
        TlsError::AlertReceived(_) => Some(TlsFault::Refused),
        _ => None,
    }
}

fn of_certificate(fault: &CertificateError) -> TlsFault {
    match fault {
        CertificateError::UnknownIssuer => TlsFault::UnknownIssuer,
        CertificateError::NotValidForName => TlsFault::OtherName("another name".to_owned()),
        CertificateError::NotValidForNameContext { presented, .. } => TlsFault::OtherName(names(presented)),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => TlsFault::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => TlsFault::NotYet,
        CertificateError::Revoked => TlsFault::Revoked,
        // The verifier has no variant of its own for it, and it is the commonest fault of one that was made by hand.
        CertificateError::Other(other) if format!("{other:?}").contains("CaUsedAsEndEntity") => TlsFault::OfAuthority,
        _ => TlsFault::Certificate,
    }
}

/// The first names that a certificate is for. They are the other end's words: of letters that a host can have, and short.
fn names(presented: &[String]) -> String {
    let host = |name: &String| {
        let name = name.strip_prefix("DnsName(\"")?.strip_suffix("\")")?;
        let is_host = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '*' | '_'));
        (is_host && name.len() <= 100).then(|| format!("`{name}`"))
    };
    match presented.iter().filter_map(host).take(3).collect::<Vec<_>>() {
        names if names.is_empty() => "another name".to_owned(),
        names => names.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(error: TlsError) -> Option<String> {
        // As clients wrap it: in one error of the connection, and that in another.
        let wrapped = io::Error::other(io::Error::new(io::ErrorKind::InvalidData, error));
        tls_fault(&wrapped).map(|fault| fault.to_string())
    }

    #[test]
    fn a_certificate_that_is_not_trusted_is_found_however_it_is_wrapped() {
        let of_certificate = |fault| told(TlsError::InvalidCertificate(fault)).unwrap();
        assert_eq!(
            of_certificate(CertificateError::UnknownIssuer),
            "its certificate is from no authority that is trusted"
        );
        assert_eq!(of_certificate(CertificateError::Expired), "its certificate has expired");
        let presented = ["DnsName(\"mail.acme.example\")", "DnsName(\"a b\")", "DirectoryName"].map(str::to_owned);
        let expected = rustls::pki_types::ServerName::try_from("smtp.acme.example").unwrap();
        let name = |presented: &[String]| {
            let (expected, presented) = (expected.clone(), presented.to_vec());
            of_certificate(CertificateError::NotValidForNameContext { expected, presented })
        };
        assert_eq!(
            name(&presented),
            "its certificate is for `mail.acme.example`, and not for the name by which it is asked"
        );
        assert!(name(&[]).contains("for another name,"));
    }

    #[test]
    fn a_server_that_is_away_is_none_of_it() {
        assert_eq!(tls_fault(&io::Error::from(io::ErrorKind::ConnectionRefused)), None);
        assert_eq!(told(TlsError::General("no more".to_owned())), None);
        assert!(told(TlsError::InvalidMessage(rustls::InvalidMessage::InvalidContentType)).is_some());
    }
}
