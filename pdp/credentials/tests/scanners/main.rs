//! Secret scanners that we did not write find every key in a mixed corpus of 10 MB, and nothing else.
//!
//! They are looked for in the folder that `ARGUS_SCANNERS` names: `bin/detect-secrets`, `node_modules/.bin/secretlint`.

#![cfg(test)]

mod corpus;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use argus_credentials::KEY_PATTERN;
use corpus::Corpus;
use serde_json::Value;

/// The file and the line of each key.
type Places = BTreeSet<(String, u64)>;

fn configuration(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/secret-scanning").join(name).canonicalize().unwrap()
}

/// A scanner, where it is installed.
fn scanner(program: &str) -> Option<Command> {
    let path = env::var_os("ARGUS_SCANNERS").map(|folder| Path::new(&folder).join(program));
    let path = path.filter(|path| path.exists());
    if path.is_none() {
        assert!(env::var_os("CI").is_none(), "CI scans with {program}, and finds it nowhere");
        println!("skipped: needs {program} in ARGUS_SCANNERS");
    }
    path.map(Command::new)
}

fn run(command: &mut Command) -> Value {
    let output = command.output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
}

fn compare(found: &Places, corpus: &Corpus) {
    let missed: Vec<_> = corpus.planted.difference(found).take(5).collect();
    let false_hits: Vec<_> = found.difference(&corpus.planted).take(5).collect();
    assert!(missed.is_empty(), "missed: {missed:?}");
    assert!(false_hits.is_empty(), "false hits: {false_hits:?}");
    println!("{} keys in {} octets, 0 missed, 0 false hits", found.len(), corpus.octets);
}

/// What detect-secrets finds with our detector alone.
fn detect_secrets(folder: &Path) -> Option<Places> {
    let mut command = scanner("bin/detect-secrets")?;
    let plugins = scanner("bin/detect-secrets")?.args(["scan", "--list-all-plugins"]).output().unwrap();
    command
        .current_dir(folder)
        .args(["scan", "--all-files", "--no-verify", "--plugin"])
        .arg(configuration("argus_key.py"));
    for plugin in String::from_utf8(plugins.stdout).unwrap().lines() {
        command.args(["--disable-plugin", plugin]);
    }
    for filter in ["is_indirect_reference", "is_likely_id_string"] {
        command.args(["--disable-filter", &format!("detect_secrets.filters.heuristic.{filter}")]);
    }
    let report = run(command.arg("."));
    let files = report["results"].as_object().unwrap();
    let hits = files.iter().flat_map(|(file, hits)| hits.as_array().unwrap().iter().map(move |hit| (file, hit)));
    let place = |(file, hit): (&String, &Value)| {
        assert_eq!(hit["type"], "Argus API key");
        (file.trim_start_matches("./").to_owned(), hit["line_number"].as_u64().unwrap())
    };
    Some(hits.map(place).collect())
}

#[test]
fn detect_secrets_finds_every_key_and_nothing_else() {
    let corpus = Corpus::write();
    let Some(found) = detect_secrets(corpus.folder.path()) else { return };
    compare(&found, &corpus);
}

#[test]
fn the_detector_checks_the_checksum() {
    let folder = tempfile::tempdir().unwrap();
    let key = corpus::key();
    let last = if key.ends_with('0') { "1" } else { "0" };
    let mistyped = format!("{}{last}", key.strip_suffix(|_: char| true).unwrap());
    fs::write(folder.path().join("keys.txt"), format!("{mistyped}\n{key}\n")).unwrap();
    let Some(found) = detect_secrets(folder.path()) else { return };
    assert_eq!(found, Places::from([("keys.txt".to_owned(), 2)]));
}

#[test]
fn secretlint_finds_every_key_and_nothing_else() {
    let corpus = Corpus::write();
    let Some(mut command) = scanner("node_modules/.bin/secretlint") else { return };
    command.current_dir(corpus.folder.path()).arg("--secretlintrc").arg(configuration("secretlintrc.json"));
    let report = run(command.args(["--format", "json", "--maskSecrets", "**/*"]));
    let messages = report.as_array().unwrap().iter().flat_map(|file| {
        let path = Path::new(file["filePath"].as_str().unwrap()).file_name().unwrap().to_str().unwrap().to_owned();
        let messages = file["messages"].as_array().unwrap().iter();
        messages.map(move |message| (path.clone(), message["loc"]["start"]["line"].as_u64().unwrap()))
    });
    compare(&messages.collect(), &corpus);
}

#[test]
fn the_published_configurations_hold_the_published_pattern() {
    let python = fs::read_to_string(configuration("argus_key.py")).unwrap();
    assert!(python.contains(KEY_PATTERN));
    let json: Value = serde_json::from_slice(&fs::read(configuration("secretlintrc.json")).unwrap()).unwrap();
    let pattern = &json["rules"][0]["options"]["patterns"][0]["patterns"][0];
    assert_eq!(pattern.as_str().unwrap(), format!("/{KEY_PATTERN}/g"));
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md")).unwrap();
    assert!(readme.contains(KEY_PATTERN), "the readme holds the pattern");
}
