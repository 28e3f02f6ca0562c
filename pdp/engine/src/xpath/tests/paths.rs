//! Location paths, predicates and comparisons of XPath 1.0, and the questions of the XPath functions.

use super::super::{Content, XPathErrorKind};
use super::{NAMESPACES, RECORD, content, expression, holds, parse, values};
use crate::limits::Limits;

#[test]
fn each_path_selects_what_the_recommendation_says() {
    let facts: &[(&str, &[&str])] = &[
        ("//m:patient/m:name/text()", &["Ann", "Bob"]),
        ("/m:record/m:patient[2]/m:name", &["Bob"]),
        ("//m:patient/@id", &["p1", "p2"]),
        ("//@x:kind", &["full"]),
        ("//m:patient[@id='p2']/m:number", &["5", "90"]),
        ("//m:patient[m:number > 80]/@id", &["p2"]),
        ("//m:patient[last()]/@id", &["p2"]),
        ("//m:number[1]", &["17", "5"]),
        ("(//m:number)[1]", &["17"]),
        ("(//m:number)[last()]", &["90"]),
        ("//m:number[1.5]", &[]),
        ("//m:name | //m:patient/@id", &["p1", "Ann", "p2", "Bob"]),
        ("//m:name[. = 'Bob']/../@id", &["p2"]),
        ("//m:number[. = '90']/preceding-sibling::*[1]", &["5"]),
        ("//m:number/ancestor::m:patient/@id", &["p1", "p2"]),
        ("//m:patient[following-sibling::m:patient]/@id", &["p1"]),
        ("//plain", &["a<b>c"]),
        ("plain", &[]),
        ("*/plain", &["a<b>c"]),
        ("//md", &[]),
        ("//*[local-name() = 'name' and namespace-uri() = 'urn:md'][position() = 1]", &["Ann", "Bob"]),
        ("//comment()", &[" seen "]),
        ("//processing-instruction('stamp')", &["now"]),
        ("//processing-instruction('other')", &[]),
        ("//m:*[@*]/@*[. = 'p1']", &["p1"]),
        ("descendant::m:name[starts-with(., 'A')]", &["Ann"]),
        ("//m:name[not(. = 'Ann')]", &["Bob"]),
        ("//m:patient[count(m:number) = 2 or @id = 'p1'] [m:number div 5 = 1] /@id", &["p2"]),
        ("//m:number[. mod 2 = 1 and . * 2 = 34]", &["17"]),
        ("//m:number[- . = -5]", &["5"]),
        ("//m:name[1]/following::m:number", &["17", "5", "90"]),
        ("//m:number[. = 90]/preceding::m:number", &["17", "5"]),
        ("//plain[lang('EN')]", &["a<b>c"]),
        ("id('p1')", &[]),
        (" / m:record / child :: m:patient [ count ( m:number ) > 1 ] / attribute :: id ", &["p2"]),
        ("/m:record/namespace::md", &["urn:md"]),
        ("//plain/namespace::*[name() = 'xml']", &["http://www.w3.org/XML/1998/namespace"]),
    ];
    for (path, expected) in facts {
        assert_eq!(values(RECORD, path), *expected, "{path}");
    }
}

#[test]
fn names_that_are_operators_elsewhere_are_names_where_an_operand_stands() {
    let xml = "<and><or div='1'/><mod/><div-x>7</div-x><a.b>8</a.b><text>9</text></and>";
    assert_eq!(values(xml, "/and/or[@div = 1 and not(mod)]/@div"), ["1"]);
    assert_eq!(values(xml, "and/div-x | and/a.b"), ["7", "8"]);
    assert_eq!(values(xml, "*/text"), ["9"]);
    assert_eq!(values(xml, "*/text/text()"), ["9"]);
}

#[test]
fn comparisons_with_nodes_hold_if_they_hold_for_some_node() {
    let xml = "<r><a>1</a><a>5</a><b>x</b><c>9</c><c>x</c></r>";
    for condition in [
        "a = 1",
        "a != 1",
        "a > 3",
        "3 < a",
        "a <= 1",
        "a != b",
        "b != a",
        "a < c",
        "c > a",
        "a >= a",
        "not(a = b)",
        "b = c",
        "a = true()",
        "z = false()",
        "z != true()",
        "not(z)",
        "a and not(z)",
        "'1' = a",
        "a[1] = '1'",
        "a + 1 = 2",
        "true() > z",
        "'a' = 'b' != 'c'",
        "'true' = true()",
        "1 = '1.0'",
        "string(0 div 0) = 'NaN'",
        "not(0 div 0 = 0 div 0)",
        "1 div 0 = 1 div 0",
        "2 > 1 > 0",
    ] {
        assert!(holds(xml, condition), "{condition}");
    }
    // Where nothing is, nothing is different either.
    for condition in [
        "z = 'x'",
        "z != 'x'",
        "z < 1",
        "z >= 0",
        "z = a",
        "z != a",
        "a != z",
        "b < 1",
        "b >= 0",
        "b < c",
        "b != b",
        "a = false()",
        "1 = '1e0'",
    ] {
        assert!(!holds(xml, condition), "{condition}");
    }
}

