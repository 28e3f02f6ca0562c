//! Reading a `Content`: namespaces from outside, what XML joins and normalises, and what is refused.

use super::super::{Content, XPathErrorKind};
use super::{RECORD, content, expression, values};
use crate::limits::Limits;

#[test]
fn declarations_around_the_content_are_in_scope_inside() {
    let inherited = [("md", "urn:old"), ("md", "urn:md"), ("", "urn:md")];
    let content = Content::parse("<a><md:b c='1'/><n xmlns=''/></a>", &inherited, &Limits::default()).unwrap();
    assert_eq!(content.count(&expression("/m:a/m:b[@c = 1]")).unwrap(), 1);
    assert_eq!(content.count(&expression("//n")).unwrap(), 1);
    assert_eq!(content.count(&expression("/*/namespace::*")).unwrap(), 3);
    assert_eq!(content.count(&expression("//n/namespace::*")).unwrap(), 2);
}

#[test]
fn text_cdata_and_references_are_one_node() {
    assert_eq!(values("<r>a&amp;<![CDATA[<&]]>&#65;&#x42;\r\nc</r>", "//text()"), ["a&<&AB\nc"]);
    assert_eq!(values("<r>a<!--x-->b</r>", "//text()"), ["a", "b"]);
    assert_eq!(values("<r a=' x\n&#10;&lt;y ' b=\"'\"/>", "//@*"), [" x \n<y ", "'"]);
    assert_eq!(values("<?xml version='1.0'?><!--a--><r/><?p  x ?>", "/processing-instruction()"), ["x "]);
}

#[test]
fn what_is_not_one_well_formed_element_is_refused() {
    for xml in [
        "",
        " ",
        "text",
        "<a/><b/>",
        "<a/>text",
        "text<a/>",
        "<a>",
        "<a></b>",
        "<a",
        "</a>",
        "<a b='1' b='2'/>",
        "<a xmlns:p='u' xmlns:q='u' p:x='1' q:x='2'/>",
        "<a b='<'/>",
        "<a b=1/>",
        "<p:a/>",
        "<a p:b='1'/>",
        "<1a/>",
        "<a:b:c xmlns:a='u'/>",
        "<:a/>",
        "<a xmlns:p=''/>",
        "<a xmlns:xml='u'/>",
        "<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>",
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>",
        "<a>&e;</a>",
        "<a>&#0;</a>",
        "<a b='&e;'/>",
        "<a b='&#1;'/>",
        "<a>\u{1}</a>",
        "<a/>&amp;",
        "<a/><?xml version='1.0'?>",
        "<a><!-- -- --></a>",
    ] {
        let error = Content::parse(xml, &[], &Limits::default()).map(drop).expect_err(xml);
        assert_eq!(error.kind, XPathErrorKind::Content, "{xml}");
        assert!(error.offset.is_some_and(|offset| offset <= xml.len()), "{xml}");
    }
}

#[test]
fn limits_hold() {
    let limits = Limits { depth: 4, request_elements: 6, ..Limits::default() };
    let refused = |xml: &str| Content::parse(xml, &[], &limits).is_err();
    assert!(!refused("<a><a><a><a/></a></a></a>"));
    assert!(refused("<a><a><a><a><a/></a></a></a></a>"));
    assert!(refused(&format!("<a>{}</a>", "<b/>".repeat(6))));
    let attributes = |count: usize| (0..count).fold("<a".to_owned(), |xml, i| xml + &format!(" a{i}=''")) + "/>";
    assert!(!refused(&attributes(128)));
    assert!(refused(&attributes(129)));
}

#[test]
fn values_are_lent_where_the_text_stands_in_the_source() {
    let content = content(RECORD);
    let names = content.string_values(&expression("//m:name"), None).unwrap();
    assert!(names.iter().all(|name| matches!(name, std::borrow::Cow::Borrowed(_))));
}
