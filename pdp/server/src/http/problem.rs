//! Problems (RFC 9457): every error that leaves a door, as one type.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use argus_credentials::{CertificateHeaderFault, ForwardedError};
use argus_http::ClientFault;
use serde::Serialize;

use super::call::{Call, X_REQUEST_ID};
use crate::journal::JournalFault;

/// What kind of problem it is: code, status and title, the same in every answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProblemKind {
    /// The last segment of its type, `urn:argus:problem:<code>`.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// A few words for people.
    pub title: &'static str,
    /// When it is answered and what to do, in a sentence or two.
    pub meaning: &'static str,
}

macro_rules! kinds {
    ($($name:ident = ($code:literal, $status:literal, $title:literal, $meaning:literal),)*) => {
        $(const $name: ProblemKind =
            ProblemKind { code: $code, status: $status, title: $title, meaning: $meaning };)*

        /// Every kind of problem that a decision point answers with.
        pub static PROBLEM_KINDS: &[ProblemKind] = &[$($name,)*];
    };
}

#[rustfmt::skip]
kinds! {
    MALFORMED_BODY = ("malformed-body", 400, "the body can't be read",
        "The body is not of the form that its media type says."),
    INVALID_FIELD = ("invalid-field", 400, "a field has a value that it can't have",
        "A member of the body is not as it has to be. `errors` has all of them."),
    UNKNOWN_FIELD = ("unknown-field", 400, "a field is not known",
        "The body has members that are not known here. `errors` names them."),
    MALFORMED_CREDENTIAL = ("malformed-credential", 400, "the authorization can't be read",
        "`Authorization` is there twice, or is not `Bearer`, a blank and a key."),
    CERTIFICATE_HEADER = ("certificate-header", 400, "a certificate in a header is not believed",
        "It came from nobody who is a trusted proxy, in a header that was not agreed on, or it can't be read."),
    CLIENT_UNCLEAR = ("client-unclear", 400, "nobody can say where the request came from",
        "What a proxy said of the client can't be read, or contradicts itself. Mend the proxy's headers."),
    FORWARDED_REQUEST = ("forwarded-request", 400, "the request that a proxy asks about can't be read",
        "The proxy has to say by which method and path, and a path has its canonical form: no empty segment, no `..`."),
    CREDENTIAL_IN_URL = ("credential-in-url", 400, "a key was sent in the URL",
        "A key in a URL ends in logs and histories. Take it for known: revoke it, and send its successor in the header."),
    CREDENTIAL_MISSING = ("credential-missing", 401, "a key is needed",
        "The request has no `Authorization: Bearer`."),
    CREDENTIAL_REFUSED = ("credential-refused", 401, "the key is not accepted",
        "The key is unknown, expired, suspended or revoked. Which of them, its owner sees."),
    NOT_PERMITTED = ("not-permitted", 403, "the key does not grant this",
        "The enforcement point's own key lacks the scope `needed_scope`, or may not be used now or from here."),
    NOT_FOUND = ("not-found", 404, "there is no such thing here",
        "Nothing is served at this address, or there is no such organisation."),
    METHOD_NOT_ALLOWED = ("method-not-allowed", 405, "the method is not allowed here",
        "`Allow` names the methods of this path."),
    NOT_ACCEPTABLE = ("not-acceptable", 406, "no such form of the answer",
        "`Accept` names no media type that is written here. `help` names those that are."),
    BODY_TIMEOUT = ("body-timeout", 408, "the body did not arrive in time",
        "The rest of the body was waited for in vain. Send it in one go."),
    BODY_TOO_LARGE = ("body-too-large", 413, "the body is too large",
        "A request has at most 1 MiB, 128 levels and 100,000 elements, unless set otherwise."),
    UNSUPPORTED_MEDIA_TYPE = ("unsupported-media-type", 415, "the media type is not supported",
        "`Content-Type` is missing, or none that is read here. `help` names those that are."),
    LIMITED = ("limited", 429, "the key is used too often",
        "A limit or a quota of the key, or of a key above it, is used up. `Retry-After` says when to come again."),
    BUSY = ("busy", 503, "too much is asked for at once",
        "Keys that were not seen before are waiting to be verified. Ask again after `Retry-After`."),
    STORE_AWAY = ("store-away", 503, "the store does not answer",
        "The store has been away for longer than decisions may rest on what was last read from it."),
    JOURNAL_AWAY = ("journal-away", 503, "the use can't be noted",
        "A use of a durable key stands in the journal of the node before it is answered, and that can't be written now."),
}

/// An error as it leaves a door.
#[derive(Debug, Clone)]
pub struct Problem {
    kind: ProblemKind,
    detail: String,
    help: Option<String>,
    errors: Vec<FieldError>,
    needed_scope: Option<String>,
    challenge: Option<String>,
    allow: Option<&'static str>,
    retry_after_seconds: Option<u32>,
}

