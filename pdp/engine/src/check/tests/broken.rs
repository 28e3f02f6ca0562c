//! `tests/broken`: broken policies, each with what is said of it beside it.

use std::fs;
use std::path::PathBuf;

use super::{Options, check, line};
use crate::check::explanations;
use crate::compile::load;
use crate::limits::Limits;
use crate::read::Source;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/broken")
}

fn policies() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "xml"))
        .collect();
    files.sort();
    files
}

fn said(path: &PathBuf) -> String {
    let bytes = fs::read(path).unwrap();
    let sources = [Source::from_bytes("", &bytes)];
    let options = Options::authoring(Limits::default());
    let (_, found) = check(&sources, &options);
    assert_eq!(load(&sources, &options).1, found, "{} when it is compiled at once", path.display());
    found.iter().map(|found| line(found, &sources) + "\n").collect()
}

#[test]
fn every_broken_policy_is_described_as_its_expectation_says() {
    let mut wrong = Vec::new();
    for path in policies() {
        let expected = fs::read_to_string(path.with_extension("expected")).unwrap_or_default();
        let found = said(&path);
        if std::env::var_os("ARGUS_BLESS").is_some() {
            fs::write(path.with_extension("expected"), &found).unwrap();
        } else if found != expected {
            wrong.push(format!("{}\n--- expected\n{expected}--- found\n{found}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_broken_policies_cover_every_code_that_one_document_can_raise() {
    // These need several documents, or a lint that is off by default.
    let elsewhere = ["ambiguous-reference", "missing-xpath-version", "time-without-zone"];
    let all: String = policies().iter().map(said).collect();
    let missing: Vec<&str> = explanations()
        .iter()
        .map(|explanation| explanation.code)
        .filter(|code| !all.contains(&format!("[{code}]")) && !elsewhere.contains(code))
        .collect();
    assert!(missing.is_empty(), "no broken policy raises {missing:?}");
}