#[test]
fn a_result_that_is_not_nodes_is_an_error_of_its_kind() {
    let content = content(RECORD);
    for text in ["count(//*)", "1 + 1", "'x'", "//a = 1", "string(//*)", "true()", "-//m:name"] {
        let error = content.string_values(&expression(text), None).unwrap_err();
        assert_eq!(error.kind, XPathErrorKind::NotNodeSet, "{text}");
    }
    for text in ["1/a", "('a')[1]", "1 | //a", "count('a')"] {
        assert!(content.count(&expression(text)).is_err(), "{text}");
    }
}

#[test]
fn what_is_no_expression_is_refused_where_it_stands() {
    let refused = [
        ("//m:record[?]/m:patient", 11),
        ("", 0),
        ("  ", 2),
        ("//", 2),
        ("a/", 2),
        ("a[", 2),
        ("a[]", 2),
        ("a]", 1),
        ("(a", 2),
        ("a b", 2),
        ("a and", 5),
        ("'a", 0),
        ("@", 1),
        ("a::b", 0),
        ("child::", 7),
        ("text(1)", 5),
        ("$x", 0),
        ("//a[$x = 1]", 4),
        ("upper-case('a')", 0),
        ("m:count(a)", 0),
        ("count()", 0),
        ("count(a, b)", 0),
        ("1.2.3", 3),
        ("a #", 2),
        ("é::a", 0),
        (".[1]", 1),
        ("for $a in b return $a", 7),
    ];
    for (text, offset) in refused {
        let error = parse(text).expect_err(text);
        assert_eq!((error.offset, error.kind), (Some(offset), XPathErrorKind::Syntax), "{text}: {}", error.message);
    }
}

#[test]
fn an_undeclared_prefix_is_named() {
    for (text, offset) in [("//q:a", 2), ("//m:a[@q:b]", 7), ("q:*", 0), ("a/child::q:b", 9)] {
        let error = parse(text).unwrap_err();
        assert_eq!(error.kind, XPathErrorKind::UndeclaredPrefix { prefix: "q".into() }, "{text}");
        assert_eq!(error.offset, Some(offset), "{text}");
    }
    assert!(parse("'q:a' = //@xml:lang").is_ok());
}

#[test]
fn a_context_selector_gives_the_start() {
    let content = content(RECORD);
    let values = |path: &str, selector: &str| {
        content.string_values(&expression(path), Some(&expression(selector))).map_err(|error| error.kind)
    };
    assert_eq!(values("m:name", "//m:patient[2]").unwrap(), ["Bob"]);
    assert_eq!(values("..//@id", "//m:patient[2]").unwrap(), ["p1", "p2"]);
    assert_eq!(values("/m:record/@x:kind", "//m:patient[2]").unwrap(), ["full"]);
    assert_eq!(values("m:name", "//m:patient"), Err(XPathErrorKind::ContextNode));
    assert_eq!(values("m:name", "//m:nothing"), Err(XPathErrorKind::ContextNode));
    assert_eq!(values("m:name", "count(//m:name)"), Err(XPathErrorKind::NotNodeSet));
}

#[test]
fn nodes_are_the_same_by_identity() {
    let content = content("<r><a>1</a><b>1</b></r>");
    let same = |first, second| content.any_same(&expression(first), &expression(second)).unwrap();
    assert!(same("//a", "/r/*[1]"));
    assert!(!same("//a", "//b"));
    assert!(!same("//a", "//a/text()"));
    assert!(!same("//a", "//z"));
}

#[test]
fn a_match_is_the_node_or_what_is_below_it() {
    let content = content("<r><a i='1'><b>1</b></a><c/></r>");
    let matches = |first, second| content.any_match(&expression(first), &expression(second)).unwrap();
    for (first, second) in [
        ("//a", "//a"),
        ("//a", "//b/text()"),
        ("//a", "//@i"),
        (".", "//c"),
        ("/", "/"),
        ("//c | //a | //b", "//b"),
        ("//a/@i | /r", "//c"),
        ("/r/namespace::xml", "/r/namespace::xml"),
        ("/r", "/r/namespace::xml"),
    ] {
        assert!(matches(first, second), "{first} {second}");
    }
    for (first, second) in
        [("//b", "//a"), ("//a", "//c"), ("//@i", "//b"), ("//z", "//a"), ("//a", "//z"), ("//b", "//@i")]
    {
        assert!(!matches(first, second), "{first} {second}");
    }
}

#[test]
fn each_node_has_a_path_that_selects_it_alone() {
    let content = content(RECORD);
    let text = "//m:number | //m:patient/@id";
    let paths = content.node_paths(&expression(text)).unwrap();
    assert_eq!(paths.first().unwrap(), "(//m:number | //m:patient/@id)[1]");
    let found: Vec<_> = paths.iter().flat_map(|path| content.string_values(&expression(path), None).unwrap()).collect();
    assert_eq!(found, content.string_values(&expression(text), None).unwrap());
    assert_eq!(found, ["p1", "17", "p2", "5", "90"]);
    assert!(content.node_paths(&expression("//m:none")).unwrap().is_empty());
}

#[test]
fn only_the_element_of_the_content_is_counted() {
    let content = Content::parse(" <r><a/><b/></r> ", NAMESPACES, &Limits::default()).unwrap();
    assert_eq!(content.count(&expression("//*")).unwrap(), 3);
    assert_eq!(content.count(&expression("//node()")).unwrap(), 3);
    assert_eq!(content.count(&expression("/")).unwrap(), 1);
}
