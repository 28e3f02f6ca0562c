//! Every sequence of up to six children, through each algorithm and through the standard's own pseudo-code, written
//! down here as it stands there: flags and loops, no shared helpers with what it tests.

use std::cell::RefCell;
use std::ops::ControlFlow;

use super::on_permit_apply_second::{Next, after_first, start};
use super::*;
use crate::decision::Effects::{D as OfD, DP as OfDP, P as OfP};

const P: Decision = Decision::Permit;
const D: Decision = Decision::Deny;
const NA: Decision = Decision::NotApplicable;
const I_D: Decision = Decision::Indeterminate(OfD);
const I_P: Decision = Decision::Indeterminate(OfP);
const I_DP: Decision = Decision::Indeterminate(OfDP);
const OUTCOMES: [Decision; 6] = [P, D, NA, I_D, I_P, I_DP];

/// A node's value and which children were evaluated for it. Obligations follow: they are those of the children
/// evaluated whose value is the node's.
type Combined = (Decision, Vec<usize>);

fn contributing((decision, evaluated): &Combined, children: &[Decision]) -> Vec<usize> {
    let decided = matches!(decision, Decision::Permit | Decision::Deny);
    evaluated.iter().copied().filter(|place| decided && children[*place] == *decision).collect()
}

/// Calls `check` with every sequence of up to six of `items`, and says how many there were.
fn every_sequence<T: Copy>(items: &[T], mut check: impl FnMut(&[T])) -> usize {
    let mut count = 0;
    for length in 0..=6 {
        for number in 0..items.len().pow(length) {
            let sequence: Vec<T> =
                (0..length).map(|digit| items[number / items.len().pow(digit) % items.len()]).collect();
            check(&sequence);
            count += 1;
        }
    }
    count
}

fn driven<C: Combining>(children: &[Decision]) -> Combined {
    let evaluated = RefCell::new(Vec::new());
    let values = children.iter().enumerate().map(|(place, value)| {
        evaluated.borrow_mut().push(place);
        *value
    });
    let decision = combine::<C>(values);
    (decision, evaluated.into_inner())
}

fn check<C: Combining>(written: fn(&[Decision]) -> Combined) {
    let count = every_sequence(&OUTCOMES, |children| {
        let (expected, found) = (written(children), driven::<C>(children));
        assert_eq!(expected, found, "{children:?}");
        assert_eq!(contributing(&expected, children), contributing(&found, children), "{children:?}");
    });
    assert_eq!(count, 55_987);
}

fn all(children: &[Decision]) -> Vec<usize> {
    (0..children.len()).collect()
}

fn up_to(place: usize) -> Vec<usize> {
    (0..=place).collect()
}

fn deny_overrides_as_written(children: &[Decision]) -> Combined {
    let (mut error_deny, mut error_permit, mut error_either, mut permit) = (false, false, false, false);
    for (place, child) in children.iter().enumerate() {
        if *child == D {
            return (D, up_to(place));
        }
        if *child == P {
            permit = true;
        }
        if *child == I_D {
            error_deny = true;
        }
        if *child == I_P {
            error_permit = true;
        }
        if *child == I_DP {
            error_either = true;
        }
    }
    let decision = if error_either || (error_deny && (error_permit || permit)) {
        I_DP
    } else if error_deny {
        I_D
    } else if permit {
        P
    } else if error_permit {
        I_P
    } else {
        NA
    };
    (decision, all(children))
}

fn permit_overrides_as_written(children: &[Decision]) -> Combined {
    let (mut error_deny, mut error_permit, mut error_either, mut deny) = (false, false, false, false);
    for (place, child) in children.iter().enumerate() {
        if *child == P {
            return (P, up_to(place));
        }
        if *child == D {
            deny = true;
        }
        if *child == I_D {
            error_deny = true;
        }
        if *child == I_P {
            error_permit = true;
        }
        if *child == I_DP {
            error_either = true;
        }
    }
    let decision = if error_either || (error_permit && (error_deny || deny)) {
        I_DP
    } else if error_permit {
        I_P
    } else if deny {
        D
    } else if error_deny {
        I_D
    } else {
        NA
    };
    (decision, all(children))
}

fn deny_unless_permit_as_written(children: &[Decision]) -> Combined {
    for (place, child) in children.iter().enumerate() {
        if *child == P {
            return (P, up_to(place));
        }
    }
    (D, all(children))
}

fn permit_unless_deny_as_written(children: &[Decision]) -> Combined {
    for (place, child) in children.iter().enumerate() {
        if *child == D {
            return (D, up_to(place));
        }
    }
    (P, all(children))
}

