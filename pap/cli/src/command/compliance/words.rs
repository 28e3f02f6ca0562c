//! Reports in words, for a terminal.

use std::fmt::Write as _;

use serde_json::Value;

use crate::client::{number, text};

fn list<'v>(value: &'v Value, member: &str) -> &'v [Value] {
    value.get(member).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn add_findings(words: &mut String, control: &Value, mark: &str) {
    for item in list(control, "evidence") {
        let _ = writeln!(words, "     {}: {}", text(item, "name"), text(item, "value"));
    }
    for finding in list(control, "findings").iter().filter_map(Value::as_str) {
        let _ = writeln!(words, "     {mark}: {finding}");
    }
}

pub(super) fn of_fips(report: &Value) -> String {
    let mut words = String::new();
    for control in list(report, "controls") {
        let references: Vec<&str> = list(control, "references").iter().filter_map(Value::as_str).collect();
        let _ = writeln!(words, "{} {}: {}", text(control, "result"), text(control, "id"), text(control, "asks"));
        let _ = writeln!(words, "     {}", references.join(", "));
        add_findings(&mut words, control, "wrong");
    }
    let (passed, failed) = (number(report, "passed"), number(report, "failed"));
    let _ = writeln!(words, "{} controls: {passed} pass, {failed} fail", passed + failed);
    let _ = writeln!(words, "{}", text(report, "statement"));
    words
}

pub(super) fn of_report(report: &Value) -> String {
    let of = match (text(report, "key"), text(report, "organisation")) {
        ("", "") => "the whole installation",
        ("", name) | (name, _) => name,
    };
    let mut words = format!("{}\n", text(report, "title"));
    let _ = writeln!(words, "of {of}, from {} to {}", text(report, "from"), text(report, "to"));
    for control in list(report, "controls") {
        let result = text(control, "result").replace('_', " ");
        let _ = writeln!(words, "{result} {}: {}", text(control, "id"), text(control, "question"));
        add_findings(&mut words, control, "look");
        let excerpts: Vec<String> =
            list(control, "excerpts").iter().map(|one| number(one, "sequence").to_string()).collect();
        if !excerpts.is_empty() {
            let _ = writeln!(words, "     entries of the audit: {}", excerpts.join(", "));
        }
    }
    let summary = report.get("summary").unwrap_or(&Value::Null);
    let count = |member| number(summary, member);
    let _ = writeln!(
        words,
        "{} controls: {} pass, {} attention, {} not covered",
        count("pass") + count("attention") + count("not_covered"),
        count("pass"),
        count("attention"),
        count("not_covered")
    );
    let _ = writeln!(words, "{}", text(report, "statement"));
    words
}
