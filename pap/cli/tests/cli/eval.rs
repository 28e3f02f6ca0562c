//! `argus eval`

use std::fs;

use insta::assert_snapshot;

use crate::support::{argus, copy_of, finish, fixture, replace, run, transcript};

const NOON: &str = "2026-11-24T12:00:00+01:00";

#[test]
fn the_response_alone_is_on_standard_output_in_the_format_of_the_request() {
    let folder = fixture("leave");
    let json = run(&folder, &["eval", "--policy", "leave.xml", "--request", "requests/late.json", "--now", NOON]);
    assert_eq!((json.code, json.stderr.as_str()), (0, ""));
    let response: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(response["Response"][0]["Decision"], "Permit");
    let xml = run(&folder, &["eval", "--policy", "leave.xml", "--request", "requests/late.xml", "--now", NOON]);
    assert_eq!((xml.code, xml.stderr.as_str()), (0, ""));
    assert!(xml.stdout.starts_with("<?xml") && xml.stdout.contains("<Decision>Permit</Decision>"), "{}", xml.stdout);
}

#[test]
fn the_clock_is_what_now_says() {
    let folder = fixture("leave");
    let decision = |now: &str| {
        let run = run(&folder, &["eval", "--policy", "leave.xml", "--request", "requests/late.json", "--now", now]);
        let response: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        response["Response"][0]["Decision"].as_str().unwrap().to_owned()
    };
    assert_eq!(decision("2026-11-24T23:00:00+01:00"), "Deny");
    assert_eq!(decision("2026-11-24T21:30:00"), "Deny", "a time without a zone is in UTC");
    assert_eq!(decision("2026-11-24T20:30:00Z"), "Permit");
}

#[test]
fn a_request_may_come_from_standard_input() {
    let request = fs::read(fixture("leave/requests/late.json")).unwrap();
    let mut command = argus(&fixture("leave"));
    command.args(["eval", "--policy", "leave.xml", "--request", "-", "--now", NOON]).write_stdin(request);
    assert_eq!(finish(&mut command).code, 0);
}

#[test]
fn an_expectation_not_met_ends_with_1_and_answers_all_the_same() {
    let arguments = ["eval", "--policy", "leave.xml", "--request", "requests/late.json", "--now", NOON, "--expect"];
    let expect = |word| run(&fixture("leave"), &[arguments.as_slice(), &[word]].concat());
    assert_eq!(expect("Permit").code, 0);
    let other = expect("Deny");
    assert_eq!((other.code, other.stderr.as_str()), (1, "expected Deny, got Permit\n"));
    assert!(other.stdout.contains("Permit"));
    assert_eq!(expect("Allow").code, 64);
}

#[test]
fn a_refused_policy_ends_with_2_and_every_cause() {
    let folder = copy_of("leave");
    replace(&folder.path().join("leave.xml"), "function:string-is-in", "function:string-is-on");
    replace(&folder.path().join("leave.xml"), "Effect=\"Deny\"", "Effect=\"Refuse\"");
    let arguments = ["eval", "--policy", "leave.xml", "--request", "requests/late.json"];
    assert_snapshot!(transcript(folder.path(), &arguments));
    let json = run(folder.path(), &[arguments.as_slice(), &["--output", "json"]].concat());
    let problem: serde_json::Value = serde_json::from_str(&json.stderr).unwrap();
    assert_eq!(problem["type"], "urn:argus:problem:policy-refused");
    assert_eq!(problem["diagnostics"].as_array().unwrap().len(), 3);
    assert_eq!((json.code, json.stdout.as_str()), (2, ""));
}

#[test]
fn a_refused_request_ends_with_3_and_says_where() {
    let folder = copy_of("leave");
    replace(&folder.path().join("requests/late.json"), "\"Value\": 3", "\"Vlaue\": 3");
    assert_snapshot!(transcript(folder.path(), &["eval", "--policy", "leave.xml", "--request", "requests/late.json"]));
    fs::write(folder.path().join("neither.txt"), "grant me access").unwrap();
    assert_snapshot!(transcript(folder.path(), &["eval", "--policy", "leave.xml", "--request", "neither.txt"]));
    fs::write(folder.path().join("large.json"), vec![b' '; 3 << 20]).unwrap();
    let run = run(folder.path(), &["eval", "--policy", "leave.xml", "--request", "large.json"]);
    assert_eq!(run.code, 3);
}

