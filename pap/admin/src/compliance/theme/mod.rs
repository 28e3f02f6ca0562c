//! Themes: what several frameworks ask in their own numbers, each answered by one function of the facts.

pub(super) mod access;
pub(super) mod acts;
pub(super) mod alerts;
pub(super) mod change;
pub(super) mod crypto;
pub(super) mod life;
pub(super) mod people;
pub(super) mod review;
pub(super) mod trail;
pub(super) mod watch;

use std::fmt::Display;

use argus_store::audit::AuditEvent;

use super::EvidenceItem;
use super::facts::{Facts, KeyFacts};
use super::report::{ControlReport, ControlStanding, Excerpt, Listing};

/// Rows of a listing. What is beyond them is counted.
const ROWS: usize = 50;

/// What answers a question.
pub(super) type Theme = fn(&Facts) -> Finding;

/// What was found of a theme.
#[derive(Debug, Default)]
pub(super) struct Finding {
    pub(super) evidence: Vec<EvidenceItem>,
    pub(super) listings: Vec<Listing>,
    pub(super) excerpts: Vec<Excerpt>,
    pub(super) findings: Vec<String>,
    /// What each theme came to.
    verdicts: Vec<ControlStanding>,
}

impl Finding {
    pub(super) fn new() -> Self {
        Self { verdicts: vec![ControlStanding::Pass], ..Self::default() }
    }

    /// The system holds nothing that answers the question.
    pub(super) fn not_covered(because: impl Into<String>) -> Self {
        Self { verdicts: vec![ControlStanding::NotCovered], findings: vec![because.into()], ..Self::default() }
    }

    pub(super) fn with(mut self, name: impl Into<String>, value: impl Display) -> Self {
        self.evidence.push(EvidenceItem { name: name.into(), value: value.to_string() });
        self
    }

    /// Somebody has to look where this is so.
    pub(super) fn attention(mut self, is_so: bool, finding: impl FnOnce() -> String) -> Self {
        if is_so {
            self.findings.push(finding());
            self.verdicts.push(ControlStanding::Attention);
        }
        self
    }

    /// Keys one by one, with their name and what else is told of them.
    fn listing<'k>(
        mut self,
        name: &'static str,
        columns: &'static [&'static str],
        keys: impl IntoIterator<Item = &'k KeyFacts>,
        row: impl Fn(&KeyFacts) -> Vec<String>,
    ) -> Self {
        let mut keys = keys.into_iter();
        let rows: Vec<_> = keys.by_ref().take(ROWS).map(row).collect();
        if !rows.is_empty() {
            self.listings.push(Listing { name, columns, rows, more: keys.count() });
        }
        self
    }

    /// Things one by one, where there are any.
    pub(super) fn with_listing(mut self, listing: Listing) -> Self {
        if !listing.rows.is_empty() {
            self.listings.push(listing);
        }
        self
    }

    /// The newest entries of some events.
    fn excerpts(mut self, facts: &Facts, events: &[AuditEvent]) -> Self {
        self.excerpts.extend(events.iter().flat_map(|event| facts.trail.newest(*event)).cloned());
        self
    }

    /// How often each event happened that did.
    fn counts(mut self, facts: &Facts, events: &[AuditEvent]) -> Self {
        for event in events {
            self = self.with(format!("entries `{event}`"), facts.trail.count(*event));
        }
        self
    }

    /// Adds what was found of another theme of the same control.
    pub(super) fn add(&mut self, other: Self) {
        self.evidence
            .extend(other.evidence.into_iter().filter(|item| !self.evidence.contains(item)).collect::<Vec<_>>());
        self.listings.extend(other.listings.into_iter().filter(|one| !self.listings.contains(one)).collect::<Vec<_>>());
        self.excerpts.extend(other.excerpts.into_iter().filter(|one| !self.excerpts.contains(one)).collect::<Vec<_>>());
        self.excerpts.sort_by_key(|excerpt| excerpt.sequence);
        self.findings.extend(other.findings.into_iter().filter(|one| !self.findings.contains(one)).collect::<Vec<_>>());
        self.verdicts.extend(other.verdicts);
    }

    /// What was found, as what is told of a control.
    pub(super) fn report(self, (id, title, question): (&'static str, &'static str, &'static str)) -> ControlReport {
        let result = self.verdict();
        let Self { evidence, listings, excerpts, findings, .. } = self;
        ControlReport { id, title, question, result, evidence, listings, excerpts, findings }
    }

    /// Attention where any theme asks for it, pass where any has an answer.
    fn verdict(&self) -> ControlStanding {
        self.verdicts.iter().copied().max().unwrap_or(ControlStanding::NotCovered)
    }
}

/// A number of things in a sentence: of one in words of its own, of more with `#` in the place of the number.
pub(super) fn counted(count: impl TryInto<u64>, one: &str, more: &str) -> String {
    match count.try_into() {
        Ok(1) => one.to_owned(),
        Ok(count) => more.replace('#', &count.to_string()),
        Err(_) => more.replace('#', "many"),
    }
}

/// A day, or a word for none.
fn day(at: Option<chrono::DateTime<chrono::Utc>>, none: &str) -> String {
    at.map_or_else(|| none.to_owned(), |at| at.format("%Y-%m-%d").to_string())
}
