//! What a test file, a case of it, and an `argus-test.yaml` above it may all set.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use argus_engine::diagnostic::Span;
use argus_engine::types::{DateTime, ZoneOffset};

use super::attribute::{self, AttributeName, Given, Names};
use super::problems::Problems;
use super::yaml::{Key, Node, Value};
use crate::clock;

/// The settings in force at one place. What stands nearer to a case goes before what stands further.
#[derive(Debug, Clone, Default)]
pub(super) struct Settings {
    /// The root policy, and where it is named.
    pub(super) policy: Option<(PathBuf, Span)>,
    /// Folders of further documents, and where they are named.
    pub(super) policies: Vec<(PathBuf, Span)>,
    /// The clock.
    pub(super) now: Option<DateTime>,
    /// The zone of times that have none.
    pub(super) zone: ZoneOffset,
    /// Short names of attributes.
    pub(super) names: Names,
    /// Named parts of requests.
    pub(super) fixtures: BTreeMap<String, Vec<Given>>,
}

/// The fields that are settings.
pub(super) static FIELDS: &[&str] = &["policy", "policies", "now", "zone", "attributes", "fixtures"];

impl Settings {
    /// These settings with what the entries add. Entries that are no settings are left to the caller.
    ///
    /// `folder` is where relative paths start.
    pub(super) fn with(&self, entries: &[(Key, Node)], folder: &Path, problems: &mut Problems) -> Self {
        let mut settings = self.clone();
        // Names first: fixtures are written with them, wherever they stand.
        for (key, node) in entries {
            match key.text.as_str() {
                "policy" => settings.policy = problems.text(node, "`policy`").map(|name| (folder.join(name), node.at)),
                "policies" => settings.policies = read_folders(node, folder, problems),
                "zone" => settings.zone = read_zone(node, problems).unwrap_or(settings.zone),
                "attributes" => settings.names.extend(read_names(node, problems)),
                _ => {}
            }
        }
        for (key, node) in entries {
            match key.text.as_str() {
                "now" => settings.now = read_now(node, settings.zone, problems).or(settings.now),
                "fixtures" => {
                    let fixtures = read_fixtures(node, &settings.names, problems);
                    settings.fixtures.extend(fixtures);
                }
                _ => {}
            }
        }
        settings
    }
}

/// A moment; without a zone, in the zone of the settings.
pub(super) fn read_now(node: &Node, zone: ZoneOffset, problems: &mut Problems) -> Option<DateTime> {
    let text = problems.text(node, "`now`")?;
    match clock::read(text, zone) {
        Ok(now) => Some(now),
        Err(expected) => {
            problems.error("bad-value", node.at, format!("`{text}` is not a moment"), expected);
            None
        }
    }
}

fn read_zone(node: &Node, problems: &mut Problems) -> Option<ZoneOffset> {
    let text = problems.text(node, "`zone`")?;
    match ZoneOffset::parse(text) {
        Ok(zone) => Some(zone),
        Err(error) => {
            problems.error("bad-value", node.at, format!("`{text}` is not a zone"), error.to_string());
            None
        }
    }
}

fn read_folders(node: &Node, folder: &Path, problems: &mut Problems) -> Vec<(PathBuf, Span)> {
    let nodes = match &node.value {
        Value::Text(_) => std::slice::from_ref(node),
        _ => problems.list(node, "`policies`"),
    };
    let mut folders = Vec::new();
    for node in nodes {
        folders.extend(problems.text(node, "a folder of `policies`").map(|name| (folder.join(name), node.at)));
    }
    folders
}

fn read_names(node: &Node, problems: &mut Problems) -> Vec<(String, AttributeName)> {
    let mut names = Vec::new();
    for (key, node) in problems.map(node, "`attributes`") {
        names.extend(read_name(node, problems).map(|name| (key.text.clone(), name)));
    }
    names
}

fn read_name(node: &Node, problems: &mut Problems) -> Option<AttributeName> {
    static KNOWN: &[&str] = &["category", "id", "type", "issuer"];
    let (mut category, mut id, mut data_type, mut issuer) = (None, None, None, None);
    let entries = problems.map(node, "an attribute");
    for (key, node) in entries {
        match key.text.as_str() {
            "category" => category = Some(read_category(node, problems)?),
            "id" => id = Some(problems.text(node, "`id`")?.to_owned()),
            "type" => data_type = Some(attribute::read_type(node, problems)?),
            "issuer" => issuer = Some(problems.text(node, "`issuer`")?.to_owned()),
            _ => problems.unknown_field(key, "an attribute", KNOWN),
        }
    }
    let (Some(category), Some(id)) = (category, id) else {
        if matches!(node.value, Value::Map(_)) {
            let label = "it has the form `{category: subject, id: urn:…, type: string}`";
            problems.error("missing-field", node.at, "an attribute lacks `category` or `id`", label);
        }
        return None;
    };
    Some(AttributeName { category, id, data_type, issuer })
}

fn read_category(node: &Node, problems: &mut Problems) -> Option<String> {
    let name = problems.text(node, "`category`")?;
    let found = attribute::category(name).map(str::to_owned);
    if found.is_none() {
        let known = attribute::CATEGORIES.iter().map(|(short, _)| *short);
        problems.unknown_name(node.at, "category", name, "neither a category's name nor an identifier", known);
    }
    found
}

fn read_fixtures(node: &Node, names: &Names, problems: &mut Problems) -> Vec<(String, Vec<Given>)> {
    let mut fixtures = Vec::new();
    for (key, node) in problems.map(node, "`fixtures`") {
        let mut given = Vec::new();
        for (key, node) in problems.map(node, "a fixture") {
            if attribute::category(&key.text).is_some() {
                given.extend(attribute::read_category(key, node, names, problems));
            } else {
                let known = attribute::CATEGORIES.iter().map(|(short, _)| *short);
                let label = "a fixture holds attributes by category";
                problems.unknown_name(key.at, "category", &key.text, label, known);
            }
        }
        fixtures.push((key.text.clone(), given));
    }
    fixtures
}
