//! XPath 2.0: the same tree, sequences, and the corners of another's engine.

use super::super::{Content, Expression, Origin, Version, XPathError, XPathErrorKind};
use super::{NAMESPACES, RECORD, content, expression};
use crate::limits::Limits;

fn parse(text: &str) -> Result<Expression, XPathError> {
    Expression::parse(text, NAMESPACES, Version::V2, Origin::Policy)
}

fn second(text: &str) -> Expression {
    parse(text).unwrap_or_else(|error| panic!("{text}: {error} at {:?}", error.offset))
}

fn values(text: &str) -> Vec<String> {
    let content = content(RECORD);
    let values = content.string_values(&second(text), None).unwrap_or_else(|error| panic!("{text}: {error}"));
    values.into_iter().map(Into::into).collect()
}

#[test]
fn each_kind_of_expression_selects_its_nodes() {
    let facts: &[(&str, &[&str])] = &[
        ("//m:patient/m:name/text()", &["Ann", "Bob"]),
        ("//m:patient[@id eq 'p2']/m:number", &["5", "90"]),
        ("for $p in //m:patient return $p/m:number[1]", &["17", "5"]),
        ("//m:patient[some $n in m:number satisfies xs:integer($n) gt 80]/@id", &["p2"]),
        ("//m:patient[every $n in m:number satisfies xs:integer($n) lt 80]/@id", &["p1"]),
        ("if (//m:name = 'Ann') then //m:patient/@id else ()", &["p1", "p2"]),
        ("//m:name[matches(., '^A')]", &["Ann"]),
        ("//m:name[lower-case(.) = ('bob', 'eve')]", &["Bob"]),
        ("(//m:name)[2], (//m:name)[1]", &["Bob", "Ann"]),
        ("//m:patient/(m:name | @id)", &["p1", "Ann", "p2", "Bob"]),
        ("//*:name except //m:name[1]", &[]),
        ("//m:patient[count(m:number) idiv 2 = 1]/@id", &["p2"]),
        ("//@x:kind", &["full"]),
        ("//plain", &["a<b>c"]),
        ("//comment()", &[" seen "]),
        ("//processing-instruction()[name() = 'stamp']", &["now"]),
        ("//m:name[. is (//m:name)[last()]]", &["Bob"]),
        ("//m:name[1] (: the first of each (: patient :) :)", &["Ann", "Bob"]),
        ("//m:name[name() = 'md:name' and namespace-uri() = 'urn:md'][last()]", &["Ann", "Bob"]),
        ("()", &[]),
    ];
    for (path, expected) in facts {
        assert_eq!(values(path), *expected, "{path}");
    }
}

#[test]
fn other_items_than_nodes_are_an_error_of_their_kind() {
    for text in ["1 to 3", "//m:name/string()", "'x'", "(//m:name, 1)", "true()"] {
        let error = content(RECORD).count(&second(text)).unwrap_err();
        assert_eq!(error.kind, XPathErrorKind::NotNodeSet, "{text}");
    }
    assert_eq!(content(RECORD).count(&second("//m:name[. lt 1]")).unwrap_err().kind, XPathErrorKind::Evaluation);
}

#[test]
fn both_versions_mean_the_same_nodes() {
    let content = content(RECORD);
    assert!(content.any_same(&second("//m:patient[@id eq 'p1']"), &expression("//m:patient[1]")).unwrap());
    assert!(content.any_match(&expression("//m:patient[1]"), &second("//m:name[. eq 'Ann']")).unwrap());
    assert!(!content.any_match(&expression("//m:patient[1]"), &second("//m:name[. eq 'Bob']")).unwrap());
    let name = content.string_values(&second("m:name"), Some(&expression("//m:patient[2]"))).unwrap();
    assert_eq!(name, ["Bob"]);
    let id = content.string_values(&expression("../@id"), Some(&second("//m:name[. eq 'Bob']"))).unwrap();
    assert_eq!(id, ["p2"]);
    let paths = content.node_paths(&second("((//m:name)[2], //m:name)")).unwrap();
    assert_eq!(
        paths.iter().map(|path| content.string_values(&second(path), None).unwrap().concat()).collect::<Vec<_>>(),
        ["Ann", "Bob"]
    );
}

#[test]
fn the_time_is_what_the_caller_says() {
    let content = content(RECORD).at(86_400);
    assert_eq!(content.count(&second("/*[current-dateTime() eq xs:dateTime('1970-01-02T00:00:00Z')]")).unwrap(), 1);
}

#[test]
fn what_can_not_be_read_is_refused_before_it_is_evaluated() {
    for text in ["//m:record[?]", "", "for $a in", "$unbound", "no-such-function()", "//a["] {
        let error = parse(text).expect_err(text);
        assert_eq!(error.kind, XPathErrorKind::Syntax, "{text}: {error}");
    }
    let undeclared = parse("//q:a").unwrap_err();
    assert_eq!(undeclared.kind, XPathErrorKind::UndeclaredPrefix { prefix: "q".into() });
}

#[test]
fn what_the_engine_was_not_taught_is_an_error_of_the_expression() {
    let outcome = parse("//schema-element(m:name)").and_then(|expression| content(RECORD).count(&expression));
    assert!(outcome.is_err());
    // This one would be answered wrongly.
    assert_eq!(parse("//processing-instruction ( 'stamp' )").unwrap_err().kind, XPathErrorKind::Unsupported);
    // The thread goes on.
    assert_eq!(values("//m:name"), ["Ann", "Bob"]);
}

#[test]
fn nothing_outside_can_be_reached() {
    for text in ["doc('file:///etc/passwd')", "//m:name[doc-available('file:///etc/passwd')]", "collection('file:///')"]
    {
        let count = parse(text).and_then(|expression| content(RECORD).count(&expression));
        assert!(!matches!(count, Ok(1..)), "{text}: {count:?}");
    }
    for text in ["//m:name[available-environment-variables()]", "parse-xml('<a/>')"] {
        let count = parse(text).and_then(|expression| content(RECORD).count(&expression));
        assert!(!matches!(count, Ok(1..)), "{text}: {count:?}");
    }
}

#[test]
fn the_longest_that_is_accepted_does_not_overflow() {
    let content = content("<a/>");
    assert_eq!(content.count(&second(&format!("//a[1{} = 98]", "+1".repeat(97)))).unwrap(), 1);
    assert_eq!(content.count(&second(&format!("//a[{}1]", "-".repeat(98)))).unwrap(), 1);
    assert_eq!(content.count(&second(&format!("a{}", "|a".repeat(100)))).unwrap(), 1);
    let deep = format!("//a[{}1{}{}]", "(1+".repeat(7), ")".repeat(7), "+1".repeat(90));
    assert!(parse(&deep).is_ok());
    assert_eq!(parse(&format!("a{}", ",a".repeat(101))).unwrap_err().kind, XPathErrorKind::TooComplex);
}

#[test]
fn namespaces_around_the_content_reach_the_copy() {
    let content = Content::parse("<a><md:b/></a>", &[("md", "urn:md"), ("", "urn:md")], &Limits::default()).unwrap();
    assert_eq!(content.count(&second("/m:a/m:b")).unwrap(), 1);
    assert_eq!(content.count(&second("/a")).unwrap(), 0);
    assert_eq!(content.count(&second("/*[in-scope-prefixes(.) = 'md']")).unwrap(), 1);
}
