//! The answer: one result for each individual request (core 5.47 to 5.57).

use crate::decision::Decision;
use crate::request::Attributes;
use crate::status::Fault;
use crate::value::Value;

/// All results, in the order of the individual requests.
#[derive(Debug, Clone, Default)]
pub struct Response<'a> {
    /// At least one.
    pub results: Vec<Result<'a>>,
}

/// One decision with what belongs to it.
#[derive(Debug, Clone)]
pub struct Result<'a> {
    /// The decision, with the extended Indeterminate, which is not written.
    pub decision: Decision,
    /// Why it is Indeterminate; `None` means `ok`.
    pub fault: Option<Fault>,
    /// With Permit or Deny: what the enforcement point must do.
    pub obligations: Vec<Duty<'a>>,
    /// With Permit or Deny: what it may be told.
    pub advice: Vec<Duty<'a>>,
    /// The request's `Attributes`; the writers take those with `IncludeInResult`.
    pub attributes: &'a [&'a Attributes<'a>],
    /// The applicable policies, where asked for.
    pub policies: Vec<PolicyIdentifier<'a>>,
}

/// An obligation or a piece of advice (core 5.34, 5.35).
#[derive(Debug, Clone)]
pub struct Duty<'a> {
    /// `ObligationId` or `AdviceId`.
    pub id: &'a str,
    /// The assignments, in order.
    pub assignments: Vec<Assignment<'a>>,
}

/// An `AttributeAssignment` (core 5.36).
#[derive(Debug, Clone, Copy)]
pub struct Assignment<'a> {
    /// `AttributeId`.
    pub id: &'a str,
    /// `Category`.
    pub category: Option<&'a str>,
    /// `Issuer`.
    pub issuer: Option<&'a str>,
    /// The value.
    pub value: Value<'a>,
}

/// A policy or policy set that was applicable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicyIdentifier<'a> {
    /// Whether it is a policy set.
    pub is_set: bool,
    /// Its identifier.
    pub id: &'a str,
    /// Its exact version.
    pub version: &'a str,
}

impl Result<'_> {
    /// A result that no policy was asked for: the request itself failed.
    pub fn failed(fault: Fault) -> Self {
        Self {
            decision: Decision::Indeterminate(crate::decision::Effects::DP),
            fault: Some(fault),
            obligations: Vec::new(),
            advice: Vec::new(),
            attributes: &[],
            policies: Vec::new(),
        }
    }
}