/// What is wrong with one field of a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Where it stands, as a JSON Pointer.
    pub pointer: String,
    /// What kind of problem it is.
    pub code: &'static str,
    /// What is wrong.
    pub detail: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// The members of a problem.
#[derive(Serialize)]
struct Members<'p> {
    r#type: String,
    title: &'p str,
    status: u16,
    detail: &'p str,
    instance: &'p str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    needed_scope: Option<&'p str>,
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    errors: &'p [FieldError],
}

impl FieldError {
    /// A member that is not known.
    pub(crate) fn unknown(pointer: String, help: String) -> Self {
        Self { pointer, code: UNKNOWN_FIELD.code, detail: "there is no such field".into(), help: Some(help) }
    }

    /// A value that a field can't have.
    pub(crate) fn invalid(pointer: &str, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code: INVALID_FIELD.code, detail: detail.into(), help: None }
    }
}

impl Problem {
    fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            help: None,
            errors: Vec::new(),
            needed_scope: None,
            challenge: None,
            allow: None,
            retry_after_seconds: None,
        }
    }

    fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    pub(crate) fn malformed_body(detail: impl Into<String>) -> Self {
        Self::new(MALFORMED_BODY, detail)
    }

    /// Everything that is wrong with the fields of a body.
    pub(crate) fn fields(errors: Vec<FieldError>) -> Self {
        let first_unknown = errors.first().is_some_and(|error| error.code == UNKNOWN_FIELD.code);
        let kind = if first_unknown { UNKNOWN_FIELD } else { INVALID_FIELD };
        let detail = match errors.as_slice() {
            [only] => format!("{}: {}", only.pointer, only.detail),
            all => format!("{} fields are wrong", all.len()),
        };
        Self { errors, ..Self::new(kind, detail) }
    }

    pub(crate) fn body_too_large(most: usize) -> Self {
        Self::new(BODY_TOO_LARGE, format!("a body has at most {most} bytes"))
    }

    pub(crate) fn beyond_limit(detail: String) -> Self {
        Self::new(BODY_TOO_LARGE, detail)
    }

    pub(crate) fn body_timeout() -> Self {
        Self::new(BODY_TIMEOUT, "the rest of the body was waited for in vain")
    }

    pub(crate) fn body_cut_off() -> Self {
        Self::new(MALFORMED_BODY, "the body ended before its end")
    }

    pub(crate) fn unsupported_media_type(supported: &str) -> Self {
        Self::new(UNSUPPORTED_MEDIA_TYPE, "the `Content-Type` is missing, or not one that is read here")
            .help(format!("send one of {supported}"))
    }

    pub(crate) fn not_acceptable(offered: &str) -> Self {
        Self::new(NOT_ACCEPTABLE, "the `Accept` header names nothing that is written here")
            .help(format!("accept one of {offered}"))
    }

    /// What trusted proxies wrote can't be read, or contradicts itself.
    fn client_unclear(cause: ForwardedError) -> Self {
        Self::new(CLIENT_UNCLEAR, cause.to_string())
            .help("let your proxies write one of `Forwarded` and `X-Forwarded-For`, and take out what clients send")
    }

    /// A certificate in a header that is not believed, or can't be read.
    fn certificate_header(cause: CertificateHeaderFault) -> Self {
        Self::new(CERTIFICATE_HEADER, cause.to_string()).help(
            "show the certificate in the TLS handshake, or let a trusted proxy hand it on in the header agreed on",
        )
    }

    /// What a proxy tells of a request is not enough, or can be read in more than one way.
    pub(crate) fn forwarded(detail: impl Into<String>) -> Self {
        Self::new(FORWARDED_REQUEST, detail)
    }

    /// The use is permitted, but for how often there were others.
    pub(crate) fn limited(reason: &str) -> Self {
        Self::new(LIMITED, format!("this key may not be used now: {reason}"))
    }

    pub(crate) fn credential_in_url() -> Self {
        Self::new(CREDENTIAL_IN_URL, "a key in a URL ends in logs and histories, and is refused")
            .help("revoke this key, and send its successor as `Authorization: Bearer`")
    }

    /// No credential at all: a challenge without an error (RFC 6750 §3.1).
    pub(crate) fn credential_missing(realm: &str) -> Self {
        Self {
            challenge: Some(format!("Bearer realm=\"{realm}\"")),
            ..Self::new(CREDENTIAL_MISSING, "the request has no `Authorization: Bearer`")
                .help("send the key as `Authorization: Bearer argus_…`")
        }
    }

    /// A credential that can't be read as one, or two of them.
    pub(crate) fn malformed_credential(realm: &str) -> Self {
        let description = "one Authorization header of the form Bearer, a blank and the key is needed";
        Self {
            challenge: Some(challenge(realm, "invalid_request", description)),
            ..Self::new(MALFORMED_CREDENTIAL, "`Authorization` is there twice, or is not `Bearer`, a blank and a key")
        }
    }

    /// One wording for whatever is wrong with a credential.
    pub(crate) fn credential_refused(realm: &str) -> Self {
        Self {
            challenge: Some(challenge(realm, "invalid_token", "the key is not accepted")),
            ..Self::new(CREDENTIAL_REFUSED, "the key is unknown, expired, suspended or revoked")
                .help("present another key, or ask its owner for its state")
        }
    }

    /// The key is right, but no scope of it covers this.
    pub(crate) fn scope_missing(realm: &str, scope: String) -> Self {
        let challenge = format!("{}, scope=\"{scope}\"", challenge(realm, "insufficient_scope", "a scope is missing"));
        Self {
            challenge: Some(challenge),
            ..Self::new(NOT_PERMITTED, format!("no scope of this key covers `{scope}`"))
                .help(format!("use a key with the scope `{scope}`"))
                .with_scope(scope)
        }
    }

    /// The key is right, but may not be used for this, whatever its scopes.
    pub(crate) fn not_permitted(scope: String, reason: &str) -> Self {
        Self::new(NOT_PERMITTED, format!("this key may not be used for `{scope}` now: {reason}")).with_scope(scope)
    }

    fn with_scope(self, scope: String) -> Self {
        Self { needed_scope: Some(scope), ..self }
    }

    pub(crate) fn not_found() -> Self {
        Self::new(NOT_FOUND, "nothing is served at this address").help("GET / names what is served here")
    }

    pub(crate) fn no_such_organisation() -> Self {
        Self::new(NOT_FOUND, "there is no such organisation")
    }

    pub(crate) fn nothing_reserved() -> Self {
        let detail = "nothing that this key has reserved with that decision waits to be settled here";
        let help = "it is settled once, before its `reserve_seconds` are over, and at the node that decided";
        Self::new(NOT_FOUND, detail).help(help)
    }

    pub(crate) fn method_not_allowed(allow: &'static str) -> Self {
        Self { allow: Some(allow), ..Self::new(METHOD_NOT_ALLOWED, format!("use {allow}")) }
    }

    pub(crate) fn busy(retry_after_seconds: u32) -> Self {
        let detail = format!("keys can't be verified right now, try again in {retry_after_seconds} s");
        Self { retry_after_seconds: Some(retry_after_seconds), ..Self::new(BUSY, detail) }
    }

    pub(crate) fn store_away() -> Self {
        Self {
            retry_after_seconds: Some(1),
            ..Self::new(STORE_AWAY, "the store has been away for longer than decisions may rest on what was last read")
        }
    }

    pub(crate) fn journal_away(fault: JournalFault) -> Self {
        let help = match fault {
            JournalFault::Missing => "have the node started with --journal, or the key made no durable one",
            JournalFault::Full | JournalFault::Unwritten => "look into the log of the node, and at its disk",
        };
        Self { retry_after_seconds: Some(1), ..Self::new(JOURNAL_AWAY, fault.to_string()).help(help) }
    }

    /// The kind of problem.
    pub fn kind(&self) -> ProblemKind {
        self.kind
    }

    /// The answer, with the request's id.
    pub(crate) fn into_response(self, call: &Call) -> HttpResponse {
        let instance = call.request_id_text();
        let members = Members {
            r#type: format!("urn:argus:problem:{}", self.kind.code),
            title: self.kind.title,
            status: self.kind.status,
            detail: &self.detail,
            instance: &instance,
            help: self.help.as_deref(),
            needed_scope: self.needed_scope.as_deref(),
            errors: &self.errors,
        };
        let status = StatusCode::from_u16(self.kind.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::build(status);
        response.insert_header((CONTENT_TYPE, HeaderValue::from_static("application/problem+json")));
        response.insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")));
        response.insert_header((X_REQUEST_ID, instance.as_str()));
        if let Some(challenge) = self.challenge {
            response.insert_header((WWW_AUTHENTICATE, challenge));
        }
        if let Some(allow) = self.allow {
            response.insert_header((ALLOW, HeaderValue::from_static(allow)));
        }
        if let Some(seconds) = self.retry_after_seconds {
            response.insert_header((RETRY_AFTER, HeaderValue::from(seconds)));
        }
        // Texts and numbers can always be written.
        response.body(serde_json::to_vec(&members).unwrap_or_default())
    }
}

fn challenge(realm: &str, error: &str, description: &str) -> String {
    format!("Bearer realm=\"{realm}\", error=\"{error}\", error_description=\"{description}\"")
}

impl From<ClientFault> for Problem {
    fn from(fault: ClientFault) -> Self {
        match fault {
            ClientFault::Unclear(cause) => Self::client_unclear(cause),
            ClientFault::Certificate(cause) => Self::certificate_header(cause),
        }
    }
}
