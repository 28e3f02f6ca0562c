//! Traces, where a collector is set: spans wait on a bounded queue for a thread that sends them by OTLP over HTTP, in its
//! JSON form (OpenTelemetry Protocol 1, `/v1/traces`). What finds the queue full, or a collector that doesn't take it, is
//! dropped and counted: nobody who asks for anything waits for it.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};

use argus_http::{Span, SpanSink, TraceId};
use reqwest::Url;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;
use tokio::time::sleep;
use tracing::{info, warn};

use super::failure::settings;
use crate::exit::Exit;
use crate::failure::Failure;

/// Spans that may wait.
const QUEUE: usize = 4_096;
/// Spans that are sent at once.
const BATCH: usize = 512;
/// How long a span waits for company.
const COMPANY: Duration = Duration::from_millis(200);
/// How long the collector may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Of the traces that begin here, how many in a million are kept unless told.
const SHARE: u32 = 100_000;

/// What is set of traces.
#[derive(Debug)]
pub(super) struct TraceSettings {
    collector: Option<Url>,
    /// In a million.
    share: u32,
}

/// What became of spans.
#[derive(Debug, Default)]
pub(super) struct Sent {
    pub(super) sent: AtomicU64,
    pub(super) dropped: AtomicU64,
    pub(super) failed: AtomicU64,
    pub(super) waiting: AtomicI64,
}

/// The thread that sends, until this is dropped.
pub(super) struct Tracing {
    pub(super) sink: Arc<dyn SpanSink>,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Sink {
    queue: Sender<Span>,
    share: u32,
    counts: Arc<Sent>,
}

struct Carrier {
    client: reqwest::Client,
    url: Url,
    counts: Arc<Sent>,
    is_failing: bool,
}

impl TraceSettings {
    pub(super) fn read(endpoint: Option<&str>, share: Option<&str>) -> Result<Self, Failure> {
        let wrong = |endpoint: &str| {
            settings(format!("`{endpoint}` is no address of a collector"))
                .help("write `http://HOST:4318` in --otlp-endpoint (ARGUS_OTLP_ENDPOINT); `/v1/traces` is added to it")
        };
        let collector = endpoint.map(|endpoint| {
            let mut url = Url::parse(endpoint).map_err(|_| wrong(endpoint))?;
            let is_plain =
                matches!(url.scheme(), "http" | "https") && url.query().is_none() && url.fragment().is_none();
            if !is_plain || url.host_str().is_none_or(str::is_empty) || url.password().is_some() {
                return Err(wrong("what --otlp-endpoint says"));
            }
            let path = format!("{}/v1/traces", url.path().trim_end_matches('/'));
            url.set_path(&path);
            Ok(url)
        });
        let share = share.map_or(Ok(SHARE), |share| {
            read_share(share).ok_or_else(|| {
                settings(format!("`{share}` is no share of the traces"))
                    .help("write it from `0%` to `100%` in --trace-share (ARGUS_TRACE_SHARE)")
            })
        })?;
        Ok(Self { collector: collector.transpose()?, share })
    }

    /// Begins to send, where a collector is set.
    pub(super) fn begin(&self, counts: &Arc<Sent>) -> Result<Option<Tracing>, Failure> {
        let Some(url) = self.collector.clone() else { return Ok(None) };
        let our_fault = |error: &dyn std::fmt::Display| {
            Failure::new(Exit::Bug, "internal", format!("traces can't be sent: {error}"))
        };
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(PATIENCE);
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let is_this_machine = host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback());
        // A proxy for the internet doesn't lead back here.
        let client = if is_this_machine { client.no_proxy() } else { client };
        let client = client.build().map_err(|error| our_fault(&error))?;
        let (queue, waiting) = channel(QUEUE);
        let (end, ended) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| our_fault(&error))?;
        let mut carrier = Carrier { client, url, counts: Arc::clone(counts), is_failing: false };
        let run = move || runtime.block_on(carrier.run(waiting, ended));
        let thread =
            thread::Builder::new().name("argus-traces".into()).spawn(run).map_err(|error| our_fault(&error))?;
        let sink = Arc::new(Sink { queue, share: self.share, counts: Arc::clone(counts) });
        Ok(Some(Tracing { sink, end: Some(end), thread: Some(thread) }))
    }
}

