//! Rules, policies and policy sets (core 7.11 to 7.14).

use std::cell::Cell;
use std::ops::ControlFlow;

use smallvec::SmallVec;

use super::target::Applicability;
use super::{Evaluation, VariableCell};
use crate::combining::on_permit_apply_second::{self, Next};
use crate::combining::{
    self, Combining, DenyOverrides, DenyUnlessPermit, FirstApplicable, INDETERMINATE, LegacyPolicyDenyOverrides,
    LegacyPolicyPermitOverrides, LegacyRuleDenyOverrides, LegacyRulePermitOverrides, Method, OnlyOneApplicable,
    PermitOverrides, PermitUnlessDeny, Refused, plain,
};
use crate::compile::program::{NO_OP, Node, NodeId, Rule, RuleId};
use crate::decision::{Decision, Effect, Effects};
use crate::diagnostic::Span;
use crate::explain::{Step, TargetOutcome, Tracer};
use crate::response::PolicyIdentifier;
use crate::status::{Fault, StatusCode};

/// A value with the fault that made it Indeterminate.
pub(super) type Outcome<'a> = (Decision, Option<&'a Fault>);

/// The faults of the children so far: the first is reported, with all that is missing.
type Faults<'a> = SmallVec<[&'a Fault; 2]>;

/// Beyond so many faults of one node no further one adds to what is reported.
const ENOUGH_FAULTS: usize = 32;

/// How far the lists of obligations, advice and policies had grown before a node.
#[derive(Clone, Copy)]
struct Mark {
    on_permit: usize,
    on_deny: usize,
    permit_advice: usize,
    deny_advice: usize,
    policies: usize,
}

