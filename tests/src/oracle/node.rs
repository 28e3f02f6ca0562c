//! Rules, policies and policy sets (core 7.11 to 7.14), and what they oblige to (7.18).

use argus_engine::check::checked::{Child, DutyExpression, Node, Policy, PolicySet, Rule, Target};
use argus_engine::combining::{Algorithm, Combines};
use argus_engine::decision::{Decision, Effect, Effects};
use argus_engine::status::StatusCode;

use super::combine::{Children, combine};
use super::expression::constant;
use super::value::{Operand, Value};
use super::{Duty, Maybe, Oracle};

/// The value of a rule, policy or policy set with what it would pass up.
pub(super) struct Outcome {
    pub(super) decision: Decision,
    /// Of what is Indeterminate.
    pub(super) status: Option<StatusCode>,
    pub(super) duties: Vec<Duty>,
    pub(super) policies: Vec<String>,
}

impl Outcome {
    fn plain(decision: Decision) -> Self {
        Self { decision, status: None, duties: Vec::new(), policies: Vec::new() }
    }

    fn failed(effects: Effects, status: StatusCode) -> Self {
        Self { status: Some(status), ..Self::plain(Decision::Indeterminate(effects)) }
    }
}

fn effects(effect: Effect) -> Effects {
    match effect {
        Effect::Permit => Effects::P,
        Effect::Deny => Effects::D,
    }
}

fn decision(effect: Effect) -> Decision {
    match effect {
        Effect::Permit => Decision::Permit,
        Effect::Deny => Decision::Deny,
    }
}

/// The children of a node while its algorithm runs, and what they said so far.
struct Visit<'o, 'e> {
    oracle: &'o mut Oracle<'e>,
    children: Which<'e>,
    seen: Vec<Outcome>,
    /// The first fault in document order.
    status: Option<StatusCode>,
}

enum Which<'e> {
    Rules(&'e [Rule<'e>]),
    Nodes(&'e [Child<'e>]),
}

impl<'e> Visit<'_, 'e> {
    fn child(&self, place: usize) -> &'e Node<'e> {
        match &self.children {
            Which::Nodes(children) => self.oracle.resolved(&children[place]),
            Which::Rules(_) => panic!("a rule is no policy"),
        }
    }
}

impl Children for Visit<'_, '_> {
    fn count(&self) -> usize {
        match self.children {
            Which::Rules(rules) => rules.len(),
            Which::Nodes(children) => children.len(),
        }
    }

    fn evaluate(&mut self, place: usize) -> Decision {
        let outcome = match self.children {
            Which::Rules(rules) => self.oracle.rule(&rules[place]),
            Which::Nodes(_) => {
                let child = self.child(place);
                self.oracle.node(child)
            }
        };
        self.status = self.status.or(outcome.status);
        let decision = outcome.decision;
        self.seen.push(outcome);
        decision
    }

    fn effect(&self, place: usize) -> Effect {
        match self.children {
            Which::Rules(rules) => rules[place].effect,
            Which::Nodes(_) => panic!("a policy has no effect"),
        }
    }

    fn applies(&mut self, place: usize) -> Option<bool> {
        let (Node::Policy(Policy { target, .. }) | Node::PolicySet(PolicySet { target, .. })) = self.child(place);
        match self.oracle.target(target) {
            Ok(applies) => Some(applies),
            Err(status) => {
                self.status = self.status.or(Some(status));
                None
            }
        }
    }

    fn fail(&mut self) {
        self.status = self.status.or(Some(StatusCode::ProcessingError));
    }

    fn forgive(&mut self) {
        self.status = None;
    }
}

impl<'e> Oracle<'e> {
    fn resolved(&self, child: &'e Child<'e>) -> &'e Node<'e> {
        match child {
            Child::Node(node) => node,
            Child::Compiled(_) => unreachable!("`check` leaves everything in the tree"),
            Child::Reference { document, .. } => &self.checked.documents[document.unwrap()].node,
        }
    }

    pub(super) fn node(&mut self, node: &'e Node<'e>) -> Outcome {
        let (id, version, mut outcome) = match node {
            Node::Policy(policy) => {
                self.variables.push(&policy.variables);
                let children = Which::Rules(&policy.rules);
                let outcome = self.policy(&policy.target, policy.algorithm, children, &policy.duties);
                self.variables.pop();
                (&policy.id, &policy.version, outcome)
            }
            Node::PolicySet(set) => {
                let children = Which::Nodes(&set.children);
                (&set.id, &set.version, self.policy(&set.target, set.algorithm, children, &set.duties))
            }
        };
        // Applicable: neither it nor anything around it is NotApplicable.
        if outcome.decision == Decision::NotApplicable {
            outcome.policies.clear();
        } else {
            outcome.policies.push(format!("{id} {version}"));
        }
        outcome
    }

