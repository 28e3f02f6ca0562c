//! Traces: what a request went through, and when, for whoever collects spans (OpenTelemetry). Where nobody does, a
//! request pays for one look at whether somebody does.
//!
//! A trace that a caller has begun goes on here (W3C Trace Context, `traceparent`), and is kept where the caller keeps it.

use std::sync::Arc;

use actix_web::http::header::HeaderMap;
use opentelemetry::propagation::{Extractor, TextMapPropagator as _};
use opentelemetry::trace::{Span as _, SpanBuilder, SpanKind, Status, TraceContextExt as _, Tracer as _};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracer, Span};

/// The trace of a request; nothing where it is not kept.
#[derive(Debug, Clone, Default)]
pub struct Trace(Option<Arc<Kept>>);

#[derive(Debug)]
struct Kept {
    tracer: SdkTracer,
    /// What the parts of the request stand below.
    request: Context,
}

/// A span under way. It ends when this is dropped, and it never waits: what there is no room for is dropped.
#[derive(Debug, Default)]
pub struct Step(Option<Box<Span>>);

/// What the caller says of the trace that his request is part of.
struct Caller<'r>(&'r HeaderMap);

impl Trace {
    /// Begins the span of a request, where somebody collects spans and this trace is kept.
    pub fn begin(tracer: Option<&SdkTracer>, headers: &HeaderMap, name: &'static str) -> (Self, Step) {
        match tracer {
            Some(tracer) => Self::begin_traced(tracer, headers, name),
            None => (Self(None), Step(None)),
        }
    }

    #[cold]
    fn begin_traced(tracer: &SdkTracer, headers: &HeaderMap, name: &'static str) -> (Self, Step) {
        let caller = TraceContextPropagator::new().extract_with_context(&Context::new(), &Caller(headers));
        let span = tracer.build_with_context(SpanBuilder::from_name(name).with_kind(SpanKind::Server), &caller);
        if !span.is_recording() {
            return (Self(None), Step(None));
        }
        let request = Context::new().with_remote_span_context(span.span_context().clone());
        (Self(Some(Arc::new(Kept { tracer: tracer.clone(), request }))), Step(Some(Box::new(span))))
    }

    /// Begins a part of the request.
    pub fn step(&self, name: &'static str) -> Step {
        let span = |kept: &Arc<Kept>| kept.tracer.build_with_context(SpanBuilder::from_name(name), &kept.request);
        Step(self.0.as_ref().map(|kept| Box::new(span(kept))))
    }
}

impl Step {
    /// Tells something of the span: no secret, and nobody's name. It is made only where the span is kept.
    pub fn note(&mut self, name: &'static str, value: impl FnOnce() -> String) {
        if let Some(span) = &mut self.0 {
            span.set_attribute(KeyValue::new(name, value()));
        }
    }

    /// Names the span for what it has turned out to be. The name is made only where the span is kept.
    pub fn rename(&mut self, name: impl FnOnce() -> String) {
        if let Some(span) = &mut self.0 {
            span.update_name(name());
        }
    }

    /// How the request was answered: 5xx is a failure of the server.
    pub fn answered(&mut self, status: u16) {
        if let Some(span) = &mut self.0 {
            span.set_attribute(KeyValue::new("http.response.status_code", i64::from(status)));
            if status >= 500 {
                span.set_status(Status::error(""));
            }
        }
    }
}

impl Extractor for Caller<'_> {
    /// `traceparent` alone: what else a caller says of his trace is not ours to hand on.
    fn get(&self, key: &str) -> Option<&str> {
        let mut given = self.0.get_all(key).filter(|_| key == "traceparent");
        // Of two that contradict each other neither is believed.
        let text = given.next().filter(|_| given.next().is_none())?.to_str().ok()?;
        is_whole(text).then_some(text)
    }

    fn keys(&self) -> Vec<&str> {
        vec!["traceparent"]
    }
}

/// Whether each part is as long as it has to be (§3.2), which the propagator doesn't look at.
fn is_whole(text: &str) -> bool {
    text.trim().split('-').map(str::len).take(4).eq([2, 32, 16, 2])
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use actix_web::http::header::{HeaderName, HeaderValue};
    use opentelemetry::trace::TracerProvider as _;
    use opentelemetry_sdk::error::OTelSdkResult;
    use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider, SpanData, SpanExporter};

    use super::*;

    #[derive(Debug, Clone, Default)]
    struct Taken(Arc<Mutex<Vec<SpanData>>>);

    impl SpanExporter for Taken {
        async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
            self.0.lock().unwrap().extend(batch);
            Ok(())
        }
    }

    const GIVEN: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    /// The spans of a request with these headers.
    fn spans(keeps: bool, given: &[&str]) -> Vec<SpanData> {
        let taken = Taken::default();
        let begun_here = Box::new(if keeps { Sampler::AlwaysOn } else { Sampler::AlwaysOff });
        let provider = SdkTracerProvider::builder().with_sampler(Sampler::ParentBased(begun_here));
        let provider = provider.with_simple_exporter(taken.clone()).build();
        let mut headers = HeaderMap::new();
        for value in given {
            headers.append(HeaderName::from_static("traceparent"), HeaderValue::from_str(value).unwrap());
        }
        let (trace, mut request) = Trace::begin(Some(&provider.tracer("argus")), &headers, "POST /pdp");
        drop(trace.step("evaluate"));
        request.answered(503);
        drop(request);
        taken.0.lock().unwrap().clone()
    }

    #[test]
    fn a_trace_goes_on_where_a_caller_has_begun_it() {
        let [step, request] = spans(false, &[GIVEN]).try_into().unwrap();
        let id = |span: &SpanData| (span.span_context.trace_id().to_string(), span.span_context.span_id());
        let (trace, request_id) = id(&request);
        assert_eq!((&*trace, &*request.name), ("0af7651916cd43dd8448eb211c80319c", "POST /pdp"));
        assert_eq!(request.parent_span_id.to_string(), "b7ad6b7169203331");
        assert_eq!((id(&step).0, step.parent_span_id, &*step.name), (trace, request_id, "evaluate"));
        assert_eq!((&request.span_kind, &step.span_kind), (&SpanKind::Server, &SpanKind::Internal));
        assert!(request.status == Status::error("") && request.end_time >= step.end_time);
        assert_eq!(request.attributes, [KeyValue::new("http.response.status_code", 503)]);
        assert_ne!(request_id, id(&step).1);
    }

    #[test]
    fn who_begins_a_trace_says_whether_it_is_kept() {
        assert!(spans(true, &[&GIVEN.replace("-01", "-00")]).is_empty(), "the caller doesn't keep it");
        assert!(spans(false, &[]).is_empty(), "nor do we");
        assert_eq!(spans(true, &[]).len(), 2);
        assert!(spans(false, &[GIVEN, GIVEN]).is_empty(), "two of them are none");
        drop(Trace::begin(None, &HeaderMap::new(), "POST /pdp").0.step("evaluate"));
    }

    #[test]
    fn what_is_no_traceparent_is_as_if_it_were_not_there() {
        let later = "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03-more";
        assert_eq!((spans(false, &[GIVEN]).len(), spans(false, &[later]).len()), (2, 2));
        for wrong in [
            "",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319é-b7ad6b7169203331-01",
        ] {
            assert!(spans(false, &[wrong]).is_empty(), "{wrong}");
        }
    }
}