impl<'a, T: Tracer> Evaluation<'a, T> {
    pub(super) fn node(&mut self, id: NodeId) -> Outcome<'a> {
        let program = self.program;
        let node = program.node(id);
        let outer = (self.variables, self.frame_ops, self.file);
        if T::ON {
            let label = program.label(id);
            self.file = label.at.file;
            self.tracer.step(Step::Enter {
                is_set: node.is_set,
                id: program.text(label.id),
                version: program.text(label.version),
                algorithm: label.algorithm.short_name(),
                at: label.at,
            });
        }
        let mark = self.mark();
        if node.variables.len > 0 {
            let none: VariableCell<'a> = Cell::new(None);
            let frame = std::iter::repeat_n(none, node.variables.len as usize);
            self.variables = self.call.arena.bump().alloc_slice_fill_iter(frame);
            self.frame_ops = node.variables;
        }
        let (decision, fault) = self.within(node);
        (self.variables, self.frame_ops, self.file) = outer;
        self.cut(mark, decision);
        if decision == Decision::NotApplicable {
            self.policies.truncate(mark.policies);
        } else if self.request.return_policy_id_list {
            let label = program.label(id);
            self.policies.push(PolicyIdentifier {
                is_set: node.is_set,
                id: program.text(label.id),
                version: program.text(label.version),
            });
        }
        if T::ON {
            self.tracer.step(Step::Leave(decision, fault));
        }
        (decision, fault)
    }

    // The table of core 7.12 and 7.13; with an Indeterminate target the children are still asked (core 7.14).
    fn within(&mut self, node: &'a Node) -> Outcome<'a> {
        if node.too_deep {
            let fault = Fault::processing("policy sets are nested too deep to be evaluated");
            return (INDETERMINATE, Some(self.call.arena.fault(fault)));
        }
        let target = self.target(node.target.of(&self.program.matches));
        if T::ON {
            self.tracer.step(Step::Target(match target {
                Applicability::Match => TargetOutcome::Match,
                Applicability::NoMatch => TargetOutcome::NoMatch,
                Applicability::Indeterminate(_) => TargetOutcome::Indeterminate,
            }));
        }
        let target_fault = match target {
            Applicability::NoMatch => return (Decision::NotApplicable, None),
            Applicability::Match => None,
            Applicability::Indeterminate(fault) => Some(fault),
        };
        let (decision, fault) = if node.is_set { self.children(node) } else { self.rules(node) };
        match (target_fault, decision.effect()) {
            (None, Some(effect)) => match self.duties(node.duties, effect) {
                Ok(()) => (decision, None),
                Err(fault) => (Decision::Indeterminate(effect.into()), Some(fault)),
            },
            (None, None) => (decision, fault),
            (Some(_), None) if decision == Decision::NotApplicable => (decision, None),
            (Some(target), None) => (decision, Some(target)),
            (Some(target), Some(effect)) => (Decision::Indeterminate(Effects::from(effect)), Some(target)),
        }
    }

    fn rules(&mut self, node: &'a Node) -> Outcome<'a> {
        match node.method {
            Method::DenyOverrides => self.combine_rules::<DenyOverrides>(node),
            Method::PermitOverrides => self.combine_rules::<PermitOverrides>(node),
            Method::DenyUnlessPermit => self.combine_rules::<DenyUnlessPermit>(node),
            Method::PermitUnlessDeny => self.combine_rules::<PermitUnlessDeny>(node),
            Method::FirstApplicable => self.combine_rules::<FirstApplicable>(node),
            Method::LegacyRuleDenyOverrides => self.combine_rules::<LegacyRuleDenyOverrides>(node),
            Method::LegacyRulePermitOverrides => self.combine_rules::<LegacyRulePermitOverrides>(node),
            // The check refuses an algorithm of policies here.
            Method::LegacyPolicyDenyOverrides
            | Method::LegacyPolicyPermitOverrides
            | Method::OnlyOneApplicable
            | Method::OnPermitApplySecond => (INDETERMINATE, Some(self.wrong_algorithm())),
        }
    }

    fn children(&mut self, node: &'a Node) -> Outcome<'a> {
        match node.method {
            Method::DenyOverrides => self.combine_nodes::<DenyOverrides>(node),
            Method::PermitOverrides => self.combine_nodes::<PermitOverrides>(node),
            Method::DenyUnlessPermit => self.combine_nodes::<DenyUnlessPermit>(node),
            Method::PermitUnlessDeny => self.combine_nodes::<PermitUnlessDeny>(node),
            Method::FirstApplicable => self.combine_nodes::<FirstApplicable>(node),
            Method::LegacyPolicyDenyOverrides => self.combine_nodes::<LegacyPolicyDenyOverrides>(node),
            Method::LegacyPolicyPermitOverrides => self.combine_nodes::<LegacyPolicyPermitOverrides>(node),
            Method::OnlyOneApplicable => self.only_one_applicable(node),
            Method::OnPermitApplySecond => self.on_permit_apply_second(node),
            // The check refuses an algorithm of rules here.
            Method::LegacyRuleDenyOverrides | Method::LegacyRulePermitOverrides => {
                (INDETERMINATE, Some(self.wrong_algorithm()))
            }
        }
    }

    fn wrong_algorithm(&self) -> &'a Fault {
        self.call.arena.fault(Fault::processing("the combining algorithm does not combine children of this kind"))
    }

    fn combine_rules<C: Combining + Default>(&mut self, node: &'a Node) -> Outcome<'a> {
        let (mut combining, mut faults) = (C::default(), Faults::new());
        if let Some(candidates) = self.candidates(node) {
            for place in candidates {
                let outcome = self.rule(node.children.start + place);
                if let ControlFlow::Break(decision) = take(&mut combining, &mut faults, outcome) {
                    return self.settle(decision, &faults);
                }
            }
        } else {
            for place in 0..node.children.len {
                let outcome = self.rule(node.children.start + place);
                if let ControlFlow::Break(decision) = take(&mut combining, &mut faults, outcome) {
                    return self.settle(decision, &faults);
                }
            }
        }
        self.settle(combining.finish(), &faults)
    }

    fn combine_nodes<C: Combining + Default>(&mut self, node: &'a Node) -> Outcome<'a> {
        let program = self.program;
        let (mut combining, mut faults) = (C::default(), Faults::new());
        if let Some(candidates) = self.candidates(node) {
            for place in candidates {
                let outcome = self.node(program.child(node, *place));
                if let ControlFlow::Break(decision) = take(&mut combining, &mut faults, outcome) {
                    return self.settle(decision, &faults);
                }
            }
        } else {
            for place in 0..node.children.len {
                let outcome = self.node(program.child(node, place));
                if let ControlFlow::Break(decision) = take(&mut combining, &mut faults, outcome) {
                    return self.settle(decision, &faults);
                }
            }
        }
        self.settle(combining.finish(), &faults)
    }

    // The children that the request can reach at all; `None` where all are to be visited.
    fn candidates(&mut self, node: &Node) -> Option<&'a [u32]> {
        if self.plainly {
            return None;
        }
        let program = self.program;
        let index = program.indexes.get(node.index as usize)?;
        // A key is looked up whether or not the attribute must be present: the guard says what an empty bag means.
        index.candidates(self.call.arena, |slot| self.bag(slot, false))
    }

    fn settle(&self, decision: Decision, faults: &Faults<'a>) -> Outcome<'a> {
        if !matches!(decision, Decision::Indeterminate(_)) {
            return (decision, None);
        }
        let Some((first, rest)) = faults.split_first() else { return (decision, None) };
        if first.code != StatusCode::MissingAttribute || !rest.iter().any(|fault| !fault.missing.is_empty()) {
            return (decision, Some(first));
        }
        // Several attributes are missing: all are named, so that one further request can bring them (core 7.19.3).
        let mut merged = (*first).clone();
        for missing in rest.iter().flat_map(|fault| &fault.missing) {
            if !merged.missing.contains(missing) {
                merged.missing.push(missing.clone());
            }
        }
        (decision, Some(self.call.arena.fault(merged)))
    }

    fn rule(&mut self, id: RuleId) -> Outcome<'a> {
        let program = self.program;
        let rule = program.rule(id);
        let (decision, fault) = self.rule_outcome(rule);
        if T::ON {
            let label = program.rule_label(id);
            let (start, end) = label.at;
            self.tracer.step(Step::Rule {
                id: program.text(label.id),
                effect: rule.effect,
                at: Span { file: self.file, start, end },
                decision,
                fault,
            });
        }
        (decision, fault)
    }

    fn rule_outcome(&mut self, rule: &'a Rule) -> Outcome<'a> {
        let failed = Decision::Indeterminate(Effects::from(rule.effect));
        match self.target(rule.target.of(&self.program.matches)) {
            Applicability::NoMatch => return (Decision::NotApplicable, None),
            Applicability::Indeterminate(fault) => return (failed, Some(fault)),
            Applicability::Match => {}
        }
        if rule.condition != NO_OP {
            match self.boolean(rule.condition) {
                Ok(true) => {}
                Ok(false) => return (Decision::NotApplicable, None),
                Err(fault) => return (failed, Some(fault)),
            }
        }
        let mark = self.mark();
        match self.duties(rule.duties, rule.effect) {
            Ok(()) => (rule.effect.into(), None),
            Err(fault) => {
                self.cut(mark, Decision::NotApplicable);
                (failed, Some(fault))
            }
        }
    }

    fn only_one_applicable(&mut self, node: &'a Node) -> Outcome<'a> {
        let program = self.program;
        let all: SmallVec<[u32; 8]> = match self.candidates(node) {
            Some(candidates) => candidates.into(),
            None => (0..node.children.len).collect(),
        };
        let mut choice = OnlyOneApplicable::default();
        for place in all {
            let child = program.child(node, place);
            let (applicability, fault) = match self.target(program.node(child).target.of(&program.matches)) {
                Applicability::Match => (combining::Applicability::Applies, None),
                Applicability::NoMatch => (combining::Applicability::DoesNot, None),
                Applicability::Indeterminate(fault) => (combining::Applicability::Unknown, Some(fault)),
            };
            match choice.visit(child, applicability) {
                ControlFlow::Continue(()) => {}
                ControlFlow::Break(Refused::Unknown(_)) => return (INDETERMINATE, fault),
                ControlFlow::Break(Refused::Second { first, second }) => {
                    return (INDETERMINATE, Some(self.second_applies(first, second)));
                }
            }
        }
        match choice.finish() {
            None => (Decision::NotApplicable, None),
            Some(child) => {
                let (decision, fault) = self.node(child);
                (plain(decision), fault)
            }
        }
    }

    fn second_applies(&self, first: NodeId, second: NodeId) -> &'a Fault {
        let program = self.program;
        let (first, second) = (program.text(program.label(first).id), program.text(program.label(second).id));
        self.call.arena.fault(Fault::processing(format!("both `{first}` and `{second}` are applicable")))
    }

    fn on_permit_apply_second(&mut self, node: &'a Node) -> Outcome<'a> {
        let (program, count) = (self.program, node.children.len as usize);
        let first = match on_permit_apply_second::start(count) {
            Next::Evaluate(_) => self.node(program.child(node, 0)),
            Next::Settled(decision) => {
                let fault = Fault::processing("`on-permit-apply-second` takes two or three children");
                return (decision, Some(self.call.arena.fault(fault)));
            }
        };
        match on_permit_apply_second::after_first(first.0, count) {
            Next::Settled(decision) => (decision, first.1.filter(|_| matches!(decision, Decision::Indeterminate(_)))),
            Next::Evaluate(place) => {
                u32::try_from(place).map_or((INDETERMINATE, None), |place| self.node(program.child(node, place)))
            }
        }
    }

    fn mark(&self) -> Mark {
        Mark {
            on_permit: self.on_permit.len(),
            on_deny: self.on_deny.len(),
            permit_advice: self.permit_advice.len(),
            deny_advice: self.deny_advice.len(),
            policies: self.policies.len(),
        }
    }

    // What was collected within stays only where the node's own decision is the same (core 7.18).
    fn cut(&mut self, mark: Mark, decision: Decision) {
        let effect = decision.effect();
        if effect != Some(Effect::Permit) {
            self.on_permit.truncate(mark.on_permit);
            self.permit_advice.truncate(mark.permit_advice);
        }
        if effect != Some(Effect::Deny) {
            self.on_deny.truncate(mark.on_deny);
            self.deny_advice.truncate(mark.deny_advice);
        }
    }
}

fn take<'a, C: Combining>(
    combining: &mut C,
    faults: &mut Faults<'a>,
    (decision, fault): Outcome<'a>,
) -> ControlFlow<Decision> {
    if let Some(fault) = fault
        && faults.len() < ENOUGH_FAULTS
    {
        faults.push(fault);
    }
    combining.visit(decision)
}
