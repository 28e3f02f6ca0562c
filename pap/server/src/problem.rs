//! What goes wrong, as a program reads it: `application/problem+json` (RFC 9457), of a closed list of kinds.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use argus_admin::{AdminError, Fault, FaultCode, IssuerError, Place, SecretOf, Unauthenticated};
use argus_http::ClientFault;
use serde_json::{Map, Value, json};
use tracing::error;

/// A kind of problem.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// What a program tells it apart by; `type` is `urn:argus:problem:<code>`.
    pub code: &'static str,
    /// The status that it comes with.
    pub status: u16,
    /// What it is, in a few words that never change.
    pub title: &'static str,
    /// When it is answered and what to do, in a sentence or two.
    pub meaning: &'static str,
}

macro_rules! kinds {
    ($($name:ident = $code:literal, $status:literal, $title:literal, $meaning:literal;)+) => {
        $(pub(crate) static $name: Kind = Kind { code: $code, status: $status, title: $title, meaning: $meaning };)+

        /// Every kind of problem that this API answers with. The description of the API and `argus help problems` are
        /// drawn from here.
        pub static KINDS: &[&Kind] = &[$(&$name),+];
    };
}

#[rustfmt::skip]
kinds! {
    MALFORMED_BODY         = "malformed-body",         400, "the body can't be read",
        "The body is not one JSON object in UTF-8 whose members are all different.";
    INVALID_FIELD          = "invalid-field",          400, "a field has a value that it can't have",
        "Something in the body, the query or a header is not as it has to be. `errors` has all of it, each with its own code: \
         `missing-field`, `unknown-field`, `invalid-field`, `not-found`, `already-exists`, `scope-too-wide`, \
         `condition-too-wide`, `limit-too-wide`, `expiry-too-late`, `plan-limit`.";
    UNKNOWN_FIELD          = "unknown-field",          400, "a field is not known",
        "The body or the query has members that are not known here, and is otherwise right. `errors` names them.";
    MALFORMED_CREDENTIAL   = "malformed-credential",   400, "the authorization can't be read",
        "`Authorization` is there twice, or is not `Bearer`, a blank and a key.";
    CLIENT_UNCLEAR         = "client-unclear",         400, "nobody can say where the request came from",
        "What trusted proxies wrote into `Forwarded` or `X-Forwarded-For` can't be read, or the two contradict each other.";
    CERTIFICATE_HEADER     = "certificate-header",     400, "a certificate in a header is not believed",
        "A header that hands on client certificates came from somebody who is not a trusted proxy, is not the one that was \
         agreed on, or can't be read.";
    CREDENTIAL_IN_URL      = "credential-in-url",      400, "a key was sent in the URL",
        "A key in a URL ends in logs and histories. Take it for known: revoke it, and send its successor in the header.";
    CREDENTIAL_MISSING     = "credential-missing",     401, "a key is needed",
        "The request has no `Authorization: Bearer`.";
    CREDENTIAL_REFUSED     = "credential-refused",     401, "the key is not accepted",
        "The key is unknown, expired, suspended or revoked. Which of them, its owner sees.";
    NOT_PERMITTED          = "not-permitted",          403, "the key does not grant this",
        "The key is good and lacks a scope, or may not be used now or from here. `needed_scope` would have sufficed.";
    PLAN_LIMIT             = "plan-limit",             403, "the plan of the organisation has no room for this",
        "The organisation has as much as its plan lets it have, or the plan lacks the feature. `plan` is its plan, `maximum` \
         what there is enough of, `most` how much there may be. Another key grants no more: whoever runs Argus gives plans.";
    NOT_FOUND              = "not-found",              404, "there is no such thing here",
        "There is nothing of this id, or nothing that the key may read: the answer is the same.";
    METHOD_NOT_ALLOWED     = "method-not-allowed",     405, "the method is not allowed here",
        "`Allow` names the methods of this path.";
    NOT_ACCEPTABLE         = "not-acceptable",         406, "no such form of the answer",
        "`Accept` names no media type that this path answers in. `help` names those that it does.";
    ALREADY_EXISTS         = "already-exists",         409, "the name is taken",
        "Something there has this name. Choose another.";
    WRONG_STATE            = "wrong-state",            409, "it is in a state in which this can't happen",
        "An ended key can't be rotated, a stopped one hands nothing on. Look at its state.";
    IDEMPOTENCY_IN_PROGRESS = "idempotency-in-progress", 409, "the same request is still under way",
        "A request with this `Idempotency-Key` has not been answered yet. Ask again after `Retry-After`.";
    SECRET_ALREADY_SHOWN   = "secret-already-shown",   409, "the secret was shown before",
        "A request with this `Idempotency-Key` was done, and its answer held a secret, which is not kept. `key_id` is the \
         key, or `contact_id` the webhook; rotate it if the secret did not arrive.";
    AUDIT_BROKEN           = "audit-broken",           409, "the audit was tampered with",
        "The audit's chain doesn't hold from its first entry on, and can't be signed. Compare it with a backup and with the \
         checkpoints that were written outside.";
    STALE                  = "stale",                  412, "it was changed meanwhile",
        "`If-Match` names a state that is no more. Read it again, and see whether the change is still wanted.";
    BODY_TOO_LARGE         = "body-too-large",         413, "the body is too large",
        "A body has at most 1 MiB.";
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type", 415, "the media type is not supported",
        "Bodies are `application/json`, those of PATCH `application/merge-patch+json` as well.";
    CHAIN_LIMIT            = "chain-limit",            422, "there would be too many",
        "At most 8 keys stand above a key, at most 1,000 that haven't ended are derived from one, an organisation has at \
         most 100 contacts, and at most 32 limits are those of one organisation, one project or one owner.";
    IDEMPOTENCY_MISMATCH   = "idempotency-mismatch",   422, "the idempotency key was used for another request",
        "This `Idempotency-Key` came with another body before. Choose a new one for a new request.";
    IF_MATCH_REQUIRED      = "if-match-required",      428, "the state that is to be changed has to be named",
        "A change names the state that it is based on: send the `ETag` that you have seen as `If-Match`.";
    INTERNAL               = "internal",               500, "Argus made a mistake",
        "This is no fault of yours. Report it with the id in `instance`.";
    CLOCK_OFF              = "clock-off",              503, "the clock can't be trusted",
        "The clock of the administration is more than 30 s off that of the database: what it issued would live too long, or \
         be dead where it is used. Keys can be stopped all the same.";
    BUSY                   = "busy",                   503, "too much is asked for at once",
        "Others are before you. Ask again after `Retry-After`.";
    STORE_AWAY             = "store-away",             503, "the store does not answer",
        "The database can't be reached, or refused the act. Nothing was changed, unless it was lost on its very last \
         step: repeat the request with its `Idempotency-Key`.";
}

