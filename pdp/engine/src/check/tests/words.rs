//! The words of the diagnostics that people meet most, whole: message, label, notes and help.

use super::{Options, check};
use crate::diagnostic::line_column;
use crate::limits::Limits;
use crate::read::Source;

use std::fmt::Write;

/// A diagnostic, a part a line.
fn whole(name: &str, place: usize) -> String {
    let path = format!("{}/../../tests/broken/{name}.xml", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(path).unwrap();
    let sources = [Source::from_bytes(name, &bytes)];
    let (_, found) = check(&sources, &Options::authoring(Limits::default()));
    let found = &found[place];
    let at = |start: u32| {
        let (line, column) = line_column(sources[0].text, start as usize);
        format!("{line}:{column}")
    };
    let marked = sources[0].text.get(found.at.start as usize..found.at.end as usize).unwrap();
    let mut out = format!("{marked}\n^ {}\n", found.label);
    for note in &found.notes {
        let place = note.at.map(|place| format!(" at {}", at(place.start))).unwrap_or_default();
        writeln!(out, "note: {}{place}", note.message).unwrap();
    }
    if let Some(help) = &found.help {
        writeln!(out, "help: {help}").unwrap();
    }
    out
}

#[test]
fn a_message_has_its_label_its_places_and_its_remedy() {
    for (name, place, expected) in [
        (
            "unknown-function",
            0,
            "urn:oasis:names:tc:xacml:1.0:function:string-equals\n\
             ^ no function has this identifier\n\
             help: did you mean `…:string-equal` (string, string → boolean)?\n",
        ),
        (
            "argument-type",
            0,
            "http://www.w3.org/2001/XMLSchema#string\n\
             ^ a string\n\
             help: write `DataType=\"http://www.w3.org/2001/XMLSchema#integer\"`; the function takes (integer, integer)\n",
        ),
        (
            "bag-for-value",
            0,
            "AttributeDesignator\n\
             ^ a designator always gives a bag of integers\n\
             help: put it in `<Apply FunctionId=\"…1.0:function:integer-one-and-only\">`; where any value may match, use \
             `any-of`\n",
        ),
        (
            "missing-must-be-present",
            0,
            "AttributeDesignator\n\
             ^ required in XACML 3.0; XACML 2.0 took it for false\n\
             help: `false`: when absent, an empty bag (no match); `true`: when absent, Indeterminate with \
             `missing-attribute`\n",
        ),
        (
            "unresolved-reference",
            2,
            "2.*\n\
             ^ nothing loaded fits this pattern\n\
             note: is version 1.4 at 2:1\n\
             help: write `Version=\"1.*\"`, or add the folder that holds version 2 with `--policies DIR`\n",
        ),
        (
            "duplicate-rule-id",
            0,
            "approve\n\
             ^ second use\n\
             note: first use at 5:17\n\
             help: name it for what it does; tests, explanations and audit name rules by this id\n",
        ),
        (
            "wrong-namespace",
            0,
            "urn:oasis:names:tc:xacml:2.0:policy:schema:os\n\
             ^ XACML 2.0\n\
             help: changing the namespace is not enough; `argus check --explain wrong-namespace` lists what else differs\n",
        ),
        (
            "xpath-prefix",
            0,
            "md\n\
             ^ no `xmlns:md` on this element or above it\n\
             note: an evaluated selector would give Indeterminate (processing-error)\n\
             help: declare the prefix in the policy; the request's own prefixes don't count\n",
        ),
        (
            "unused-variable",
            0,
            "isOwner\n\
             ^ no `VariableReference` in this policy names it\n\
             help: remove it, or refer to it · `argus check --fix` removes it (no decision changes)\n",
        ),
        (
            "algorithm-kind",
            0,
            "policy-combining-algorithm\n\
             ^ a `Policy` combines rules\n\
             help: write `urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides`\n",
        ),
        ("bad-effect", 0, "Allow\n^ expected `Permit` or `Deny`\nhelp: write `Effect=\"Permit\"`\n"),
        (
            "circular-variable",
            0,
            "b\n\
             ^ leads back to it\n\
             note: `a` refers to `b` at 7:38\n\
             note: `b` refers to `c` at 12:38\n\
             note: `c` refers to `a` at 17:38\n\
             help: take one of these references out\n",
        ),
        (
            "element-order",
            0,
            "Target\n\
             ^ belongs before `Condition`\n\
             note: `Condition` is here at 6:6\n\
             help: move it up: in `Rule`, `Target` comes before `Condition`\n",
        ),
        ("ill-formed-mismatch", 0, "</Targe>\n^ expected `</Target>`\nnote: opened here at 4:3\n"),
    ] {
        assert_eq!(whole(name, place), expected, "{name}");
    }
}

#[test]
fn what_is_not_near_and_does_not_fit_is_not_suggested() {
    assert!(!whole("unknown-function-not-standard", 0).contains("help"));
    assert!(whole("unknown-function-renamed", 0).contains("`…:string-regexp-match`"));
    assert!(whole("unknown-function-version", 1).contains("`…1.0:function:string-regexp-match`"));
}

#[test]
fn a_safe_fix_removes_an_unused_variable_with_its_lines() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/broken/unused-variable.xml");
    let text = std::fs::read_to_string(path).unwrap();
    let sources = [Source::new("", &text)];
    let (_, found) = check(&sources, &Options::default());
    let fix = found[0].fix.as_ref().unwrap();
    assert!(fix.safe);
    let edit = &fix.edits[0];
    let mut fixed = text.clone();
    fixed.replace_range(edit.at.start as usize..edit.at.end as usize, &edit.text);
    assert!(fixed.contains("  <Target/>\n  <Rule RuleId=\"approve\" Effect=\"Permit\"/>\n"), "{fixed}");
}
