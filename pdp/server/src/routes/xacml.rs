//! What the XACML doors share: who asks, in which form, by whose policies, and the answer (REST Profile 1.1).

use std::sync::Arc;

use actix_web::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use argus_engine::response::Response;
use argus_engine::wire;
use argus_http::{client, negotiate};
use tracing::debug;

use crate::authentication::{Lent, Waiting};
use crate::caller::Caller;
use crate::context::{Ask, Root, Step, with_arena};
use crate::http::body::Body;
use crate::http::call::{ARGUS_DECISION_ID, Call, X_REQUEST_ID};
use crate::http::media::{self, MEDIA, Media};
use crate::http::problem::Problem;
use crate::http::url;
use crate::journal::{self, Tickets};
use crate::limits::{Foreseen, LimitFields, Settled, Tally};
use crate::metrics::Door;
use crate::moment::Moment;
use crate::names::ARGUS;
use crate::pdp::Shared;
use crate::reason::Reason;
use crate::snapshot::Snapshot;
use crate::wait::{ROUNDS, wait_for_all};

/// By whose policies is decided.
#[derive(Debug, Clone, Copy)]
pub(super) enum Whose<'r> {
    /// Those of the caller's organisation; a caller of `argus` speaks for all.
    Callers,
    /// Those of the organisation in the address.
    Organisations(&'r str),
}

/// One question: everything but its body.
struct Question<'r> {
    shared: &'r Shared,
    call: &'r Call,
    door: Door,
    caller: Caller,
    whose: Whose<'r>,
    content: &'static Media,
    answer: &'static str,
}

/// What one look at the body came to.
enum Outcome {
    Written(Vec<u8>, LimitFields, Tickets),
    Wait(Vec<Waiting>),
    /// Redis has to be asked, before it is decided on this snapshot.
    Count(Vec<Foreseen>, Arc<Snapshot>),
}

/// Answers a request, with a problem where it can't be decided at all.
pub(super) async fn serve(
    request: &HttpRequest,
    payload: Payload,
    shared: &Shared,
    door: Door,
    whose: Whose<'_>,
) -> HttpResponse {
    let (call, mut span) = Call::begin_traced(request, shared.settings.spans.as_ref(), door.request_name());
    let mut body = Body::new(request, payload, &shared.settings);
    let response = match decide(request, &mut body, shared, &call, door, whose).await {
        Ok(response) => response,
        Err(problem) => {
            body.drain().await;
            problem.into_response(&call)
        }
    };
    span.answered(response.status().as_u16());
    response
}

async fn decide(
    request: &HttpRequest,
    body: &mut Body,
    shared: &Shared,
    call: &Call,
    door: Door,
    whose: Whose<'_>,
) -> Result<HttpResponse, Problem> {
    url::refuse_key(request, shared, call)?;
    let client = client(request, &shared.settings.trusted_proxies)?;
    let step = call.trace.step("authenticate");
    let caller = shared.authenticate(request.headers(), &client, call.now).await;
    drop(step);
    let caller = caller.map_err(|refused| shared.refuse_caller(refused))?;
    let content = content(request)?;
    let question = Question { shared, call, door, caller, whose, content, answer: answer_media(request, content)? };
    // Before the body: who may not ask is not listened to.
    question.root(&shared.glance())?;
    body.check_announced()?;
    let bytes = body.read().await?;
    let mut counted = None;
    // One round more, for what is counted elsewhere.
    for _ in 0..=ROUNDS {
        match question.ask(&bytes, counted.as_ref())? {
            Outcome::Written(written, limits, noted) => {
                journal::wait(noted).await.map_err(Problem::journal_away)?;
                return Ok(question.respond(written, &limits));
            }
            Outcome::Wait(waiting) => wait_for_all(waiting, None).await?,
            Outcome::Count(foreseen, snapshot) => counted = Some((shared.gate.settle(foreseen).await, snapshot)),
        }
    }
    Err(Problem::busy(1))
}

fn content(request: &HttpRequest) -> Result<&'static Media, Problem> {
    let given = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    given.and_then(media::of_content).ok_or_else(|| Problem::unsupported_media_type(&names()))
}

