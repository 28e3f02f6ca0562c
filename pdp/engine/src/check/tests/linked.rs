//! Several documents together: references, versions, circles, and what a root reaches.

use super::{Options, check, lines};
use crate::check::checked::{Child, Node};
use crate::read::Source;

const CORE: &str = "urn:oasis:names:tc:xacml:3.0:core:schema:wd-17";

fn policy(id: &str, version: &str) -> String {
    format!(
        "<Policy xmlns=\"{CORE}\" PolicyId=\"{id}\" Version=\"{version}\" \
         RuleCombiningAlgId=\"urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides\"><Target/></Policy>"
    )
}

fn set(id: &str, children: &str) -> String {
    format!(
        "<PolicySet xmlns=\"{CORE}\" PolicySetId=\"{id}\" Version=\"1.0\" \
         PolicyCombiningAlgId=\"urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:deny-overrides\">\
         <Target/>{children}</PolicySet>"
    )
}

fn reference(id: &str, versions: &str) -> String {
    format!("<PolicyIdReference {versions}> {id} </PolicyIdReference>")
}

fn set_reference(id: &str) -> String {
    format!("<PolicySetIdReference>{id}</PolicySetIdReference>")
}

/// The documents that the references of the first one mean.
fn targets(texts: &[String]) -> Vec<Option<usize>> {
    let sources: Vec<Source<'_>> = texts.iter().map(|text| Source::new("", text)).collect();
    let (checked, _) = check(&sources, &Options::default());
    let Node::PolicySet(set) = &checked.documents[0].node else { panic!("the first is a set") };
    let target = |child: &Child<'_>| match child {
        Child::Reference { document, .. } => *document,
        Child::Node(_) | Child::Compiled(_) => None,
    };
    set.children.iter().map(target).collect()
}

#[test]
fn a_reference_means_the_latest_version_that_fits() {
    let root = set(
        "root",
        &[
            reference("p", ""),
            reference("p", "Version=\"1.*\""),
            reference("p", "LatestVersion=\"1.5\""),
            reference("p", "EarliestVersion=\"1.2\" LatestVersion=\"1.+\""),
            reference("p", "Version=\"3\""),
        ]
        .concat(),
    );
    let texts = [root, policy("p", "1.2"), policy("p", "1.10"), policy("p", "2.0"), policy("q", "9")];
    assert_eq!(targets(&texts), [Some(3), Some(2), Some(1), Some(2), None]);
}

#[test]
fn the_same_document_twice_is_one() {
    let root = set("root", &reference("p", ""));
    let texts = [root.clone(), policy("p", "1"), policy("p", "1"), root];
    assert_eq!(targets(&texts), [Some(1)]);
    assert_eq!(lines(&texts.each_ref().map(String::as_str)), Vec::<String>::new());
}

#[test]
fn two_documents_of_one_version_are_refused_and_a_reference_to_them_is_ambiguous() {
    let other = policy("p", "1.0").replace("<Target/>", "<Description/><Target/>");
    let found = lines(&[&set("root", &reference("p", "")), &policy("p", "1.0"), &other]);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].ends_with("error[ambiguous-reference]: two documents are version 1.0 of policy `p`"), "{found:?}");
    assert!(found[1].ends_with("error[duplicate-policy-id]: policy `p` stands twice in version 1.0"), "{found:?}");
}

#[test]
fn only_the_outermost_policy_of_a_document_can_be_referred_to() {
    let found = lines(&[&set("root", &reference("p", "")), &set("other", &policy("p", "1"))]);
    assert_eq!(found.len(), 1);
    assert!(found[0].ends_with("error[unresolved-reference]: policy `p` is not loaded"), "{found:?}");
}

#[test]
fn a_circle_is_told_step_by_step() {
    let texts = [set("a", &set_reference("b")), set("b", &set_reference("c")), set("c", &set_reference("b"))];
    let sources: Vec<Source<'_>> = texts.iter().map(|text| Source::new("", text)).collect();
    let (checked, found) = check(&sources, &Options::default());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].message, "policy set `b` contains itself");
    let steps: Vec<&str> = found[0].notes.iter().map(|note| note.message.as_str()).collect();
    assert_eq!(steps, ["`b` refers to `c`", "`c` refers to `b`"]);
    assert!(!checked.is_evaluable(0), "what leads into a circle can't be evaluated either");
}

#[test]
fn a_fault_that_a_root_does_not_reach_does_not_stop_it() {
    let broken = policy("q", "1").replace("deny-overrides", "no-such-algorithm");
    let texts = [set("a", &reference("p", "")), policy("p", "1"), broken, set("b", &reference("q", ""))];
    let sources: Vec<Source<'_>> = texts.iter().map(|text| Source::new("", text)).collect();
    let (checked, found) = check(&sources, &Options::default());
    assert_eq!(found.len(), 1);
    assert_eq!(checked.reach(0), [0, 1]);
    assert!(checked.is_evaluable(0) && !checked.is_evaluable(3));
}

#[test]
fn references_that_lead_too_deep_are_refused_where_they_pass_the_limit() {
    let mut texts: Vec<String> =
        (0..70).map(|n| set(&format!("s{n}"), &set_reference(&format!("s{}", n + 1)))).collect();
    texts.push(set("s70", ""));
    let sources: Vec<Source<'_>> = texts.iter().map(|text| Source::new("", text)).collect();
    let (checked, found) = check(&sources, &Options::default());
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].at.file, found[0].code), (5, "limit-exceeded"));
    assert!(!checked.is_evaluable(0) && checked.is_evaluable(6));
}

#[test]
fn an_id_and_version_stands_once_whatever_it_is_nested_in() {
    let found = lines(&[&set("root", &policy("p", "1.0")), &policy("p", "1.00")]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].ends_with("error[duplicate-policy-id]: policy `p` stands twice in version 1.00"), "{found:?}");
    assert_eq!(lines(&[&set("p", ""), &policy("p", "1.0")]), Vec::<String>::new(), "the two kinds have their own ids");
}

#[test]
fn the_shipped_policies_are_clean() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../policies");
    let mut texts = Vec::new();
    for folder in [folder.to_owned(), format!("{folder}/examples")] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|end| end == "xml") {
                texts.push((path.display().to_string(), std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    let sources: Vec<Source<'_>> = texts.iter().map(|(name, text)| Source::new(name, text)).collect();
    let (_, found) = check(&sources, &Options::authoring(crate::limits::Limits::default()));
    let told: Vec<String> = found
        .iter()
        .map(|found| format!("{}:{}", sources[found.at.file as usize].name, super::line(found, &sources)))
        .collect();
    assert_eq!(told, Vec::<String>::new());
}
