//! POST /v1/verify

use std::sync::Arc;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use argus_engine::decision::Decision;
use argus_engine::evaluate::Environment;
use argus_engine::request::{Attribute, Attributes, Individual};
use argus_engine::response::Result as DecisionResult;
use argus_engine::types::ZoneOffset;
use argus_engine::value::{Arena, DataType};
use argus_http::client;
use argus_store::KeyId;
use chrono::{DateTime, SecondsFormat, Utc};
use tracing::debug;

use super::decode::{Question, decode};
use super::encode::{Answer, KeyNames, PolicyNames, encode};
use super::schema::{DecisionBody, QuestionBody};
use super::trace::denies_by_failure;
use crate::authentication::{Lent, Waiting};
use crate::caller::Caller;
use crate::context::{Ask, Root, Subject, Verification, denied, subject_attributes, whereabouts, with_arena};
use crate::decision_log::LoggedDecision;
use crate::http::body::Body;
use crate::http::call::{ARGUS_DECISION_ID, Call, X_REQUEST_ID};
use crate::http::media::check_json;
use crate::http::problem::Problem;
use crate::http::url;
use crate::journal::{self, JournalFault, Tickets};
use crate::limits::{Counted, Foreseen, LimitFields, LimitedUse, Reserve, Settled, Tally};
use crate::metrics::Door;
use crate::moment::Moment;
use crate::names;
use crate::obligation;
use crate::pdp::Shared;
use crate::places::Places;
use crate::reason::{Reason, advised};
use crate::snapshot::{KeyRecord, Origin, Snapshot, value};
use crate::usage::{ReservedUse, Shown, Use};
use crate::wait::{ROUNDS, wait_for_all};

/// Who asks by this door, or by another that asks the same.
pub(in crate::routes) struct Verify<'r> {
    pub(in crate::routes) shared: &'r Shared,
    pub(in crate::routes) call: &'r Call,
    pub(in crate::routes) caller: Caller,
    pub(in crate::routes) door: Door,
}

/// What was decided, for whoever answers.
pub(in crate::routes) struct Told {
    /// Why it isn't Permit.
    pub(in crate::routes) reason: Option<Reason>,
    /// The key that was verified.
    pub(in crate::routes) key: Option<KeyId>,
    pub(in crate::routes) limits: LimitFields,
    /// The answer of `/v1/verify`; other doors have none.
    written: Vec<u8>,
}

enum Outcome {
    /// With what the answer has to wait for.
    Told(Told, Result<Tickets, JournalFault>),
    Wait(Waiting),
    /// Redis has to be asked, before it is decided on this snapshot.
    Count(Foreseen, Arc<Snapshot>),
}

/// A decision with all that is told of it.
struct Decided<'a> {
    result: DecisionResult<'a>,
    reason: Option<Reason>,
    record: Option<&'a KeyRecord>,
    /// What was presented and refused, where it is known.
    refused: Option<&'a KeyRecord>,
    /// The credential whose secret was guessed wrong.
    guessed: Option<&'a KeyRecord>,
    /// What was counted of it.
    counted: Counted<'a>,
    /// Whether policies were asked, and were not overruled.
    is_evaluated: bool,
    /// When what was reserved has to be settled by, in seconds since 1970.
    settle_by: Option<i64>,
}

/// Verify one use of a key: is the credential right, and may its key do this to that?
///
/// By the policies of the organisation that the first segment of the resource names, where the caller needs
/// `<organisation>/argus/pdp:execute`.
#[utoipa::path(
    post, path = "/v1/verify", tag = "decisions",
    request_body(content = QuestionBody, example = json!({
        "credential": "argus_live_… (the whole key)", "action": "read", "resource": "acme/atlas/evidence/42",
        "context": {"ip": "203.0.113.7", "network": "corporate", "device": {"compliant": true}}
    })),
    responses((status = 200, description = "The decision.", body = DecisionBody)),
    extensions(("x-problems" = json!(["invalid-field", "unknown-field"])))
)]
pub(in crate::routes) async fn create_verification(
    request: HttpRequest,
    payload: Payload,
    shared: Data<Shared>,
) -> HttpResponse {
    let (call, mut span) = Call::begin_traced(&request, shared.settings.spans.as_ref(), Door::Verify.request_name());
    let mut body = Body::new(&request, payload, &shared.settings);
    let response = match verify(&request, &mut body, &shared, &call).await {
        Ok(response) => response,
        Err(problem) => {
            body.drain().await;
            problem.into_response(&call)
        }
    };
    span.answered(response.status().as_u16());
    response
}

