//! Traces: what a request went through, and when, for whoever collects spans. Where nobody does, a request pays for one
//! look at whether somebody does.
//!
//! A trace that a caller has begun goes on here (W3C Trace Context, `traceparent`), and is kept where the caller keeps it.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use actix_web::http::header::HeaderMap;

/// What a span is part of.
pub type TraceId = [u8; 16];
/// A span, within its trace.
pub type SpanId = [u8; 8];

/// Where spans go.
pub trait SpanSink: fmt::Debug + Send + Sync {
    /// Whether a trace that begins here is kept.
    fn keeps(&self, trace: TraceId) -> bool;

    /// Takes a span that has ended. It never waits: what there is no room for is dropped, and counted.
    fn take(&self, span: Span);
}

/// A span that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Its trace.
    pub trace: TraceId,
    /// Its id.
    pub id: SpanId,
    /// What it is a part of; of a request, the caller's span.
    pub parent: Option<SpanId>,
    /// Whether it is the request itself, not a part of it.
    pub is_request: bool,
    /// What it is.
    pub name: Cow<'static, str>,
    /// When it began.
    pub began: SystemTime,
    /// When it ended.
    pub ended: SystemTime,
    /// What is told of it. No secret, and nobody's name.
    pub attributes: Vec<(&'static str, String)>,
    /// Whether it failed by a fault of the server.
    pub is_failed: bool,
}

/// What a caller says of the trace that its request is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceParent {
    /// The trace.
    pub trace: TraceId,
    /// The caller's span.
    pub span: SpanId,
    /// Whether the caller keeps it.
    pub is_kept: bool,
}

/// The trace of a request; nothing where it is not kept.
#[derive(Debug, Clone, Default)]
pub struct Trace(Option<Arc<Kept>>);

#[derive(Debug)]
struct Kept {
    sink: Arc<dyn SpanSink>,
    trace: TraceId,
    request: SpanId,
}

/// A span under way. It ends when this is dropped.
#[derive(Debug, Default)]
pub struct Step(Option<(Arc<Kept>, Span)>);

impl TraceParent {
    /// Reads `version-trace-span-flags` (W3C Trace Context §3.2). What can't be read is as if it weren't there.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().split('-');
        let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let [version] = octets(version)?;
        // A later version may say more behind it, this one says nothing.
        if version == 0xff || version == 0 && parts.next().is_some() {
            return None;
        }
        let ([flags], trace, span) = (octets(flags)?, octets(trace)?, octets(span)?);
        (trace != [0; 16] && span != [0; 8]).then_some(Self { trace, span, is_kept: flags & 1 == 1 })
    }
}

/// Lower-case hexadecimal digits, as many as there have to be.
fn octets<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let mut octets = [0; N];
    for (octet, pair) in octets.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *octet = value(*high)? * 16 + value(*low)?;
    }
    Some(octets)
}

impl Trace {
    /// Begins the span of a request, where somebody collects spans and this trace is kept.
    pub fn begin(sink: Option<&Arc<dyn SpanSink>>, headers: &HeaderMap, name: &'static str) -> (Self, Step) {
        match sink {
            Some(sink) => Self::begin_kept(sink, headers, name),
            None => (Self(None), Step(None)),
        }
    }

    #[cold]
    fn begin_kept(sink: &Arc<dyn SpanSink>, headers: &HeaderMap, name: &'static str) -> (Self, Step) {
        let mut given = headers.get_all("traceparent").map(|value| value.to_str().ok().and_then(TraceParent::parse));
        // Of two that contradict each other neither is believed.
        let parent = given.next().flatten().filter(|_| given.next().is_none());
        let trace = parent.map_or_else(random, |parent| Some(parent.trace));
        let ids = trace.zip(random());
        let is_kept = |trace: TraceId| parent.map_or_else(|| sink.keeps(trace), |parent| parent.is_kept);
        let Some((trace, request)) = ids.filter(|(trace, _)| is_kept(*trace)) else { return (Self(None), Step(None)) };
        let kept = Arc::new(Kept { sink: Arc::clone(sink), trace, request });
        let mut span = kept.span(request, parent.map(|parent| parent.span), name);
        span.is_request = true;
        (Self(Some(Arc::clone(&kept))), Step(Some((kept, span))))
    }