fn first_applicable_as_written(children: &[Decision]) -> Combined {
    for (place, child) in children.iter().enumerate() {
        if *child == NA {
            continue;
        }
        if *child == P || *child == D {
            return (*child, up_to(place));
        }
        // Plain Indeterminate, which a tracking parent reads as {DP}.
        return (I_DP, up_to(place));
    }
    (NA, all(children))
}

fn legacy_rule_deny_overrides_as_written(children: &[Decision]) -> Combined {
    let (mut potential_deny, mut permit, mut error) = (false, false, false);
    for (place, child) in children.iter().enumerate() {
        if *child == D {
            return (D, up_to(place));
        }
        if *child == P {
            permit = true;
            continue;
        }
        if *child == NA {
            continue;
        }
        error = true;
        // A rule's Indeterminate has its effect: {D} is a rule of effect Deny. {DP} may be one.
        if *child == I_D || *child == I_DP {
            potential_deny = true;
        }
    }
    let decision = if potential_deny {
        I_DP
    } else if permit {
        P
    } else if error {
        I_DP
    } else {
        NA
    };
    (decision, all(children))
}

fn legacy_policy_deny_overrides_as_written(children: &[Decision]) -> Combined {
    let mut permit = false;
    for (place, child) in children.iter().enumerate() {
        if *child == D {
            return (D, up_to(place));
        }
        if *child == P {
            permit = true;
            continue;
        }
        if *child == NA {
            continue;
        }
        return (D, up_to(place));
    }
    (if permit { P } else { NA }, all(children))
}

fn legacy_rule_permit_overrides_as_written(children: &[Decision]) -> Combined {
    let (mut potential_permit, mut deny, mut error) = (false, false, false);
    for (place, child) in children.iter().enumerate() {
        if *child == P {
            return (P, up_to(place));
        }
        if *child == D {
            deny = true;
            continue;
        }
        if *child == NA {
            continue;
        }
        error = true;
        if *child == I_P || *child == I_DP {
            potential_permit = true;
        }
    }
    let decision = if potential_permit {
        I_DP
    } else if deny {
        D
    } else if error {
        I_DP
    } else {
        NA
    };
    (decision, all(children))
}

fn legacy_policy_permit_overrides_as_written(children: &[Decision]) -> Combined {
    let (mut deny, mut error) = (false, false);
    for (place, child) in children.iter().enumerate() {
        if *child == P {
            return (P, up_to(place));
        }
        if *child == D {
            deny = true;
            continue;
        }
        if *child == NA {
            continue;
        }
        error = true;
    }
    let decision = if deny {
        D
    } else if error {
        I_DP
    } else {
        NA
    };
    (decision, all(children))
}

#[test]
fn deny_overrides_is_as_the_standard_writes_it() {
    check::<DenyOverrides>(deny_overrides_as_written);
}

#[test]
fn permit_overrides_is_as_the_standard_writes_it() {
    check::<PermitOverrides>(permit_overrides_as_written);
}

#[test]
fn deny_unless_permit_is_as_the_standard_writes_it() {
    check::<DenyUnlessPermit>(deny_unless_permit_as_written);
}

#[test]
fn permit_unless_deny_is_as_the_standard_writes_it() {
    check::<PermitUnlessDeny>(permit_unless_deny_as_written);
}

#[test]
fn first_applicable_is_as_the_standard_writes_it() {
    check::<FirstApplicable>(first_applicable_as_written);
}

#[test]
fn legacy_deny_overrides_of_rules_is_as_the_standard_writes_it() {
    check::<LegacyRuleDenyOverrides>(legacy_rule_deny_overrides_as_written);
}

#[test]
fn legacy_deny_overrides_of_policies_is_as_the_standard_writes_it() {
    check::<LegacyPolicyDenyOverrides>(legacy_policy_deny_overrides_as_written);
}

#[test]
fn legacy_permit_overrides_of_rules_is_as_the_standard_writes_it() {
    check::<LegacyRulePermitOverrides>(legacy_rule_permit_overrides_as_written);
}

#[test]
fn legacy_permit_overrides_of_policies_is_as_the_standard_writes_it() {
    check::<LegacyPolicyPermitOverrides>(legacy_policy_permit_overrides_as_written);
}

/// A child of `only-one-applicable`: what its target says, and its value, were it evaluated.
type Candidate = (Applicability, Decision);

fn only_one_applicable_as_written(children: &[Candidate]) -> Combined {
    let mut selected = None;
    for (place, (applicability, _)) in children.iter().enumerate() {
        if *applicability == Applicability::Unknown {
            return (I_DP, Vec::new());
        }
        if *applicability == Applicability::Applies {
            if selected.is_some() {
                return (I_DP, Vec::new());
            }
            selected = Some(place);
        }
    }
    match selected {
        None => (NA, Vec::new()),
        Some(place) => match children[place].1 {
            decided @ (P | D | NA) => (decided, vec![place]),
            _ => (I_DP, vec![place]),
        },
    }
}

