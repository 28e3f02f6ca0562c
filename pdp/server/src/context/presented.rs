//! The subject's credential in a request: `urn:argus:attribute:credential`, a string of the access-subject.

use argus_engine::request::{Individual, TypeName};
use argus_engine::value::DataType;

use crate::names;

/// What an individual request presents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presented<'a> {
    /// No credential.
    Nothing,
    /// One.
    Credential(&'a str),
    /// Something that can't be taken for one; why, for the status.
    Faulty(&'static str),
}

pub(super) fn presented<'a>(individual: &Individual<'a>) -> Presented<'a> {
    let subjects = individual.attributes.iter().filter(|attributes| attributes.category == names::ACCESS_SUBJECT);
    let credentials = subjects.flat_map(|subject| subject.attributes).filter(|given| given.id == names::CREDENTIAL);
    let mut values = credentials.flat_map(|credential| credential.values);
    match (values.next(), values.next()) {
        (None, _) => Presented::Nothing,
        (Some(value), None) if value.data_type == TypeName::Known(DataType::String) => {
            Presented::Credential(value.text)
        }
        (Some(_), None) => Presented::Faulty("`urn:argus:attribute:credential` is a string"),
        (Some(_), Some(_)) => Presented::Faulty("`urn:argus:attribute:credential` has one value in each decision"),
    }
}