#[test]
fn a_file_that_is_not_there_ends_with_66() {
    let folder = fixture("leave");
    for arguments in [
        ["eval", "--policy", "nowhere.xml", "--request", "requests/late.json"],
        ["eval", "--policy", "leave.xml", "--request", "nowhere.json"],
    ] {
        let run = run(&folder, &arguments);
        assert_eq!((run.code, run.stdout.as_str()), (66, ""));
        assert!(run.stderr.contains("no such file"), "{}", run.stderr);
    }
}

#[test]
fn only_what_the_root_reaches_can_refuse_it() {
    let folder = copy_of("set");
    let eval = || run(folder.path(), &["eval", "--policy", "root.xml", "--policies", "parts", "--request", "any.json"]);
    assert_eq!(eval().code, 0, "{}", eval().stderr);
    // The root itself lies under the folder, too: the same document, not a second one.
    fs::copy(folder.path().join("root.xml"), folder.path().join("parts/copy-of-root.xml")).unwrap();
    assert_eq!(eval().code, 0, "{}", eval().stderr);
    // A broken document that nothing refers to.
    fs::write(folder.path().join("parts/unrelated.xml"), "<Policy").unwrap();
    assert_eq!(eval().code, 0, "{}", eval().stderr);
    // Another text under the root's id and version.
    replace(&folder.path().join("parts/copy-of-root.xml"), "<Target/>", "<Target></Target>");
    assert_eq!(eval().code, 2, "{}", eval().stderr);
    fs::remove_file(folder.path().join("parts/copy-of-root.xml")).unwrap();
    // What it refers to.
    replace(&folder.path().join("parts/permit.xml"), "Effect=\"Permit\"", "Effect=\"Maybe\"");
    assert_eq!(eval().code, 2, "{}", eval().stderr);
    fs::remove_file(folder.path().join("parts/permit.xml")).unwrap();
    assert_eq!(eval().code, 2, "{}", eval().stderr);
}

#[test]
fn what_is_answered_all_the_same_is_warned_of() {
    let folder = fixture("answered");
    let warned = run(&folder, &["eval", "--policy", "bad-xpath.xml", "--request", "request.json"]);
    assert_eq!(warned.code, 0);
    assert!(warned.stdout.contains("Indeterminate"), "{}", warned.stdout);
    assert!(warned.stderr.starts_with("warning[bad-xpath]"), "{}", warned.stderr);
    let quiet = run(&folder, &["eval", "--policy", "bad-xpath.xml", "--request", "request.json", "-q"]);
    assert_eq!((quiet.code, quiet.stderr.as_str()), (0, ""));
    assert_eq!(run(&folder, &["check", "bad-xpath.xml"]).code, 1);
}

#[test]
fn the_bounds_are_the_callers_to_set() {
    let folder = fixture("leave");
    let line = ["eval", "--policy", "leave.xml", "--request", "requests/late.json", "--now", NOON];
    let with = |limits: &[&str]| run(&folder, &[&line, limits].concat());
    let refused = with(&["--limit", "request_bytes=20"]);
    assert_eq!(refused.code, 3);
    assert!(refused.stderr.contains("where the limit `request_bytes` is 20"), "{}", refused.stderr);
    let refused = with(&["--limit", "depth=2,request_bytes=1000000"]);
    assert_eq!(refused.code, 2, "{}", refused.stderr);
    assert!(refused.stderr.contains("`depth`"), "{}", refused.stderr);
    let variable = finish(argus(&folder).args(line).env("ARGUS_LIMITS", "request_bytes=20"));
    assert_eq!(variable.code, 3);
    assert_eq!(finish(argus(&folder).args(line).env("ARGUS_LIMITS", "")).code, 0);
    let wrong = with(&["--limit", "dept=2"]);
    assert_eq!(wrong.code, 64);
    assert!(wrong.stderr.contains("did you mean `depth`?"), "{}", wrong.stderr);
    let topic = run(&folder, &["help", "limits"]).stdout;
    assert!(topic.contains("request_bytes") && topic.contains("(1048576)"), "{topic}");
}
