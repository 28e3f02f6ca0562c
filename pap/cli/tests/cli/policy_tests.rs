//! `argus test`

use std::fs;

use insta::assert_snapshot;

use crate::support::{copy_of, fixture, replace, run, transcript};

#[test]
fn passing_cases_are_counted_and_listed_on_request() {
    assert_snapshot!(transcript(&fixture("leave"), &["test", "."]));
    assert_snapshot!(transcript(&fixture("leave"), &["test", "leave.test.yaml", "--verbose"]));
}

#[test]
fn a_failing_case_says_what_decided_and_why() {
    let folder = copy_of("leave");
    let policy = folder.path().join("leave.xml");
    // The limit of the approval grows, that of the refusal stays.
    let text = fs::read_to_string(&policy).unwrap();
    fs::write(&policy, text.replacen(">10<", ">14<", 1)).unwrap();
    assert_snapshot!(transcript(folder.path(), &["test", "."]));
    // The last line of the failure runs this case alone.
    let name = "a manager approves up to ten days [days: 11]";
    let again = run(folder.path(), &["test", "leave.test.yaml", "--filter", name]);
    assert_eq!(again.code, 1);
    assert!(again.stdout.ends_with(" s)\n") && again.stdout.contains("1 case in 1 file"), "{}", again.stdout);
}

#[test]
fn a_lost_obligation_is_shown_attribute_by_attribute() {
    let folder = copy_of("leave");
    let tests = folder.path().join("leave.test.yaml");
    replace(&tests, "urn:acme:to: alice", "urn:acme:to: [alice, bob]");
    replace(&tests, "urn:acme:whom: director", "urn:acme:whom: {type: anyURI, value: director}");
    assert_snapshot!(transcript(folder.path(), &["test", "."]));
}

#[test]
fn an_indeterminate_names_what_failed() {
    let folder = copy_of("leave");
    replace(&folder.path().join("leave.test.yaml"), "expect: Indeterminate", "expect: Deny");
    assert_snapshot!(transcript(folder.path(), &["test", ".", "--filter", "absent"]));
}

#[test]
fn silence_is_explained_too() {
    let folder = copy_of("leave");
    let tests = folder.path().join("leave.test.yaml");
    replace(&tests, "action: read", "action: delete");
    assert_snapshot!(transcript(folder.path(), &["test", ".", "--filter", "her own"]));
}

#[test]
fn a_response_file_is_compared_whole() {
    let folder = copy_of("leave");
    replace(&folder.path().join("leave.test.yaml"), "2026-11-24T23:00", "2026-11-24T13:00");
    assert_snapshot!(transcript(folder.path(), &["test", ".", "--filter", "wire"]));
}

#[test]
fn every_fault_of_a_test_file_has_its_place_and_its_remedy() {
    assert_snapshot!(transcript(&fixture("misspelt"), &["test", "."]));
}

#[test]
fn settings_of_a_parent_folder_are_shared() {
    assert_snapshot!(transcript(&fixture("shared"), &["test", ".", "--verbose"]));
}

#[test]
fn a_policy_that_reads_the_clock_needs_a_time() {
    let folder = copy_of("leave");
    replace(&folder.path().join("leave.test.yaml"), "now: 2026-11-24T09:30:00+01:00\n", "");
    assert_snapshot!(transcript(folder.path(), &["test", ".", "--filter", "her own"]));
    // The request may bring it instead.
    replace(&folder.path().join("leave.test.yaml"), "action: read,", "action: read, current-time: \"09:30:00+01:00\",");
    assert_eq!(run(folder.path(), &["test", ".", "--filter", "her own"]).code, 0);
}

#[test]
fn a_refused_policy_ends_with_2_and_runs_nothing_of_its_tests() {
    let folder = copy_of("leave");
    replace(&folder.path().join("leave.xml"), "Effect=\"Permit\"", "Effect=\"Allow\"");
    assert_snapshot!(transcript(folder.path(), &["test", "."]));
}

#[test]
fn no_test_is_never_a_success() {
    let folder = tempfile::tempdir().unwrap();
    assert_snapshot!(transcript(folder.path(), &["test", "."]));
    assert_snapshot!(transcript(&fixture("leave"), &["test", ".", "--filter", "no such case"]));
    assert_eq!(run(folder.path(), &["test", "nowhere.test.yaml"]).code, 66);
    fs::write(folder.path().join("empty.test.yaml"), "cases: []\n").unwrap();
    assert_eq!(run(folder.path(), &["test", "."]).code, 66);
}

#[test]
fn programs_get_every_case() {
    let folder = copy_of("leave");
    replace(&folder.path().join("leave.test.yaml"), "days: 11", "days: 9");
    let run = run(folder.path(), &["test", ".", "--output", "json"]);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        (run.code, &report["passed"], &report["failed"], &report["files"]),
        (1, &4.into(), &1.into(), &1.into())
    );
    let failed = report["cases"].as_array().unwrap().iter().find(|case| case["outcome"] == "failed").unwrap();
    let mut failed = failed.clone();
    failed["seconds"] = 0.into();
    insta::assert_json_snapshot!(failed);
}

#[test]
fn build_servers_get_junit() {
    let folder = copy_of("leave");
    replace(&folder.path().join("leave.test.yaml"), "days: 11", "days: 9");
    let run = run(folder.path(), &["test", ".", "--output", "junit"]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains(r#"<testsuite name="leave.test.yaml" tests="5" skipped="0" errors="0" failures="1">"#));
    assert!(run.stdout.contains(r#"<failure message="decision: expected Deny, got Permit"#), "{}", run.stdout);
}