async fn verify(request: &HttpRequest, body: &mut Body, shared: &Shared, call: &Call) -> Result<HttpResponse, Problem> {
    url::refuse_key(request, shared, call)?;
    let client = client(request, &shared.settings.trusted_proxies)?;
    let step = call.trace.step("authenticate");
    let caller = shared.authenticate(request.headers(), &client, call.now).await;
    drop(step);
    let caller = caller.map_err(|refused| shared.refuse_caller(refused))?;
    check_json(request)?;
    body.check_announced()?;
    let bytes = body.read().await?;
    let verify = Verify { shared, call, caller, door: Door::Verify };
    let question = decode(&bytes).inspect_err(|_| shared.metrics.body_refused())?;
    let told = verify.settle(&question).await?;
    Ok(verify.respond(told))
}

/// A question as limits see it. The key is of the organisation that the resource names.
fn limited_use<'q>(question: &'q Question<'_>) -> LimitedUse<'q> {
    let organisation = question.resource.split('/').next().unwrap_or_default();
    let of = LimitedUse::new(organisation, Some(&question.action), Some(&question.resource), question.cost);
    LimitedUse { is_reserved: question.reserve_seconds.is_some(), ..of }
}

/// Seconds since 1970 as answers tell them.
fn rfc3339(seconds: i64) -> String {
    let at = DateTime::from_timestamp(seconds, 0).unwrap_or(DateTime::<Utc>::MAX_UTC);
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// What a use costs whatever limit counts it.
fn cost_of(question: &Question<'_>, record: Option<&KeyRecord>) -> u64 {
    let listed = record.and_then(|record| record.key.limits.cost(&limited_use(question)));
    listed.or(question.cost).unwrap_or(1)
}

impl Verify<'_> {
    /// Decides, waiting for what that takes.
    pub(in crate::routes) async fn settle(&self, question: &Question<'_>) -> Result<Told, Problem> {
        let mut counted = None;
        // One round more, for what is counted elsewhere.
        for _ in 0..=ROUNDS {
            match self.ask(question, counted.as_ref())? {
                Outcome::Told(told, noted) => {
                    let noted = match noted {
                        Ok(tickets) => journal::wait(tickets).await,
                        Err(fault) => Err(fault),
                    };
                    if let Err(fault) = noted {
                        self.shared.gate.abandon_reserved(self.call.decision_id.number());
                        return Err(Problem::journal_away(fault));
                    }
                    return Ok(told);
                }
                Outcome::Wait(waiting) => wait_for_all(vec![waiting], question.context.ip).await?,
                Outcome::Count(foreseen, snapshot) => {
                    counted = Some((self.shared.gate.settle(vec![foreseen]).await, snapshot));
                }
            }
        }
        Err(Problem::busy(1))
    }

    fn ask(&self, question: &Question<'_>, counted: Option<&(Settled, Arc<Snapshot>)>) -> Result<Outcome, Problem> {
        let _step = self.call.trace.step("evaluate");
        let (glance, lent) = (self.shared.glance(), Lent::with_capacity(0));
        let (settled, snapshot) = counted.map_or((None, &*glance), |(settled, held)| (Some(settled), held));
        let organisation = question.resource.split('/').next().unwrap_or_default();
        self.shared.check_grant(snapshot, &self.caller, organisation, self.call.now)?;
        with_arena(|arena| {
            let tally = Tally::new(&self.shared.gate, settled, &self.call.trace);
            let verification = self.subject(snapshot, (&lent, &tally), organisation, question);
            let subject = match verification {
                Verification::Known(subject) => subject,
                Verification::Wait(waiting) => return Ok(Outcome::Wait(waiting)),
                Verification::Busy { retry_after_seconds } => return Err(Problem::busy(retry_after_seconds)),
                Verification::NotGranted { organisation, reason } => {
                    return Err(self.shared.refuse_grant(organisation, reason));
                }
            };
            if let Some(foreseen) = self.foresee(snapshot, organisation, &subject, (question, &tally), arena) {
                return Ok(Outcome::Count(foreseen, Arc::clone(snapshot)));
            }
            let decided = self.decide(snapshot, organisation, subject, (question, settled), arena);
            self.note((snapshot, &tally), organisation, (question, &decided), arena);
            tally.note(&decided.counted);
            let noted = tally.tickets();
            self.count(&decided);
            let written = match self.door {
                Door::Verify => self.write(snapshot, organisation, question, &decided),
                _ => Vec::new(),
            };
            let key = decided.record.map(|record| record.key.id);
            Ok(Outcome::Told(Told { reason: decided.reason, key, limits: tally.fields(), written }, noted))
        })
    }

    /// Tells whoever counts decisions, or keeps them, of this one.
    fn note(
        &self,
        (snapshot, tally): (&Snapshot, &Tally<'_>),
        organisation: &str,
        (question, decided): (&Question<'_>, &Decided<'_>),
        arena: &Arena,
    ) {
        let (usage, log) = (&self.shared.settings.usage, &self.shared.settings.decision_log);
        let durable = decided.record.filter(|record| record.key.is_durable).map(|_| &decided.counted.journaled);
        if usage.is_none() && log.is_none() && durable.is_none() {
            return;
        }
        let domain = snapshot.domain(organisation).map(|domain| &domain.organisation);
        let record = decided.record.or(decided.refused);
        let of = Use {
            at: self.call.now,
            // Names of what isn't there would be without number.
            organisation: domain.unwrap_or(&self.caller.record.key.organisation),
            key: record.map(|record| record.key.id),
            decision: if decided.reason.is_none() { Decision::Permit } else { Decision::Deny },
            reason: decided.reason,
            seconds: self.call.now.seconds_until(Moment::now()),
            cost: cost_of(question, record),
            address: question.context.ip,
            resource: Some(&question.resource),
            action: Some(&question.action),
            id: self.call.decision_id,
            user_agent: question.context.user_agent.as_deref(),
            presented: match (decided.guessed, decided.refused) {
                (Some(record), _) => Shown::Guessed(record.key.id, record.credential_id),
                (None, Some(record)) if record.is_retired() => Shown::Retired(record.credential_id),
                _ => Shown::Own,
            },
            scopes: record.map_or(&[], |record| &record.key.scopes),
        };
        // What is reserved costs what it is settled for, which is told then.
        let cost = if decided.settle_by.is_some() { 0 } else { of.cost };
        tally.tell((usage.as_deref(), &snapshot.places), &Use { cost, ..of }, durable);
        if let Some(log) = log {
            // Where no policy was asked, none has seen a request.
            let asked = if decided.is_evaluated {
                Individual { attributes: decided.result.attributes, xpath_version: None, return_policy_id_list: false }
            } else {
                individual(question, None, &snapshot.places, arena)
            };
            log.note(
                &of,
                &LoggedDecision {
                    id: self.call.decision_id,
                    place: None,
                    caller: self.caller.record.key.id,
                    policies: &snapshot.policies.version,
                    is_evaluated: decided.is_evaluated,
                    door: self.door,
                    policy: snapshot.policies.of(organisation),
                    request: asked,
                    result: &decided.result,
                },
            );
        }
    }

    fn subject<'s>(
        &'s self,
        snapshot: &'s Snapshot,
        (lent, tally): (&'s Lent, &'s Tally<'s>),
        organisation: &str,
        question: &Question<'_>,
    ) -> Verification<'s> {
        let credential = Some(&*question.credential).filter(|text| !text.is_empty());
        let certificate = question.context.certificate.as_ref();
        if credential.is_none() && certificate.is_none() {
            return Verification::Known(Subject::Refused(Reason::CredentialMissing, None));
        }
        // Where there is no such organisation, no key is of it.
        let Some(domain) = snapshot.domain(organisation) else {
            return Verification::Known(Subject::Refused(Reason::CredentialUnknown, None));
        };
        let (authenticator, caller, now) = (&self.shared.authenticator, &self.caller, self.call.now);
        let (root, limits) = (Root::Of(domain), self.shared.settings.limits);
        let credentials_at = self.shared.credentials_at(now);
        let obligations = (&self.shared.obligations, self.call.decision_id);
        // Verifying decides nothing that would be noted.
        let (usage, log) = (None, (None, self.door));
        Ask { authenticator, snapshot, lent, caller, root, now, credentials_at, limits, obligations, tally, usage, log }
            .verify_proof(credential, certificate)
    }

    /// What will be taken from limits that are counted elsewhere, before anything is. Nothing, once that was asked.
    fn foresee(
        &self,
        snapshot: &Snapshot,
        organisation: &str,
        subject: &Subject<'_>,
        (question, tally): (&Question<'_>, &Tally<'_>),
        arena: &Arena,
    ) -> Option<Foreseen> {
        let Subject::Verified(record) = subject else { return None };
        if tally.settled.is_some() {
            return None;
        }
        let is_permitted = || {
            let individual = arena.bump().alloc(individual(question, Some(record), &snapshot.places, arena));
            let program = &snapshot.policies.of(organisation).program;
            program.evaluate(individual, self.environment(arena), arena).decision == Decision::Permit
        };
        tally.gate.foresee(&record.key, &limited_use(question), is_permitted)
    }

    /// The time, the zone and the bounds, for as long as the arena lives.
    fn environment<'a>(&self, arena: &'a Arena) -> &'a Environment<'a> {
        let (now, limits) = (self.call.now.date_time(), self.shared.settings.limits);
        arena.bump().alloc(Environment { now, implicit_zone: ZoneOffset::UTC, limits, source: None })
    }

    fn decide<'a>(
        &'a self,
        snapshot: &'a Snapshot,
        organisation: &str,
        subject: Subject<'a>,
        (question, settled): (&'a Question<'_>, Option<&Settled>),
        arena: &'a Arena,
    ) -> Decided<'a> {
        let record = match subject {
            Subject::Verified(record) => record,
            Subject::Refused(reason, record) => return refused(reason, record, arena),
            Subject::Guessed(record) => {
                return Decided { guessed: Some(record), ..refused(Reason::CredentialUnknown, None, arena) };
            }
            Subject::Nobody | Subject::Faulty(_) => return refused(Reason::CredentialMissing, None, arena),
        };
        let user_agent = question.context.user_agent.as_deref();
        record.note_use(self.call.now.seconds, Origin { address: question.context.ip, user_agent });
        if let Some(counted) = self.shared.gate.let_in(&record.key) {
            return limited(counted, record, arena);
        }
        let individual = arena.bump().alloc(individual(question, Some(record), &snapshot.places, arena));
        let program = &snapshot.policies.of(organisation).program;
        let (individual, environment) = (&*individual, self.environment(arena));
        let mut result = program.evaluate(individual, environment, arena);
        let step = self.call.trace.step("limits");
        let mut counted =
            self.shared.gate.count(&record.key, result.decision, (&limited_use(question), settled), self.call.now);
        drop(step);
        if counted.refused.is_some() {
            return limited(counted, record, arena);
        }
        let settle_by = self.reserve((question, record), result.decision, &mut counted);
        // The key is of the organisation that decides, or it would not have been verified.
        let (id, seconds) = (self.call.decision_id, self.call.now.seconds);
        let decided =
            obligation::Decided { organisation: &record.key.organisation, subject: Some(record), id, seconds };
        self.shared.obligations.take_up(&mut result, decided);
        let reason = match result.decision {
            Decision::Permit => None,
            Decision::NotApplicable => Some(Reason::PolicyDenied),
            Decision::Indeterminate(_) => Some(Reason::PolicyError),
            Decision::Deny => Some(advised(&result).unwrap_or_else(|| {
                let by_failure = denies_by_failure(program, individual, environment, arena);
                if by_failure { Reason::PolicyError } else { Reason::PolicyDenied }
            })),
        };
        let (record, refused, guessed) = (Some(record), None, None);
        Decided { result, reason, record, refused, guessed, counted, is_evaluated: true, settle_by }
    }

    /// Keeps what a permitted use took, where it is asked for, until it is told what it came to.
    fn reserve(
        &self,
        (question, record): (&Question<'_>, &KeyRecord),
        decision: Decision,
        counted: &mut Counted<'_>,
    ) -> Option<i64> {
        let (seconds, cost) = (question.reserve_seconds?, question.cost?);
        let (caller, id) = (self.caller.record.key.id, self.call.decision_id.number());
        let of = Reserve { caller, decision: id, cost, seconds, is_durable: record.key.is_durable };
        let used = || ReservedUse {
            at: self.call.now,
            organisation: Arc::clone(&record.key.organisation),
            key: record.key.id,
            address: question.context.ip,
            action: (*question.action).into(),
        };
        if decision != Decision::Permit {
            return None;
        }
        let used = self.shared.settings.usage.as_ref().map(|_| used());
        self.shared.gate.reserve(of, (counted.taken.take(), used), self.call.now)
    }

    /// Counts a decision, and logs it.
    fn count(&self, decided: &Decided<'_>) {
        let Decided { result, reason, record, .. } = decided;
        let decision = if result.decision == Decision::Permit { Decision::Permit } else { Decision::Deny };
        self.shared.metrics.count(self.door, decision, *reason);
        debug!(
            decision.id = %self.call.decision_id,
            request.id = self.call.request_id_text(),
            decision = decision.as_str(),
            reason = reason.map(Reason::as_str),
            door = self.door.as_str(),
            caller.key.id = %self.caller.record.key.id,
            key.id = record.map(|record| tracing::field::display(record.key.id)),
            "decided {decision}"
        );
    }

    fn write(
        &self,
        snapshot: &Snapshot,
        organisation: &str,
        question: &Question<'_>,
        decided: &Decided<'_>,
    ) -> Vec<u8> {
        let Decided { result, reason, record, refused, counted, .. } = decided;
        let decision = if result.decision == Decision::Permit { Decision::Permit } else { Decision::Deny };
        let policy = snapshot.policies.of(organisation);
        let scope = record.and_then(|record| record.scope_for(&question.resource, &question.action));
        let mut id = [0; 36];
        encode(&Answer {
            decision: decision.as_str(),
            reason: reason.map(Reason::as_str),
            detail: reason.map(|reason| refusal(reason, *refused).unwrap_or_else(|| detail(reason, question, result))),
            decision_id: self.call.decision_id.encode(&mut id),
            matched_scope: scope.map(argus_engine::scope::Scope::as_str),
            key: record.map(|record| KeyNames { id: record.key.id.to_string(), name: &record.key.name }),
            policy: PolicyNames { id: &policy.id, version: &policy.version },
            result,
            limits: &counted.standings,
            settle_by: decided.settle_by.map(rfc3339),
        })
    }

    fn respond(&self, told: Told) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        response
            .insert_header((CONTENT_TYPE, HeaderValue::from_static("application/json")))
            .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")))
            .insert_header((ARGUS_DECISION_ID, self.call.decision_header()));
        if let Some(id) = &self.call.request_id {
            response.insert_header((X_REQUEST_ID, id.clone()));
        }
        self.shared.metrics.observe(Door::Verify, self.call.now.seconds_until(Moment::now()));
        let mut response = response.body(told.written);
        told.limits.put(response.headers_mut());
        response
    }
}

