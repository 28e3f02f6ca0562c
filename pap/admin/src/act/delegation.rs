//! What a key may be at most: never more than any key above it, and in the hands of who has no command of it never more than
//! it is already.
//!
//! Scopes, conditions, limits and end are compared with each key of the chain, and not with what the chain amounts to: a
//! fault then names the key that is in the way and the very scope that is too wide. A rule that a key above has, and the
//! derived one doesn't name, needs no comparison: decisions ask for the rules of the whole chain.

use argus_engine::scope::Scope;
use argus_engine::types::IpPattern;
use argus_store::key::Key;
use argus_store::{Conditions, Limit};
use chrono::{DateTime, SecondsFormat, Utc};

use crate::FaultCode;
use crate::body::Fields;

/// What is asked for.
pub(super) struct Wanted<'a> {
    /// The scopes that are new, each with where it stands in the body.
    pub(super) scopes: &'a [(String, Scope)],
    pub(super) conditions: &'a Conditions,
    pub(super) limits: &'a [Limit],
    pub(super) expires_at: Option<DateTime<Utc>>,
    /// The key as it is, where it is there. What stays as it is, is compared with nothing: a key above may have been
    /// narrowed since, and binds it all the same.
    pub(super) present: Option<&'a Key>,
}

/// A key that another one may not exceed.
#[derive(Clone, Copy)]
pub(super) struct Bound<'k> {
    key: &'k Key,
    /// How it is named to whoever exceeds it.
    is_itself: bool,
}

impl<'k> Bound<'k> {
    /// A key of the chain.
    pub(super) fn above(key: &'k Key) -> Self {
        Self { key, is_itself: false }
    }

    fn in_words(self) -> String {
        if self.is_itself {
            "the key itself so far".to_owned()
        } else {
            format!("the key `{}` above it", self.key.name)
        }
    }
}

