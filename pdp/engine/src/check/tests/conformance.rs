//! The public suite: what it evaluates loads, what it refuses is refused.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Options, check, line};
use crate::read::Source;

fn xml_files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "xml"))
        .collect();
    files.sort();
    files
}

/// What keeps the first of some documents from being evaluated.
fn refusals(files: &[PathBuf]) -> Vec<String> {
    let texts: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    let sources: Vec<Source<'_>> =
        names.iter().zip(&texts).map(|(name, text)| Source::from_bytes(name, text)).collect();
    let (checked, found) = check(&sources, &Options::default());
    if checked.document_of(0).is_some_and(|root| checked.is_evaluable(root)) {
        return Vec::new();
    }
    found.iter().map(|found| format!("{}:{}", sources[found.at.file as usize].name, line(found, &sources))).collect()
}

#[test]
fn policies_of_the_public_suite_are_accepted_or_refused_as_it_says() {
    let Some(folder) = std::env::var_os("ARGUS_CONFORMANCE").map(PathBuf::from) else {
        println!("skipped: needs ARGUS_CONFORMANCE");
        return;
    };
    let manifest = fs::read(folder.join("manifest.json")).unwrap();
    let cases: Vec<serde_json::Value> = serde_json::from_slice(&manifest).unwrap();
    let mut wrong = Vec::new();
    for case in &cases {
        let Some(policy) = case["policy"].as_str() else { continue };
        let mut files = vec![folder.join(policy)];
        if let Some(others) = case["policies"].as_str() {
            files.extend(xml_files(&folder.join(others)));
        }
        let refused = refusals(&files);
        let expect: Vec<&str> = case["expect"].as_array().unwrap().iter().filter_map(|one| one.as_str()).collect();
        let may_refuse = expect.contains(&"policy-error");
        let may_accept = expect.iter().any(|one| *one != "policy-error");
        if !refused.is_empty() && !may_refuse || refused.is_empty() && !may_accept {
            wrong.push(format!("{}: expected {expect:?}, found {refused:#?}", case["id"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