/// The request's own media type where the caller has no wish, and wherever it is as good as any.
fn answer_media(request: &HttpRequest, content: &'static Media) -> Result<&'static str, Problem> {
    let mut accept = request.headers().get_all(ACCEPT);
    let Some(first) = accept.next() else { return Ok(content.name) };
    if accept.next().is_none() && (first == content.name || first == "*/*") {
        return Ok(content.name);
    }
    let alike = |same: bool| MEDIA.iter().filter(move |media| (media.format == content.format) == same);
    let others = alike(true).chain(alike(false)).map(|media| media.name).filter(|name| *name != content.name);
    let offers: Vec<_> = std::iter::once(content.name).chain(others).collect();
    let wishes: Vec<_> = request.headers().get_all(ACCEPT).filter_map(|value| value.to_str().ok()).collect();
    negotiate(&wishes.iter().copied(), &offers).ok_or_else(|| Problem::not_acceptable(&names()))
}

fn names() -> String {
    MEDIA.map(|media| media.name).join(", ")
}

impl Question<'_> {
    /// The root that decides, where that is known before the body is read and the caller may ask for it.
    fn root<'s>(&self, snapshot: &'s Snapshot) -> Result<Root<'s>, Problem> {
        let organisation = match self.whose {
            Whose::Organisations(organisation) => organisation,
            Whose::Callers if *self.caller.record.key.organisation == *ARGUS => return Ok(Root::OfSubject),
            Whose::Callers => &*self.caller.record.key.organisation,
        };
        self.shared.domain_for(snapshot, &self.caller, organisation, self.call.now).map(Root::Of)
    }

    /// Reads, decides and writes, without a wait in between.
    fn ask(&self, bytes: &[u8], counted: Option<&(Settled, Arc<Snapshot>)>) -> Result<Outcome, Problem> {
        let _step = self.call.trace.step("evaluate");
        let (glance, lent) = (self.shared.glance(), Lent::with_capacity(0));
        let (settled, snapshot) = counted.map_or((None, &*glance), |(settled, held)| (Some(settled), held));
        let limits = self.shared.settings.limits;
        with_arena(|arena| {
            let request = wire::read(self.content.format, bytes, arena, &limits)
                .map_err(|error| self.shared.refuse_body(&error, bytes))?;
            let root = self.root(snapshot)?;
            let (authenticator, caller, now) = (&self.shared.authenticator, &self.caller, self.call.now);
            let credentials_at = self.shared.credentials_at(now);
            let obligations = (&self.shared.obligations, self.call.decision_id);
            let tally = Tally::new(&self.shared.gate, settled, &self.call.trace);
            let ask = Ask {
                authenticator,
                snapshot,
                lent: &lent,
                caller,
                root,
                now,
                credentials_at,
                limits,
                obligations,
                tally: &tally,
                usage: self.shared.settings.usage.as_deref(),
                log: (self.shared.settings.decision_log.as_deref(), self.door),
            };
            match ask.answer(&request, arena) {
                Step::Answered(response) => {
                    let noted = tally.tickets().map_err(Problem::journal_away)?;
                    Ok(Outcome::Written(self.write(&response), tally.fields(), noted))
                }
                Step::Wait(waiting) => Ok(Outcome::Wait(waiting)),
                Step::Count(foreseen) => Ok(Outcome::Count(foreseen, Arc::clone(snapshot))),
                Step::Busy { retry_after_seconds } => Err(Problem::busy(retry_after_seconds)),
                Step::NotGranted { organisation, reason } => Err(self.shared.refuse_grant(organisation, reason)),
                Step::Refused(error) => Err(self.shared.refuse_body(&error, bytes)),
            }
        })
    }

    fn write(&self, response: &Response<'_>) -> Vec<u8> {
        for result in &response.results {
            let reason = Reason::of_result(result);
            self.shared.metrics.count(self.door, result.decision, reason);
            debug!(
                decision.id = %self.call.decision_id,
                request.id = self.call.request_id_text(),
                decision = result.decision.as_str(),
                reason = reason.map(Reason::as_str),
                door = self.door.as_str(),
                caller.key.id = %self.caller.record.key.id,
                "decided {}", result.decision
            );
        }
        let mut written = Vec::with_capacity(1_024);
        if self.answer.ends_with("xml") {
            wire::write_xml(response, &mut written);
        } else {
            wire::write_json(response, &mut written);
        }
        written
    }

    fn respond(&self, written: Vec<u8>, limits: &LimitFields) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        response
            .insert_header((CONTENT_TYPE, HeaderValue::from_static(self.answer)))
            .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")))
            .insert_header((ARGUS_DECISION_ID, self.call.decision_header()));
        if let Some(id) = &self.call.request_id {
            response.insert_header((X_REQUEST_ID, id.clone()));
        }
        self.shared.metrics.observe(self.door, self.call.now.seconds_until(Moment::now()));
        let mut response = response.body(written);
        limits.put(response.headers_mut());
        response
    }
}
