//! The public conformance cases, where `ARGUS_CONFORMANCE` names their folder.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::arena;
use super::round_trip::assert_survives;
use crate::limits::Limits;
use crate::wire::answer::Answer;
use crate::wire::{Format, read};

/// The folder with the cases.
fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("ARGUS_CONFORMANCE").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: needs ARGUS_CONFORMANCE");
    }
    folder
}

fn cases(folder: &std::path::Path) -> Vec<Value> {
    let manifest = fs::read_to_string(folder.join("manifest.json")).unwrap();
    serde_json::from_str(&manifest).unwrap()
}

#[test]
fn every_request_is_read_or_refused_as_its_case_says_and_survives_being_written() {
    let Some(folder) = folder() else { return };
    for case in cases(&folder) {
        let Some(file) = case["request"].as_str() else { continue };
        let bytes = fs::read(folder.join(file)).unwrap().leak();
        let outcome = read(Format::of(bytes).unwrap(), bytes, arena(), &Limits::default());
        let expects = |what: &str| case["expect"].as_array().unwrap().iter().any(|one| one == what);
        match outcome {
            Ok(request) => {
                assert!(!expects("request-error") || expects("answered"), "{file} was read");
                assert_survives(&request);
            }
            Err(error) => assert!(expects("request-error"), "{file}: {}", error.describe(bytes)),
        }
    }
}

#[test]
fn every_response_is_read_and_equals_itself_alone() {
    let Some(folder) = folder() else { return };
    for case in cases(&folder) {
        let Some(file) = case["response"].as_str() else { continue };
        let answer =
            Answer::read(&fs::read(folder.join(file)).unwrap()).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_eq!(answer.differences_with_detail(&answer), [], "{file}");
        let mut other = answer.clone();
        other.results[0].status_code.push('x');
        assert!(!other.equals(&answer), "{file}");
    }
}