/// Whatever is asked with a key may be answered by these.
pub(crate) const OF_ALL: [&str; 9] = [
    "malformed-credential",
    "client-unclear",
    "certificate-header",
    "credential-in-url",
    "credential-missing",
    "credential-refused",
    "internal",
    "busy",
    "store-away",
];

/// What has a body, by these.
pub(crate) const OF_BODIES: [&str; 4] = ["malformed-body", "unknown-field", "body-too-large", "unsupported-media-type"];

/// A change, by these.
pub(crate) const OF_CHANGES: [&str; 3] = ["not-permitted", "stale", "if-match-required"];

/// What may be repeated, by these.
pub(crate) const OF_REPETITIONS: [&str; 2] = ["idempotency-in-progress", "idempotency-mismatch"];

/// One problem.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    kind: &'static Kind,
    detail: String,
    help: Option<String>,
    /// Further members.
    members: Map<String, Value>,
    headers: Vec<(header::HeaderName, String)>,
}

impl Problem {
    fn new(kind: &'static Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), help: None, members: Map::new(), headers: Vec::new() }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    fn member(mut self, name: &str, value: Value) -> Self {
        self.members.insert(name.to_owned(), value);
        self
    }

    fn header(mut self, name: header::HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// What a program tells it apart by.
    pub fn code(&self) -> &'static str {
        self.kind.code
    }

