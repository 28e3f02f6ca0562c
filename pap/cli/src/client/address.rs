//! Where a server is, and what is said when it doesn't answer there.

use std::error::Error;
use std::io;
use std::net::IpAddr;

use reqwest::Url;

use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;

const ADMINISTRATION: &str = "http://127.0.0.1:8181";

const DECISIONS: &str = "http://127.0.0.1:8180";

/// A server.
#[derive(Debug)]
pub(crate) struct Server {
    /// Its address, without a `/` at the end.
    url: String,
    host: String,
    /// The setting that names another one.
    setting: &'static str,
}

impl Server {
    /// The administration API.
    pub(crate) fn administration(console: &Console) -> Result<Self, Failure> {
        Self::read(console.url().unwrap_or(ADMINISTRATION), "ARGUS_URL")
    }

    /// A decision point.
    pub(crate) fn decisions(url: Option<&str>) -> Result<Self, Failure> {
        Self::read(url.unwrap_or(DECISIONS), "ARGUS_PDP_URL")
    }

    fn read(text: &str, setting: &'static str) -> Result<Self, Failure> {
        let refuse = |why: &str| {
            Failure::usage(format!("`{text}` is no address of a server: {why}"))
                .help(format!("write `http://host:port` or `https://host`, by flag or in {setting}"))
        };
        let url = Url::parse(text).map_err(|error| refuse(&error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refuse("it begins with neither `http://` nor `https://`"));
        }
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
            return Err(refuse("it holds more than a host, a port and a path"));
        }
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        Ok(Self { url: text.trim_end_matches('/').to_owned(), host, setting })
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// Its address, as it was given.
    pub(crate) fn as_str(&self) -> &str {
        &self.url
    }

    pub(super) fn is_this_machine(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// A certificate is shown over TLS alone.
    pub(super) fn ensure_tls(&self) -> Result<(), Failure> {
        if self.url.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://")) {
            return Ok(());
        }
        let message = format!("a client certificate is shown over TLS alone, and `{}` is without", self.url);
        Err(Failure::usage(message).help(format!("write `https://host:port`, by flag or in {}", self.setting)))
    }

    pub(super) fn unreachable(&self, error: &reqwest::Error) -> Failure {
        let message = format!("argus can't reach {}: {}", self.url, cause(error));
        let help = if is_signed_by_a_stranger(error) {
            "name the authority that signed its certificate, with --ca-file or ARGUS_CA_FILE".to_owned()
        } else {
            format!("start it with argus serve, or set {}", self.setting)
        };
        Failure::new(Exit::Unreachable, "unreachable", message).help(help)
    }

    /// It answered, and then said nothing more.
    pub(super) fn silent(&self) -> Failure {
        let message = format!("the answer of {} broke off: nothing more came in time", self.url);
        Failure::new(Exit::Unreachable, "unreachable", message).help("try again")
    }

    pub(super) fn is_not_argus(&self, status: u16) -> Failure {
        let message = format!("what answers at {} is not argus (status {status})", self.url);
        Failure::new(Exit::Unreachable, "unreachable", message).help(format!("check the address in {}", self.setting))
    }
}

/// The first cause in the system's own words, not in those of the layers above.
fn cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut causes = causes(error);
    let system = causes.find_map(|cause| cause.downcast_ref::<io::Error>().map(io::Error::kind));
    if let Some(kind) = system.filter(|kind| *kind != io::ErrorKind::Other) {
        return kind.to_string();
    }
    last_cause(error)
}

/// The cause beneath all others.
pub(super) fn last_cause(error: &reqwest::Error) -> String {
    causes(error).last().map_or_else(|| error.to_string(), ToString::to_string)
}

fn is_signed_by_a_stranger(error: &reqwest::Error) -> bool {
    let mut faults = causes(error).filter_map(|cause| tls_fault(cause.downcast_ref()?));
    faults.any(|fault| matches!(fault, rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer)))
}

/// An error of input and output hides what it holds from those who ask for its source.
fn tls_fault(error: &io::Error) -> Option<&rustls::Error> {
    let held = error.get_ref()?;
    held.downcast_ref().or_else(|| tls_fault(held.downcast_ref()?))
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |cause: &&(dyn Error + 'static)| (*cause).source())
}
