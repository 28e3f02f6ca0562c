//! Expressions meant to stop the process, or to keep it busy.

use super::super::{Expression, Origin, Version, XPathErrorKind};
use super::{content, expression, parse};

#[test]
fn bombs_are_refused_before_any_parser_sees_them() {
    let bombs = [
        "(".repeat(100_000),
        "(".repeat(9) + "1" + &")".repeat(9),
        "[".repeat(500),
        format!("{}1", "-".repeat(1_000)),
        format!("1{}", "+1".repeat(300)),
        format!("a{}", "/a".repeat(300)),
        format!("a{}", "[a]".repeat(400)),
        format!("a{}", " and a".repeat(257)),
        "a".repeat(1_025),
        format!("not({}1{})", "f(".repeat(8), ")".repeat(8)),
    ];
    for bomb in bombs {
        for (version, origin) in [(Version::V1, Origin::Request), (Version::V2, Origin::Policy)] {
            let error = Expression::parse::<&str, &str>(&bomb, &[], version, origin).unwrap_err();
            let accepted = [XPathErrorKind::TooComplex, XPathErrorKind::Unsupported];
            assert!(accepted.contains(&error.kind), "{bomb:.40}: {error}");
        }
    }
}

#[test]
fn the_deepest_and_longest_that_are_accepted_evaluate() {
    let content = content("<a/>");
    let deep = "(".repeat(8) + "//a" + &")".repeat(8);
    assert_eq!(content.count(&expression(&deep)).unwrap(), 1);
    let long = format!("//a[1{} = 250]", "+1".repeat(249));
    assert_eq!(content.count(&expression(&long)).unwrap(), 1);
    let negated = format!("//a[{}1]", "-".repeat(250));
    assert_eq!(content.count(&expression(&negated)).unwrap(), 1);
    assert_eq!(content.count(&expression(&format!("a{}", "|a".repeat(250)))).unwrap(), 1);
}

#[test]
fn endless_work_is_stopped() {
    let xml = format!("<a>{}</a>", "<b>some text</b>".repeat(20_000));
    let content = content(&xml);
    for text in [
        "//*[//*[//*]/x]",
        "//b[count(//b[count(//b) > 1]) > 1]",
        "//*[. = //*/x | //*]",
        "//b/following::b/preceding::b",
        "//b[string(/) = 'x']",
        "//b[preceding-sibling::b[1] = preceding-sibling::b[2]]",
    ] {
        let error = content.count(&expression(text)).expect_err(text);
        assert_eq!(error.kind, XPathErrorKind::TooComplex, "{text}");
    }
    // The same document answers what is asked with reason.
    assert_eq!(content.count(&expression("//b[. = 'some text']")).unwrap(), 20_000);
}

#[test]
fn requests_may_not_bring_xpath_2() {
    let error = Expression::parse::<&str, &str>("//a", &[], Version::V2, Origin::Request).unwrap_err();
    assert_eq!(error.kind, XPathErrorKind::Unsupported);
}

#[test]
fn no_text_makes_the_parser_panic() {
    use proptest::prelude::*;
    let parts = prop::sample::select(vec![
        "//",
        "/",
        "a",
        "m:b",
        "*",
        "m:*",
        "@",
        "[",
        "]",
        "(",
        ")",
        "1",
        "'x'",
        ".",
        "..",
        "::",
        "child",
        "text()",
        "and",
        " ",
        "div",
        "=",
        "<",
        "|",
        "-",
        "count",
        "position()",
        ",",
        "$",
        "é",
        "!",
        ":",
        "\"",
    ]);
    let texts = prop_oneof![prop::collection::vec(parts, 0..12).prop_map(|parts| parts.concat()), ".{0,30}"];
    let content = content("<a><b xmlns='urn:md'>1</b></a>");
    proptest!(|(text in texts)| {
        if let Ok(expression) = parse(&text) {
            let _ = content.count(&expression);
        }
    });
}

#[test]
fn expressions_go_between_threads_and_equal_by_what_they_say() {
    fn is_shareable<T: Send + Sync + Clone>() {}
    is_shareable::<Expression>();
    assert_eq!(expression("//a"), expression("//a"));
    assert_ne!(expression("//a"), expression("/a"));
    let other = Expression::parse("//a", &[("p", "u")], Version::V1, Origin::Policy).unwrap();
    assert_ne!(expression("//a"), other);
}

#[test]
fn versions_have_identifiers() {
    for (uri, version) in [
        ("http://www.w3.org/TR/1999/Rec-xpath-19991116", Some(Version::V1)),
        (Version::V1.uri(), Some(Version::V1)),
        (Version::V2.uri(), Some(Version::V2)),
        ("http://www.w3.org/TR/xpath-31/", None),
    ] {
        assert_eq!(Version::from_uri(uri), version, "{uri}");
    }
}
