//! Each explanation's example raises its code, and what is to be written instead does not.

use super::{Options, check};
use crate::check::explanations;
use crate::limits::Limits;
use crate::read::Source;

const RULES: &str = "urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides";
const CORE: &str = "urn:oasis:names:tc:xacml:3.0:core:schema:wd-17";

/// Puts a part of a policy where it can stand.
fn framed(part: &str) -> String {
    let element: String = part.chars().skip(1).take_while(char::is_ascii_alphabetic).collect();
    let inside = |part: &str, before: &str, after: &str| {
        format!(
            "<Policy xmlns=\"{CORE}\" PolicyId=\"p\" Version=\"1\" RuleCombiningAlgId=\"{RULES}\">{before}{part}{after}\
             </Policy>"
        )
    };
    let in_rule = |part: &str| inside(part, "<Target/><Rule RuleId=\"r\" Effect=\"Permit\">", "</Rule>");
    let in_duty = |part: &str| {
        let before = "<Target/><ObligationExpressions><ObligationExpression ObligationId=\"o\" FulfillOn=\"Permit\">\
                      <AttributeAssignmentExpression AttributeId=\"a\">";
        let after = "</AttributeAssignmentExpression></ObligationExpression></ObligationExpressions>";
        inside(part, before, after)
    };
    match element.as_str() {
        "Policy" | "PolicySet" if !part.contains("xmlns=") => {
            part.replacen(&format!("<{element}"), &format!("<{element} xmlns=\"{CORE}\""), 1)
        }
        "Rule" | "VariableDefinition" => inside(part, "<Target/>", ""),
        "Target" => inside(part, "", ""),
        "AnyOf" => inside(part, "<Target>", "</Target>"),
        "Match" => inside(part, "<Target><AnyOf><AllOf>", "</AllOf></AnyOf></Target>"),
        "Condition" => in_rule(part),
        "Apply" | "AttributeValue" | "AttributeDesignator" | "AttributeSelector" => in_duty(part),
        _ => part.to_owned(),
    }
}

/// The codes that an example raises; an empty line separates two documents.
fn codes(example: &str) -> Vec<&'static str> {
    let documents: Vec<String> = example.split("\n\n").map(framed).collect();
    let sources: Vec<Source<'_>> = documents.iter().map(|text| Source::new("", text)).collect();
    let mut options = Options::authoring(Limits::default());
    options.time_without_zone = true;
    options.missing_xpath_version = example.contains("XPathVersion") || example.contains("//record\"");
    check(&sources, &options).1.iter().map(|found| found.code).collect()
}

#[test]
fn every_example_raises_its_code_and_no_remedy_does() {
    for explanation in explanations() {
        let code = explanation.code;
        let raised = codes(explanation.example);
        assert!(raised.contains(&code), "the example of {code} raises {raised:?}");
        let raised = codes(explanation.instead);
        assert!(!raised.contains(&code), "the remedy of {code} raises {raised:?}");
    }
}

#[test]
fn every_code_is_explained_once_in_alphabetical_order() {
    let codes: Vec<&str> = explanations().iter().map(|explanation| explanation.code).collect();
    assert!(codes.is_sorted_by(|a, b| a < b), "{codes:?}");
    assert!(explanations().iter().all(|one| !one.refuses.is_empty() && !one.because.is_empty()));
}
