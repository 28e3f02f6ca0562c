//! How the store's words and ids are described. Readers tolerate words that they don't know, so the words there are now
//! are examples, and no closed list.

use argus_store::anomaly::{AnomalyDetector, AnomalyState, Response, Severity};
use argus_store::contact::{ContactKind, ContactState};
use argus_store::credential::{CredentialKind, CredentialState};
use argus_store::delivery::DeliveryState;
use argus_store::key::{Environment, KeyState, RevocationCause};
use argus_store::outbox::NoticeKind;
use argus_store::review::{ReviewState, ReviewVerdict};
use utoipa::openapi::schema::{Object, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{KnownFormat, RefOr, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

use super::Time;

pub(super) fn key_state() -> Object {
    word(KeyState::WORDS)
}

pub(super) fn environment() -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(Environment::WORDS.iter().copied())).build()
}

pub(super) fn revocation_cause() -> Object {
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .examples(RevocationCause::WORDS.iter().copied())
        .build()
}

pub(super) fn credential_kind() -> Object {
    word(CredentialKind::WORDS)
}

pub(super) fn credential_state() -> Object {
    word(CredentialState::WORDS)
}

pub(super) fn detector() -> Object {
    word(AnomalyDetector::WORDS)
}

pub(super) fn severity() -> Object {
    word(Severity::WORDS)
}

pub(super) fn anomaly_state() -> Object {
    word(AnomalyState::WORDS)
}

pub(super) fn response() -> Object {
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .examples(Response::WORDS.iter().copied())
        .build()
}

pub(super) fn review_state() -> Object {
    word(ReviewState::WORDS)
}

pub(super) fn review_verdict() -> Object {
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .examples(ReviewVerdict::WORDS.iter().copied())
        .build()
}

pub(super) fn contact_kind() -> Object {
    word(ContactKind::WORDS)
}

pub(super) fn contact_state() -> Object {
    word(ContactState::WORDS)
}

pub(super) fn delivery_state() -> Object {
    word(DeliveryState::WORDS)
}

pub(super) fn notice_kind() -> Object {
    word(NoticeKind::WORDS)
}

fn word(words: &[&'static str]) -> Object {
    ObjectBuilder::new().schema_type(Type::String).examples(words.iter().copied()).build()
}

impl PartialSchema for Time {
    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::DateTime);
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(format))
            .description(Some("A time: RFC 3339 in UTC."))
            .into()
    }
}

impl ToSchema for Time {}