/// A sort of rule: its member, and whether a value lets in no more than others.
type Sort = (&'static str, fn(&Conditions) -> &Vec<String>, fn(&str, &[String]) -> bool);

const SORTS: [Sort; 4] = [
    ("networks", |conditions| &conditions.networks, within_networks),
    ("countries", |conditions| &conditions.countries, is_among),
    ("windows", |conditions| &conditions.windows, is_among),
    ("network_types", |conditions| &conditions.network_types, is_among),
];

impl Wanted<'_> {
    /// Notes whatever is wider than a key of the chain.
    pub(super) fn refuse_widening<'k>(&self, fields: &mut Fields, chain: impl Iterator<Item = Bound<'k>>) {
        for above in chain {
            self.refuse_scopes(fields, above);
            self.refuse_conditions(fields, above);
            self.refuse_limits(fields, above);
            self.refuse_end(fields, above);
        }
    }

    /// Notes whatever lets a key do more than it did.
    pub(super) fn refuse_loosening(&self, fields: &mut Fields, present: &Key) {
        let itself = Bound { key: present, is_itself: true };
        self.refuse_widening(fields, std::iter::once(itself));
        self.refuse_dropping(fields, present);
    }

    /// Notes rules of another key that are missing, where no decision would ask for them otherwise.
    pub(super) fn refuse_dropping(&self, fields: &mut Fields, present: &Key) {
        for (member, rules, _) in SORTS {
            if !rules(&present.conditions).is_empty() && rules(self.conditions).is_empty() {
                refuse_dropping(fields, &format!("conditions/{member}"), FaultCode::ConditionTooWide);
            }
        }
        if present.conditions.device == Some(true) && self.conditions.device != Some(true) {
            refuse_dropping(fields, "conditions/device_compliant", FaultCode::ConditionTooWide);
        }
        if present.limits.iter().any(|limit| self.limits.iter().all(|other| other.name != limit.name)) {
            refuse_dropping(fields, "limits", FaultCode::LimitTooWide);
        }
    }

    fn refuse_scopes(&self, fields: &mut Fields, bound: Bound<'_>) {
        let above = bound.key;
        let granted: Vec<Scope> = above.scopes.iter().filter_map(|text| Scope::parse(text).ok()).collect();
        for (at, scope) in self.scopes {
            if granted.iter().any(|granted| granted.covers_scope(scope)) || fields.is_faulty(at) {
                continue;
            }
            let detail = format!("`{scope}` is more than {} grants", bound.in_words());
            let help = format!("ask for something within {}", quoted(&above.scopes));
            fields.fault(at, FaultCode::ScopeTooWide, detail, Some(help));
        }
    }

    fn refuse_conditions(&self, fields: &mut Fields, bound: Bound<'_>) {
        for (member, rules, is_within) in SORTS {
            let above = rules(&bound.key.conditions);
            let kept = self.present.map_or(&[][..], |present| rules(&present.conditions));
            for (index, value) in rules(self.conditions).iter().enumerate().filter(|_| !above.is_empty()) {
                let at = format!("conditions/{member}/{index}");
                let is_kept = !bound.is_itself && kept.contains(value);
                if !is_kept && !is_within(value, above) && !fields.is_faulty(&at) {
                    let detail = format!("`{value}` lets in more than {}", bound.in_words());
                    let help = format!("name something within {}, or leave the rule to that key", quoted(above));
                    fields.fault(&at, FaultCode::ConditionTooWide, detail, Some(help));
                }
            }
        }
    }

    fn refuse_limits(&self, fields: &mut Fields, bound: Bound<'_>) {
        let kept = self.present.map_or(&[][..], |present| present.limits.as_slice());
        for (index, limit) in self.limits.iter().enumerate().filter(|(_, limit)| !kept.contains(limit)) {
            let above = bound.key.limits.iter().find(|above| above.name == limit.name);
            let at = format!("limits/{index}");
            if let Some(above) = above
                && !is_within_limit(limit, above)
                && !fields.is_faulty(&at)
            {
                let detail = format!("the limit `{}` lets through more than that of {}", limit.name, bound.in_words());
                let help = format!(
                    "count as that one does, at most {} in {} s, or give it another name",
                    above.limit, above.window_seconds
                );
                fields.fault(&at, FaultCode::LimitTooWide, detail, Some(help));
            }
        }
    }

    fn refuse_end(&self, fields: &mut Fields, bound: Bound<'_>) {
        let Some(last) = bound.key.expires_at else { return };
        if self.present.is_some_and(|present| present.expires_at == self.expires_at) {
            return;
        }
        if self.expires_at.is_none_or(|end| end > last) && !fields.is_faulty("expires_at") {
            let last = last.to_rfc3339_opts(SecondsFormat::AutoSi, true);
            let detail = if bound.is_itself {
                format!("the key ends at {last}, and who has no command of it can't let it live longer")
            } else {
                format!("{} ends at {last}, and nothing derived from it lives longer", bound.in_words())
            };
            fields.fault("expires_at", FaultCode::ExpiryTooLate, detail, Some(format!("end it by {last}")));
        }
    }
}

/// The first end in a chain.
pub(super) fn first_end(chain: &[Key]) -> Option<DateTime<Utc>> {
    chain.iter().filter_map(|key| key.expires_at).min()
}

fn refuse_dropping(fields: &mut Fields, at: &str, code: FaultCode) {
    if !fields.is_faulty(at) {
        let detail = "there is a rule here, which only an owner of the organisation does without";
        let help = "name a rule that is as narrow, or ask an owner of the organisation";
        fields.fault(at, code, detail, Some(help.to_owned()));
    }
}

/// Whether a limit lets through no more than another of its name: it counts in the same way, and stops no later. How much a
/// bucket holds is a limit by itself, and a cheaper use is a wider limit.
fn is_within_limit(limit: &Limit, above: &Limit) -> bool {
    let burst = |limit: &Limit| limit.burst.unwrap_or(limit.limit);
    let cost = |limit: &Limit| limit.cost.unwrap_or(1);
    limit.strategy == above.strategy
        && limit.window_seconds == above.window_seconds
        && limit.limit <= above.limit
        && burst(limit) <= burst(above)
        && cost(limit) >= cost(above)
        && (limit.refill.is_replace() || !above.refill.is_replace())
        && counts_as_well(&limit.actions, &above.actions)
        && counts_as_well(&limit.resource_types, &above.resource_types)
}

/// Whether a selection holds all that another one holds. An empty one holds everything.
fn counts_as_well(selected: &[String], above: &[String]) -> bool {
    selected.is_empty() || (!above.is_empty() && above.iter().all(|word| selected.contains(word)))
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

#[cfg(test)]
mod tests;
