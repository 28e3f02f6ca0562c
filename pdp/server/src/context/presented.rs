//! What a request presents of its subject: `urn:argus:attribute:credential`, a string of the access-subject, and
//! `urn:argus:attribute:client-certificate`, the certificate in DER, in base64, of which the enforcement point has seen the
//! proof.

use argus_credentials::certificate::{CertificateChain, CertificateFault};
use argus_engine::request::{Individual, TypeName};
use argus_engine::value::DataType;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::names;

/// What an individual request presents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presented<'a> {
    /// Nothing.
    Nothing,
    /// A credential, a certificate, or both.
    Proof { credential: Option<&'a str>, certificate: Option<&'a str> },
    /// Something that can't be taken for either; why, for the status.
    Faulty(&'static str),
}

pub(super) fn presented<'a>(individual: &Individual<'a>) -> Presented<'a> {
    let credential = one_value(
        individual,
        names::CREDENTIAL,
        &[DataType::String],
        [
            "`urn:argus:attribute:credential` is a string",
            "`urn:argus:attribute:credential` has one value in each decision",
        ],
    );
    let certificate = one_value(
        individual,
        names::CLIENT_CERTIFICATE,
        &[DataType::String, DataType::Base64Binary],
        [
            "`urn:argus:attribute:client-certificate` is a string or base64Binary",
            "`urn:argus:attribute:client-certificate` has one value in each decision",
        ],
    );
    match (credential, certificate) {
        (Ok(None), Ok(None)) => Presented::Nothing,
        (Ok(credential), Ok(certificate)) => Presented::Proof { credential, certificate },
        (Err(why), _) | (_, Err(why)) => Presented::Faulty(why),
    }
}

/// The one value of an attribute of the subject; else what is wrong with its type or its number.
fn one_value<'a>(
    individual: &Individual<'a>,
    id: &str,
    types: &[DataType],
    [of_type, of_number]: [&'static str; 2],
) -> Result<Option<&'a str>, &'static str> {
    let subjects = individual.attributes.iter().filter(|attributes| attributes.category == names::ACCESS_SUBJECT);
    let given = subjects.flat_map(|subject| subject.attributes).filter(|given| given.id == id);
    let mut values = given.flat_map(|attribute| attribute.values);
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => {
            let is_right = types.iter().any(|known| value.data_type == TypeName::Known(*known));
            if is_right { Ok(Some(value.text)) } else { Err(of_type) }
        }
        (Some(_), Some(_)) => Err(of_number),
    }
}

/// A certificate in DER, in base64.
pub(crate) fn read_certificate(text: &str) -> Result<CertificateChain, CertificateFault> {
    let der = STANDARD.decode(text.trim_ascii()).map_err(|_| CertificateFault::Malformed)?;
    CertificateChain::read([der.as_slice()])
}
