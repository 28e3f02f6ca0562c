//! From a decoded request to its results: each individual request has its subject verified and its root found.
//!
//! Nothing here waits. A credential that can't be verified at once ends the step with what there is to wait for; afterwards
//! the whole step is done again, with the credential warm. So no borrow of a request has to live across a wait.

use std::net::IpAddr;
use std::sync::Arc;

use argus_credentials::Refusal;
use argus_credentials::certificate::CertificateChain;
use argus_engine::decision::Decision;
use argus_engine::evaluate::Environment;
use argus_engine::limits::Limits;
use argus_engine::request::{Expanded, Individual, Request, RequestError};
use argus_engine::response::{Assignment, Duty, Response, Result as DecisionResult};
use argus_engine::status::Fault;
use argus_engine::types::ZoneOffset;
use argus_engine::value::{Arena, Value};
use argus_engine::wire::multiple;
use smallvec::SmallVec;

use super::enrich::enrich;
use super::presented::{Presented, presented, read_certificate};
use crate::authentication::{Authenticator, Checked, Lent, Presentation, Waiting};
use crate::caller::{Caller, may_ask};
use crate::decision_id::DecisionId;
use crate::decision_log::{DecisionLog, LoggedDecision};
use crate::limits::{Counted, Foreseen, JournaledQuotas, LimitedUse, Tally};
use crate::metrics::Door;
use crate::moment::Moment;
use crate::names::{self, ARGUS, REASON};
use crate::obligation::{Decided, Obligations};
use crate::reason::Reason;
use crate::snapshot::{Domain, KeyRecord, Origin, Snapshot};
use crate::usage::{Shown, UsageSink, Use};

/// A question, but for its request.
#[derive(Clone, Copy)]
pub(crate) struct Ask<'s> {
    pub(crate) authenticator: &'s Authenticator,
    pub(crate) snapshot: &'s Snapshot,
    /// For records that are no part of the snapshot.
    pub(crate) lent: &'s Lent,
    pub(crate) caller: &'s Caller,
    pub(crate) root: Root<'s>,
    pub(crate) now: Moment,
    /// The second by which credentials are judged: never an earlier one than before.
    pub(crate) credentials_at: i64,
    pub(crate) limits: Limits,
    /// What decisions oblige Argus to, and the decision whose obligations they are.
    pub(crate) obligations: (&'s Obligations, DecisionId),
    /// What counts the uses.
    pub(crate) tally: &'s Tally<'s>,
    /// Who counts decisions.
    pub(crate) usage: Option<&'s dyn UsageSink>,
    /// Who keeps a log of them, and the door that it names.
    pub(crate) log: (Option<&'s dyn DecisionLog>, Door),
}

/// Whose policies decide.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Root<'s> {
    /// Those of this organisation. That the caller may ask for it is known.
    Of(&'s Domain),
    /// Those of the organisation of each subject's key, of `argus` where there is none.
    OfSubject,
}

/// How far a question came.
pub(crate) enum Step<'a> {
    /// To its answer.
    Answered(Response<'a>),
    /// To credentials that something has to be waited for.
    Wait(Vec<Waiting>),
    /// To uses that are counted elsewhere, which has to be waited for.
    Count(Vec<Foreseen>),
    /// To a key that can't be looked at now.
    Busy {
        /// When to try again.
        retry_after_seconds: u32,
    },
    /// To an organisation that the caller may not ask about.
    NotGranted {
        /// Which one.
        organisation: &'a str,
        /// Why not.
        reason: Reason,
    },
    /// To a request that stands for too many decisions.
    Refused(RequestError),
}

/// What is known of one subject's key.
#[derive(Clone, Copy)]
pub(crate) enum Subject<'s> {
    /// No credential was presented.
    Nobody,
    /// Its credential is right.
    Verified(&'s KeyRecord),
    /// Its credential is refused. The record is there where it is known, and of the organisation that decides.
    Refused(Reason, Option<&'s KeyRecord>),
    /// Its credential is there, and of the organisation that decides, but the secret is wrong: nothing of it is told.
    Guessed(&'s KeyRecord),
    /// What was presented can't be taken for a credential.
    Faulty(&'static str),
}

impl<'s> Subject<'s> {
    /// The key, where no use of it is answered before it stands in the journal. Who only guesses at a secret doesn't hold
    /// the key, and has nobody wait for a disk.
    fn durable(self) -> Option<&'s KeyRecord> {
        match self {
            Subject::Verified(record) => Some(record).filter(|record| record.key.is_durable),
            Subject::Nobody | Subject::Refused(..) | Subject::Guessed(_) | Subject::Faulty(_) => None,
        }
    }
}

/// A decision, with what it took.
struct Evaluated<'a> {
    result: DecisionResult<'a>,
    /// Whether policies were asked, and were not overruled.
    is_evaluated: bool,
    /// What it took from quotas, where that is to stand in the journal.
    journaled: JournaledQuotas<'a>,
}

/// A subject, or why nothing can be said of it yet.
pub(crate) enum Verification<'s> {
    Known(Subject<'s>),
    Wait(Waiting),
    Busy { retry_after_seconds: u32 },
    NotGranted { organisation: &'s str, reason: Reason },
}

/// The key of all subjects that are verified, where it is one.
fn only_key<'s>(subjects: &[Subject<'s>]) -> Option<&'s KeyRecord> {
    let mut verified = subjects.iter().filter_map(|subject| match subject {
        Subject::Verified(record) => Some(*record),
        _ => None,
    });
    let first = verified.next()?;
    verified.all(|record| record.key.id == first.key.id).then_some(first)
}