    /// The tables of core 7.12 and 7.14.
    fn policy(
        &mut self,
        target: &Target<'e>,
        algorithm: &Algorithm,
        children: Which<'e>,
        duties: &[DutyExpression<'e>],
    ) -> Outcome {
        let target = self.target(target);
        if target == Ok(false) {
            return Outcome::plain(Decision::NotApplicable);
        }
        assert_eq!(algorithm.combines == Combines::Rules, matches!(children, Which::Rules(_)));
        let mut visit = Visit { oracle: &mut *self, children, seen: Vec::new(), status: None };
        let combined = combine(algorithm.method, &mut visit);
        let (seen, status) = (visit.seen, visit.status);
        let policies = seen.iter().flat_map(|outcome| outcome.policies.clone()).collect();
        if let Err(fault) = target {
            let decision = match combined {
                Decision::NotApplicable => Decision::NotApplicable,
                Decision::Permit => Decision::Indeterminate(Effects::P),
                Decision::Deny => Decision::Indeterminate(Effects::D),
                Decision::Indeterminate(effects) => Decision::Indeterminate(effects),
            };
            let status = (decision != Decision::NotApplicable).then_some(fault);
            return Outcome { decision, status, duties: Vec::new(), policies };
        }
        let effect = match combined {
            Decision::NotApplicable => return Outcome { policies, ..Outcome::plain(combined) },
            Decision::Indeterminate(effects) => {
                return Outcome { policies, ..Outcome::failed(effects, status.unwrap()) };
            }
            Decision::Permit => Effect::Permit,
            Decision::Deny => Effect::Deny,
        };
        // 7.18: what the children that decided alike oblige to, then what this element does.
        let alike = seen.into_iter().filter(|outcome| outcome.decision == combined);
        let mut passed_up: Vec<Duty> = alike.flat_map(|outcome| outcome.duties).collect();
        match self.duties(duties, effect) {
            Ok(own) => passed_up.extend(own),
            Err(status) => return Outcome { policies, ..Outcome::failed(effects(effect), status) },
        }
        Outcome { duties: passed_up, policies, ..Outcome::plain(combined) }
    }

    /// The table of core 7.11.
    fn rule(&mut self, rule: &Rule<'e>) -> Outcome {
        let failed = |status| Outcome::failed(effects(rule.effect), status);
        match self.target(&rule.target) {
            Ok(true) => {}
            Ok(false) => return Outcome::plain(Decision::NotApplicable),
            Err(status) => return failed(status),
        }
        match rule.condition.as_ref().map_or(Ok(true), |condition| self.boolean(condition)) {
            Ok(true) => {}
            Ok(false) => return Outcome::plain(Decision::NotApplicable),
            Err(status) => return failed(status),
        }
        match self.duties(&rule.duties, rule.effect) {
            Ok(duties) => Outcome { duties, ..Outcome::plain(decision(rule.effect)) },
            Err(status) => failed(status),
        }
    }

    fn duties(&self, expressions: &[DutyExpression<'_>], effect: Effect) -> Maybe<Vec<Duty>> {
        expressions.iter().filter(|expression| expression.on == effect).map(|one| self.duty(one)).collect()
    }

    fn duty(&self, expression: &DutyExpression<'_>) -> Maybe<Duty> {
        let mut assignments = Vec::new();
        for assignment in &expression.assignments {
            let values = match self.expression(&assignment.expression)? {
                Operand::One(value) => vec![value],
                Operand::Bag(values) => values,
            };
            let text = |text: &Option<std::borrow::Cow<'_, str>>| text.as_deref().unwrap_or("-").to_owned();
            assignments.extend(values.iter().map(|value| {
                [
                    assignment.id.to_string(),
                    text(&assignment.category),
                    text(&assignment.issuer),
                    type_name(value).to_owned(),
                    value.text(),
                ]
            }));
        }
        Ok(Duty { id: expression.id.to_string(), is_advice: expression.is_advice, assignments })
    }
}

/// The short name of a value's type.
fn type_name(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "string",
        Value::Boolean(_) => "boolean",
        Value::Integer(_) => "integer",
        Value::Double(_) => "double",
        Value::AnyUri(_) => "anyURI",
        Value::Hex(_) => "hexBinary",
        Value::Base64(_) => "base64Binary",
        Value::Time(_) => "time",
        Value::Date(_) => "date",
        Value::DateTime(_) => "dateTime",
        Value::DayTime(_) => "dayTimeDuration",
        Value::YearMonth(_) => "yearMonthDuration",
        Value::Mail(..) => "rfc822Name",
        Value::Address(_) => "ipAddress-value",
        Value::Network(_) => "ipAddress-pattern",
        Value::Name(_) => "x500Name",
        Value::Host(_) => "dnsName-value",
        Value::Hosts(_) => "dnsName-pattern",
        Value::OldAddress(_) => "ipAddress",
        Value::OldHost(_) => "dnsName",
    }
}

/// The engine's answer in the form of [`Answer`](super::Answer).
pub fn of_engine(result: &argus_engine::response::Result<'_>) -> super::Answer {
    let duty = |duty: &argus_engine::response::Duty<'_>, is_advice| Duty {
        id: duty.id.to_owned(),
        is_advice,
        assignments: duty
            .assignments
            .iter()
            .map(|one| {
                let value = constant(&one.value);
                // A pattern has no canonical form in the standard: the sets that two stand for are compared.
                let text = if matches!(value, Value::Network(_)) { value.text() } else { one.value.to_string() };
                let (category, issuer) = (one.category.unwrap_or("-"), one.issuer.unwrap_or("-"));
                [one.id, category, issuer, type_name(&value), &text].map(str::to_owned)
            })
            .collect(),
    };
    let mut policies: Vec<String> = result.policies.iter().map(|one| format!("{} {}", one.id, one.version)).collect();
    policies.sort();
    let obligations = result.obligations.iter().map(|one| duty(one, false));
    super::Answer {
        decision: result.decision,
        status: result.fault.as_ref().map_or(StatusCode::Ok, |fault| fault.code),
        duties: obligations.chain(result.advice.iter().map(|one| duty(one, true))).collect(),
        policies,
    }
}
