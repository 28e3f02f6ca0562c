//! What becomes of spans, counted on both sides of OpenTelemetry's queue: it has a bound of its own, but tells nobody how
//! much waits there, nor what found it full.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanExporter, SpanProcessor};
use tracing::{info, warn};

/// What became of spans.
#[derive(Debug, Default)]
pub(in crate::command::serve) struct Sent {
    pub(in crate::command::serve) sent: AtomicU64,
    pub(in crate::command::serve) dropped: AtomicU64,
    pub(in crate::command::serve) failed: AtomicU64,
    /// On the queue, or on their way.
    pub(in crate::command::serve) waiting: AtomicI64,
}

/// The end of the queue where spans come: what finds it full is dropped.
#[derive(Debug)]
pub(super) struct Bounded<P> {
    queue: P,
    longest: i64,
    counts: Arc<Sent>,
}

/// The end where they are sent.
#[derive(Debug)]
pub(super) struct Counted<E> {
    exporter: E,
    counts: Arc<Sent>,
    is_failing: AtomicBool,
}

impl<P: SpanProcessor> Bounded<P> {
    /// The queue behind this has at least as much room.
    pub(super) fn new(queue: P, longest: i64, counts: Arc<Sent>) -> Self {
        Self { queue, longest, counts }
    }
}

impl<E: SpanExporter> Counted<E> {
    pub(super) fn new(exporter: E, counts: Arc<Sent>) -> Self {
        Self { exporter, counts, is_failing: AtomicBool::new(false) }
    }

    /// Says once that the collector fails, and once that it doesn't any more.
    fn tell(&self, result: &OTelSdkResult) {
        let was_failing = self.is_failing.swap(result.is_err(), Relaxed);
        match result {
            Err(fault) if !was_failing => warn!("the collector takes no spans, and they are dropped: {fault}"),
            Ok(()) if was_failing => info!("the collector takes spans again"),
            _ => {}
        }
    }
}

impl<P: SpanProcessor> SpanProcessor for Bounded<P> {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.queue.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        if self.counts.waiting.fetch_add(1, Relaxed) < self.longest {
            return self.queue.on_end(span);
        }
        self.counts.waiting.fetch_sub(1, Relaxed);
        self.counts.dropped.fetch_add(1, Relaxed);
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.queue.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.queue.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.queue.set_resource(resource);
    }
}

impl<E: SpanExporter> SpanExporter for Counted<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        let result = self.exporter.export(batch).await;
        self.counts.waiting.fetch_sub(i64::try_from(spans).unwrap_or_default(), Relaxed);
        let count = if result.is_ok() { &self.counts.sent } else { &self.counts.failed };
        count.fetch_add(u64::try_from(spans).unwrap_or_default(), Relaxed);
        self.tell(&result);
        result
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn shutdown(&self) -> OTelSdkResult {
        self.exporter.shutdown()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::mpsc::{Receiver, Sender, channel};

    use opentelemetry::trace::{Tracer as _, TracerProvider as _};
    use opentelemetry_sdk::error::OTelSdkError;
    use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider};

    use super::*;

    /// A collector that takes a batch when it is told to, or refuses it.
    #[derive(Debug)]
    struct Told(Mutex<Receiver<bool>>);

    impl SpanExporter for Told {
        async fn export(&self, _batch: Vec<SpanData>) -> OTelSdkResult {
            let takes = self.0.lock().unwrap().recv().unwrap_or_default();
            if takes { Ok(()) } else { Err(OTelSdkError::InternalFailure("told so".into())) }
        }
    }

    fn begin(counts: &Arc<Sent>) -> (SdkTracerProvider, Sender<bool>) {
        let (tell, told) = channel();
        let batch = BatchConfigBuilder::default().with_max_queue_size(3).with_max_export_batch_size(3);
        let queue = BatchSpanProcessor::new(Counted::new(Told(Mutex::new(told)), Arc::clone(counts)), batch.build());
        let queue = Bounded::new(queue, 3, Arc::clone(counts));
        (SdkTracerProvider::builder().with_span_processor(queue).build(), tell)
    }

    #[test]
    fn what_finds_the_queue_full_is_dropped_and_what_is_not_taken_has_failed() {
        for takes in [true, false] {
            let counts = Arc::<Sent>::default();
            let (provider, tell) = begin(&counts);
            for _ in 0..5 {
                drop(provider.tracer("argus").start("a"));
            }
            let of = |count: &AtomicU64| count.load(Relaxed);
            assert_eq!((of(&counts.dropped), counts.waiting.load(Relaxed)), (2, 3));
            // The queue may have been found before all three were on it.
            for _ in 0..3 {
                tell.send(takes).unwrap();
            }
            drop(provider.shutdown());
            assert_eq!((of(&counts.sent), of(&counts.failed)), if takes { (3, 0) } else { (0, 3) });
            assert_eq!(counts.waiting.load(Relaxed), 0);
        }
    }
}
