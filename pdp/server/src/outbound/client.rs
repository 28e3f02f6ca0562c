//! The client: one thread of its own, so that what was begun goes on whoever stops waiting for it.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use reqwest::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinHandle;

use argus_http::{TlsFault, tls_fault};

use super::guard::{Guarded, Lookup, OutOfReach, Reach};

/// Asks addresses that other people have named. Cheap to clone; its thread ends with the last clone.
#[derive(Clone)]
pub struct Outbound(Arc<Inner>);

struct Inner {
    client: Client,
    reach: Arc<Reach>,
    runtime: Option<Runtime>,
    handle: Handle,
}

/// What was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The body.
    pub body: Vec<u8>,
    /// For how long it says to be good (RFC 9111 §5.2.2.1).
    pub max_age_seconds: Option<u64>,
}

/// Why an address can't be asked, or its answer not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OutboundFault {
    /// Not an address of this kind.
    #[error("it is no `https://` address")]
    Address,
    /// It leads where nothing may be asked.
    #[error("its address is private, and private addresses are not allowed")]
    OutOfReach,
    /// Nobody answers, or not in time.
    #[error("it can't be reached: {0}")]
    Unreachable(String),
    /// It answers, but not by TLS that can be trusted.
    #[error("no TLS with it: {fault}{}", next(.fault))]
    Tls {
        /// Why not.
        fault: TlsFault,
    },
    /// It answers with another status, redirects among them.
    #[error("it answers with status {0}")]
    Status(u16),
    /// Its answer is too large.
    #[error("its answer has more than {0} bytes")]
    TooLarge(usize),
    /// The thread that asks is gone.
    #[error("nothing can be asked any more")]
    Stopped,
}

impl Outbound {
    /// Starts the thread.
    pub fn start(reach: Reach, lookup: Arc<dyn Lookup>) -> std::io::Result<Self> {
        let runtime =
            Builder::new_multi_thread().worker_threads(1).thread_name("argus-outbound").enable_all().build()?;
        let reach = Arc::new(reach);
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .timeout(reach.patience)
            .dns_resolver(Arc::new(Guarded { lookup, reach: Arc::clone(&reach) }))
            .user_agent(concat!("argus/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(std::io::Error::other)?;
        let handle = runtime.handle().clone();
        Ok(Self(Arc::new(Inner { client, reach, runtime: Some(runtime), handle })))
    }

    /// Begins work that asks. It goes on whether or not anybody waits for it.
    pub fn spawn<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        self.0.handle.spawn(work)
    }

    /// Fetches what lies at an address, up to so many bytes.
    pub async fn fetch(&self, url: &str, most: usize) -> Result<Fetched, OutboundFault> {
        let url = self.check(url)?;
        let answer = self.0.client.get(url).header(ACCEPT, "application/json").send().await.map_err(|e| fault(&e))?;
        if answer.status().as_u16() != 200 {
            return Err(OutboundFault::Status(answer.status().as_u16()));
        }
        let max_age_seconds = max_age(&answer);
        Ok(Fetched { body: read(answer, most).await?, max_age_seconds })
    }

    /// Sends a body to an address, and gives the status of the answer, of which no more than that is read.
    pub async fn post(
        &self,
        url: &str,
        headers: &[(&'static str, String)],
        body: String,
    ) -> Result<u16, OutboundFault> {
        let url = self.check(url)?;
        let request = self.0.client.post(url).header(CONTENT_TYPE, "application/json").body(body);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
        // The connection is made, and its name resolved, on the client's own thread.
        let answer = self.spawn(request.send()).await.map_err(|_| OutboundFault::Stopped)?;
        Ok(answer.map_err(|error| fault(&error))?.status().as_u16())
    }

    /// An address that may be asked. One without a name is judged here: no resolver is asked about it.
    fn check(&self, url: &str) -> Result<Url, OutboundFault> {
        let url = Url::parse(url).map_err(|_| OutboundFault::Address)?;
        let host = url.host_str().ok_or(OutboundFault::Address)?;
        let address: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
        let is_loopback = address.is_some_and(|address| address.to_canonical().is_loopback()) || host == "localhost";
        let is_plain = url.scheme() == "http" && is_loopback && self.0.reach.plain_http_on_loopback;
        if url.scheme() != "https" && !is_plain || !url.username().is_empty() || url.password().is_some() {
            return Err(OutboundFault::Address);
        }
        if address.is_some_and(|address| !self.0.reach.allows(address)) {
            return Err(OutboundFault::OutOfReach);
        }
        Ok(url)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // The last clone may go on a thread that must not wait.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn read(mut answer: Response, most: usize) -> Result<Vec<u8>, OutboundFault> {
    if answer.content_length().is_some_and(|length| length > most as u64) {
        return Err(OutboundFault::TooLarge(most));
    }
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(|error| fault(&error))? {
        if body.len() + part.len() > most {
            return Err(OutboundFault::TooLarge(most));
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}

fn max_age(answer: &Response) -> Option<u64> {
    let values = answer.headers().get_all(CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
    let mut directives = values.flat_map(|value| value.split(',')).map(str::trim);
    directives.find_map(|directive| {
        let (name, value) = directive.split_once('=').unwrap_or((directive, "0"));
        match name.to_ascii_lowercase().as_str() {
            "max-age" => value.trim_matches('"').parse().ok(),
            "no-store" | "no-cache" => Some(0),
            _ => None,
        }
    })
}

/// What went wrong, without the address, which may tell more than the log should.
fn fault(error: &reqwest::Error) -> OutboundFault {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error);
    while let Some(inner) = cause {
        if inner.is::<OutOfReach>() {
            return OutboundFault::OutOfReach;
        }
        cause = inner.source();
    }
    if let Some(fault) = tls_fault(error) {
        return OutboundFault::Tls { fault };
    }
    let what = if error.is_timeout() { "it took too long" } else { "no connection, or one that broke" };
    OutboundFault::Unreachable(what.to_owned())
}

/// What the one can do who runs this server; the rest is the other's to mend.
fn next(fault: &TlsFault) -> &'static str {
    match fault {
        TlsFault::UnknownIssuer => {
            "; add its authority to those of this machine, or name a file of all with SSL_CERT_FILE"
        }
        _ => "",
    }
}

impl fmt::Debug for Outbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbound").field("reach", &self.0.reach).finish_non_exhaustive()
    }
}
