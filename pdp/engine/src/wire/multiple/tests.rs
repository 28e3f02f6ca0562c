//! Individual requests, by each scheme of the profile.

use crate::decision::{Decision, Effects};
use crate::limits::Limits;
use crate::request::{Attributes, Request, RequestError};
use crate::response::{Duty, PolicyIdentifier, Result};
use crate::status::{Fault, StatusCode};
use crate::value::Arena;
use crate::wire::read_json;

use super::{combine, expand};

const SELECTOR: &str = "urn:oasis:names:tc:xacml:3.0:multiple:content-selector";
const SCOPE: &str = "urn:oasis:names:tc:xacml:2.0:resource:scope";

/// One line for each individual request: its categories' short names with what they hold, or its fault.
fn expanded(text: &str, limits: &Limits) -> std::result::Result<Vec<String>, RequestError> {
    let arena = Arena::new();
    let request: Request<'_> = read_json(text, &arena, limits).unwrap();
    let lines = expand(&request, &arena, limits)?.into_iter().map(|one| match one {
        Ok(individual) => individual.attributes.iter().map(|one| shown(one)).collect::<Vec<_>>().join(" "),
        Err(fault) => format!("{:?}: {}", fault.code, fault.message),
    });
    Ok(lines.collect())
}

fn shown(attributes: &Attributes<'_>) -> String {
    let values = attributes.attributes.iter().flat_map(|one| one.values.iter().map(move |value| (one, value)));
    let values: Vec<_> = values
        .map(|(one, value)| format!("{}{}={}", if one.include_in_result { "+" } else { "" }, last(one.id), value.text))
        .collect();
    format!("{}({})", last(attributes.category), values.join(","))
}

fn last(id: &str) -> &str {
    id.rsplit(':').next().unwrap()
}

fn request(members: &str) -> Vec<String> {
    expanded(&format!("{{\"Request\":{{{members}}}}}"), &Limits::default()).unwrap()
}

