//! The cases of a test file. A row of a table is a case of its own.

use std::path::{Path, PathBuf};

use argus_engine::diagnostic::Span;
use argus_engine::types::{DateTime, ZoneOffset};

use super::attribute::{self, Given};
use super::expectation::{self, Expectation, Statements};
use super::problems::Problems;
use super::settings::{self, Settings};
use super::yaml::{Key, Node, Value};
use crate::source::Source;

/// One request and what is expected of the answer.
#[derive(Debug)]
pub(super) struct Case {
    /// Its name, for a row with what the row sets: `a manager approves [days: 11]`.
    pub(super) name: String,
    /// Where it stands.
    pub(super) at: Span,
    /// The root policy, and where it is named.
    pub(super) policy: (PathBuf, Span),
    /// Folders of further documents, and where they are named.
    pub(super) policies: Vec<(PathBuf, Span)>,
    /// The clock.
    pub(super) now: Option<DateTime>,
    /// The zone of times that have none.
    pub(super) zone: ZoneOffset,
    /// What is asked.
    pub(super) request: Asked,
    /// What the answer must be.
    pub(super) expectation: Expectation,
}

/// What is asked.
#[derive(Debug, Clone)]
pub(super) enum Asked {
    /// A request of these attributes.
    Attributes(Vec<Given>),
    /// The request in a file.
    File(PathBuf),
}

/// The fields of a case beside settings and statements.
static OWN: &[&str] = &["name", "given", "request", "table"];

/// Where a case is read: what the file brings to it.
#[derive(Clone, Copy)]
pub(super) struct Surroundings<'s> {
    pub(super) source: &'s Source,
    pub(super) settings: &'s Settings,
    pub(super) folder: &'s Path,
}

/// What a case has said so far. A row starts from what its case said.
#[derive(Clone)]
struct Draft<'n> {
    name: String,
    at: Span,
    given: Vec<Given>,
    request: Option<(PathBuf, Span)>,
    now: Option<DateTime>,
    statements: Statements<'n>,
    /// A field was misspelt: what seems to be missing may be it.
    is_doubtful: bool,
}

/// Reads a case: one, or one for each row of its table.
pub(super) fn read(node: &Node, around: Surroundings<'_>, problems: &mut Problems) -> Vec<Case> {
    let entries = problems.map(node, "a case");
    let settings = around.settings.with(entries, around.folder, problems);
    let around = Surroundings { settings: &settings, ..around };
    let mut draft = Draft {
        name: String::new(),
        at: node.at,
        given: Vec::new(),
        request: None,
        now: settings.now,
        statements: Statements::default(),
        is_doubtful: entries.is_empty(),
    };
    let mut table = None;
    // Fixtures first: what the case itself says of an attribute goes over them, wherever it stands.
    for (key, node) in entries {
        match key.text.as_str() {
            "name" => problems.text(node, "`name`").unwrap_or_default().clone_into(&mut draft.name),
            "given" => merge_fixtures(&mut draft.given, node, &settings, problems),
            "table" => table = Some(node),
            _ => {}
        }
    }
    for (key, node) in entries {
        let name = key.text.as_str();
        if OWN.contains(&name) && name != "request" || settings::FIELDS.contains(&name) {
            continue;
        }
        draft.field(key, node, around, problems);
    }
    if draft.name.is_empty() && !draft.is_doubtful {
        problems.error("missing-field", node.at, "a case lacks `name`", "failures are told by its name");
    }
    let drafts = match table {
        Some(table) => rows(table, &draft, around, problems),
        None => vec![draft],
    };
    drafts.into_iter().filter_map(|draft| draft.finish(around, problems)).collect()
}

fn rows<'n>(table: &'n Node, case: &Draft<'n>, around: Surroundings<'_>, problems: &mut Problems) -> Vec<Draft<'n>> {
    let nodes = problems.list(table, "`table`");
    if nodes.is_empty() && matches!(table.value, Value::List(_)) {
        problems.error("empty-table", table.at, "`table` has no row", "nothing would be tested");
    }
    nodes.iter().map(|node| row(node, case, around, problems)).collect()
}

fn row<'n>(node: &'n Node, case: &Draft<'n>, around: Surroundings<'_>, problems: &mut Problems) -> Draft<'n> {
    let mut draft = Draft { at: node.at, ..case.clone() };
    let mut shown = Vec::new();
    for (key, node) in problems.map(node, "a row") {
        if !expectation::FIELDS.contains(&key.text.as_str()) {
            shown.push(format!("{}: {}", key.text, in_short(node)));
        }
        if key.text == "now" {
            draft.now = settings::read_now(node, around.settings.zone, problems);
        } else {
            draft.field(key, node, around, problems);
        }
    }
    if !shown.is_empty() {
        draft.name = format!("{} [{}]", case.name, shown.join(", "));
    }
    draft
}

