//! The combining algorithms: the pseudo-code of core appendix C, word for word.

use argus_engine::combining::Method;
use argus_engine::decision::{Decision, Effect, Effects};

use Decision::{Deny, Indeterminate, NotApplicable, Permit};

/// The plain Indeterminate, which a tracking parent reads as {DP} (C.1).
const PLAIN: Decision = Indeterminate(Effects::DP);

/// What an algorithm may ask about the children of its node.
pub(super) trait Children {
    fn count(&self) -> usize;
    /// The value of a child. Each is asked for at most once.
    fn evaluate(&mut self, child: usize) -> Decision;
    /// The effect of a rule.
    fn effect(&self, child: usize) -> Effect;
    /// Whether a policy's target matches; `None` where it is Indeterminate.
    fn applies(&mut self, child: usize) -> Option<bool>;
    /// Something went wrong that is no child's fault.
    fn fail(&mut self);
    /// What went wrong so far is not what makes the node Indeterminate.
    fn forgive(&mut self);
}

pub(super) fn combine(method: Method, children: &mut dyn Children) -> Decision {
    match method {
        Method::DenyOverrides => deny_overrides(children),
        Method::PermitOverrides => permit_overrides(children),
        Method::DenyUnlessPermit => {
            if (0..children.count()).any(|child| children.evaluate(child) == Permit) {
                Permit
            } else {
                Deny
            }
        }
        Method::PermitUnlessDeny => {
            if (0..children.count()).any(|child| children.evaluate(child) == Deny) {
                Deny
            } else {
                Permit
            }
        }
        Method::FirstApplicable => first_applicable(children),
        Method::OnlyOneApplicable => only_one_applicable(children),
        Method::LegacyRuleDenyOverrides => legacy_rule_deny_overrides(children),
        Method::LegacyPolicyDenyOverrides => legacy_policy_deny_overrides(children),
        Method::LegacyRulePermitOverrides => legacy_rule_permit_overrides(children),
        Method::LegacyPolicyPermitOverrides => legacy_policy_permit_overrides(children),
        Method::OnPermitApplySecond => on_permit_apply_second(children),
    }
}

fn deny_overrides(children: &mut dyn Children) -> Decision {
    let (mut error_d, mut error_p, mut error_dp, mut permit) = (false, false, false, false);
    for child in 0..children.count() {
        match children.evaluate(child) {
            Deny => return Deny,
            Permit => permit = true,
            NotApplicable => {}
            Indeterminate(Effects::D) => error_d = true,
            Indeterminate(Effects::P) => error_p = true,
            Indeterminate(Effects::DP) => error_dp = true,
        }
    }
    if error_dp {
        return Indeterminate(Effects::DP);
    }
    if error_d && (error_p || permit) {
        return Indeterminate(Effects::DP);
    }
    if error_d {
        return Indeterminate(Effects::D);
    }
    if permit {
        return Permit;
    }
    if error_p {
        return Indeterminate(Effects::P);
    }
    NotApplicable
}

fn permit_overrides(children: &mut dyn Children) -> Decision {
    let (mut error_d, mut error_p, mut error_dp, mut deny) = (false, false, false, false);
    for child in 0..children.count() {
        match children.evaluate(child) {
            Permit => return Permit,
            Deny => deny = true,
            NotApplicable => {}
            Indeterminate(Effects::D) => error_d = true,
            Indeterminate(Effects::P) => error_p = true,
            Indeterminate(Effects::DP) => error_dp = true,
        }
    }
    if error_dp {
        return Indeterminate(Effects::DP);
    }
    if error_p && (error_d || deny) {
        return Indeterminate(Effects::DP);
    }
    if error_p {
        return Indeterminate(Effects::P);
    }
    if deny {
        return Deny;
    }
    if error_d {
        return Indeterminate(Effects::D);
    }
    NotApplicable
}

fn first_applicable(children: &mut dyn Children) -> Decision {
    for child in 0..children.count() {
        match children.evaluate(child) {
            NotApplicable => {}
            Indeterminate(_) => return PLAIN,
            decided => return decided,
        }
    }
    NotApplicable
}

fn only_one_applicable(children: &mut dyn Children) -> Decision {
    let mut selected = None;
    for child in 0..children.count() {
        match children.applies(child) {
            None => return PLAIN,
            Some(false) => {}
            Some(true) if selected.is_some() => {
                children.fail();
                return PLAIN;
            }
            Some(true) => selected = Some(child),
        }
    }
    match selected.map(|child| children.evaluate(child)) {
        None => NotApplicable,
        Some(Indeterminate(_)) => PLAIN,
        Some(decided) => decided,
    }
}

fn legacy_rule_deny_overrides(children: &mut dyn Children) -> Decision {
    let (mut potential_deny, mut permit, mut error) = (false, false, false);
    for child in 0..children.count() {
        match children.evaluate(child) {
            Deny => return Deny,
            Permit => permit = true,
            NotApplicable => {}
            Indeterminate(_) => {
                error = true;
                potential_deny |= children.effect(child) == Effect::Deny;
            }
        }
    }
    if potential_deny {
        return PLAIN;
    }
    if permit {
        return Permit;
    }
    if error { PLAIN } else { NotApplicable }
}

fn legacy_policy_deny_overrides(children: &mut dyn Children) -> Decision {
    let mut permit = false;
    for child in 0..children.count() {
        match children.evaluate(child) {
            Deny | Indeterminate(_) => return Deny,
            Permit => permit = true,
            NotApplicable => {}
        }
    }
    if permit { Permit } else { NotApplicable }
}

fn legacy_rule_permit_overrides(children: &mut dyn Children) -> Decision {
    let (mut potential_permit, mut deny, mut error) = (false, false, false);
    for child in 0..children.count() {
        match children.evaluate(child) {
            Permit => return Permit,
            Deny => deny = true,
            NotApplicable => {}
            Indeterminate(_) => {
                error = true;
                potential_permit |= children.effect(child) == Effect::Permit;
            }
        }
    }
    if potential_permit {
        return PLAIN;
    }
    if deny {
        return Deny;
    }
    if error { PLAIN } else { NotApplicable }
}

fn legacy_policy_permit_overrides(children: &mut dyn Children) -> Decision {
    let (mut deny, mut error) = (false, false);
    for child in 0..children.count() {
        match children.evaluate(child) {
            Permit => return Permit,
            Deny => deny = true,
            NotApplicable => {}
            Indeterminate(_) => error = true,
        }
    }
    if deny {
        return Deny;
    }
    if error { PLAIN } else { NotApplicable }
}

fn on_permit_apply_second(children: &mut dyn Children) -> Decision {
    let count = children.count();
    if count != 2 && count != 3 {
        children.fail();
        return PLAIN;
    }
    match children.evaluate(0) {
        Permit => children.evaluate(1),
        Indeterminate(Effects::P | Effects::DP) => PLAIN,
        Deny | NotApplicable | Indeterminate(Effects::D) => {
            if count == 3 {
                // The value is that of the third child, its status too.
                children.forgive();
                children.evaluate(2)
            } else {
                NotApplicable
            }
        }
    }
}
