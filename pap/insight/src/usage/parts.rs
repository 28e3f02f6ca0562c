//! Counts by reason, country, network and action: for each value the same counts as for the whole, so that they add up.

use std::collections::BTreeMap;
use std::str::FromStr;

use argus_store::usage::UsageCounts;

use super::event::Word;

/// Different values that are told apart in one row. What comes beyond is counted as `other`.
const VALUES: usize = 200;

/// By what usage of a key is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Why it was no Permit; `none` for those that were.
    Reason,
    /// The country of the client's address; `unknown` where there is none.
    Country,
    /// The autonomous system of the client's address; `unknown` where there is none.
    Network,
    /// The action.
    Action,
    /// The scope that permitted it. Of whole days alone.
    Scope,
    /// What was used, written as the smallest scope that is told apart. Of whole days alone.
    Exercised,
    /// The scope that permitted an act upon Argus's own resources, which is no decision. Of whole days alone.
    ActScope,
    /// What was acted upon, written as [`Part::Exercised`] is. Of whole days alone.
    ActExercised,
}

/// The counts by part and value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts(BTreeMap<Part, BTreeMap<String, UsageCounts>>);

impl Part {
    const ALL: [Self; 8] = [
        Self::Reason,
        Self::Country,
        Self::Network,
        Self::Action,
        Self::Scope,
        Self::Exercised,
        Self::ActScope,
        Self::ActExercised,
    ];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reason => "reason",
            Self::Country => "country",
            Self::Network => "network",
            Self::Action => "action",
            Self::Scope => "scope",
            Self::Exercised => "exercised",
            Self::ActScope => "act_scope",
            Self::ActExercised => "act_exercised",
        }
    }
}

impl FromStr for Part {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|part| part.as_str() == text).ok_or(())
    }
}

impl Parts {
    /// Adds counts to a value.
    pub fn add(&mut self, part: Part, value: &str, counts: &UsageCounts) {
        let values = self.0.entry(part).or_default();
        if let Some(own) = values.get_mut(value) {
            return own.add(counts);
        }
        let value = if values.len() < VALUES { value } else { Word::OTHER };
        values.entry(value.to_owned()).or_default().add(counts);
    }

    /// Adds how often a value was seen, where more isn't asked: zeros would be the most of a row.
    pub fn count(&mut self, part: Part, value: &str) {
        self.add(part, value, &UsageCounts { requests: 1, permits: 1, ..UsageCounts::default() });
    }

    /// Adds all of another.
    pub fn merge(&mut self, other: &Self) {
        for (part, values) in &other.0 {
            for (value, counts) in values {
                self.add(*part, value, counts);
            }
        }
    }

    /// The values of a part, each with its counts.
    pub fn of(&self, part: Part) -> impl Iterator<Item = (&str, &UsageCounts)> {
        self.0.get(&part).into_iter().flatten().map(|(value, counts)| (value.as_str(), counts))
    }

    /// As it stands in a column: JSON, with the counts in the order in which they stand in the table.
    pub fn encode(&self) -> String {
        let list = |c: &UsageCounts| [c.requests, c.permits, c.denials, c.not_applicable, c.errors, c.cost];
        let values = |values: &BTreeMap<String, UsageCounts>| -> BTreeMap<String, [i64; 6]> {
            values.iter().map(|(value, counts)| (value.clone(), list(counts))).collect()
        };
        let parts: BTreeMap<&str, _> = self.0.iter().map(|(part, of)| (part.as_str(), values(of))).collect();
        serde_json::to_string(&parts).unwrap_or_default()
    }

    /// From a column. What can't be read is empty.
    pub fn decode(text: &str) -> Self {
        let parts: BTreeMap<String, BTreeMap<String, [i64; 6]>> = serde_json::from_str(text).unwrap_or_default();
        let counts = |[requests, permits, denials, not_applicable, errors, cost]: [i64; 6]| UsageCounts {
            requests,
            permits,
            denials,
            not_applicable,
            errors,
            cost,
        };
        let known = parts.into_iter().filter_map(|(part, values)| {
            let values = values.into_iter().map(|(value, list)| (value, counts(list)));
            Some((part.parse().ok()?, values.collect()))
        });
        Self(known.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_values_has_a_bound_and_still_adds_up() {
        let one = UsageCounts { requests: 1, permits: 1, ..UsageCounts::default() };
        let mut parts = Parts::default();
        for n in 0..1_000 {
            parts.add(Part::Action, &n.to_string(), &one);
        }
        let mut twice = Parts::decode(&parts.encode());
        assert_eq!(twice, parts);
        twice.merge(&parts);
        assert_eq!(twice.of(Part::Action).count(), VALUES + 1);
        assert_eq!(twice.of(Part::Action).map(|(_, counts)| counts.requests).sum::<i64>(), 2_000);
    }
}
