//! What a key may be at most that is derived from another: never more than any key above it.
//!
//! Scopes, conditions and end are compared with each key of the chain, and not with what the chain amounts to: a fault
//! then names the key that is in the way and the very scope that is too wide. A rule that a key above has, and the
//! derived one doesn't name, needs no comparison: decisions ask for the rules of the whole chain.

use argus_engine::scope::Scope;
use argus_engine::types::IpPattern;
use argus_store::Conditions;
use argus_store::key::Key;
use chrono::{DateTime, SecondsFormat, Utc};

use crate::FaultCode;
use crate::body::Fields;

/// What is asked for.
pub(super) struct Wanted<'a> {
    /// The scopes, each with where it stands in the body.
    pub(super) scopes: &'a [(String, Scope)],
    pub(super) conditions: &'a Conditions,
    pub(super) expires_at: Option<DateTime<Utc>>,
}

impl Wanted<'_> {
    /// Notes whatever is wider than a key of the chain.
    pub(super) fn refuse_widening(&self, fields: &mut Fields, chain: &[Key]) {
        for above in chain {
            self.refuse_scopes(fields, above);
            self.refuse_conditions(fields, &above.conditions, &above.name);
            self.refuse_end(fields, above);
        }
    }

    fn refuse_scopes(&self, fields: &mut Fields, above: &Key) {
        let granted: Vec<Scope> = above.scopes.iter().filter_map(|text| Scope::parse(text).ok()).collect();
        for (at, scope) in self.scopes {
            if granted.iter().any(|granted| granted.covers_scope(scope)) || fields.is_faulty(at) {
                continue;
            }
            let detail = format!("`{scope}` is more than the key `{}` above it grants", above.name);
            let help = format!("ask for something within {}", quoted(&above.scopes));
            fields.fault(at, FaultCode::ScopeTooWide, detail, Some(help));
        }
    }

    fn refuse_conditions(&self, fields: &mut Fields, above: &Conditions, name: &str) {
        let own = self.conditions;
        let sorts = [
            ("networks", &own.networks, &above.networks, within_networks as fn(&str, &[String]) -> bool),
            ("countries", &own.countries, &above.countries, is_among),
            ("windows", &own.windows, &above.windows, is_among),
            ("network_types", &own.network_types, &above.network_types, is_among),
        ];
        for (member, own, above, is_within) in sorts {
            for (index, value) in own.iter().enumerate().filter(|_| !above.is_empty()) {
                let at = format!("conditions/{member}/{index}");
                if !is_within(value, above) && !fields.is_faulty(&at) {
                    let detail = format!("`{value}` lets in more than the key `{name}` above it");
                    let help = format!("name something within {}, or leave the rule to that key", quoted(above));
                    fields.fault(&at, FaultCode::ConditionTooWide, detail, Some(help));
                }
            }
        }
    }

    fn refuse_end(&self, fields: &mut Fields, above: &Key) {
        let Some(last) = above.expires_at else { return };
        if self.expires_at.is_none_or(|end| end > last) && !fields.is_faulty("expires_at") {
            let last = last.to_rfc3339_opts(SecondsFormat::AutoSi, true);
            let detail =
                format!("the key `{}` above it ends at {last}, and nothing derived from it lives longer", above.name);
            fields.fault("expires_at", FaultCode::ExpiryTooLate, detail, Some(format!("end it by {last}")));
        }
    }
}

/// The first end in a chain.
pub(super) fn first_end(chain: &[Key]) -> Option<DateTime<Utc>> {
    chain.iter().filter_map(|key| key.expires_at).min()
}

/// Whether each address of a network is in one of the others.
fn within_networks(text: &str, above: &[String]) -> bool {
    let network = |text: &str| IpPattern::parse(text).ok()?.networks();
    let Some(own) = network(text) else { return is_among(text, above) };
    above.iter().filter_map(|text| network(text)).any(|wide| wide.contains(&own))
}

fn is_among(text: &str, above: &[String]) -> bool {
    above.iter().any(|other| other == text)
}

fn quoted(texts: &[String]) -> String {
    texts.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(", ")
}