    pub(crate) fn no_such_path() -> Self {
        Self::new(&NOT_FOUND, "this path leads nowhere").help("GET /openapi.json describes the paths there are")
    }

    pub(crate) fn credential_in_url() -> Self {
        Self::new(&CREDENTIAL_IN_URL, "a key in a URL ends in logs and histories, and is refused")
            .help("revoke this key, and send its successor as `Authorization: Bearer`")
    }

    pub(crate) fn method_not_allowed(allowed: String) -> Self {
        Self::new(&METHOD_NOT_ALLOWED, format!("this path takes {allowed}"))
            .help(format!("use one of {allowed}"))
            .header(header::ALLOW, allowed)
    }

    pub(crate) fn idempotency_in_progress() -> Self {
        Self::new(&IDEMPOTENCY_IN_PROGRESS, "a request with this `Idempotency-Key` has not been answered yet")
            .help("ask again after `Retry-After`")
            .header(header::RETRY_AFTER, "1")
    }

    pub(crate) fn idempotency_mismatch() -> Self {
        Self::new(&IDEMPOTENCY_MISMATCH, "this `Idempotency-Key` came with another body before")
            .help("choose a new one for a new request")
    }

    pub(crate) fn secret_already_shown(of: SecretOf) -> Self {
        let (what, member, path, id) = match of {
            SecretOf::Key(key) => ("key", "key_id", "keys", key.to_string()),
            SecretOf::Contact(contact) => ("webhook", "contact_id", "contacts", contact.to_string()),
        };
        let detail = format!("this was done before, and the answer held the secret of the {what} `{id}`");
        Self::new(&SECRET_ALREADY_SHOWN, detail)
            .help(format!("rotate it if the secret did not arrive: POST /v1/{path}/{id}/rotate"))
            .member(member, id.into())
    }

    pub(crate) fn not_acceptable(offers: &[&str]) -> Self {
        Self::new(&NOT_ACCEPTABLE, "the `Accept` header names nothing that this path answers in")
            .help(format!("accept {}", offers.join(" or ")))
    }

    pub(crate) fn if_match_required() -> Self {
        Self::new(&IF_MATCH_REQUIRED, "the request has no `If-Match`")
            .help("read the thing, and send its `ETag` as `If-Match`; `*` is for whatever is there")
    }

    pub(crate) fn unsupported_media_type() -> Self {
        Self::new(&UNSUPPORTED_MEDIA_TYPE, "a body here is JSON").help("send it with `Content-Type: application/json`")
    }

    /// RFC 5789 §2.2.
    pub(crate) fn unsupported_patch() -> Self {
        Self::new(&UNSUPPORTED_MEDIA_TYPE, "a change here is a JSON Merge Patch")
            .help("send it with `Content-Type: application/merge-patch+json`")
            .header(header::HeaderName::from_static("accept-patch"), "application/merge-patch+json, application/json")
    }

    pub(crate) fn body_too_large(most: usize) -> Self {
        Self::new(&BODY_TOO_LARGE, format!("a body here has at most {most} octets")).help("send less at once")
    }

    pub(crate) fn broken_body() -> Self {
        Self::new(&MALFORMED_BODY, "the body broke off, or its encoding is broken").help("send it again")
    }

    pub(crate) fn broken_query() -> Self {
        Self::new(&INVALID_FIELD, "the query is not `name=value` pairs in UTF-8, joined by `&`")
            .help("write what is not a letter, a digit or one of `-._~` as `%XX`")
    }

