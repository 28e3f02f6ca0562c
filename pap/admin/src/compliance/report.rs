//! A report: the controls of a framework, each with its question, what was found of it, and what that comes to.

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use super::facts::Facts;
use super::framework::Framework;
use super::{Control, ControlResult, EvidenceItem};
use crate::view::Time;

/// How key management stands by a framework, for a stretch of time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ComplianceReport {
    /// The framework.
    #[schema(value_type = String)]
    pub framework: Framework,
    /// What it is called.
    pub title: &'static str,
    /// What this is, and what it isn't.
    pub statement: &'static str,
    /// The organisation that it is of; null: the whole installation.
    pub organisation: Option<String>,
    /// The key that it is of, by its name, where it is of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The first moment that it covers.
    pub(crate) from: Time,
    /// The moment up to which it does.
    pub(crate) to: Time,
    /// When the evidence was read.
    pub(crate) at: Time,
    /// Controls by what was found of them.
    pub summary: Summary,
    /// The audit that excerpts are of.
    pub audit: ChainProof,
    /// Each control.
    pub controls: Vec<ControlReport>,
}

/// Controls by what was found of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Summary {
    /// What was found is enough.
    pub pass: usize,
    /// Somebody has to look.
    pub attention: usize,
    /// The system holds nothing that answers the question.
    pub not_covered: usize,
}

/// What the audit vouches for: the excerpts of a report are entries between these numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChainProof {
    /// The number of the first entry that is kept.
    pub first: i64,
    /// The number of the last entry that was read.
    pub last: i64,
    /// The hash of that entry.
    pub hash: String,
    /// Whether each entry between holds on to the one before it.
    pub is_whole: bool,
    /// Where it breaks, in words.
    pub broken: Option<String>,
    /// The last entry that a signed checkpoint vouches for.
    pub signed_up_to: Option<i64>,
    /// The key that signed.
    pub signed_by: Option<String>,
}

/// A control, and what was found of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ControlReport {
    /// Its number in the framework.
    pub id: &'static str,
    /// What it is about.
    pub title: &'static str,
    /// What is asked, in our own words.
    pub question: &'static str,
    /// What was found comes to this.
    pub result: ControlStanding,
    /// What was found.
    pub evidence: Vec<EvidenceItem>,
    /// Things one by one.
    pub listings: Vec<Listing>,
    /// Entries of the audit, the newest of each event.
    pub excerpts: Vec<Excerpt>,
    /// What is wrong or missing, and what to do.
    pub findings: Vec<String>,
}

/// What a control comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ControlStanding {
    /// The system holds nothing that answers the question.
    NotCovered,
    /// What was found is enough.
    Pass,
    /// Somebody has to look.
    Attention,
}

/// Things one by one, as a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Listing {
    /// What they are.
    pub name: &'static str,
    /// The heads of the columns.
    pub columns: &'static [&'static str],
    /// The first of them.
    pub rows: Vec<Vec<String>>,
    /// How many there are besides.
    pub more: usize,
}

/// An entry of the audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Excerpt {
    /// Its place in the chain.
    pub sequence: i64,
    /// When.
    #[serde(serialize_with = "time")]
    #[schema(value_type = String, format = DateTime)]
    pub at: DateTime<Utc>,
    /// What happened.
    pub event: String,
    /// The key that acted, by its name; else `host`, `argus` or `nobody`.
    pub actor: String,
    /// What it was about.
    pub target: String,
    /// `done` or `refused`.
    pub outcome: String,
    /// Its hash.
    pub hash: String,
}

fn time<S: Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    Time(*at).serialize(serializer)
}

/// What every report says of itself.
const STATEMENT: &str = "Evidence for an assessor, read from the running system and computed from what was found. \
    It covers what the management of API keys can show of each control, and only an assessor judges the whole of it.";

impl ComplianceReport {
    /// Judges every control of a framework by the facts.
    pub(crate) fn of(framework: Framework, facts: &Facts) -> Self {
        let controls = match framework {
            Framework::Fips => facts.fips.iter().map(ControlReport::of_fips).collect(),
            _ => framework.judge(facts),
        };
        let (from, to) = facts.within.period;
        Self {
            framework,
            title: framework.title(),
            statement: STATEMENT,
            organisation: facts.within.organisation.as_ref().map(|(_, name)| name.clone()),
            key: None,
            from: Time(from),
            to: Time(to),
            at: Time(facts.now),
            summary: Summary::of(&controls),
            audit: facts.chain.clone(),
            controls,
        }
    }
}

impl ControlReport {
    /// A control of FIPS 140, of which the system holds all there is: it passes, or somebody has to look.
    fn of_fips(control: &Control) -> Self {
        let result = match control.result {
            ControlResult::Pass => ControlStanding::Pass,
            ControlResult::Fail => ControlStanding::Attention,
        };
        let references = EvidenceItem { name: "asked for by".to_owned(), value: control.references.join(", ") };
        Self {
            id: control.id,
            title: control.title,
            question: control.asks,
            result,
            evidence: [references].into_iter().chain(control.evidence.clone()).collect(),
            listings: Vec::new(),
            excerpts: Vec::new(),
            findings: control.findings.clone(),
        }
    }
}

impl ControlStanding {
    /// As people read it.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Attention => "attention",
            Self::NotCovered => "not covered",
        }
    }
}

impl Summary {
    pub(super) fn of(controls: &[ControlReport]) -> Self {
        let count = |result| controls.iter().filter(|control| control.result == result).count();
        let (pass, attention) = (count(ControlStanding::Pass), count(ControlStanding::Attention));
        Self { pass, attention, not_covered: count(ControlStanding::NotCovered) }
    }
}
