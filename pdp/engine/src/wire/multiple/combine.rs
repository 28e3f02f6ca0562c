//! One result for several (Multiple Decision Profile 3): `CombinedDecision`.

use crate::decision::{Decision, Effects};
use crate::response::{PolicyIdentifier, Result};
use crate::status::Fault;

/// Combines all results into one, which sends no attributes back. They must agree and ask nothing of the enforcement
/// point: an obligation could not tell which decision it is about.
pub fn combine<'a>(results: &[Result<'a>]) -> Result<'a> {
    let failed = |message| Result { policies: Vec::new(), ..Result::failed(Fault::processing(message)) };
    let asks = |result: &Result<'_>| !result.obligations.is_empty() || !result.advice.is_empty();
    if results.iter().any(asks) {
        return failed("a combined decision has no obligations and no advice");
    }
    let mut decisions = results.iter().map(|result| result.decision);
    let first = decisions.next().unwrap_or(Decision::Indeterminate(Effects::DP));
    if !decisions.all(|decision| decision.as_str() == first.as_str()) {
        return failed("the decisions to be combined differ");
    }
    if let Decision::Indeterminate(_) = first {
        return failed("the decisions to be combined are Indeterminate");
    }
    Result { decision: first, fault: None, policies: listed(results), ..failed("") }
}

// Each policy once, in the order of the results.
fn listed<'a>(results: &[Result<'a>]) -> Vec<PolicyIdentifier<'a>> {
    let mut seen = std::collections::HashSet::new();
    let all = results.iter().flat_map(|result| &result.policies);
    all.filter(|policy| seen.insert((policy.is_set, policy.id, policy.version))).copied().collect()
}