    /// What stands for an error that the framework answered by itself.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            404 => Self::no_such_path(),
            405 => Self::new(&METHOD_NOT_ALLOWED, "this path takes another method").help("see `Allow`"),
            413 => Self::body_too_large(crate::BODY_BYTES),
            415 => Self::unsupported_media_type(),
            400..=499 => Self::broken_body(),
            _ => Self::internal(),
        }
    }

    pub(crate) fn internal() -> Self {
        Self::new(&INTERNAL, "this is no fault of yours").help("report it with the id in `instance`")
    }

    /// The whole answer. `instance` is the id of the request.
    pub(crate) fn respond(&self, instance: &str) -> HttpResponse {
        let mut members = Map::new();
        members.insert("type".to_owned(), format!("urn:argus:problem:{}", self.kind.code).into());
        members.insert("title".to_owned(), self.kind.title.into());
        members.insert("status".to_owned(), self.kind.status.into());
        members.insert("detail".to_owned(), self.detail.clone().into());
        members.insert("instance".to_owned(), instance.into());
        if let Some(help) = &self.help {
            members.insert("help".to_owned(), help.clone().into());
        }
        members.extend(self.members.clone());
        let mut answer = HttpResponse::build(self.status_code());
        for (name, value) in &self.headers {
            if let Ok(value) = HeaderValue::from_str(value) {
                answer.insert_header((name.clone(), value));
            }
        }
        let mut answer = answer.content_type("application/problem+json").body(Value::Object(members).to_string());
        answer.extensions_mut().insert(self.kind);
        answer
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

/// The answer is written again where the id of the request is known: `envelope`.
impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.kind.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        self.respond("")
    }
}

impl From<AdminError> for Problem {
    fn from(error: AdminError) -> Self {
        let detail = error.to_string();
        match error {
            AdminError::Malformed(_) => {
                Self::new(&MALFORMED_BODY, detail).help("send one JSON object, in UTF-8, without a repeated member")
            }
            AdminError::Refused(faults) => refused(&faults, detail),
            AdminError::NotPermitted { needed_scope } => not_permitted(&needed_scope),
            AdminError::NotFound => {
                Self::new(&NOT_FOUND, detail).help("check the id, and that your key may read what it is of")
            }
            AdminError::AlreadyExists { .. } => Self::new(&ALREADY_EXISTS, detail).help("choose another name"),
            AdminError::WrongState(_) => Self::new(&WRONG_STATE, detail).help("look at its state first"),
            AdminError::Stale { .. } => {
                Self::new(&STALE, detail).help("read it again, and see whether the change is still wanted")
            }
            AdminError::DoneBefore => Self::idempotency_in_progress(),
            AdminError::ChainLimit(_) => Self::new(&CHAIN_LIMIT, detail).help("revoke what is not needed any more"),
            AdminError::PlanLimit(limit) => Self::new(&PLAN_LIMIT, detail)
                .help(AdminError::plan_help(&limit))
                .member("plan", limit.plan.into())
                .member("maximum", limit.maximum.as_str().into())
                .member("most", limit.most.into()),
            AdminError::Issuer(IssuerError::NoMasterKey | IssuerError::NoAddress) => {
                Self::new(&WRONG_STATE, detail).help("start it as the message says, or ask another node")
            }
            AdminError::Busy { retry_after_seconds } => busy(detail, retry_after_seconds),
            AdminError::ClockOff { .. } => {
                Self::new(&CLOCK_OFF, detail).help("set the clock of the machine that serves the administration")
            }
            AdminError::AuditBroken(_) => Self::new(&AUDIT_BROKEN, detail)
                .help("compare with `audit-checkpoints.jsonl` and with a backup: `argus audit verify` says where"),
            AdminError::Store(cause) => {
                error!("the store failed: {cause}");
                Self::new(&STORE_AWAY, "nothing was changed; the cause is in Argus's log")
                    .help("ask again after `Retry-After`")
                    .header(header::RETRY_AFTER, "5")
            }
            other => {
                error!("an act failed: {other}");
                Self::internal()
            }
        }
    }
}

