//! What goes wrong, as a program reads it: `application/problem+json` (RFC 9457), of a closed list of kinds.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use argus_admin::{AdminError, Fault, FaultCode, Place, Unauthenticated};
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
}

macro_rules! kinds {
    ($($name:ident = $code:literal, $status:literal, $title:literal;)+) => {
        $(static $name: Kind = Kind { code: $code, status: $status, title: $title };)+

        /// Every kind of problem that this API answers with.
        pub static KINDS: &[&Kind] = &[$(&$name),+];
    };
}

#[rustfmt::skip]
kinds! {
    MALFORMED_BODY         = "malformed-body",         400, "the body can't be read";
    INVALID_FIELD          = "invalid-field",          400, "a field has a value that it can't have";
    UNKNOWN_FIELD          = "unknown-field",          400, "a field is not known";
    MALFORMED_CREDENTIAL   = "malformed-credential",   400, "the authorization can't be read";
    CREDENTIAL_IN_URL      = "credential-in-url",      400, "a key was sent in the URL";
    CREDENTIAL_MISSING     = "credential-missing",     401, "a key is needed";
    CREDENTIAL_REFUSED     = "credential-refused",     401, "the key is not accepted";
    NOT_PERMITTED          = "not-permitted",          403, "the key does not grant this";
    NOT_FOUND              = "not-found",              404, "there is no such thing here";
    METHOD_NOT_ALLOWED     = "method-not-allowed",     405, "the method is not allowed here";
    ALREADY_EXISTS         = "already-exists",         409, "the name is taken";
    WRONG_STATE            = "wrong-state",            409, "it is in a state in which this can't happen";
    BODY_TOO_LARGE         = "body-too-large",         413, "the body is too large";
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type", 415, "the media type is not supported";
    CHAIN_LIMIT            = "chain-limit",            422, "there would be too many";
    INTERNAL               = "internal",               500, "Argus made a mistake";
    BUSY                   = "busy",                   503, "too much is asked for at once";
    STORE_AWAY             = "store-away",             503, "the store does not answer";
}

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
        Self::new(&NOT_FOUND, "this path leads nowhere").help("see the list of paths in the documentation")
    }

    pub(crate) fn credential_in_url() -> Self {
        Self::new(&CREDENTIAL_IN_URL, "a key in a URL ends in logs and histories, and is refused")
            .help("revoke this key, and send its successor as `Authorization: Bearer`")
    }

    pub(crate) fn method_not_allowed(allowed: &'static str) -> Self {
        Self::new(&METHOD_NOT_ALLOWED, format!("this path takes {allowed}")).header(header::ALLOW, allowed)
    }

    pub(crate) fn unsupported_media_type() -> Self {
        Self::new(&UNSUPPORTED_MEDIA_TYPE, "a body here is JSON").help("send it with `Content-Type: application/json`")
    }

    pub(crate) fn body_too_large(most: usize) -> Self {
        Self::new(&BODY_TOO_LARGE, format!("a body here has at most {most} octets"))
    }

    pub(crate) fn broken_body() -> Self {
        Self::new(&MALFORMED_BODY, "the body broke off, or its encoding is broken")
    }

    pub(crate) fn broken_query() -> Self {
        Self::new(&INVALID_FIELD, "the query is not `name=value` pairs in UTF-8, joined by `&`")
    }

    /// What stands for an error that the framework answered by itself.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            404 => Self::no_such_path(),
            405 => Self::new(&METHOD_NOT_ALLOWED, "this path takes another method"),
            413 => Self::body_too_large(crate::BODY_BYTES),
            415 => Self::unsupported_media_type(),
            400..=499 => Self::broken_body(),
            _ => Self::internal(),
        }
    }

    fn internal() -> Self {
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
        answer.content_type("application/problem+json").body(Value::Object(members).to_string())
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
            AdminError::ChainLimit(_) => Self::new(&CHAIN_LIMIT, detail).help("revoke what is not needed any more"),
            AdminError::Busy { retry_after_seconds } => busy(detail, retry_after_seconds),
            AdminError::Store(cause) => {
                error!("the store failed: {cause}");
                Self::new(&STORE_AWAY, "nothing was changed; the cause is in Argus's log")
                    .header(header::RETRY_AFTER, "5")
            }
            other => {
                error!("an act failed: {other}");
                Self::internal()
            }
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
            .header(header::WWW_AUTHENTICATE, "Bearer realm=\"argus\", error=\"invalid_request\""),
            Unauthenticated::Refused => {
                Self::new(&CREDENTIAL_REFUSED, "the key is unknown, expired, suspended or revoked")
                    .help("present another key, or ask its owner for its state")
                    .header(header::WWW_AUTHENTICATE, "Bearer realm=\"argus\", error=\"invalid_token\"")
            }
            Unauthenticated::StoreAway => {
                Self::new(&STORE_AWAY, "the store has been away for too long for any key to be believed")
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
    Problem::new(&BUSY, detail).header(header::RETRY_AFTER, retry_after_seconds.to_string())
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
    };
    let mut error = json!({ member: place, "code": fault.code.as_str(), "detail": fault.detail });
    if let (Some(help), Some(error)) = (&fault.help, error.as_object_mut()) {
        error.insert("help".to_owned(), help.clone().into());
    }
    error
}