/// A percentage, in a million.
fn read_share(text: &str) -> Option<u32> {
    let percent: f64 = text.trim().strip_suffix('%')?.trim().parse().ok()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is from 0 to 1,000,000")]
    (0.0..=100.0).contains(&percent).then(|| (percent * 10_000.0).round() as u32)
}

impl Drop for Tracing {
    /// What waits is sent, for as long as one collector may take.
    fn drop(&mut self) {
        drop(self.end.take());
        // A panic of that thread has been told.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

impl SpanSink for Sink {
    fn keeps(&self, trace: TraceId) -> bool {
        // The last octets are random by all versions of the standard; so that all nodes keep the same traces.
        let [.., a, b, c, d] = trace;
        u64::from(u32::from_be_bytes([a, b, c, d])) * 1_000_000 < u64::from(self.share) << 32
    }

    fn take(&self, span: Span) {
        self.counts.waiting.fetch_add(1, Relaxed);
        if self.queue.try_send(span).is_err() {
            self.counts.waiting.fetch_sub(1, Relaxed);
            self.counts.dropped.fetch_add(1, Relaxed);
        }
    }
}

impl Carrier {
    async fn run(&mut self, mut waiting: Receiver<Span>, mut ended: oneshot::Receiver<()>) {
        let mut batch = Vec::with_capacity(BATCH);
        let mut is_ending = false;
        loop {
            if !is_ending {
                is_ending = tokio::select! {
                    biased;
                    _ = &mut ended => true,
                    count = waiting.recv_many(&mut batch, BATCH) => count == 0,
                };
                if !is_ending && batch.len() < BATCH {
                    sleep(COMPANY).await;
                }
            }
            while batch.len() < BATCH
                && let Ok(span) = waiting.try_recv()
            {
                batch.push(span);
            }
            self.send(&batch).await;
            batch.clear();
            // What is left then finds a collector that takes it, or is dropped by the one that doesn't.
            if is_ending && (self.is_failing || waiting.is_empty()) {
                return;
            }
        }
    }

    async fn send(&mut self, spans: &[Span]) {
        if spans.is_empty() {
            return;
        }
        let request = self.client.post(self.url.clone()).header(CONTENT_TYPE, "application/json");
        let answer = request.body(body(spans).to_string()).send().await;
        let fault = match answer {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(format!("it answered {}", answer.status())),
            Err(error) => Some(error.without_url().to_string()),
        };
        self.counts.waiting.fetch_sub(i64::try_from(spans.len()).unwrap_or_default(), Relaxed);
        let count = if fault.is_none() { &self.counts.sent } else { &self.counts.failed };
        count.fetch_add(u64::try_from(spans.len()).unwrap_or_default(), Relaxed);
        match &fault {
            Some(fault) if !self.is_failing => warn!("the collector takes no spans, and they are dropped: {fault}"),
            None if self.is_failing => info!("the collector takes spans again"),
            _ => {}
        }
        self.is_failing = fault.is_some();
    }
}

/// An `ExportTraceServiceRequest` in the JSON form of OTLP: ids are hexadecimal, times are decimal text.
fn body(spans: &[Span]) -> Value {
    let version = env!("CARGO_PKG_VERSION");
    let of_process = [attribute("service.name", "argus"), attribute("service.version", version)];
    let spans: Vec<Value> = spans.iter().map(span_of).collect();
    json!({"resourceSpans": [{
        "resource": {"attributes": of_process},
        "scopeSpans": [{"scope": {"name": "argus", "version": version}, "spans": spans}],
    }]})
}

fn span_of(span: &Span) -> Value {
    let attributes: Vec<Value> = span.attributes.iter().map(|(name, value)| attribute(name, value)).collect();
    let mut written = json!({
        "traceId": hexadecimal(&span.trace),
        "spanId": hexadecimal(&span.id),
        "name": span.name,
        // SPAN_KIND_SERVER and SPAN_KIND_INTERNAL
        "kind": if span.is_request { 2 } else { 1 },
        "startTimeUnixNano": nanoseconds(span.began),
        "endTimeUnixNano": nanoseconds(span.ended),
        "attributes": attributes,
        // STATUS_CODE_ERROR and STATUS_CODE_UNSET
        "status": {"code": if span.is_failed { 2 } else { 0 }},
    });
    if let (Some(parent), Value::Object(members)) = (&span.parent, &mut written) {
        members.insert("parentSpanId".to_owned(), hexadecimal(parent).into());
    }
    written
}

fn attribute(name: &str, value: &str) -> Value {
    json!({"key": name, "value": {"stringValue": value}})
}

fn nanoseconds(at: SystemTime) -> String {
    at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos().to_string()
}

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().fold(String::with_capacity(2 * octets.len()), |mut text, octet| {
        // Writing to a string never fails.
        let _ = write!(text, "{octet:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collector_is_named_by_its_address_and_a_share_by_its_percentage() {
        let read = |endpoint: &str| TraceSettings::read(Some(endpoint), Some("2.5%"));
        let set = read("http://127.0.0.1:4318").unwrap();
        assert_eq!((set.collector.unwrap().as_str(), set.share), ("http://127.0.0.1:4318/v1/traces", 25_000));
        assert_eq!(read("https://otel/x/").unwrap().collector.unwrap().as_str(), "https://otel/x/v1/traces");
        for wrong in ["127.0.0.1:4318", "ftp://otel", "http://otel/?a=b", "http://a:s3cret@otel"] {
            let told = read(wrong).unwrap_err().to_text();
            assert!(told.contains("--otlp-endpoint") && !told.contains("s3cret"), "{wrong}: {told}");
        }
        for wrong in ["10", "101%", "-1%", "NaN%", "%"] {
            let told = TraceSettings::read(None, Some(wrong)).unwrap_err().to_text();
            assert!(told.contains("--trace-share"), "{wrong}: {told}");
        }
        assert!(TraceSettings::read(None, None).unwrap().begin(&Arc::default()).unwrap().is_none());
    }

    #[test]
    fn of_the_traces_that_begin_here_a_share_is_kept() {
        let kept = |share: &str| {
            let share = read_share(share).unwrap();
            let sink = Sink { queue: channel(1).0, share, counts: Arc::default() };
            let trace = |n: u32| {
                let mut trace = [1; 16];
                trace[12..].copy_from_slice(&(n << 24).to_be_bytes());
                trace
            };
            (0..256).filter(|n| sink.keeps(trace(*n))).count()
        };
        assert_eq!((kept("0%"), kept("50%"), kept("100%")), (0, 128, 256));
        assert_eq!(kept("1%"), 3);
    }

    #[test]
    fn what_finds_the_queue_full_is_dropped_and_counted() {
        let counts = Arc::<Sent>::default();
        let (queue, _waiting) = channel(1);
        let sink = Sink { queue, share: 0, counts: Arc::clone(&counts) };
        let at = SystemTime::UNIX_EPOCH;
        for _ in 0..3 {
            sink.take(Span {
                trace: [1; 16],
                id: [2; 8],
                parent: None,
                is_request: true,
                name: "a".into(),
                began: at,
                ended: at,
                attributes: Vec::new(),
                is_failed: false,
            });
        }
        assert_eq!((counts.dropped.load(Relaxed), counts.waiting.load(Relaxed)), (2, 1));
    }
}
