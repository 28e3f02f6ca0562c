//! What whoever integrates a key has to know, given once beside its secret: how it is sent, what it may do and when, when
//! it ends, and a call that it is allowed to make as a program in six languages.
//!
//! No text here holds a secret: programs read it from a variable.

mod addresses;
mod call;
mod example;
mod snippet;

pub use addresses::{Addresses, NotAnAddress};

use std::collections::BTreeMap;

use argus_engine::scope::Scope;
use argus_store::KeyId;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::reach::effective;
use crate::view::Time;
use crate::words::{Above, conditions_in_words, scopes_in_words};

/// What whoever integrates a key has to know.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Guidance {
    /// The key; the `client_id` of its access tokens.
    key_id: String,
    /// How a request presents it.
    send: Sending,
    /// What it may do, a sentence for each scope that it reaches.
    may: Vec<String>,
    /// When it may do so, besides: a sentence for each level that asks for something.
    conditions: Vec<String>,
    /// How often: a sentence for each limit.
    limits: Vec<String>,
    /// What tokens that the client signs itself name as their audience.
    audience: String,
    /// When it ends.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Time>,
    /// When it should have another secret: two weeks before it ends, or after half of a shorter life.
    #[schema(value_type = Option<String>, format = DateTime)]
    rotate_at: Option<Time>,
    /// The call that the snippets make; none where the key may make no call of the API.
    example: Option<ExampleView>,
    /// The same call as a whole program: curl, python, node, go, java, rust.
    snippets: BTreeMap<&'static str, String>,
    /// How an access token is asked for (RFC 6749 §4.4), with curl.
    token: String,
}

/// How a request presents a key.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct Sending {
    /// The header.
    header: &'static str,
    /// What stands before the secret, and a blank.
    scheme: &'static str,
    /// Where the snippets read the secret from.
    variable: &'static str,
    /// How it is kept, in a sentence.
    advice: &'static str,
}

/// A call that the key is allowed to make.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ExampleCall)]
struct ExampleView {
    /// What it does.
    does: String,
    /// Its method.
    method: &'static str,
    /// Its address; `$SERVICE_URL` is the service that the key is for.
    url: String,
    /// The action that it needs.
    action: &'static str,
    /// The resource that it needs it on.
    resource: String,
}

/// What guidance is made of.
pub(crate) struct Subject<'k> {
    pub(crate) id: KeyId,
    pub(crate) path: &'k str,
    pub(crate) organisation: &'k str,
    pub(crate) project: Option<&'k str>,
    pub(crate) scopes: &'k [Scope],
    pub(crate) conditions: &'k argus_store::Conditions,
    pub(crate) above: &'k Above,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) expires_at: Option<DateTime<Utc>>,
}

const SEND: Sending = Sending {
    header: "Authorization",
    scheme: "Bearer",
    variable: call::KEY,
    advice: "over TLS, to nobody else, never in a URL; keep it in a secret store or a file that only its user reads",
};

/// What clients name as audience where the issuer has no address of its own.
const AUDIENCE: &str = "argus";

impl Guidance {
    pub(crate) fn of(subject: &Subject<'_>, addresses: &Addresses) -> Self {
        let reached = effective(subject.organisation, subject.scopes);
        let example = example::choose(subject.organisation, subject.project, &reached, addresses);
        let name = format!("{} ({})", subject.id, subject.path);
        let snippets = example.iter().flat_map(|example| {
            let introduction = snippet::introduction(&name, &example.call);
            let write = move |(language, write): &(&'static str, snippet::Write)| {
                (*language, write(&introduction, &example.call))
            };
            snippet::LANGUAGES.iter().map(write)
        });
        let scopes = reached.iter().map(Scope::as_str).collect::<Vec<_>>().join(" ");
        Self {
            key_id: subject.id.to_string(),
            send: SEND,
            may: scopes_in_words(&reached),
            conditions: conditions_in_words(subject.conditions, subject.above),
            limits: Vec::new(),
            audience: addresses.issuer.clone().unwrap_or_else(|| AUDIENCE.to_owned()),
            expires_at: subject.expires_at.map(Time),
            rotate_at: subject.expires_at.map(|end| Time(rotation(subject.created_at, end))),
            snippets: snippets.collect(),
            token: snippet::token(&subject.id.to_string(), addresses.issuer.as_deref(), &scopes),
            example: example.map(ExampleView::from),
        }
    }
}

/// The owner is told of the end at fourteen days before it; who has rotated by then is never told.
fn rotation(from: DateTime<Utc>, end: DateTime<Utc>) -> DateTime<Utc> {
    let early = end - TimeDelta::days(14);
    let half = from + (end - from) / 2;
    early.max(half)
}

impl From<example::Example> for ExampleView {
    fn from(example: example::Example) -> Self {
        Self {
            url: example.call.url(),
            does: example.call.does,
            method: example.call.method,
            action: example.action.as_str(),
            resource: example.resource.to_string(),
        }
    }
}