    /// Begins a part of the request.
    pub fn step(&self, name: &'static str) -> Step {
        let Some(kept) = &self.0 else { return Step(None) };
        // Without randomness there is no id, and no span.
        Step(random().map(|id| (Arc::clone(kept), kept.span(id, Some(kept.request), name))))
    }
}

impl Kept {
    fn span(&self, id: SpanId, parent: Option<SpanId>, name: &'static str) -> Span {
        let now = SystemTime::now();
        Span {
            trace: self.trace,
            id,
            parent,
            is_request: false,
            name: name.into(),
            began: now,
            ended: now,
            attributes: Vec::new(),
            is_failed: false,
        }
    }
}

impl Step {
    /// Tells something of the span. What is told is made only where the span is kept.
    pub fn note(&mut self, name: &'static str, value: impl FnOnce() -> String) {
        if let Some((_, span)) = &mut self.0 {
            span.attributes.push((name, value()));
        }
    }

    /// Names the span for what it has turned out to be. The name is made only where the span is kept.
    pub fn rename(&mut self, name: impl FnOnce() -> String) {
        if let Some((_, span)) = &mut self.0 {
            span.name = name().into();
        }
    }

    /// How the request was answered: 5xx is a failure of the server.
    pub fn answered(&mut self, status: u16) {
        self.note("http.response.status_code", || status.to_string());
        if let Some((_, span)) = &mut self.0 {
            span.is_failed = status >= 500;
        }
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if let Some((kept, mut span)) = self.0.take() {
            // The clock may have been turned back meanwhile.
            span.ended = SystemTime::now().max(span.began);
            kept.sink.take(span);
        }
    }
}

/// Octets that are not all nought, which would be no id.
fn random<const N: usize>() -> Option<[u8; N]> {
    let mut octets = [0; N];
    getrandom::fill(&mut octets).ok()?;
    (octets != [0; N]).then_some(octets)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    #[derive(Debug, Default)]
    struct Taken(Mutex<Vec<Span>>, bool);

    impl SpanSink for Taken {
        fn keeps(&self, _trace: TraceId) -> bool {
            self.1
        }

        fn take(&self, span: Span) {
            self.0.lock().unwrap().push(span);
        }
    }

    const GIVEN: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    /// The spans of a request with these headers.
    fn spans(keeps: bool, given: &[&str]) -> Vec<Span> {
        let taken = Arc::new(Taken(Mutex::default(), keeps));
        let mut headers = HeaderMap::new();
        for value in given {
            headers.append(HeaderName::from_static("traceparent"), HeaderValue::from_str(value).unwrap());
        }
        let sink: Arc<dyn SpanSink> = taken.clone();
        let (trace, mut request) = Trace::begin(Some(&sink), &headers, "POST /pdp");
        drop(trace.step("evaluate"));
        request.answered(503);
        drop(request);
        taken.0.lock().unwrap().clone()
    }

    #[test]
    fn a_trace_goes_on_where_a_caller_has_begun_it() {
        let [step, request] = spans(false, &[GIVEN]).try_into().unwrap();
        let parent = TraceParent::parse(GIVEN).unwrap();
        assert_eq!((request.trace, request.parent, &*request.name), (parent.trace, Some(parent.span), "POST /pdp"));
        assert_eq!((step.trace, step.parent, &*step.name), (parent.trace, Some(request.id), "evaluate"));
        assert!(request.is_request && request.is_failed && !step.is_request && request.ended >= step.ended);
        assert_eq!(request.attributes, [("http.response.status_code", "503".to_owned())]);
        assert_ne!(request.id, step.id);
    }

    #[test]
    fn who_begins_a_trace_says_whether_it_is_kept() {
        assert!(spans(true, &[&GIVEN.replace("-01", "-00")]).is_empty(), "the caller doesn't keep it");
        assert!(spans(false, &[]).is_empty(), "nor do we");
        assert_eq!(spans(true, &[]).len(), 2);
        let [_, request] = spans(true, &[GIVEN, GIVEN]).try_into().unwrap();
        assert!(request.parent.is_none(), "two of them are none");
        drop(Trace::begin(None, &HeaderMap::new(), "POST /pdp").0.step("evaluate"));
    }

    #[test]
    fn what_is_no_traceparent_is_as_if_it_were_not_there() {
        let later = "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03-more";
        assert!(TraceParent::parse(GIVEN).unwrap().is_kept && TraceParent::parse(later).unwrap().is_kept);
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
            assert_eq!(TraceParent::parse(wrong), None, "{wrong}");
        }
    }
}
