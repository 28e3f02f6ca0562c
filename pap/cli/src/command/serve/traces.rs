//! Traces, where a collector is set: spans wait on a bounded queue for a thread that sends them by OTLP over HTTP
//! (`/v1/traces`). What finds the queue full, or a collector that doesn't take it, is dropped and counted: nobody who asks
//! for anything waits for it.

mod counted;

use std::fmt::Display;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use argus_http::SdkTracer;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_otlp::{Protocol, RetryPolicy, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracerProvider};
use reqwest::{Url, blocking};

use super::failure::settings;
use crate::exit::Exit;
use crate::failure::Failure;

pub(super) use counted::Sent;
use counted::{Bounded, Counted};

/// Spans that may wait.
const QUEUE: u32 = 4_096;
/// Spans that are sent at once.
const BATCH: usize = 512;
/// How long a span waits for company.
const COMPANY: Duration = Duration::from_millis(200);
/// How long the collector may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Of the traces that begin here, how many are kept unless told.
const SHARE: f64 = 0.1;
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What is set of traces.
#[derive(Debug)]
pub(super) struct TraceSettings {
    collector: Option<Url>,
    /// From 0 to 1.
    share: f64,
}

/// The thread that sends, until this is dropped.
pub(super) struct Tracing {
    pub(super) tracer: SdkTracer,
    provider: SdkTracerProvider,
}

impl TraceSettings {
    pub(super) fn read(endpoint: Option<&str>, share: Option<&str>) -> Result<Self, Failure> {
        let collector = endpoint.map(|endpoint| {
            read_endpoint(endpoint).ok_or_else(|| {
                settings("what --otlp-endpoint says is no address of a collector".to_owned()).help(
                    "write `http://HOST:4318` in --otlp-endpoint (ARGUS_OTLP_ENDPOINT); `/v1/traces` is added to it, and \
                     what the collector asks for stands in OTEL_EXPORTER_OTLP_HEADERS",
                )
            })
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
        let Some(url) = &self.collector else { return Ok(None) };
        let exporter = Counted::new(exporter(url)?, Arc::clone(counts));
        let waiting = BatchConfigBuilder::default().with_max_queue_size(QUEUE as usize);
        let waiting = waiting.with_max_export_batch_size(BATCH).with_scheduled_delay(COMPANY).build();
        let queue = Bounded::new(BatchSpanProcessor::new(exporter, waiting), QUEUE.into(), Arc::clone(counts));
        let resource = Resource::builder().with_service_name("argus");
        let provider = SdkTracerProvider::builder()
            .with_sampler(sampler(self.share))
            .with_resource(resource.with_attribute(KeyValue::new("service.version", VERSION)).build())
            .with_span_processor(queue)
            .build();
        let scope = InstrumentationScope::builder("argus").with_version(VERSION).build();
        Ok(Some(Tracing { tracer: provider.tracer_with_scope(scope), provider }))
    }
}

impl Drop for Tracing {
    /// What waits is sent, for as long as a collector may take.
    fn drop(&mut self) {
        // What is not sent then has been told and counted.
        let _ = self.provider.shutdown_with_timeout(PATIENCE);
    }
}

/// Who begins a trace says whether it is kept; of those that begin here a share is, the same ones on all nodes.
fn sampler(share: f64) -> Sampler {
    Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(share)))
}

/// What is not taken at once is not sent again: the next spans wait behind it.
fn exporter(url: &Url) -> Result<SpanExporter, Failure> {
    let exporter = SpanExporter::builder().with_http().with_http_client(client(url)?).with_endpoint(url.as_str());
    let exporter = exporter.with_protocol(Protocol::HttpBinary).with_retry_policy(RetryPolicy::disabled());
    // Its other settings come from the environment, as OpenTelemetry names them.
    exporter.with_timeout(PATIENCE).build().map_err(|error| {
        settings(format!("traces can't be sent: {error}")).help("correct what OTEL_EXPORTER_OTLP_… says")
    })
}

fn client(url: &Url) -> Result<blocking::Client, Failure> {
    let client = blocking::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(PATIENCE);
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let is_this_machine = host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback());
    // A proxy for the internet doesn't lead back here.
    let client = if is_this_machine { client.no_proxy() } else { client };
    let our_fault = |error: &dyn Display| Failure::new(Exit::Bug, "internal", format!("traces can't be sent: {error}"));
    client.build().map_err(|error| our_fault(&error))
}

fn read_endpoint(endpoint: &str) -> Option<Url> {
    let mut url = Url::parse(endpoint).ok()?;
    let is_plain = matches!(url.scheme(), "http" | "https") && url.query().is_none() && url.fragment().is_none();
    // A name or password would stand in whatever tells of the address.
    let is_open = url.username().is_empty() && url.password().is_none();
    if !is_plain || !is_open || url.host_str().is_none_or(str::is_empty) {
        return None;
    }
    let path = format!("{}/v1/traces", url.path().trim_end_matches('/'));
    url.set_path(&path);
    Some(url)
}

/// A percentage, from 0 to 1.
fn read_share(text: &str) -> Option<f64> {
    let percent: f64 = text.trim().strip_suffix('%')?.trim().parse().ok()?;
    (0.0..=100.0).contains(&percent).then_some(percent / 100.0)
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::{Span as _, Tracer as _};

    use super::*;

    #[test]
    fn a_collector_is_named_by_its_address_and_a_share_by_its_percentage() {
        let read = |endpoint: &str| TraceSettings::read(Some(endpoint), Some("2.5%"));
        let set = read("http://127.0.0.1:4318").unwrap();
        assert_eq!((set.collector.unwrap().as_str(), set.share), ("http://127.0.0.1:4318/v1/traces", 0.025));
        assert_eq!(read("https://otel/x/").unwrap().collector.unwrap().as_str(), "https://otel/x/v1/traces");
        for wrong in ["127.0.0.1:4318", "ftp://otel", "http://otel/?a=b", "http://a:s3cret@otel", "http://s3cret@otel"]
        {
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
            let sampler = sampler(read_share(share).unwrap());
            let tracer = SdkTracerProvider::builder().with_sampler(sampler).build().tracer("argus");
            (0..10_000).filter(|_| tracer.start("a").is_recording()).count()
        };
        assert_eq!((kept("0%"), kept("100%")), (0, 10_000));
        assert!((4_500..5_500).contains(&kept("50%")) && (50..200).contains(&kept("1%")));
    }
}
