//! Requests in XML: what is understood, and what is refused.

use super::{arena, read_as, shown};
use crate::limits::Limits;
use crate::request::{RawValue, Request, RequestError, TypeName};
use crate::value::DataType;
use crate::wire::{Format, read};

const CORE: &str = "urn:oasis:names:tc:xacml:3.0:core:schema:wd-17";

fn xml(text: &str) -> Result<Request<'static>, RequestError> {
    read_as(Format::Xml, text)
}

fn refused(text: &str) -> String {
    xml(text).expect_err(text).describe(text.as_bytes())
}

fn request(inside: &str) -> String {
    format!(r#"<Request xmlns="{CORE}" ReturnPolicyIdList="false" CombinedDecision="0">{inside}</Request>"#)
}

fn category(inside: &str) -> String {
    request(&format!(r#"<Attributes Category="urn:c">{inside}</Attributes>"#))
}

fn string(inside: &str) -> String {
    let value = format!("<AttributeValue DataType=\"{}\">{inside}</AttributeValue>", DataType::String.uri());
    category(&format!(r#"<Attribute AttributeId="urn:a" IncludeInResult="false">{value}</Attribute>"#))
}

fn value(text: &str) -> RawValue<'static> {
    xml(text).unwrap_or_else(|error| panic!("{text}: {error}")).attributes[0].attributes[0].values[0]
}

#[test]
fn every_part_of_a_request_is_read() {
    let text = format!(
        r#"<?xml version="1.0" encoding='UTF-8' standalone="yes"?><!-- before --><?a b?>
        <x:Request xmlns:x="{CORE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b"
            ReturnPolicyIdList="1" CombinedDecision=" true ">
          <x:RequestDefaults><x:XPathVersion> urn:xpath </x:XPathVersion></x:RequestDefaults>
          <x:Attributes Category=" urn:c " xml:id="one">
            <x:Content> <m:r xmlns:m="urn:m"><m:s/> </m:r> <!-- --></x:Content>
            <x:Attribute AttributeId="urn:a" Issuer=" me " IncludeInResult="true">
              <x:AttributeValue DataType="urn:t">1</x:AttributeValue><x:AttributeValue DataType="urn:t"/>
            </x:Attribute>
          </x:Attributes>
          <x:Attributes Category="urn:c"/>
          <x:MultiRequests><x:RequestReference><x:AttributesReference ReferenceId="one"/></x:RequestReference></x:MultiRequests>
        </x:Request> <!-- after -->"#
    );
    let request = xml(&text).unwrap();
    assert!(request.return_policy_id_list && request.combined_decision);
    assert_eq!(request.xpath_version, Some("urn:xpath"));
    assert_eq!((request.attributes[0].category, request.attributes[0].id), ("urn:c", Some("one")));
    let content = request.attributes[0].content.unwrap();
    assert_eq!(content.xml, r#"<m:r xmlns:m="urn:m"><m:s/> </m:r>"#);
    assert!(content.namespaces.contains(&("x", CORE)));
    let attribute = request.attributes[0].attributes[0];
    assert_eq!((attribute.id, attribute.issuer, attribute.include_in_result), ("urn:a", Some(" me "), true));
    let values: Vec<_> = attribute.values.iter().map(|value| (value.data_type, value.text)).collect();
    assert_eq!(values, [(TypeName::Other("urn:t"), "1"), (TypeName::Other("urn:t"), "")]);
    assert_eq!(request.references, [["one"]]);
}

#[test]
fn what_the_schema_requires_of_booleans_may_be_left_out() {
    let text = format!(
        r#"<Request xmlns="{CORE}"><Attributes Category="c"><Attribute AttributeId="a"><AttributeValue
            DataType="t"/></Attribute></Attributes></Request>"#
    );
    let request = xml(&text).unwrap();
    assert!(!request.return_policy_id_list && !request.combined_decision);
    assert!(!request.attributes[0].attributes[0].include_in_result);
}

#[test]
fn text_is_joined_over_references_sections_and_comments() {
    for (written, meant) in [
        ("plain ]] > text", "plain ]] > text"),
        ("", ""),
        (" a\t\n ", " a\t\n "),
        ("a&amp;b&lt;&gt;&quot;&apos;", "a&b<>\"'"),
        ("&#65;&#x1F600;&#13;", "A😀\r"),
        ("a<![CDATA[<b>&amp;]]]]><![CDATA[>]]>c", "a<b>&amp;]]>c"),
        ("a<!-- x -->b<?p i?>c", "abc"),
        ("a\r\nb\rc<![CDATA[\r\n\r]]>", "a\nb\nc\n\n"),
        ("é😀&#xe9;", "é😀é"),
    ] {
        assert_eq!(value(&string(written)).text, meant, "{written}");
    }
}

#[test]
fn white_space_in_attributes_is_spaces() {
    let text = string("x").replace("AttributeId=\"urn:a\"", "AttributeId='urn:a' Issuer='a\r\nb\tc&#10;&quot;'");
    assert_eq!(xml(&text).unwrap().attributes[0].attributes[0].issuer, Some("a b c\n\""));
}

#[test]
fn an_xpath_expression_keeps_category_and_namespaces() {
    let text = string("//m:r[1]")
        .replace(DataType::String.uri(), DataType::XPathExpression.uri())
        .replace("<AttributeValue ", "<AttributeValue xmlns:m='urn:m' XPathCategory=' urn:c ' ");
    let value = value(&text);
    let xpath = value.xpath.unwrap();
    assert_eq!((value.text, xpath.category), ("//m:r[1]", "urn:c"));
    assert_eq!(xpath.namespaces, [("", CORE), ("m", "urn:m")]);
    assert!(refused(&text.replace("XPathCategory=' urn:c '", "")).contains("without `XPathCategory`"));
}

#[test]
fn a_value_with_elements_keeps_them_as_written() {
    let value = value(&string("a &amp; <b xmlns='urn:b'>c</b>").replace(DataType::String.uri(), "urn:entity"));
    assert_eq!(value.text, "a &amp; <b xmlns='urn:b'>c</b>");
    assert_eq!(value.xpath.unwrap().namespaces, [("", CORE)]);
}

#[test]
fn what_is_not_well_formed_is_refused() {
    let good = string("x");
    for text in [
        "",
        " ",
        "<",
        "<a",
        "<Request",
        "text",
        "<a/>",
        "<?xml version='1.0'?>",
        "<!DOCTYPE a><a/>",
        "<?xml version='2.0'?><a/>",
        "<?xml encoding='utf-8'?><a/>",
        "<?xml version='1.0' encoding='latin1'?><a/>",
    ] {
        assert!(xml(text).is_err(), "{text}");
    }
    for (from, to) in [
        ("</Request>", ""),
        ("</Request>", "</Request><a/>"),
        ("</Request>", "</Request>x"),
        ("</Request>", "</request>"),
        ("</Attribute>", "</Attributes>"),
        (">x<", ">&nbsp;<"),
        (">x<", ">&#0;<"),
        (">x<", ">&#xFFFE;<"),
        (">x<", ">& <"),
        (">x<", ">]]><"),
        (">x<", ">\u{1}<"),
        (">x<", ">\u{ffff}<"),
        (">x<", "><!-- -- --><"),
        (">x<", "><!-- <"),
        (">x<", "><![CDATA[ <"),
        (">x<", "><?xml version='1.0'?><"),
        (">x<", "><?p <"),
        (">x<", "><!ENTITY a 'b'><"),
        (" AttributeId=", " AttributeId=\"urn:b\" AttributeId="),
        ("\"urn:a\"", "urn:a"),
        ("\"urn:a\"", "\"<\""),
        ("\"urn:a\" ", "\"urn:a\""),
        ("<Attribute ", "<1Attribute "),
        ("<Attribute ", "<p:Attribute "),
        ("<Attribute ", "<Attribute xmlns:p='' "),
        ("<Attribute ", "<Attribute xmlns:xml='urn:x' "),
        ("<Attribute ", "<Attribute p:a='' "),
        ("<Attribute ", "<Attribute xml:lang='a' xml:lang='b' "),
        ("<Attribute ", "<Attribute xmlns:p='u' xmlns:q='u' p:a='' q:a='' "),
        ("<Attribute ", "<Attribute xmlns:xmlns='u' "),
    ] {
        let text = good.replace(from, to);
        assert_ne!(text, good, "{from}");
        assert!(xml(&text).is_err(), "{text}");
    }
}

#[test]
fn what_the_schema_does_not_allow_is_refused() {
    for (text, why) in [
        (request(""), "`Request` without `Attributes`"),
        (category("").replace(CORE, "urn:other"), "which is not in the namespace"),
        (category("").replace(CORE, "urn:oasis:names:tc:xacml:2.0:context:schema:os"), "not in the namespace"),
        (request("<Attributes/>"), "`Attributes` without `Category`"),
        (category("").replace("Category=", "Id='x' Category="), "`Attributes` has no attribute `Id`"),
        (category("x"), "text is not allowed in `Attributes`"),
        (category("<Attribute AttributeId='a'/>"), "`Attribute` without `AttributeValue`"),
        (category("<Content/>"), "exactly one element"),
        (category("<Content>text</Content>"), "exactly one element"),
        (category("<Content><a/><b/></Content>"), "exactly one element"),
        (category("<Content><a/></Content><Content><a/></Content>"), "expected `Content` or `Attribute`"),
        (category("<Content><a><b></a></Content>"), "expected `</b>`"),
        (category("<Content><p:a/></Content>"), "prefix `p` is not declared"),
        (string("x").replace(" DataType=", " Type="), "`AttributeValue` without `DataType`"),
        (string("x").replace("\"false\">", "\"no\">"), "expected `true`"),
        (request("<Attributes Category='a' xml:id='i'/><Attributes Category='b' xml:id='i'/>"), "the id `i`"),
        (request("<Attributes Category='a'/><MultiRequests/>"), "without `RequestReference`"),
        (request("<Attributes Category='a'/><RequestDefaults><XPathVersion/></RequestDefaults>"), "expected"),
        (request("<Policy/>"), "expected `RequestDefaults`, `Attributes` or `MultiRequests`, found `Policy`"),
    ] {
        assert!(refused(&text).contains(why), "{text}: {}", refused(&text));
    }
}

#[test]
fn limits_are_named_when_passed() {
    let text = string("x");
    let with = |limits: Limits| {
        let error = read(Format::Xml, text.clone().leak().as_bytes(), arena(), &limits).unwrap_err();
        assert!(error.too_large, "{error}");
        error.message
    };
    assert!(with(Limits { request_bytes: 10, ..Limits::default() }).contains("the limit `request_bytes` is 10"));
    assert!(with(Limits { depth: 3, ..Limits::default() }).contains("more than 3 elements, one in the other"));
    assert!(with(Limits { request_elements: 3, ..Limits::default() }).contains("more than 3 elements"));
    let many = (0..300).fold(String::new(), |many, n| many + &format!(" a{n}=''"));
    assert!(refused(&category(&format!("<Content><a{many}/></Content>"))).contains("more than 128 attributes"));
    let deep = format!("{}{}", "<a>".repeat(200), "</a>".repeat(200));
    assert!(refused(&category(&format!("<Content>{deep}</Content>"))).contains("more than 128 elements"));
}

#[test]
fn places_are_told_by_line_and_column() {
    let text = format!("<Request xmlns='{CORE}'>\n<!-- é --><Bad/></Request>");
    assert!(refused(&text).starts_with("line 2, column 11: expected"), "{}", refused(&text));
    assert_eq!(shown(&xml(&category("")).unwrap()), shown(&xml(&format!("\u{feff}{}", category(""))).unwrap()));
}
