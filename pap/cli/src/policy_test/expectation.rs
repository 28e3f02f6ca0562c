//! What a case states about the answer.

use std::path::{Path, PathBuf};

use argus_engine::diagnostic::Span;

use super::attribute::{self, Names, TypedText};
use super::problems::Problems;
use super::yaml::{Key, Node, Value};
use crate::expected_decision::ExpectedDecision;

/// What the answer must be.
#[derive(Debug, Clone)]
pub(super) enum Expectation {
    /// These results, in order.
    Results(Vec<ExpectedResult>),
    /// What a response file says.
    File(PathBuf),
}

/// What one result must be. What is not stated is not compared.
#[derive(Debug, Clone)]
pub(super) struct ExpectedResult {
    pub(super) decision: ExpectedDecision,
    /// The top-level status code's identifier.
    pub(super) status: Option<String>,
    pub(super) obligations: Option<Vec<ExpectedDuty>>,
    pub(super) advice: Option<Vec<ExpectedDuty>>,
    pub(super) rule: Option<ExpectedRule>,
}

/// What must have decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ExpectedRule {
    /// The rule with this id.
    Named(String),
    /// No rule: a target, or the algorithm by itself.
    None,
}

/// An obligation or a piece of advice.
#[derive(Debug, Clone)]
pub(super) struct ExpectedDuty {
    pub(super) id: String,
    /// Attribute identifier and value, one for each value.
    pub(super) assignments: Vec<(String, TypedText)>,
}

/// The fields of a case that state something.
pub(super) static FIELDS: &[&str] = &["expect", "status", "obligations", "advice", "rule"];

/// The statements of a case, as far as they have been read: a row of a table goes over what its case says.
#[derive(Debug, Clone, Default)]
pub(super) struct Statements<'n> {
    expect: Option<&'n Node>,
    status: Option<&'n Node>,
    obligations: Option<&'n Node>,
    advice: Option<&'n Node>,
    rule: Option<&'n Node>,
}

impl<'n> Statements<'n> {
    /// Takes a field, if it is a statement.
    pub(super) fn take(&mut self, key: &Key, node: &'n Node) -> bool {
        let field = match key.text.as_str() {
            "expect" => &mut self.expect,
            "status" => &mut self.status,
            "obligations" => &mut self.obligations,
            "advice" => &mut self.advice,
            "rule" => &mut self.rule,
            _ => return false,
        };
        *field = Some(node);
        true
    }

    /// Whether a decision is stated.
    pub(super) fn expects(&self) -> bool {
        self.expect.is_some()
    }

    /// Reads what was taken; `at` is the case, for where it states nothing.
    pub(super) fn read(&self, at: Span, names: &Names, folder: &Path, problems: &mut Problems) -> Option<Expectation> {
        let Some(expect) = self.expect else {
            let help = "write `expect: Permit`, `Deny`, `NotApplicable` or `Indeterminate`".to_owned();
            problems.error_with_help("missing-field", at, "a case lacks `expect`", "nothing is expected", Some(help));
            return None;
        };
        match &expect.value {
            Value::Text(_) => {
                let decision = read_decision(expect, problems)?;
                Some(Expectation::Results(vec![self.result(decision, names, problems)?]))
            }
            Value::List(nodes) => {
                self.refuse_beside("several results", "put it into `expect: [{decision: …, …}]`", problems)?;
                let results = nodes.iter().map(|node| read_result(node, names, problems));
                results.collect::<Option<Vec<_>>>().map(Expectation::Results)
            }
            Value::Map(entries) if entries.iter().any(|(key, _)| key.text == "file") => {
                self.refuse_beside("a response file", "the file says all of the answer", problems)?;
                read_file(entries, folder, problems)
            }
            Value::Map(_) => {
                self.refuse_beside("a whole result", "put it beside `decision`", problems)?;
                read_result(expect, names, problems).map(|result| Expectation::Results(vec![result]))
            }
            _ => {
                problems.wrong_kind(expect, "`expect`", "a decision, a list of results or `{file: …}`");
                None
            }
        }
    }

    fn refuse_beside(&self, what: &str, help: &str, problems: &mut Problems) -> Option<()> {
        let beside = self.status.or(self.obligations).or(self.advice).or(self.rule);
        let Some(node) = beside else { return Some(()) };
        let message = format!("this says nothing beside {what}");
        problems.error_with_help("ambiguous-field", node.at, message, "of which result?", Some(help.to_owned()));
        None
    }