fn only_one_applicable_driven(children: &[Candidate]) -> Combined {
    let mut combining = OnlyOneApplicable::default();
    for (place, (applicability, _)) in children.iter().enumerate() {
        if combining.visit(place, *applicability).is_break() {
            return (INDETERMINATE, Vec::new());
        }
    }
    match combining.finish() {
        None => (NA, Vec::new()),
        Some(place) => (plain(children[place].1), vec![place]),
    }
}

#[test]
fn only_one_applicable_is_as_the_standard_writes_it() {
    let mut candidates: Vec<Candidate> = OUTCOMES.iter().map(|value| (Applicability::Applies, *value)).collect();
    candidates.extend([(Applicability::DoesNot, NA), (Applicability::Unknown, I_DP)]);
    let count = every_sequence(&candidates, |children| {
        let (expected, found) = (only_one_applicable_as_written(children), only_one_applicable_driven(children));
        assert_eq!(expected, found, "{children:?}");
    });
    assert_eq!(count, 299_593);
}

#[test]
fn only_one_applicable_names_the_children_that_stand_against_a_choice() {
    let mut two = OnlyOneApplicable::default();
    assert_eq!(two.visit("a", Applicability::Applies), ControlFlow::Continue(()));
    let refused = Refused::Second { first: "a", second: "b" };
    assert_eq!(two.visit("b", Applicability::Applies), ControlFlow::Break(refused));

    let mut unknown = OnlyOneApplicable::default();
    assert_eq!(unknown.visit("a", Applicability::Applies), ControlFlow::Continue(()));
    assert_eq!(unknown.visit("b", Applicability::Unknown), ControlFlow::Break(Refused::Unknown("b")));
}

fn on_permit_apply_second_as_written(children: &[Decision]) -> Combined {
    let n = children.len();
    if n != 2 && n != 3 {
        return (I_DP, Vec::new());
    }
    let first = children[0];
    if first == P {
        return (children[1], vec![0, 1]);
    }
    if first == I_P || first == I_DP {
        return (I_DP, vec![0]);
    }
    if n == 3 { (children[2], vec![0, 2]) } else { (NA, vec![0]) }
}

fn on_permit_apply_second_driven(children: &[Decision]) -> Combined {
    let Next::Evaluate(guard) = start(children.len()) else { return (INDETERMINATE, Vec::new()) };
    match after_first(children[guard], children.len()) {
        Next::Evaluate(place) => (children[place], vec![guard, place]),
        Next::Settled(decision) => (decision, vec![guard]),
    }
}

#[test]
fn on_permit_apply_second_is_as_the_profile_writes_it() {
    every_sequence(&OUTCOMES, |children| {
        let (expected, found) = (on_permit_apply_second_as_written(children), on_permit_apply_second_driven(children));
        assert_eq!(expected, found, "{children:?}");
        assert_eq!(contributing(&expected, children), contributing(&found, children), "{children:?}");
    });
}

fn without_the_inapplicable<C: Combining>() {
    every_sequence(&OUTCOMES, |children| {
        let rest = children.iter().copied().filter(|value| *value != NA);
        assert_eq!(combine::<C>(children.iter().copied()), combine::<C>(rest), "{children:?}");
    });
}

#[test]
fn a_child_that_is_not_applicable_changes_nothing() {
    without_the_inapplicable::<DenyOverrides>();
    without_the_inapplicable::<PermitOverrides>();
    without_the_inapplicable::<DenyUnlessPermit>();
    without_the_inapplicable::<PermitUnlessDeny>();
    without_the_inapplicable::<FirstApplicable>();
    without_the_inapplicable::<LegacyRuleDenyOverrides>();
    without_the_inapplicable::<LegacyPolicyDenyOverrides>();
    without_the_inapplicable::<LegacyRulePermitOverrides>();
    without_the_inapplicable::<LegacyPolicyPermitOverrides>();
}

#[test]
fn every_algorithm_has_an_identifier_of_its_own() {
    for algorithm in ALGORITHMS {
        assert!(std::ptr::eq(find(algorithm.id).unwrap(), algorithm), "{}", algorithm.id);
        let of_rules = algorithm.id.contains(":rule-combining-algorithm:");
        assert_eq!(of_rules, algorithm.combines == Combines::Rules, "{}", algorithm.id);
    }
    assert_eq!(ALGORITHMS.len(), 24);
}
