//! What is kept of people: every column that may hold something of one, and what is done about it.
//!
//! A test holds the list against the tables: a column is named here, or its table is among those that hold nothing of
//! people, or it is among the few that may stand in between.

/// Of whom it tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Person {
    /// Whoever answers for a key.
    Owner,
    /// Whoever used a key.
    Caller,
    /// Whoever is told of what happens to keys.
    Recipient,
    /// Whoever administers.
    Administrator,
}

/// A column that may hold something of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PersonalField {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// What it says.
    pub what: &'static str,
    /// Of whom.
    pub of: Person,
    /// What it is kept for.
    pub purpose: &'static str,
    /// How it is kept.
    pub protection: &'static str,
    /// How long, and what ends it.
    pub kept: &'static str,
}

impl Person {
    /// In words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner of a key",
            Self::Caller => "user of a key",
            Self::Recipient => "recipient of notices",
            Self::Administrator => "administrator",
        }
    }
}

const OWNER: Person = Person::Owner;
const CALLER: Person = Person::Caller;
const RECIPIENT: Person = Person::Recipient;
const ADMINISTRATOR: Person = Person::Administrator;

const PLAIN: &str = "as it is, for whoever may read keys";
const CONTACTS: &str = "as it is, for whoever may read contacts";
const SEALED: &str = "sealed under the person's own key";
const WITH_KEY: &str = "with the key; erased for a person whose keys have ended";
const WITH_CONTACT: &str = "until the contact is removed, or the person is forgotten";
const REVIEWS: &str = "as it is, for whoever may read reviews";
const WITH_REVIEW: &str = "as long as the organisation; names are written over when the person is forgotten";
const DECISIONS: &str = "as it is, without what the settings leave out, for whoever may read decisions";
const LOGGED: &str = "30 days unless set otherwise";
/// Addresses in requests and responses are cut with it.
const LOGGED_ADDRESS: &str = "in full for 30 days, then its network; all of it for 30 days unless set otherwise";
const NINETY_DAYS: &str = "90 days at most; erased with the person";

