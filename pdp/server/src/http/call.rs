//! What is known of a request before its body: when it came, and the ids that its answer carries.

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderName, HeaderValue};
use argus_http::{SdkTracer, Step, Trace};

use crate::decision_id::DecisionId;
use crate::moment::Moment;

/// The header of the request's id.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The header of the decision's id.
pub(crate) const ARGUS_DECISION_ID: HeaderName = HeaderName::from_static("argus-decision-id");

/// Characters of a request id that are believed: more is a caller's joke.
const LONGEST_REQUEST_ID: usize = 128;

/// A request, but for its body.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// When it came.
    pub(crate) now: Moment,
    /// The id of its decision.
    pub(crate) decision_id: DecisionId,
    /// The id that the caller gave it.
    pub(crate) request_id: Option<HeaderValue>,
    /// The trace that it is part of, where somebody collects spans.
    pub(crate) trace: Trace,
}

impl Call {
    /// Reads the clock: the one time for this request until its answer is ready.
    pub(crate) fn begin(request: &HttpRequest) -> Self {
        let now = Moment::now();
        let request_id = request.headers().get(X_REQUEST_ID).filter(|id| is_sound(id)).cloned();
        Self { now, decision_id: DecisionId::new(now), request_id, trace: Trace::default() }
    }

    /// The same for a request that is traced where somebody collects spans. Its span ends with the step.
    pub(crate) fn begin_traced(request: &HttpRequest, spans: Option<&SdkTracer>, name: &'static str) -> (Self, Step) {
        let (trace, mut step) = Trace::begin(spans, request.headers(), name);
        let call = Self { trace, ..Self::begin(request) };
        step.note("argus.decision_id", || call.decision_id.to_string());
        step.note("argus.request_id", || call.request_id_text());
        (call, step)
    }

    /// The decision's id as a header.
    pub(crate) fn decision_header(&self) -> HeaderValue {
        let mut buffer = [0; 36];
        // INVARIANT: hexadecimal digits and hyphens are fit for a header.
        HeaderValue::from_str(self.decision_id.encode(&mut buffer))
            .unwrap_or_else(|_| HeaderValue::from_static("00000000-0000-0000-0000-000000000000"))
    }

    /// The request's id as text: the caller's, else ours.
    pub(crate) fn request_id_text(&self) -> String {
        let given = self.request_id.as_ref().and_then(|id| id.to_str().ok());
        given.map_or_else(|| self.decision_id.to_string(), str::to_owned)
    }
}

/// Whether an id is short and visible, so that it may stand in logs. And no key.
fn is_sound(id: &HeaderValue) -> bool {
    let octets = id.as_bytes();
    (1..=LONGEST_REQUEST_ID).contains(&octets.len())
        && octets.iter().all(u8::is_ascii_graphic)
        && !octets.windows(6).any(|window| window == b"argus_")
}
