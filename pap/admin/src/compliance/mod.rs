//! Key management held against what assessors ask: FIPS 140 by functions of its own, the other frameworks by tables.
//!
//! A [`framework`] is a table of controls, each answered by [`theme`]s; a theme is a function of the [`facts`], which are
//! read from the running system once. Nothing here knows a result that it didn't compute.
//!
//! # FIPS 140
//!
//! Key management held against FIPS 140-2 §4.7, FIPS 140-3 (ISO/IEC 19790:2012 §7.9) and NIST SP 800-132.
//!
//! Each control says what it asks, what was read from the running system, and whether that is enough. It is evidence
//! for an assessor: only an accredited laboratory judges a cryptographic module.

mod breach;
mod controls;
mod csv;
mod evidence;
mod facts;
mod framework;
mod html;
mod pack;
mod report;
mod theme;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

pub(crate) use breach::Breach;
pub(crate) use controls::controls;
pub(crate) use evidence::Evidence;
pub(crate) use facts::{Facts, KeyFacts, Within, of_key, read_keys};
pub use framework::Framework;
pub(crate) use pack::make as make_pack;
pub use pack::{PackReport, verify_pack};
pub use report::{ChainProof, ComplianceReport, ControlReport, ControlStanding, Excerpt, Listing, Summary};

/// What was found of all controls.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FipsReport {
    /// What the controls are of.
    pub framework: &'static str,
    /// What this is, and what it isn't.
    pub statement: &'static str,
    /// When the evidence was read.
    pub at: DateTime<Utc>,
    /// Controls that pass.
    pub passed: usize,
    /// Controls that fail.
    pub failed: usize,
    /// Each of them.
    pub controls: Vec<Control>,
}

/// A control, and what was found.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Control {
    /// Its name.
    pub id: &'static str,
    /// The same for people, as pages have it.
    #[serde(skip)]
    pub title: &'static str,
    /// What it asks for.
    pub asks: &'static str,
    /// The sections that ask for it.
    pub references: &'static [&'static str],
    /// Whether what was found is enough.
    pub result: ControlResult,
    /// What was read from the running system.
    pub evidence: Vec<EvidenceItem>,
    /// What is wrong, and what to do.
    pub findings: Vec<String>,
}

/// Whether a control passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ControlResult {
    /// What was found is enough.
    Pass,
    /// It isn't.
    Fail,
}

/// One thing that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EvidenceItem {
    /// What it is.
    pub name: String,
    /// What was found.
    pub value: String,
}

impl FipsReport {
    pub(crate) fn new(at: DateTime<Utc>, controls: Vec<Control>) -> Self {
        let passed = controls.iter().filter(|control| control.result == ControlResult::Pass).count();
        Self {
            framework: "FIPS 140-2 section 4.7, FIPS 140-3 (ISO/IEC 19790:2012 7.9), NIST SP 800-132",
            statement: "evidence for an assessor, read from the running system; only an accredited laboratory judges \
                        a cryptographic module",
            at,
            passed,
            failed: controls.len() - passed,
            controls,
        }
    }
}