/// All of them.
#[rustfmt::skip]
pub const REGISTER: &[PersonalField] = &[
    row("keys", "owner", "who answers for a key", OWNER, "somebody answers for each key", PLAIN, WITH_KEY),
    row("keys", "tags", "words that a key is found by, which may name somebody", OWNER, "finding keys", PLAIN, "with the key"),
    row("keys", "expiry_exception", "why a key lives longer, in somebody's words", OWNER, "the exception is recorded", PLAIN, "with the key"),
    row("keys", "revoked_reason", "why a key was revoked, in somebody's words", ADMINISTRATOR, "the end of a key is explained", PLAIN, "with the key"),
    row("keys", "created_by", "the id of the key that made it", ADMINISTRATOR, "who made a key is known", "an id, which names nobody", "with the key"),
    row("keys", "last_used_at", "when a key was last used", CALLER, "unused keys are found", PLAIN, "with the key"),
    row("credentials", "last_used_at", "when a credential was last used", CALLER, "the use of an older secret is seen", PLAIN, "with the credential"),
    row("credential_callers", "address", "where an older secret was used from", CALLER, "whoever still uses it is told", PLAIN, "until the older secret is retired, 30 days at most"),
    row("credential_callers", "user_agent", "what program used it", CALLER, "whoever still uses it is told", PLAIN, "until the older secret is retired, 30 days at most"),
    row("credential_callers", "last_seen_at", "when it was used", CALLER, "whoever still uses it is told", PLAIN, "until the older secret is retired, 30 days at most"),
    row("audit_entries", "entry", "who did what, for whom and from where", ADMINISTRATOR, "acts are accounted for", SEALED, "as long as the audit; unreadable once the person is forgotten"),
    row("audit_entries", "actor", "the id of the key that acted", ADMINISTRATOR, "acts are accounted for", "an id, which names nobody", "as long as the audit"),
    row("persons", "name_digest", "a keyed digest by which a person is found", ADMINISTRATOR, "the person's key is found", "a keyed digest", "until the person is forgotten"),
    row("persons", "envelope", "the person's own key", ADMINISTRATOR, "what is sealed can be read, and be forgotten", "sealed under the master key", "until the person is forgotten"),
    row("contacts", "address", "an address of e-mail", RECIPIENT, "somebody is told in time", CONTACTS, WITH_CONTACT),
    row("contacts", "owner", "whose keys a contact is told of", OWNER, "owners are told of their own keys", CONTACTS, WITH_CONTACT),
    row("limits", "owner", "whose keys share a limit", OWNER, "the use of an owner's keys is bounded", "as it is, for whoever may read limits", "until the limit is removed, or the person is forgotten"),
    row("outbox", "recipient", "whose notice it is", OWNER, "owners are told of their own keys", CONTACTS, NINETY_DAYS),
    row("outbox", "payload", "what the notice says: the key's owner, callers of an older secret", OWNER, "notices say what happened", CONTACTS, NINETY_DAYS),
    row("deliveries", "recipient", "whose notice it is", OWNER, "owners are told of their own keys", CONTACTS, NINETY_DAYS),
    row("deliveries", "payload", "what the notice says: the key's owner, callers of an older secret", OWNER, "notices say what happened", CONTACTS, NINETY_DAYS),
    row("idempotency", "answer", "an answer that may show a key's owner or a contact", OWNER, "a repeated request is answered alike", "as it is, for whoever asked", "24 hours"),
    row("decisions", "address", "where a key was used from", CALLER, "decisions are explained, where the log of them is on", DECISIONS, LOGGED_ADDRESS),
    row("decisions", "resource", "what was asked for, which may name somebody", CALLER, "decisions are explained, where the log of them is on", DECISIONS, LOGGED),
    row("decisions", "request", "the request as policies saw it", CALLER, "decisions are explained and made again, where the log of them is on", DECISIONS, LOGGED),
    row("decisions", "response", "what policies answered", CALLER, "decisions are explained and made again, where the log of them is on", DECISIONS, LOGGED),
    row("watches", "memory", "from which countries and networks, and when, a key is used as a rule", CALLER, "unusual use is seen", "as it is, for the program alone", "with the key"),
    row("sightings", "seen", "where and when keys were just used", CALLER, "unusual use is seen", "as it is, for the program alone", "until it was looked at, seconds as a rule"),
    row("anomalies", "explanation", "what was unusual, with places and numbers", CALLER, "unusual use is told and looked at", "as it is, for whoever may read usage", "with the key"),
    row("anomalies", "evidence", "figures and the requests that they are of", CALLER, "unusual use is told and looked at", "as it is, for whoever may read usage", "with the key"),
    row("anomalies", "note", "what somebody has said of it", ADMINISTRATOR, "an alert is answered", "as it is, for whoever may read usage", "with the key"),
    row("reviews", "started_by", "the id of the key of whoever began a review", ADMINISTRATOR, "reviews of access are accounted for", "an id, which names nobody", WITH_REVIEW),
    row("reviews", "ended_by", "the id of the key of whoever signed it", ADMINISTRATOR, "reviews of access are accounted for", "an id, which names nobody", WITH_REVIEW),
    row("reviews", "statement", "what whoever signed has said", ADMINISTRATOR, "reviews of access are accounted for", REVIEWS, WITH_REVIEW),
    row("review_items", "owner", "who answered for a key when it was looked at", OWNER, "it is known what was looked at", REVIEWS, WITH_REVIEW),
    row("review_items", "last_used_at", "when a key had last been used by then", CALLER, "it is known what was looked at", REVIEWS, WITH_REVIEW),
    row("review_items", "reason", "why a key is kept, narrowed or revoked, in somebody's words", ADMINISTRATOR, "verdicts are explained", REVIEWS, WITH_REVIEW),
    row("review_items", "decided_by", "the id of the key of whoever said so", ADMINISTRATOR, "verdicts are accounted for", "an id, which names nobody", WITH_REVIEW),
    row("usage_distinct", "sketch", "how many addresses a key was used from", CALLER, "the use of keys is counted", "a sketch, from which no address can be read", "730 days unless set otherwise"),
];

