//! The header in which a proxy that ends TLS hands on the client's certificate, in the three forms that there are.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use x509_parser::pem::Pem;

use crate::certificate::CertificateChain;

const CLIENT_CERT: &str = "client-cert";
const CLIENT_CERT_CHAIN: &str = "client-cert-chain";
const X_FORWARDED_CLIENT_CERT: &str = "x-forwarded-client-cert";

/// The header that the proxies of an installation write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateHeader {
    name: Box<str>,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `Client-Cert` and `Client-Cert-Chain` (RFC 9440): octets as a structured field.
    Standard,
    /// `X-Forwarded-Client-Cert`, as Envoy writes it: an element for each hop, its certificates as escaped PEM.
    Elements,
    /// A name of the installation's own: PEM, escaped as nginx does it, or base64.
    Plain,
}

/// What is no name of a header.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no name of a header")]
pub struct NotAHeaderName(String);

/// Why a header with a certificate is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateHeaderFault {
    /// Somebody sent it who is not believed, or it is not the header that was agreed on.
    #[error("a certificate in a header is believed of trusted proxies alone")]
    Untrusted,
    /// A trusted proxy wrote what can't be read.
    #[error("the certificate in the header can't be read")]
    Malformed,
}

impl CertificateHeader {
    /// The headers that nobody but a trusted proxy has a reason to send.
    pub(super) const GUARDED: [&str; 3] = [CLIENT_CERT, CLIENT_CERT_CHAIN, X_FORWARDED_CLIENT_CERT];

    /// Reads the name of a header, which tells its form.
    pub fn parse(name: &str) -> Result<Self, NotAHeaderName> {
        let is_name = !name.is_empty() && name.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-');
        if !is_name {
            return Err(NotAHeaderName(name.escape_debug().to_string()));
        }
        let name = name.to_ascii_lowercase();
        let form = match name.as_str() {
            CLIENT_CERT => Form::Standard,
            X_FORWARDED_CLIENT_CERT => Form::Elements,
            _ => Form::Plain,
        };
        Ok(Self { name: name.into(), form })
    }

    /// Whether this is the header, or one that goes with it.
    pub(super) fn covers(&self, name: &str) -> bool {
        *self.name == *name || self.form == Form::Standard && name == CLIENT_CERT_CHAIN
    }

    /// Its name, in lower case.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the lines of the header say; `None` where there is none.
    pub(super) fn read<'h, L: Iterator<Item = &'h [u8]>>(
        &self,
        lines: impl Fn(&str) -> L,
    ) -> Result<Option<CertificateChain>, CertificateHeaderFault> {
        let mut own = lines(&self.name).filter(|line| !line.trim_ascii().is_empty());
        let chain = match (own.next(), own.next()) {
            (None, _) if self.form == Form::Standard && lines(CLIENT_CERT_CHAIN).next().is_some() => None,
            (None, _) => return Ok(None),
            // A proxy writes one line.
            (Some(_), Some(_)) => None,
            (Some(line), None) => std::str::from_utf8(line).ok().and_then(|line| match self.form {
                Form::Standard => standard(line, lines(CLIENT_CERT_CHAIN)),
                Form::Elements => last_element(line),
                Form::Plain => plain(line),
            }),
        };
        let chain = chain.filter(|chain| !chain.is_empty()).ok_or(CertificateHeaderFault::Malformed)?;
        let read = CertificateChain::read(chain.iter().map(Vec::as_slice));
        read.map(Some).map_err(|_| CertificateHeaderFault::Malformed)
    }
}

impl fmt::Display for CertificateHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// A byte sequence, and a list of them (RFC 9440 §2, RFC 9651 §3.3.5).
fn standard<'h>(line: &str, chain: impl Iterator<Item = &'h [u8]>) -> Option<Vec<Vec<u8>>> {
    let sequence = |item: &str| {
        let inner = item.trim_matches([' ', '\t']).strip_prefix(':')?.strip_suffix(':')?;
        STANDARD.decode(inner).ok()
    };
    let mut all = vec![sequence(line)?];
    for line in chain {
        for item in std::str::from_utf8(line).ok()?.split(',') {
            all.push(sequence(item)?);
        }
    }
    Some(all)
}

/// The element that our own peer wrote: those before it are what it was sent.
fn last_element(line: &str) -> Option<Vec<Vec<u8>>> {
    let element = split_unquoted(line, ',')?.pop()?;
    let (mut certificate, mut chain) = (None, None);
    for pair in split_unquoted(element, ';')? {
        let (name, value) = pair.trim_matches([' ', '\t']).split_once('=')?;
        let place = match name.to_ascii_lowercase().as_str() {
            "cert" => &mut certificate,
            "chain" => &mut chain,
            _ => continue,
        };
        let value = value.strip_prefix('"').map_or(Some(value), |value| value.strip_suffix('"'))?;
        if place.replace(value).is_some() {
            return None;
        }
    }
    let mut all = plain(certificate?)?;
    // The chain begins with the client's own.
    if let Some(chain) = chain {
        let chain = plain(chain)?;
        if chain.first() != all.first() {
            return None;
        }
        all = chain;
    }
    Some(all)
}

/// Cuts at a separator, but not within quotes; `None` where a quote is left open.
fn split_unquoted(text: &str, separator: char) -> Option<Vec<&str>> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let parts = text.split(|character: char| {
        let is_cut = character == separator && !is_quoted;
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            _ => {}
        }
        is_cut
    });
    let parts = parts.collect();
    (!is_quoted).then_some(parts)
}

/// PEM, its line ends escaped as in URLs, or base64 alone; several one after the other, or joined by commas.
fn plain(text: &str) -> Option<Vec<Vec<u8>>> {
    let text = unescape(text)?;
    if text.contains("-----BEGIN") {
        let blocks = Pem::iter_from_buffer(text.as_bytes());
        let read = |block: Pem| (block.label == "CERTIFICATE").then_some(block.contents);
        return blocks.map(|block| block.ok().and_then(read)).collect();
    }
    let decode = |item: &str| STANDARD.decode(item.split_ascii_whitespace().collect::<String>()).ok();
    text.split(',').map(decode).collect()
}

/// Takes percent signs back. A plus sign is one.
fn unescape(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut octets = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        octets.push(u8::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))?);
        octets.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(octets).ok()
}
