//! `scopes`: what a key grants. One at least, each in canonical form.

use argus_engine::scope::Scope;

use super::Fields;
use crate::FaultCode;

/// The most of one key. Each is looked at in every decision.
const MOST: usize = 256;

/// The longest scope, in octets.
const LONGEST: usize = 2_048;

/// Reads the member `scopes`, each with where it stands. Faults are noted.
pub(crate) fn scopes(fields: &mut Fields) -> Vec<(String, Scope)> {
    let texts = fields.texts("scopes");
    if texts.is_empty() || texts.len() > MOST {
        refuse_number(fields, texts.len());
        return Vec::new();
    }
    let mut scopes: Vec<(String, Scope)> = Vec::with_capacity(texts.len());
    for (at, text) in texts {
        match read(&text) {
            Ok(scope) if scopes.iter().any(|(_, other)| *other == scope) => {}
            Ok(scope) => scopes.push((at, scope)),
            Err(detail) => {
                let help = "write `<path>:<action>`, such as `acme/atlas/evidence:read`".to_owned();
                fields.fault(&at, FaultCode::InvalidField, detail, Some(help));
            }
        }
    }
    scopes
}

fn read(text: &str) -> Result<Scope, String> {
    if text.len() > LONGEST {
        return Err(format!("a scope has at most {LONGEST} octets, this has {}", text.len()));
    }
    Scope::parse(text).map_err(|error| format!("`{}` is no scope: {error}", text.escape_debug()))
}

fn refuse_number(fields: &mut Fields, number: usize) {
    let (code, detail) = match number {
        0 => (FaultCode::MissingField, "a key without a scope may do nothing: name at least one".to_owned()),
        _ => (FaultCode::InvalidField, format!("{number} scopes are too many: a key has at most {MOST}")),
    };
    let help = "write `<path>:<action>`, such as `acme/atlas/evidence:read`".to_owned();
    fields.fault("scopes", code, detail, Some(help));
}
