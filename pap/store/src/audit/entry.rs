//! What an act says of itself, and how that reads in the chain.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::canonical::LARGEST;
use super::person::Named;
use super::{AuditEvent, View};
use crate::act::{Act, Actor};
use crate::value::words;

words!(
    /// What sort of thing an act is about, and what [`Target::id`] is the id of.
    TargetKind, "kind of target", {
        /// An organisation.
        Organisation = "organisation",
        /// A project.
        Project = "project",
        /// A key, with its credentials.
        Key = "key",
        /// The set of policies in force; the id is that of the organisation that imported it.
        Policies = "policies",
        /// A key of the installation itself.
        WrappedKey = "wrapped_key",
        /// A person whom entries speak of.
        Person = "person",
        /// The audit itself; the id is the number of an entry.
        Audit = "audit",
        /// A key that signs access tokens; the id is its `kid`.
        SigningKey = "signing_key",
        /// One of Argus's own resources; the id is its path.
        Resource = "resource",
        /// A credential that somebody presented.
        Credential = "credential",
        /// A place where somebody is told of what happens to keys.
        Contact = "contact",
        /// Something that stood out in the use of a key.
        Anomaly = "anomaly",
        /// A limit that keys share.
        Limit = "limit",
        /// A review of what keys grant.
        Review = "review",
    }
);

words!(
    /// Whether it was done.
    Outcome, "outcome", {
        /// It was.
        Done = "done",
        /// It wasn't: whoever asked for it may not.
        Refused = "refused",
    }
);

/// What an act is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// What sort of thing it is.
    pub kind: TargetKind,
    /// Its id.
    pub id: String,
    /// How people know it, such as `acme/atlas/reader`.
    pub path: Option<String>,
}

impl Target {
    /// A thing by its id and its readable path.
    pub fn new(kind: TargetKind, id: &(impl ToString + ?Sized), path: impl Into<String>) -> Self {
        Self { kind, id: id.to_string(), path: Some(path.into()) }
    }

    /// A thing that has no name.
    pub fn nameless(kind: TargetKind, id: &(impl ToString + ?Sized)) -> Self {
        Self { kind, id: id.to_string(), path: None }
    }
}

/// An entry to be added: what an act says of itself. Who, when and by which decision the [`Act`] says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub(super) event: AuditEvent,
    pub(super) outcome: Outcome,
    pub(super) target: Target,
    before: View,
    after: View,
    details: View,
}

impl Entry {
    /// Something that happened to a thing.
    pub fn new(event: AuditEvent, target: Target) -> Self {
        let nothing = View::default();
        Self {
            event,
            outcome: Outcome::Done,
            target,
            before: nothing.clone(),
            after: nothing.clone(),
            details: nothing,
        }
    }

    /// The same, refused.
    #[must_use]
    pub fn refused(mut self) -> Self {
        self.outcome = Outcome::Refused;
        self
    }

    /// What the thing is from now on.
    #[must_use]
    pub fn made(mut self, after: View) -> Self {
        self.after = after;
        self
    }

    /// What is another thing than before, as it was and as it is.
    #[must_use]
    pub fn changed(mut self, before: &View, after: &View) -> Self {
        self.before = before.unlike(after);
        self.after = after.unlike(before);
        self
    }

    /// A word on how or why it happened. No secret, no hash of one.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl serde::Serialize) -> Self {
        self.details = self.details.with(name, value);
        self
    }

    /// The same of a person.
    #[must_use]
    pub fn with_person(mut self, name: &'static str, person: &str) -> Self {
        self.details = self.details.with_person(name, person);
        self
    }

    /// The people whom it names, each by the member that does.
    pub(super) fn people(&self) -> impl Iterator<Item = &str> {
        [&self.before, &self.after, &self.details].into_iter().flat_map(View::people).map(|(_, name)| name)
    }

    /// Whether it tells no more than [`AuditEvent::told`] lists.
    pub(super) fn is_as_listed(&self) -> bool {
        let told = self.event.told();
        let is_told = |view: &View, is_listed: &dyn Fn(&str) -> bool| {
            view.members().keys().all(|name| is_listed(name)) && view.people().all(|(name, _)| is_listed(name))
        };
        let of_thing = |name: &str| told.members.has(name);
        (told.has_before || self.before.is_empty())
            && (told.has_after || self.after.is_empty())
            && is_told(&self.before, &of_thing)
            && is_told(&self.after, &of_thing)
            && is_told(&self.details, &|name| told.details.contains(&name))
    }

    /// The whole entry, as it is hashed.
    pub(super) fn to_json(&self, act: &Act, (sequence, organisation): (i64, Option<&str>), named: &Named) -> Value {
        let mut entry = Map::new();
        let mut put = |name: &str, value: Value| {
            entry.insert(name.to_owned(), exact(value));
        };
        put("version", 1.into());
        put("sequence", sequence.into());
        put("at", time(act.at).into());
        put("event", self.event.as_str().into());
        put("outcome", self.outcome.as_str().into());
        put("actor", actor(act.actor, named));
        put("organisation", present(json!({ "id": act.organisation.to_string(), "name": organisation })));
        let target = &self.target;
        put("target", present(json!({ "kind": target.kind.as_str(), "id": target.id, "path": target.path })));
        put("request_id", act.request_id.as_str().into());
        // Without it, the digest of an entry that may not be seen would confirm a guess at what it says.
        put("nonce", Uuid::new_v4().simple().to_string().into());
        if let Some(source) = &named.source {
            put("source", source.clone());
        }
        if let Some(decision) = &act.decision_id {
            put("decision_id", decision.as_str().into());
        }
        for (name, view) in [("before", &self.before), ("after", &self.after), ("details", &self.details)] {
            if !view.is_empty() {
                let people = view.people().filter_map(|(member, name)| Some((member.to_owned(), named.find(name)?)));
                put(name, view.members().clone().into_iter().chain(people).collect::<Map<_, _>>().into());
            }
        }
        Value::Object(entry)
    }
}

/// Always with six digits: one moment has one text.
fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

fn actor(actor: Actor, named: &Named) -> Value {
    match actor {
        Actor::Key(id) => {
            let key = json!({ "kind": "key", "id": id.to_string(), "path": named.actor, "owner": named.owner });
            present(key)
        }
        other => json!({ "kind": other.to_string() }),
    }
}

/// An object without what is absent.
fn present(mut value: Value) -> Value {
    if let Value::Object(members) = &mut value {
        members.retain(|_, member| !member.is_null());
    }
    value
}

/// An integer that some readers would round, as its digits.
fn exact(value: Value) -> Value {
    match value {
        Value::Number(number) => {
            let size = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
            if size.is_some_and(|size| size <= LARGEST) { number.into() } else { number.to_string().into() }
        }
        Value::Array(items) => items.into_iter().map(exact).collect(),
        Value::Object(members) => members.into_iter().map(|(name, member)| (name, exact(member))).collect(),
        other => other,
    }
}
