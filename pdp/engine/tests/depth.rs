//! What is nested deeper than a stack holds is a fault, not a crash.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::fmt::Write;

use argus_engine::check::{Options, check};
use argus_engine::compile::compile;
use argus_engine::decision::Decision;
use argus_engine::evaluate::Environment;
use argus_engine::read::Source;
use argus_engine::request::Individual;
use argus_engine::types::DateTime;
use argus_engine::value::Arena;

const CORE: &str = "xmlns=\"urn:oasis:names:tc:xacml:3.0:core:schema:wd-17\"";
const RULES: &str = "urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:permit-overrides";
const POLICIES: &str = "urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:permit-overrides";

// On a thread of the size that a server's worker has.
fn decide(texts: Vec<String>) -> (Decision, Option<String>) {
    let worker = move || {
        let sources: Vec<Source<'_>> = texts.iter().map(|text| Source::new("deep.xml", text)).collect();
        let (checked, diagnostics) = check(&sources, &Options::default());
        let program = compile(&checked, 0).ok_or(diagnostics).unwrap();
        let (arena, environment) = (Arena::new(), Environment::at(DateTime::parse("2026-11-24T09:30:00Z").unwrap()));
        let request = Individual { attributes: &[], xpath_version: None, return_policy_id_list: false };
        let answer = program.evaluate(&request, &environment, &arena);
        (answer.decision, answer.fault.map(|fault| fault.message.to_string()))
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(worker).unwrap().join().unwrap()
}

fn not(depth: usize, inner: &str) -> String {
    let open = "<Apply FunctionId=\"urn:oasis:names:tc:xacml:1.0:function:not\">";
    format!("{}{inner}{}", open.repeat(depth), "</Apply>".repeat(depth))
}

// `variables` of them, each `nested` levels deep over the one before.
fn chain(variables: usize, nested: usize) -> String {
    let mut text = format!("<Policy {CORE} PolicyId=\"p\" Version=\"1\" RuleCombiningAlgId=\"{RULES}\"><Target/>");
    for number in 0..variables {
        let inner = if number == 0 {
            "<Apply FunctionId=\"urn:oasis:names:tc:xacml:1.0:function:and\"/>".to_owned()
        } else {
            format!("<VariableReference VariableId=\"v{}\"/>", number - 1)
        };
        write!(text, "<VariableDefinition VariableId=\"v{number}\">{}</VariableDefinition>", not(nested, &inner))
            .unwrap();
    }
    text + &format!(
        "<Rule RuleId=\"r\" Effect=\"Permit\"><Condition><VariableReference VariableId=\"v{}\"/></Condition></Rule></Policy>",
        variables - 1
    )
}

fn sets(number: usize, nested: usize, inner: &str) -> String {
    let mut text = String::new();
    for level in 0..nested {
        let namespace = if level == 0 { CORE } else { "" };
        write!(
            text,
            "<PolicySet {namespace} PolicySetId=\"s{number}-{level}\" Version=\"1\" PolicyCombiningAlgId=\"{POLICIES}\"><Target/>"
        )
        .unwrap();
    }
    text + inner + &"</PolicySet>".repeat(nested)
}

#[test]
fn variables_within_variables_are_evaluated_as_deep_as_the_stack_allows() {
    assert_eq!(decide(vec![chain(6, 60)]), (Decision::Permit, None));
}

#[test]
fn an_expression_beyond_the_depth_is_a_fault() {
    let (decision, fault) = decide(vec![chain(60, 100)]);
    assert!(matches!(decision, Decision::Indeterminate(_)), "{decision}");
    assert!(fault.unwrap().contains("nested too deep"));
}

#[test]
fn policy_sets_beyond_the_depth_are_a_fault() {
    let mut texts = Vec::new();
    for number in 0..60 {
        let inner = if number == 59 {
            format!("<Policy PolicyId=\"p\" Version=\"1\" RuleCombiningAlgId=\"{RULES}\"><Target/></Policy>")
        } else {
            format!("<PolicySetIdReference>s{}-0</PolicySetIdReference>", number + 1)
        };
        texts.push(sets(number, 100, &inner));
    }
    let (decision, fault) = decide(texts);
    assert!(matches!(decision, Decision::Indeterminate(_)), "{decision}");
    assert!(fault.unwrap().contains("nested too deep"));
}

#[test]
fn a_hundred_and_twenty_policy_sets_within_each_other_are_evaluated() {
    let permit = format!(
        "<Policy PolicyId=\"p\" Version=\"1\" RuleCombiningAlgId=\"{RULES}\"><Target/><Rule RuleId=\"r\" Effect=\"Permit\"/></Policy>"
    );
    assert_eq!(decide(vec![sets(0, 120, &permit)]), (Decision::Permit, None));
}