const fn row(
    table: &'static str,
    column: &'static str,
    what: &'static str,
    of: Person,
    purpose: &'static str,
    protection: &'static str,
    kept: &'static str,
) -> PersonalField {
    PersonalField { table, column, what, of, purpose, protection, kept }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::transfer::table_columns;

    /// Tables of the machine: none of their columns says anything of a person.
    const OF_THE_MACHINE: &[&str] = &[
        "policy_documents",
        "policy_sets",
        "changes",
        "wrapped_keys",
        "settings",
        "audit_checkpoints",
        "signing_keys",
        "revoked_tokens",
        "used_assertions",
        "nodes",
        "leases",
        "usage",
        "usage_writers",
        "quota_uses",
        "organisations",
        "plans",
        "projects",
    ];

    /// Columns that say nothing of a person, in tables that do.
    const IMPERSONAL: &[(&str, &[&str])] = &[
        (
            "keys",
            &[
                "id",
                "organisation_id",
                "project_id",
                "name",
                "environment",
                "scopes",
                "conditions",
                "limits",
                "parent_key_id",
                "state",
                "not_before",
                "expires_at",
                "rotation_interval_seconds",
                "grace_seconds",
                "durable",
                "rotate_at",
                "created_at",
                "suspended_at",
                "expired_at",
                "revoked_at",
                "revoked_cause",
                "generation",
            ],
        ),
        (
            "credentials",
            &[
                "id",
                "key_id",
                "kind",
                "hash",
                "public",
                "lookup",
                "state",
                "not_before",
                "expires_at",
                "created_at",
                "collected_at",
                "superseded_by",
                "revoked_at",
                "generation",
                "half_time_at",
            ],
        ),
        ("credential_callers", &["credential_id"]),
        (
            "audit_entries",
            &["sequence", "at", "event", "organisation_id", "target_kind", "target_id", "previous", "hash"],
        ),
        ("persons", &["id", "created_at", "destroyed_at"]),
        (
            "contacts",
            &[
                "id",
                "organisation_id",
                "kind",
                "events",
                "state",
                "disabled_reason",
                "envelope",
                "secret_version",
                "previous_envelope",
                "previous_until",
                "created_at",
                "generation",
            ],
        ),
        ("limits", &["id", "organisation_id", "project_id", "name", "definition", "created_at", "generation"]),
        (
            "outbox",
            &[
                "id",
                "kind",
                "organisation_id",
                "key_id",
                "dedup_key",
                "due_at",
                "created_at",
                "claimed_by",
                "claimed_until",
                "handed_at",
            ],
        ),
        (
            "deliveries",
            &[
                "id",
                "contact_id",
                "organisation_id",
                "notice_id",
                "kind",
                "noticed_at",
                "state",
                "attempts",
                "fault",
                "due_at",
                "claimed_by",
                "claimed_until",
                "created_at",
                "ended_at",
            ],
        ),
        (
            "idempotency",
            &["caller", "route", "idempotency_key", "body_digest", "status", "key_id", "created_at", "contact_id"],
        ),
        (
            "decisions",
            &[
                "id",
                "at",
                "organisation",
                "door",
                "caller_key_id",
                "key_id",
                "decision",
                "reason",
                "action",
                "microseconds",
                "policy_id",
                "policy_version",
                "policy_set",
                "is_evaluated",
                "redacted",
            ],
        ),
        ("watches", &["key_id", "looked_at"]),
        ("sightings", &["node_id", "batch", "written_at"]),
        (
            "anomalies",
            &[
                "id",
                "organisation_id",
                "key_id",
                "detector",
                "severity",
                "since",
                "first_seen_at",
                "last_seen_at",
                "times",
                "earlier_times",
                "state",
                "snoozed_until",
                "response",
                "responded_at",
                "is_learned",
                "generation",
            ],
        ),
        ("reviews", &["id", "organisation_id", "state", "started_at", "ended_at"]),
        (
            "review_items",
            &["review_id", "key_id", "key_path", "state", "scopes", "expires_at", "verdict", "decided_at"],
        ),
        ("usage_distinct", &["granularity", "starts_at", "organisation", "key_id", "kind"]),
    ];

    #[test]
    fn every_column_is_in_the_register_or_known_to_say_nothing_of_people() {
        let registered = REGISTER.iter().map(|field| (field.table, field.column));
        let impersonal = IMPERSONAL.iter().flat_map(|(table, columns)| columns.iter().map(|column| (*table, *column)));
        let known: BTreeSet<_> = registered.chain(impersonal).collect();
        for (table, columns) in table_columns() {
            for column in columns.iter().filter(|_| !OF_THE_MACHINE.contains(&table)) {
                assert!(
                    known.contains(&(table, *column)),
                    "say in the register what `{table}.{column}` tells of people"
                );
            }
        }
        let real: BTreeSet<_> =
            table_columns().into_iter().flat_map(|(table, all)| all.into_iter().map(move |c| (table, c))).collect();
        for (table, column) in known {
            assert!(real.contains(&(table, column)), "there is no `{table}.{column}`");
        }
    }
}
