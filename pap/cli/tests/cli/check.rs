//! `argus check`

use std::fs;

use insta::{assert_json_snapshot, assert_snapshot};

use crate::support::{copy_of, fixture, replace, run, transcript};

#[test]
fn clean_policies_are_counted_and_requests_beside_them_passed_over() {
    assert_snapshot!(transcript(&fixture("leave"), &["check", "."]));
    assert_snapshot!(transcript(&fixture("leave"), &["check", "leave.xml", "--quiet"]));
}

#[test]
fn every_problem_is_shown_with_its_line() {
    assert_snapshot!(transcript(&fixture("broken"), &["check", "."]));
}

#[test]
fn short_is_a_line_a_problem() {
    assert_snapshot!(transcript(&fixture("broken"), &["check", ".", "--output", "short"]));
}

#[test]
fn programs_get_places_in_lines_columns_and_bytes() {
    let run = run(&fixture("broken"), &["check", "types.xml", "--output", "json"]);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_json_snapshot!(report);
    let text = fs::read_to_string(fixture("broken/types.xml")).unwrap();
    for diagnostic in report["diagnostics"].as_array().unwrap() {
        let byte = |name: &str| usize::try_from(diagnostic[name].as_u64().unwrap()).unwrap();
        assert!(text.is_char_boundary(byte("byte_start")) && byte("byte_start") < byte("byte_end"));
        let line = text.get(..byte("byte_start")).unwrap().matches('\n').count() + 1;
        assert_eq!(diagnostic["line"], line);
    }
}

#[test]
fn code_scanning_gets_sarif() {
    let run = run(&fixture("broken"), &["check", "types.xml", "--output", "sarif"]);
    let mut log: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    log["runs"][0]["tool"]["driver"]["version"] = "0".into();
    assert_json_snapshot!(log);
}

#[test]
fn warnings_end_with_1_only_where_they_are_denied() {
    let folder = fixture("warned");
    assert_snapshot!(transcript(&folder, &["check", "."]));
    assert_eq!(run(&folder, &["check", ".", "--deny-lints"]).code, 1);
}

#[test]
fn lints_on_request_are_given_on_request() {
    let folder = fixture("warned");
    let with_lint = run(&folder, &["check", ".", "--lint", "time-without-zone", "--output", "short"]);
    assert!(with_lint.stdout.contains("time-without-zone"), "{}", with_lint.stdout);
}

#[test]
fn references_find_what_lies_in_the_folders_named() {
    let folder = fixture("set");
    assert_eq!(run(&folder, &["check", "root.xml"]).code, 1);
    let with_parts = run(&folder, &["check", "root.xml", "--policies", "parts"]);
    assert_eq!((with_parts.code, with_parts.stdout.as_str()), (0, "checked 1 file: no problems\n"));
}

#[test]
fn safe_fixes_are_applied_and_what_is_left_is_shown() {
    let folder = copy_of("warned");
    assert_snapshot!(transcript(folder.path(), &["check", ".", "--fix"]));
    let left = fs::read_to_string(folder.path().join("unused.xml")).unwrap();
    assert!(!left.contains("isOwner"), "{left}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside the file");
}

#[test]
fn a_code_is_explained() {
    assert_snapshot!(transcript(&fixture("leave"), &["check", "--explain", "unknown-function"]));
    let unknown = run(&fixture("leave"), &["check", "--explain", "unknown-functoin"]);
    assert_eq!(unknown.code, 64);
    assert!(unknown.stderr.contains("did you mean `unknown-function`?"), "{}", unknown.stderr);
}

#[test]
fn a_path_without_a_policy_is_no_success() {
    let folder = tempfile::tempdir().unwrap();
    assert_snapshot!(transcript(folder.path(), &["check", "."]));
    assert_eq!(run(folder.path(), &["check", "nowhere"]).code, 66);
    assert_eq!(run(folder.path(), &["check"]).code, 64);
}

#[test]
fn columns_count_characters_whatever_their_width() {
    let folder = copy_of("leave");
    let policy = folder.path().join("leave.xml");
    replace(&policy, "  <Rule RuleId=\"own\" Effect=\"Permit\">", "\t<Rule RuleId=\"été 中文\" Effect=\"Allow\">");
    let short = run(folder.path(), &["check", "leave.xml", "--output", "short"]).stdout;
    assert!(short.starts_with("leave.xml:17:32: error[bad-effect]"), "{short}");
    let human = run(folder.path(), &["check", "leave.xml"]).stdout;
    assert!(human.contains("--> leave.xml:17:32"), "{human}");
}