    fn result(&self, decision: ExpectedDecision, names: &Names, problems: &mut Problems) -> Option<ExpectedResult> {
        let status = match self.status {
            Some(node) => Some(read_status(node, problems)?),
            None => None,
        };
        let rule = match self.rule.map(|node| (&node.value, node)) {
            None => None,
            Some((Value::Null, _)) => Some(ExpectedRule::None),
            Some((_, node)) => Some(ExpectedRule::Named(problems.text(node, "`rule`")?.to_owned())),
        };
        let obligations = match self.obligations {
            Some(node) => Some(read_duties(node, names, problems)?),
            None => None,
        };
        let advice = match self.advice {
            Some(node) => Some(read_duties(node, names, problems)?),
            None => None,
        };
        Some(ExpectedResult { decision, status, obligations, advice, rule })
    }
}

fn read_result(node: &Node, names: &Names, problems: &mut Problems) -> Option<ExpectedResult> {
    static KNOWN: &[&str] = &["decision", "status", "obligations", "advice", "rule"];
    if matches!(node.value, Value::Text(_)) {
        return Statements::default().result(read_decision(node, problems)?, names, problems);
    }
    let (mut statements, mut decision) = (Statements::default(), None);
    for (key, node) in problems.map(node, "a result") {
        match key.text.as_str() {
            "decision" => decision = Some(read_decision(node, problems)?),
            "expect" => problems.unknown_field(key, "a result", KNOWN),
            _ if statements.take(key, node) => {}
            _ => problems.unknown_field(key, "a result", KNOWN),
        }
    }
    let Some(decision) = decision else {
        problems.error("missing-field", node.at, "a result lacks `decision`", "nothing is expected");
        return None;
    };
    statements.result(decision, names, problems)
}

fn read_file(entries: &[(Key, Node)], folder: &Path, problems: &mut Problems) -> Option<Expectation> {
    let mut file = None;
    for (key, node) in entries {
        match key.text.as_str() {
            "file" => file = Some(folder.join(problems.text(node, "`file`")?)),
            _ => problems.unknown_field(key, "a response file", &["file"]),
        }
    }
    file.map(Expectation::File)
}

fn read_decision(node: &Node, problems: &mut Problems) -> Option<ExpectedDecision> {
    let word = problems.text(node, "`expect`")?;
    let found = ExpectedDecision::find(word);
    if found.is_none() {
        problems.unknown_name(node.at, "decision", word, "no decision has this name", ExpectedDecision::names());
    }
    found
}

/// The status codes of core B.8 by their last segment.
static STATUSES: &[&str] = &["ok", "missing-attribute", "syntax-error", "processing-error"];

fn read_status(node: &Node, problems: &mut Problems) -> Option<String> {
    let word = problems.text(node, "`status`")?;
    if word.contains(':') {
        return Some(word.to_owned());
    }
    if !STATUSES.contains(&word) {
        let label = "neither a status code's last segment nor an identifier";
        problems.unknown_name(node.at, "status", word, label, STATUSES.iter().copied());
        return None;
    }
    Some(format!("urn:oasis:names:tc:xacml:1.0:status:{word}"))
}

fn read_duties(node: &Node, names: &Names, problems: &mut Problems) -> Option<Vec<ExpectedDuty>> {
    let nodes = problems.list(node, "obligations and advice");
    if !matches!(node.value, Value::List(_)) {
        return None;
    }
    nodes.iter().map(|node| read_duty(node, names, problems)).collect()
}

fn read_duty(node: &Node, names: &Names, problems: &mut Problems) -> Option<ExpectedDuty> {
    let (mut id, mut assignments) = (None, Vec::new());
    for (key, node) in problems.map(node, "an obligation or advice") {
        match key.text.as_str() {
            "id" => id = Some(problems.text(node, "`id`")?.to_owned()),
            "attributes" => {
                for (key, node) in problems.map(node, "`attributes`") {
                    assignments.extend(read_assignment(key, node, names, problems)?);
                }
            }
            _ => problems.unknown_field(key, "an obligation or advice", &["id", "attributes"]),
        }
    }
    let Some(id) = id else {
        problems.error("missing-field", node.at, "an obligation or advice lacks `id`", "which one?");
        return None;
    };
    Some(ExpectedDuty { id, assignments })
}

fn read_assignment(key: &Key, node: &Node, names: &Names, problems: &mut Problems) -> Option<Vec<(String, TypedText)>> {
    let name = names.get(&key.text);
    let (id, data_type) = name.map_or((key.text.clone(), None), |name| (name.id.clone(), name.data_type));
    let nodes = match &node.value {
        Value::List(nodes) => nodes,
        _ => std::slice::from_ref(node),
    };
    let mut values = Vec::new();
    for node in nodes {
        let value = attribute::read_value(node, data_type, problems)?;
        values.push((id.clone(), attribute::check_value(value, node.at, problems)?));
    }
    Some(values)
}