impl From<ClientFault> for Problem {
    fn from(fault: ClientFault) -> Self {
        match fault {
            ClientFault::Certificate(cause) => Self::new(&CERTIFICATE_HEADER, cause.to_string()).help(
                "show the certificate in the TLS handshake, or let a trusted proxy hand it on in the header agreed on",
            ),
            ClientFault::Unclear(cause) => Self::new(&CLIENT_UNCLEAR, cause.to_string()).help(
                "let your proxies write one of `Forwarded` and `X-Forwarded-For`, and take out what clients send",
            ),
        }
    }
}

impl From<Unauthenticated> for Problem {
    /// RFC 6750 §3.1: without a key, no error code.
    fn from(cause: Unauthenticated) -> Self {
        match cause {
            Unauthenticated::Missing => Self::new(&CREDENTIAL_MISSING, "the request has no `Authorization: Bearer`")
                .help("send the key as `Authorization: Bearer argus_…`")
                .header(header::WWW_AUTHENTICATE, "Bearer realm=\"argus\""),
            Unauthenticated::Malformed => Self::new(
                &MALFORMED_CREDENTIAL,
                "`Authorization` is there twice, or is not `Bearer`, a blank and a key",
            )
            .help("send one header `Authorization: Bearer argus_…`")
            .header(header::WWW_AUTHENTICATE, "Bearer realm=\"argus\", error=\"invalid_request\""),
            Unauthenticated::Refused => {
                Self::new(&CREDENTIAL_REFUSED, "the key is unknown, expired, suspended or revoked")
                    .help("present another key, or ask its owner for its state")
                    .header(header::WWW_AUTHENTICATE, "Bearer realm=\"argus\", error=\"invalid_token\"")
            }
            Unauthenticated::StoreAway => {
                Self::new(&STORE_AWAY, "the store has been away for too long for any key to be believed")
                    .help("ask again after `Retry-After`")
                    .header(header::RETRY_AFTER, "1")
            }
            Unauthenticated::Busy { retry_after_seconds } => busy(
                format!("the API key can't be verified now; try again in {retry_after_seconds} s"),
                retry_after_seconds,
            ),
        }
    }
}

fn busy(detail: String, retry_after_seconds: u32) -> Problem {
    Problem::new(&BUSY, detail)
        .help("ask again after `Retry-After`")
        .header(header::RETRY_AFTER, retry_after_seconds.to_string())
}

fn not_permitted(needed_scope: &str) -> Problem {
    let challenge = format!("Bearer realm=\"argus\", error=\"insufficient_scope\", scope=\"{needed_scope}\"");
    Problem::new(&NOT_PERMITTED, format!("your key lacks the scope `{needed_scope}`, or a condition of it isn't met"))
        .help(format!("use a key with the scope `{needed_scope}` from where that key may be used"))
        .member("needed_scope", needed_scope.into())
        .header(header::WWW_AUTHENTICATE, challenge)
}

fn refused(faults: &[Fault], detail: String) -> Problem {
    let all_unknown = faults.iter().all(|fault| fault.code == FaultCode::UnknownField);
    let kind = if all_unknown { &UNKNOWN_FIELD } else { &INVALID_FIELD };
    let errors = faults.iter().map(fault).collect();
    Problem::new(kind, detail).help("see `errors`; nothing was changed").member("errors", Value::Array(errors))
}

fn fault(fault: &Fault) -> Value {
    let (member, place) = match &fault.place {
        Place::Body(pointer) => ("pointer", pointer),
        Place::Query(name) => ("parameter", name),
        Place::Header(name) => ("header", name),
    };
    let mut error = json!({ member: place, "code": fault.code.as_str(), "detail": fault.detail });
    if let (Some(help), Some(error)) = (&fault.help, error.as_object_mut()) {
        error.insert("help".to_owned(), help.clone().into());
    }
    error
}