fn attribute(id: &str, value: &str) -> String {
    format!(r#"{{"AttributeId":"{id}","IncludeInResult":true,"Value":{value}}}"#)
}

fn resource(content: &str, attributes: &[String]) -> String {
    let content = if content.is_empty() { String::new() } else { format!(r#""Content":"{content}","#) };
    format!(r#""Resource":{{{content}"Attribute":[{}]}}"#, attributes.join(","))
}

fn selector(xpath: &str) -> String {
    let namespaces = r#"[{"Prefix":"m","Namespace":"urn:m"}]"#;
    attribute(SELECTOR, &format!(r#"{{"XPathCategory":"Resource","XPath":"{xpath}","Namespaces":{namespaces}}}"#))
}

#[test]
fn an_ordinary_request_is_its_one_individual_request() {
    assert_eq!(request(r#""Resource":{},"Action":{}"#), ["resource() action()"]);
}

#[test]
fn references_choose_attributes_by_their_ids() {
    let categories = r#""Resource":[{"Id":"r1"},{"Id":"r2"}],"Action":{"Id":"a"},"Environment":{"Id":"e"}"#;
    let references = r#""MultiRequests":{"RequestReference":[{"ReferenceId":["r1","a"]},{"ReferenceId":["a","nosuch"]},
        {"ReferenceId":["a","a","r2","r1"]}]}"#;
    assert_eq!(
        request(&format!("{categories},{references}")),
        [
            "resource() action()",
            "SyntaxError: `nosuch` refers to no `Attributes`",
            "action() resource()",
            "action() resource()",
        ]
    );
}

#[test]
fn repeated_categories_give_every_combination_with_the_first_slowest() {
    let one = |value: &str| format!(r#"{{"Attribute":{}}}"#, attribute("urn:id", value));
    let members =
        format!(r#""Resource":[{},{}],"Action":[{},{},{}]"#, one("1"), one("2"), one("3"), one("4"), one("5"));
    assert_eq!(
        request(&members),
        [
            "resource(+id=1) action(+id=3)",
            "resource(+id=1) action(+id=4)",
            "resource(+id=1) action(+id=5)",
            "resource(+id=2) action(+id=3)",
            "resource(+id=2) action(+id=4)",
            "resource(+id=2) action(+id=5)",
        ]
    );
}

#[test]
fn many_categories_are_told_apart() {
    let category = |n: u32| format!(r#"{{"CategoryId":"urn:c{n}"}}"#);
    let different: Vec<_> = (0..40).map(category).collect();
    assert_eq!(request(&format!(r#""Category":[{}]"#, different.join(","))).len(), 1);
    let repeated: Vec<_> = (0..40).map(|n| category(n % 39)).collect();
    assert_eq!(request(&format!(r#""Category":[{}]"#, repeated.join(","))).len(), 2);
}

#[test]
fn the_scope_is_a_marker_and_reaches_no_further_than_the_resource() {
    let scope = |value: &str| request(&resource("", &[attribute("urn:id", "1"), attribute(SCOPE, value)]));
    assert_eq!(scope("\"Immediate\""), ["resource(+id=1)"]);
    assert_eq!(
        scope("\"Children\""),
        ["ProcessingError: scope `Children`: nothing here knows what is below a resource"]
    );
    assert_eq!(scope("\"EntireHierarchy\""), ["SyntaxError: unknown scope `EntireHierarchy`, expected `Immediate`"]);
    assert_eq!(scope("[\"Immediate\",\"Children\"]"), ["SyntaxError: the scope of a resource has one value"]);
    // Of another type, or elsewhere, it is an attribute like others.
    assert_eq!(scope("1"), ["resource(+id=1,+scope=1)"]);
    assert_eq!(request(&format!(r#""Action":{{"Attribute":{}}}"#, attribute(SCOPE, "\"x\""))), ["action(+scope=x)"]);
}

#[test]
fn a_content_selector_gives_a_request_for_each_node() {
    let content = "<m:rs xmlns:m='urn:m'><m:r>1</m:r><m:r>2</m:r></m:rs>";
    let with = |xpath: &str| request(&resource(content, &[attribute("urn:id", "1"), selector(xpath)]));
    assert_eq!(
        with("//m:rs/m:r"),
        ["resource(+id=1,+content-selector=//m:rs/m:r[1])", "resource(+id=1,+content-selector=//m:rs/m:r[2])"]
    );
    // Here `[1]` would select once for each parent, or only in the last part of a union.
    assert_eq!(with("//m:rs/m:r/text()").len(), 2);
    for xpath in ["//m:rs/m:r/text()", "//m:r | //m:r", "/m:rs | //m:r", "//m:r[1] | //m:r"] {
        for (place, line) in with(xpath).iter().enumerate() {
            assert!(line.contains(&format!("({xpath})")) && line.ends_with(&format!("[{}])", place + 1)), "{line}");
        }
    }
    let with_other = format!("{},\"Action\":[{{}},{{}}]", resource(content, &[selector("//m:r")]));
    assert_eq!(request(&with_other).len(), 4);
}

#[test]
fn a_content_selector_that_selects_nothing_is_a_syntax_error() {
    let with = |content: &str, attributes: &[String]| request(&resource(content, attributes));
    assert_eq!(with("<a/>", &[selector("//m:r")]), ["SyntaxError: the content selector selects no node"]);
    assert_eq!(with("", &[selector("/")]), ["SyntaxError: a content selector without `Content`"]);
    let two = [selector("/a"), selector("/a")];
    assert_eq!(with("<a/>", &two), ["SyntaxError: a category has one content selector with one value"]);
    let elsewhere = selector("/a").replace(r#""Resource""#, r#""Action""#);
    assert_eq!(with("<a/>", &[elsewhere]), ["SyntaxError: the content selector is an XPath over another category"]);
    assert!(with("<a/>", &[selector("count(/a)")])[0].starts_with("SyntaxError: in the content selector"));
    assert!(with("<a/>", &[selector("/a[")])[0].starts_with("ProcessingError: in the content selector"));
}

#[test]
fn more_results_than_the_limit_are_refused() {
    let limits = Limits { results: 5, ..Limits::default() };
    let refused = |members: &str| {
        let error = expanded(&format!("{{\"Request\":{{{members}}}}}"), &limits).unwrap_err();
        assert!(error.too_large && error.message.contains("more than 5 results"), "{error}");
    };
    refused(r#""Resource":[{},{}],"Action":[{},{},{}]"#);
    refused(&resource("<a><b/><b/><b/><b/><b/><b/></a>", &[selector("//b")]));
    let reference = [r#"{"ReferenceId":"r"}"#; 6].join(",");
    refused(&format!(r#""Resource":{{"Id":"r"}},"MultiRequests":{{"RequestReference":[{reference}]}}"#));
    // 2 to the power of 200 is not even counted.
    let categories: Vec<_> = (0..400).map(|n| format!(r#"{{"CategoryId":"urn:c{}"}}"#, n / 2)).collect();
    refused(&format!(r#""Category":[{}]"#, categories.join(",")));
}

fn result(decision: Decision) -> Result<'static> {
    let policies = vec![PolicyIdentifier { is_set: false, id: "urn:p", version: "1" }];
    Result { decision, fault: None, policies, ..Result::failed(Fault::syntax("x")) }
}

#[test]
fn equal_decisions_are_combined_into_that_decision() {
    for decision in [Decision::Permit, Decision::Deny, Decision::NotApplicable] {
        let combined = combine(&[result(decision), result(decision)]);
        assert_eq!((combined.decision, combined.fault), (decision, None));
        assert_eq!(combined.policies.len(), 1);
    }
    let both = [Effects::D, Effects::P].map(|effects| result(Decision::Indeterminate(effects)));
    let combined = combine(&both);
    assert_eq!(combined.decision.as_str(), "Indeterminate");
    assert_eq!(combined.fault.unwrap().code, StatusCode::ProcessingError);
}

#[test]
fn what_differs_or_asks_something_is_not_combined() {
    let combined = combine(&[result(Decision::Permit), result(Decision::Deny)]);
    assert_eq!(combined.fault.unwrap().code, StatusCode::ProcessingError);
    let advice = vec![Duty { id: "urn:v", assignments: Vec::new() }];
    let combined = combine(&[Result { advice, ..result(Decision::Permit) }]);
    assert_eq!(combined.decision.as_str(), "Indeterminate");
    assert!(combined.advice.is_empty() && combined.attributes.is_empty());
}