impl<'a> Ask<'a> {
    /// Answers a request, as far as that goes without waiting.
    pub(crate) fn answer(&self, request: &'a Request<'a>, arena: &'a Arena) -> Step<'a> {
        let individuals = match multiple::expand(request, arena, &self.limits) {
            Ok(individuals) => individuals,
            Err(refused) => return Step::Refused(refused),
        };
        let subjects = match self.verify_all(&individuals) {
            Ok(subjects) => subjects,
            Err(step) => return step,
        };
        let environment = self.environment(arena);
        let foreseen = self.foresee(&individuals, &subjects, environment, arena);
        if !foreseen.is_empty() {
            return Step::Count(foreseen);
        }
        let of_all = only_key(&subjects);
        let is_one = individuals.len() == 1;
        let places = (1..).map(|place| Some(place).filter(|_| !is_one));
        let each = individuals.into_iter().zip(subjects).zip(places);
        let results = each.map(|((individual, subject), place)| match individual {
            Ok(individual) => self.decide((&individual, place), subject, environment, arena),
            Err(fault) => self.fail(fault, of_all),
        });
        let results: Vec<_> = results.collect();
        let is_combined = request.combined_decision;
        Step::Answered(Response { results: if is_combined { vec![multiple::combine(&results)] } else { results } })
    }

    /// What will be taken from limits that are counted elsewhere, before anything is. Nothing, once that was asked.
    fn foresee(
        &self,
        individuals: &[Expanded<'a>],
        subjects: &[Subject<'a>],
        environment: &'a Environment<'a>,
        arena: &'a Arena,
    ) -> Vec<Foreseen> {
        if self.tally.settled.is_some() {
            return Vec::new();
        }
        let each = individuals.iter().zip(subjects).filter_map(|(individual, subject)| {
            let (Ok(individual), Subject::Verified(record)) = (individual, subject) else { return None };
            let is_permitted = || {
                let Some(domain) = self.domain_for(Some(record)) else { return false };
                let individual = arena.bump().alloc(enrich(individual, Some(record), &self.snapshot.places, arena));
                domain.policy.program.evaluate(individual, environment, arena).decision == Decision::Permit
            };
            self.tally.gate.foresee(&record.key, &limited_use(individual, record), is_permitted)
        });
        each.collect()
    }

    /// The time, the zone and the bounds, for as long as the arena lives.
    pub(crate) fn environment(&self, arena: &'a Arena) -> &'a Environment<'a> {
        let now = self.now.date_time();
        arena.bump().alloc(Environment { now, implicit_zone: ZoneOffset::UTC, limits: self.limits, source: None })
    }

    /// Verifies every subject first: whatever has to be waited for is waited for at once.
    fn verify_all(&self, individuals: &[Expanded<'a>]) -> Result<SmallVec<[Subject<'a>; 4]>, Step<'a>> {
        let mut subjects = SmallVec::new();
        let mut pending = Vec::new();
        let mut seen: Option<(Presented<'_>, Subject<'a>)> = None;
        for individual in individuals {
            let presented = individual.as_ref().map_or(Presented::Nothing, presented);
            if let (Presented::Proof { .. }, Some((known, subject))) = (presented, seen)
                && presented == known
            {
                subjects.push(subject);
                continue;
            }
            match self.verify(presented) {
                Verification::Known(subject) => {
                    seen = Some((presented, subject));
                    subjects.push(subject);
                }
                Verification::Wait(waiting) => pending.push(waiting),
                Verification::Busy { retry_after_seconds } => return Err(Step::Busy { retry_after_seconds }),
                Verification::NotGranted { organisation, reason } => {
                    return Err(Step::NotGranted { organisation, reason });
                }
            }
        }
        if pending.is_empty() { Ok(subjects) } else { Err(Step::Wait(pending)) }
    }

    fn verify(&self, presented: Presented<'_>) -> Verification<'a> {
        match presented {
            Presented::Proof { credential, certificate } => {
                let certificate = certificate.map(read_certificate).transpose();
                if let Ok(certificate) = certificate {
                    return self.verify_proof(credential, certificate.as_ref());
                }
                let why = "`urn:argus:attribute:client-certificate` is a certificate in DER, in base64";
                self.with_grant(Subject::Faulty(why), ARGUS)
            }
            Presented::Nothing => self.with_grant(Subject::Nobody, ARGUS),
            Presented::Faulty(why) => self.with_grant(Subject::Faulty(why), ARGUS),
        }
    }

    /// Verifies a subject by its credential, or, without one, by the certificate that the enforcement point saw. Beside a
    /// credential, a certificate counts for what that is bound to.
    pub(crate) fn verify_proof(
        &self,
        credential: Option<&str>,
        certificate: Option<&CertificateChain>,
    ) -> Verification<'a> {
        let now = self.credentials_at;
        let checked = match (credential, certificate) {
            (Some(text), _) => {
                let presented = Presentation { text, certificate: self.authenticator.thumbprint(certificate, now) };
                self.authenticator.check(presented, self.snapshot, self.lent, now)
            }
            (None, Some(certificate)) => self.authenticator.check_certificate(certificate, self.snapshot, now),
            (None, None) => return self.with_grant(Subject::Refused(Reason::CredentialMissing, None), ARGUS),
        };
        self.of_check(checked)
    }

    /// What a check says of a subject. A key of another organisation than the one that decides is as good as unknown, and is
    /// so before anything is derived.
    fn of_check(&self, checked: Checked<'a>) -> Verification<'a> {
        match checked {
            Checked::Verified(record) => self.belonging(record),
            Checked::Refused(Refusal::Busy { retry_after_seconds }, _) => Verification::Busy { retry_after_seconds },
            Checked::Refused(refusal, record) => {
                // Of another organisation's key not even the state is told.
                let is_foreign = record.is_some_and(|record| self.is_foreign(record));
                let reason = Reason::of_refusal(refusal).filter(|_| !is_foreign).unwrap_or(Reason::CredentialUnknown);
                // What is told of the record has to be why it is refused, not something else about it.
                let is_why = |record: &&Arc<KeyRecord>| record.judge(self.credentials_at) == Err(refusal);
                let own = record.filter(|_| !is_foreign);
                if let (Refusal::WrongSecret, Some(record)) = (refusal, own) {
                    return self.with_grant(Subject::Guessed(record), ARGUS);
                }
                let record = own.filter(is_why).map(|record| &**record);
                self.with_grant(Subject::Refused(reason, record), ARGUS)
            }
            Checked::Wait(waiting, record) => match record.map(|record| self.belonging(record)) {
                None | Some(Verification::Known(Subject::Verified(_))) => Verification::Wait(waiting),
                Some(otherwise) => otherwise,
            },
        }
    }

    /// Takes a record for its subject's where it is of the organisation that decides.
    fn belonging(&self, record: &'a KeyRecord) -> Verification<'a> {
        if self.is_foreign(record) {
            return Verification::Known(Subject::Refused(Reason::CredentialUnknown, None));
        }
        self.with_grant(Subject::Verified(record), &record.key.organisation)
    }

    fn is_foreign(&self, record: &KeyRecord) -> bool {
        matches!(self.root, Root::Of(domain) if domain.organisation != record.key.organisation)
    }

    /// Where the subject tells which organisation decides, the caller has to be granted that one.
    fn with_grant(&self, subject: Subject<'a>, organisation: &'a str) -> Verification<'a> {
        if let Root::OfSubject = self.root {
            let domain = self.snapshot.domain(organisation).map(|domain| domain.number);
            let (caller, when) = (self.caller, (self.now, self.limits));
            let refused = may_ask(self.snapshot, &caller.record, caller.peer, (organisation, domain), when, self.usage);
            if let Some(reason) = refused {
                return Verification::NotGranted { organisation, reason };
            }
        }
        Verification::Known(subject)
    }

    /// Decides, and tells whoever counts: each individual request is a decision, also where they are combined.
    fn decide(
        &self,
        (individual, place): (&Individual<'a>, Option<usize>),
        subject: Subject<'a>,
        environment: &'a Environment<'a>,
        arena: &'a Arena,
    ) -> DecisionResult<'a> {
        let Evaluated { result, is_evaluated, journaled } = self.result(individual, subject, environment, arena);
        let durable = subject.durable().map(|_| &journaled);
        if self.usage.is_some() || self.log.0.is_some() || durable.is_some() {
            self.note((individual, place), (subject, durable), &result, is_evaluated);
        }
        result
    }

    /// The result, with what it took.
    fn result(
        &self,
        individual: &Individual<'a>,
        subject: Subject<'a>,
        environment: &'a Environment<'a>,
        arena: &'a Arena,
    ) -> Evaluated<'a> {
        let unevaluated = |result| Evaluated { result, is_evaluated: false, journaled: JournaledQuotas::new() };
        let record = match subject {
            Subject::Verified(record) => {
                let user_agent = stated(individual, names::ENVIRONMENT, names::USER_AGENT);
                record.note_use(self.now.seconds, Origin { address: client_ip(individual), user_agent });
                Some(record)
            }
            Subject::Nobody | Subject::Refused(..) | Subject::Guessed(_) | Subject::Faulty(_) => None,
        };
        if let Some(counted) = record.and_then(|record| self.tally.gate.let_in(&record.key)) {
            let individual = arena.bump().alloc(enrich(individual, None, &self.snapshot.places, arena));
            return unevaluated(self.limited(&counted, individual));
        }
        let individual = arena.bump().alloc(enrich(individual, record, &self.snapshot.places, arena));
        match subject {
            Subject::Refused(reason, _) => unevaluated(denied(reason, individual)),
            Subject::Guessed(_) => unevaluated(denied(Reason::CredentialUnknown, individual)),
            Subject::Faulty(why) => {
                let failed = DecisionResult::failed(Fault::syntax(why));
                unevaluated(DecisionResult { attributes: individual.attributes, ..failed })
            }
            Subject::Nobody | Subject::Verified(_) => match self.domain_for(record) {
                Some(domain) => {
                    let mut result = domain.policy.program.evaluate(individual, environment, arena);
                    let mut journaled = JournaledQuotas::new();
                    if let Some(record) = record {
                        let _step = self.tally.trace.step("limits");
                        let of = (&limited_use(individual, record), self.tally.settled);
                        let counted = self.tally.gate.count(&record.key, result.decision, of, self.now);
                        if counted.refused.is_some() {
                            return unevaluated(self.limited(&counted, individual));
                        }
                        self.tally.note(&counted);
                        journaled = counted.journaled;
                    }
                    let ((obligations, id), seconds) = (self.obligations, self.now.seconds);
                    let organisation = &domain.organisation;
                    obligations.take_up(&mut result, Decided { organisation, subject: record, id, seconds });
                    Evaluated { result, is_evaluated: true, journaled }
                }
                None => unevaluated(denied(Reason::CredentialUnknown, individual)),
            },
        }
    }

    /// Tells whoever counts decisions, or keeps them, of this one.
    fn note(
        &self,
        (individual, place): (&Individual<'_>, Option<usize>),
        (subject, durable): (Subject<'_>, Option<&JournaledQuotas<'_>>),
        result: &DecisionResult<'_>,
        is_evaluated: bool,
    ) {
        let record = match subject {
            Subject::Verified(record) | Subject::Refused(_, Some(record)) => Some(record),
            Subject::Nobody | Subject::Refused(_, None) | Subject::Guessed(_) | Subject::Faulty(_) => None,
        };
        let presented = match subject {
            Subject::Guessed(record) => Shown::Guessed(record.key.id, record.credential_id),
            Subject::Refused(_, Some(record)) if record.is_retired() => Shown::Retired(record.credential_id),
            _ => Shown::Own,
        };
        let of = Use { presented, ..self.use_of(record, Some(individual), result) };
        let decides = of.organisation;
        self.tally.tell((self.usage, &self.snapshot.places), &of, durable);
        if let (Some(log), door) = self.log {
            let policies = &self.snapshot.policies;
            log.note(
                &of,
                &LoggedDecision {
                    id: self.obligations.1,
                    place,
                    caller: self.caller.record.key.id,
                    policies: &policies.version,
                    is_evaluated,
                    door,
                    policy: policies.of(decides),
                    // As policies saw it: without what was presented.
                    request: Individual { attributes: result.attributes, ..*individual },
                    result,
                },
            );
        }
    }

    /// What no individual request could be made of: an error of the key that all the others are of.
    fn fail(&self, fault: Fault, record: Option<&KeyRecord>) -> DecisionResult<'a> {
        let result = DecisionResult::failed(fault);
        let durable = record.filter(|record| record.key.is_durable).map(|_| JournaledQuotas::new());
        if self.usage.is_some() || durable.is_some() {
            let of = self.use_of(record, None, &result);
            self.tally.tell((self.usage, &self.snapshot.places), &of, durable.as_ref());
        }
        result
    }

    /// What is told of a decision, where its subject is verified or nobody.
    fn use_of<'u>(
        &'u self,
        record: Option<&'u KeyRecord>,
        individual: Option<&'u Individual<'_>>,
        result: &DecisionResult<'_>,
    ) -> Use<'u> {
        let cost = |(record, individual): (&KeyRecord, &Individual<'_>)| {
            record.key.limits.cost(&limited_use(individual, record))
        };
        let stated = |category, id| individual.and_then(|individual| stated(individual, category, id));
        let organisation = match self.root {
            Root::Of(domain) => &domain.organisation,
            Root::OfSubject => &record.unwrap_or(&self.caller.record).key.organisation,
        };
        Use {
            at: self.now,
            organisation,
            key: record.map(|record| record.key.id),
            decision: result.decision,
            reason: Reason::of_result(result),
            seconds: self.now.seconds_until(Moment::now()),
            cost: record.zip(individual).and_then(cost).unwrap_or(1),
            address: individual.and_then(client_ip),
            resource: stated(names::RESOURCE, names::RESOURCE_ID),
            action: stated(names::ACTION, names::ACTION_ID),
            id: self.obligations.1,
            user_agent: stated(names::ENVIRONMENT, names::USER_AGENT),
            presented: Shown::Own,
            scopes: record.map_or(&[], |record| &record.key.scopes),
        }
    }

    /// A use that is refused by how much its key is used: Deny, whatever the policies say.
    fn limited(&self, counted: &Counted<'_>, individual: &'a Individual<'a>) -> DecisionResult<'a> {
        self.tally.note(counted);
        denied(counted.refused.unwrap_or(Reason::RateLimited), individual)
    }

    /// The domain that decides about a subject.
    fn domain_for(&self, record: Option<&KeyRecord>) -> Option<&'a Domain> {
        match self.root {
            Root::Of(domain) => Some(domain),
            Root::OfSubject => self.snapshot.domain(record.map_or(ARGUS, |record| &record.key.organisation)),
        }
    }
}

/// Deny without evaluation, with its reason as advice.
pub(crate) fn denied<'a>(reason: Reason, individual: &'a Individual<'a>) -> DecisionResult<'a> {
    let assignment = Assignment { id: REASON, category: None, issuer: None, value: Value::String(reason.as_str()) };
    DecisionResult {
        decision: Decision::Deny,
        fault: None,
        obligations: Vec::new(),
        advice: vec![Duty { id: REASON, assignments: vec![assignment] }],
        attributes: individual.attributes,
        policies: Vec::new(),
    }
}

/// A use as limits see it. It doesn't say what it costs.
fn limited_use<'a>(individual: &Individual<'a>, record: &KeyRecord) -> LimitedUse<'a> {
    let resource = stated(individual, names::RESOURCE, names::RESOURCE_ID);
    LimitedUse::new(&record.key.organisation, stated(individual, names::ACTION, names::ACTION_ID), resource, None)
}

/// The client's address, where the request states one.
fn client_ip(individual: &Individual<'_>) -> Option<IpAddr> {
    stated(individual, names::ENVIRONMENT, names::CLIENT_IP)?.parse().ok()
}

/// The first value that a request states of an attribute.
fn stated<'a>(individual: &Individual<'a>, category: &str, id: &str) -> Option<&'a str> {
    let of_category = individual.attributes.iter().filter(|attributes| attributes.category == category);
    let mut stated = of_category.flat_map(|attributes| attributes.attributes);
    stated.find(|attribute| attribute.id == id)?.values.first().map(|value| value.text)
}