/// A credential that is refused: Deny, and no policy is asked.
fn refused<'a>(reason: Reason, refused: Option<&'a KeyRecord>, arena: &'a Arena) -> Decided<'a> {
    let nothing = Individual { attributes: &[], xpath_version: None, return_policy_id_list: false };
    Decided {
        result: denied(reason, arena.bump().alloc(nothing)),
        reason: Some(reason),
        record: None,
        refused,
        guessed: None,
        counted: Counted::default(),
        is_evaluated: false,
        settle_by: None,
    }
}

/// A use that is refused by how much its key is used: Deny, whatever the policies say.
fn limited<'a>(counted: Counted<'a>, record: &'a KeyRecord, arena: &'a Arena) -> Decided<'a> {
    let reason = counted.refused.unwrap_or(Reason::RateLimited);
    Decided { record: Some(record), counted, ..refused(reason, None, arena) }
}

/// The question as an XACML request, enriched.
fn individual<'a>(
    question: &'a Question<'_>,
    record: Option<&'a KeyRecord>,
    places: &'a Places,
    arena: &'a Arena,
) -> Individual<'a> {
    let bump = arena.bump();
    let attribute = |id: &'static str, data_type: DataType, text: &'a str| Attribute {
        id,
        values: bump.alloc_slice_copy(&[value(data_type, text)]),
        ..Attribute::default()
    };
    let mut environment = smallvec::SmallVec::<[Attribute<'a>; 6]>::new();
    if let Some(ip) = question.context.ip {
        environment.push(attribute(names::CLIENT_IP, DataType::IpAddressValue, arena.text(&ip.to_string())));
        environment.extend(whereabouts(&[ip], places, arena));
    }
    if let Some(network) = &question.context.network {
        environment.push(attribute(names::NETWORK_TYPE, DataType::String, network));
    }
    if let Some(compliant) = question.context.device_compliant {
        let text = if compliant { "true" } else { "false" };
        environment.push(attribute(names::DEVICE_COMPLIANT, DataType::Boolean, text));
    }
    if let Some(user_agent) = &question.context.user_agent {
        environment.push(attribute(names::USER_AGENT, DataType::String, user_agent));
    }
    let category = |category: &'static str, attributes: &'a [Attribute<'a>]| -> &'a Attributes<'a> {
        bump.alloc(Attributes { category, attributes, ..Attributes::default() })
    };
    let resource = attribute(names::RESOURCE_ID, DataType::String, &question.resource);
    let action = attribute(names::ACTION_ID, DataType::String, &question.action);
    let subject: &[Attribute<'_>] = record.map_or(&[], |record| subject_attributes(&[], record, arena));
    let attributes = bump.alloc_slice_copy(&[
        category(names::ACCESS_SUBJECT, subject),
        category(names::RESOURCE, bump.alloc_slice_copy(&[resource])),
        category(names::ACTION, bump.alloc_slice_copy(&[action])),
        category(names::ENVIRONMENT, bump.alloc_slice_copy(&environment)),
    ]);
    Individual { attributes, xpath_version: None, return_policy_id_list: false }
}

/// Since when a credential is of no use. A reason of this kind is given only for a key of the organisation that was asked
/// about, to who may ask about it: to them it is no secret.
fn refusal(reason: Reason, refused: Option<&KeyRecord>) -> Option<String> {
    let record = refused?;
    match reason {
        Reason::CredentialRevoked | Reason::CredentialSuspended => record.stopped(),
        Reason::CredentialExpired => Some(format!("expired {}", record.end()?)),
        Reason::CredentialNotYetValid => Some(format!("not valid before {}", record.begin()?)),
        _ => None,
    }
}

/// A sentence for people. Of conditions it doesn't tell what would have been right.
fn detail(reason: Reason, question: &Question<'_>, result: &DecisionResult<'_>) -> String {
    match reason {
        Reason::CredentialMissing => "no credential was presented".into(),
        Reason::CredentialUnknown => "the credential is not known here".into(),
        Reason::CredentialRevoked => "the credential, its key or a key above was revoked".into(),
        Reason::CredentialExpired => "the credential has expired".into(),
        Reason::CredentialNotYetValid => "the credential is not valid yet".into(),
        Reason::CredentialSuspended => "the key, or a key above, is suspended".into(),
        Reason::ScopeMissing => {
            let action: String = question.action.chars().take(64).collect();
            let resource: String = question.resource.chars().take(256).collect();
            format!("no scope of this key covers `{resource}:{action}`")
        }
        Reason::ConditionIp => "the client's address is not known, or not in an allowed network".into(),
        Reason::ConditionCountry => "the client's country is not known, or not allowed".into(),
        Reason::ConditionTime => "the key may not be used at this time".into(),
        Reason::ConditionNetwork => "the client's type of network is not known, or not allowed".into(),
        Reason::ConditionDevice => "the client's device is not known to comply".into(),
        Reason::RateLimited => "the key, or a key above, is used too often".into(),
        Reason::CostExceedsLimit => "this costs more than a limit of the key ever admits at once".into(),
        Reason::QuotaExhausted => "not enough is left of a quota of the key, or of a key above".into(),
        Reason::PolicyDenied => "a policy of the organisation denies this".into(),
        Reason::PolicyError => match &result.fault {
            Some(fault) => format!("the policies could not be evaluated: {}", fault.message),
            None => "the policies could not be evaluated for this request".into(),
        },
    }
}