impl<'n> Draft<'n> {
    // A field that a case and a row have alike.
    fn field(&mut self, key: &Key, node: &'n Node, around: Surroundings<'_>, problems: &mut Problems) {
        let names = &around.settings.names;
        if self.statements.take(key, node) {
        } else if key.text == "request" {
            self.request = problems.text(node, "`request`").map(|name| (around.folder.join(name), node.at));
        } else if attribute::category(&key.text).is_some() {
            merge(&mut self.given, attribute::read_category(key, node, names, problems));
        } else if let Some(name) = attribute::resolve(names, &key.text, None) {
            let given = if is_absent(node, around.source) {
                let attribute::AttributeName { category, id, issuer, .. } = name;
                Some(Given { category, id, issuer, values: Vec::new() })
            } else {
                attribute::read_given(&name, node, problems)
            };
            merge(&mut self.given, given);
        } else {
            self.unknown(key, around, problems);
        }
    }

    fn unknown(&mut self, key: &Key, around: Surroundings<'_>, problems: &mut Problems) {
        let categories = attribute::CATEGORIES.iter().map(|(short, _)| *short).take(4);
        let mut known: Vec<&str> = OWN.iter().chain(expectation::FIELDS).chain(settings::FIELDS).copied().collect();
        known.extend(categories);
        known.extend(around.settings.names.keys().map(String::as_str));
        problems.unknown_field(key, "a case", &known);
        self.is_doubtful = true;
    }

    fn finish(self, around: Surroundings<'_>, problems: &mut Problems) -> Option<Case> {
        let Surroundings { settings, folder, .. } = around;
        if self.is_doubtful && !self.statements.expects() {
            return None;
        }
        let expectation = self.statements.read(self.at, &settings.names, folder, problems);
        let Some(policy) = settings.policy.clone() else {
            problems.error("missing-field", self.at, "a case lacks `policy`", "no root policy is named here or above");
            return None;
        };
        let request = match self.request {
            Some((_, at)) if !self.given.is_empty() => {
                let label = "this file is the whole request";
                problems.error("ambiguous-field", at, "a case has attributes and a request file", label);
                return None;
            }
            Some((path, _)) => Asked::File(path),
            None => Asked::Attributes(self.given),
        };
        Some(Case {
            name: self.name,
            at: self.at,
            policy,
            policies: settings.policies.clone(),
            now: self.now,
            zone: settings.zone,
            request,
            expectation: expectation?,
        })
    }
}

fn merge_fixtures(given: &mut Vec<Given>, node: &Node, settings: &Settings, problems: &mut Problems) {
    let nodes = match &node.value {
        Value::Text(_) => std::slice::from_ref(node),
        _ => problems.list(node, "`given`"),
    };
    for node in nodes {
        let Some(name) = problems.text(node, "a fixture's name") else { continue };
        let Some(fixture) = settings.fixtures.get(name) else {
            let known = settings.fixtures.keys().map(String::as_str);
            problems.unknown_name(node.at, "fixture", name, "nothing of this name stands under `fixtures`", known);
            continue;
        };
        merge(given, fixture.iter().cloned());
    }
}

// Later values of an attribute replace earlier ones.
fn merge(given: &mut Vec<Given>, more: impl IntoIterator<Item = Given>) {
    for new in more {
        let same = |old: &Given| old.category == new.category && old.id == new.id && old.issuer == new.issuer;
        match given.iter_mut().find(|old| same(old)) {
            Some(old) => *old = new,
            None => given.push(new),
        }
    }
}

// The bare word alone: in quotes it is a text like any other.
fn is_absent(node: &Node, source: &Source) -> bool {
    let written = || source.text().get(node.at.start as usize..);
    matches!(&node.value, Value::Text(text) if text == "absent") && written().is_some_and(|w| w.starts_with("absent"))
}

fn in_short(node: &Node) -> String {
    match &node.value {
        Value::Null => "~".to_owned(),
        Value::Boolean(value) => value.to_string(),
        Value::Integer(text) | Value::Double(text) | Value::Text(text) => text.clone(),
        Value::List(nodes) => format!("[{}]", nodes.iter().map(in_short).collect::<Vec<_>>().join(", ")),
        Value::Map(entries) => {
            let value = entries.iter().find(|(key, _)| key.text == "value");
            value.map_or_else(|| "{…}".to_owned(), |(_, node)| in_short(node))
        }
    }
}
