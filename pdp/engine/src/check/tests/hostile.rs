//! Documents that were made to hurt.

use std::fmt::Write;

use proptest::prelude::*;

use super::{Options, check, lines};
use crate::read::Source;

/// A policy with something of everything.
const WHOLE: &str = include_str!("whole.xml");

#[test]
fn the_whole_policy_is_clean() {
    assert_eq!(lines(&[WHOLE]), Vec::<String>::new());
}

#[test]
fn a_hundred_thousand_nested_elements_are_refused_at_the_limit() {
    let text = "<Policy>".repeat(100_000);
    assert_eq!(lines(&[&text]), ["1:1025: error[limit-exceeded]: more than 128 elements, one in the other"]);
}

#[test]
fn a_billion_laughs_are_not_expanded() {
    let mut text = String::from("<?xml version=\"1.0\"?>\n<!DOCTYPE lolz [\n<!ENTITY lol \"lol\">\n");
    for level in 1..10 {
        let inner = format!("&lol{};", level - 1).repeat(10);
        writeln!(text, "<!ENTITY lol{level} \"{inner}\">").unwrap();
    }
    text.push_str("]>\n<Policy>&lol9;</Policy>");
    assert_eq!(lines(&[&text]), ["2:1: error[dtd-present]: a document type declaration is not read"]);
}

#[test]
fn bytes_that_are_not_utf8_are_placed() {
    let sources = [Source::from_bytes("", b"<Policy>\n  \xFF</Policy>")];
    let (checked, found) = check(&sources, &Options::default());
    assert!(checked.documents.is_empty());
    assert_eq!(super::line(&found[0], &sources), "2:3: error[unsupported-encoding]: byte 11 is not UTF-8");
}

#[test]
fn a_hundred_thousand_variables_in_a_chain_are_refused_without_recursion() {
    let mut text = String::from(
        "<Policy xmlns=\"urn:oasis:names:tc:xacml:3.0:core:schema:wd-17\" PolicyId=\"p\" Version=\"1\" \
         RuleCombiningAlgId=\"urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides\"><Target/>",
    );
    for n in 0..100_000 {
        write!(
            text,
            "<VariableDefinition VariableId=\"v{n}\"><VariableReference VariableId=\"v{}\"/></VariableDefinition>",
            n + 1
        )
        .unwrap();
    }
    text.push_str(
        "<VariableDefinition VariableId=\"v100000\"><AttributeValue \
         DataType=\"http://www.w3.org/2001/XMLSchema#boolean\">true</AttributeValue></VariableDefinition></Policy>",
    );
    let found = lines(&[&text]);
    assert!(found.iter().any(|line| line.contains("more than 64 variables, one defined by the other")), "{found:?}");
}

#[test]
fn a_number_of_more_digits_than_the_limit_is_refused() {
    let text = WHOLE.replace(">42<", &format!(">{}<", "9".repeat(10_001)));
    let found = lines(&[&text]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("error[bad-literal]"), "{found:?}");
}

#[test]
fn expressions_as_deep_as_any_setting_allows_leave_room_on_the_stack() {
    let not = "<Apply FunctionId=\"urn:oasis:names:tc:xacml:1.0:function:not\">";
    let frame = WHOLE.split_once("<VariableReference VariableId=\"adult\"/>").unwrap();
    let mut options = Options::default();
    options.limits.depth = usize::MAX;
    for (levels, code) in [(240, None), (260, Some("limit-exceeded"))] {
        let inner =
            format!("{}<VariableReference VariableId=\"adult\"/>{}", not.repeat(levels), "</Apply>".repeat(levels));
        let text = format!("{}{inner}{}", frame.0, frame.1);
        let sources = [Source::new("", &text)];
        let (_, found) = check(&sources, &options);
        assert_eq!(found.first().map(|found| found.code), code, "{levels}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_change_of_bytes_makes_it_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..8),
    ) {
        let mut bytes = WHOLE.as_bytes().to_vec();
        for (place, byte, kind) in edits {
            let at = place.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => { bytes.remove(at); }
                _ => bytes.insert(at, byte),
            }
        }
        let sources = [Source::from_bytes("", &bytes)];
        check(&sources, &Options::default());
    }

    #[test]
    fn no_exchange_of_parts_makes_it_panic(
        parts in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..6),
    ) {
        let mut pieces: Vec<&str> = WHOLE.split_inclusive(['<', '>', '"', ' ']).collect();
        for (a, b) in parts {
            let (a, b) = (a.index(pieces.len()), b.index(pieces.len()));
            pieces.swap(a, b);
        }
        let text = pieces.concat();
        let sources = [Source::new("", &text)];
        let (_, found) = check(&sources, &Options::default());
        for one in found {
            prop_assert!(text.get(one.at.start as usize..one.at.end as usize).is_some(), "{one:?}");
        }
    }
}
