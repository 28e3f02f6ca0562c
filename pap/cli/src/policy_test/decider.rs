//! What decided, and why: read from the trace of an evaluation.

use argus_engine::decision::Decision;
use argus_engine::explain::{Applied, RuleTrace, TargetOutcome, Trace};

use crate::source::{Source, location};

/// What an answer came from, in words.
#[derive(Debug, Clone, Default)]
pub(super) struct Explanation {
    /// The id of the rule that decided.
    pub(super) rule: Option<String>,
    /// What decided: a rule, a target, or the algorithm where nothing else did.
    pub(super) decided_by: String,
    /// The facts that made it so.
    pub(super) because: Vec<String>,
}

// More would not be read.
const MOST_FACTS: usize = 5;

/// Explains the root's decision.
pub(super) fn explain(root: &Trace, sources: &[Source]) -> Explanation {
    let node = deciding_node(root);
    let same = node.rules.iter().find(|rule| rule.decision == node.decision && decides(rule.decision));
    let failed = || node.rules.iter().find(|rule| is_indeterminate(node.decision) && is_indeterminate(rule.decision));
    let rule = same.or_else(failed);
    let Some(rule) = rule else {
        return Explanation {
            rule: None,
            decided_by: without_rule(node, sources),
            because: silent_rules(node, sources),
        };
    };
    let first = if node.algorithm == "first-applicable" { "first of" } else { "of" };
    let decided_by = format!(
        "rule `{}` at {}, {}, {first} policy `{}` under {}",
        rule.id,
        location(sources, rule.at),
        rule.decision,
        node.id,
        node.algorithm
    );
    Explanation { rule: Some(rule.id.clone()), decided_by, because: facts(rule, sources) }
}

/// What became of a rule that was to decide and did not.
pub(super) fn fate_of(root: &Trace, rule_id: &str, sources: &[Source]) -> String {
    let Some(rule) = find_rule(root, rule_id) else {
        return format!("rule `{rule_id}` was not looked at");
    };
    let mut fate = format!("rule `{rule_id}` at {} came to {}", location(sources, rule.at), rule.decision);
    if let Some(fact) = facts(rule, sources).last() {
        fate.push_str(": ");
        fate.push_str(fact);
    }
    fate
}

fn find_rule<'t>(node: &'t Trace, id: &str) -> Option<&'t RuleTrace> {
    let here = node.rules.iter().find(|rule| rule.id == id);
    here.or_else(|| node.children.iter().find_map(|child| find_rule(child, id)))
}

// Down to the innermost node whose decision became that of all above it.
fn deciding_node(node: &Trace) -> &Trace {
    let decided = |child: &&Trace| child.decision == node.decision && decides(child.decision);
    // The second child of this algorithm decides; the first only lets it.
    let child = if node.algorithm == "on-permit-apply-second" {
        node.children.iter().rev().find(decided)
    } else {
        node.children.iter().find(decided)
    };
    let failed =
        || node.children.iter().find(|child| is_indeterminate(node.decision) && is_indeterminate(child.decision));
    let child = child.or_else(failed);
    // A lone child that is silent says more than the set around it.
    match (child, node.decision, node.children.as_slice()) {
        (Some(child), ..) | (None, Decision::NotApplicable, [child]) => deciding_node(child),
        _ => node,
    }
}

fn decides(decision: Decision) -> bool {
    decision != Decision::NotApplicable
}

fn is_indeterminate(decision: Decision) -> bool {
    matches!(decision, Decision::Indeterminate(_))
}

fn without_rule(node: &Trace, sources: &[Source]) -> String {
    let kind = if node.is_set { "policy set" } else { "policy" };
    let at = location(sources, node.at);
    let Trace { id, algorithm, decision, .. } = node;
    match (node.target, decision) {
        (Some(TargetOutcome::NoMatch), _) => format!("no rule: the target of {kind} `{id}` at {at} does not match"),
        (Some(TargetOutcome::Indeterminate), _) => {
            let why = node.fault.as_deref().unwrap_or("its value is unknown");
            format!("no rule: the target of {kind} `{id}` at {at} failed: {why}")
        }
        (_, Decision::NotApplicable) => format!("no rule: nothing in {kind} `{id}` at {at} applies"),
        (_, Decision::Indeterminate(_)) => {
            let why = node.fault.as_deref().unwrap_or("a part of it failed");
            format!("no rule: {kind} `{id}` at {at} failed: {why}")
        }
        _ => format!("no rule: {algorithm} of {kind} `{id}` at {at}, {decision} where nothing else is decided"),
    }
}

// Why the rules of a silent policy did not apply: the last fact of each.
fn silent_rules(node: &Trace, sources: &[Source]) -> Vec<String> {
    node.rules
        .iter()
        .filter_map(|rule| Some(format!("rule `{}`: {}", rule.id, facts(rule, sources).pop()?)))
        .take(MOST_FACTS)
        .collect()
}

/// The comparisons of a rule's condition; where it failed, the function that did.
fn facts(rule: &RuleTrace, sources: &[Source]) -> Vec<String> {
    if let Some(failed) = rule.applied.iter().find(|applied| applied.value.is_err() && !is_connective(applied)) {
        return vec![fact(failed, sources)];
    }
    // What failed before any function was applied: an attribute was missing.
    if let Some(fault) = &rule.fault {
        return vec![fault.clone()];
    }
    let comparisons = rule.applied.iter().filter(|applied| is_comparison(applied));
    comparisons.map(|applied| fact(applied, sources)).take(MOST_FACTS).collect()
}

fn is_comparison(applied: &Applied) -> bool {
    let is_boolean = matches!(applied.value.as_deref(), Ok("true" | "false"));
    is_boolean && !is_connective(applied)
}

// What it joins says more than what it gives.
fn is_connective(applied: &Applied) -> bool {
    matches!(applied.function.as_str(), "and" | "or" | "not" | "n-of")
}

fn fact(applied: &Applied, sources: &[Source]) -> String {
    let Applied { function, arguments, value, at } = applied;
    let (call, at) = (format!("{function}({})", arguments.join(", ")), location(sources, *at));
    match value {
        Ok(value) => format!("{call} is {value} at {at}"),
        Err(why) => format!("{call} failed at {at}: {why}"),
    }
}
