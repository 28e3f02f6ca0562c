//! Responses as they are written.

use crate::decision::{Decision, Effects};
use crate::request::{Attribute, Attributes, Content, RawValue, RawXPath, TypeName};
use crate::response::{Assignment, Duty, PolicyIdentifier, Response, Result};
use crate::status::{Fault, MissingAttribute, StatusCode};
use crate::value::{DataType, Value};
use crate::wire::answer::Answer;
use crate::wire::{write_json, write_xml};

const CORE: &str = "urn:oasis:names:tc:xacml:3.0:core:schema:wd-17";

fn permit() -> Result<'static> {
    Result { decision: Decision::Permit, fault: None, ..Result::failed(Fault::syntax("")) }
}

fn xml(result: Result<'_>) -> String {
    let mut out = Vec::new();
    write_xml(&Response { results: vec![result] }, &mut out);
    let text = String::from_utf8(out).unwrap();
    let head = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response xmlns=\"{CORE}\"><Result>");
    text.strip_prefix(&head)
        .unwrap()
        .strip_suffix("</Result></Response>\n")
        .unwrap()
        .replace("urn:oasis:names:tc:xacml:1.0:status:", "s:")
}

fn json(result: Result<'_>) -> String {
    let mut out = Vec::new();
    write_json(&Response { results: vec![result] }, &mut out);
    let text = String::from_utf8(out).unwrap();
    assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{text}");
    text.strip_prefix("{\"Response\":[")
        .unwrap()
        .strip_suffix("]}")
        .unwrap()
        .replace("urn:oasis:names:tc:xacml:1.0:status:", "s:")
}

/// A result with all that one can have.
fn full() -> Result<'static> {
    static XPATH: RawXPath<'static> = RawXPath { category: "urn:c", namespaces: &[("", CORE), ("m", "urn:m")] };
    static VALUES: [RawValue<'static>; 3] = [
        RawValue { data_type: TypeName::Known(DataType::Integer), text: "7", xpath: None },
        RawValue { data_type: TypeName::Known(DataType::String), text: "a<b", xpath: None },
        RawValue { data_type: TypeName::Known(DataType::XPathExpression), text: "//m:r", xpath: Some(&XPATH) },
    ];
    static ATTRIBUTES: [Attribute<'static>; 2] = [
        Attribute { id: "urn:shown", issuer: Some("me"), include_in_result: true, values: &VALUES },
        Attribute { id: "urn:hidden", issuer: None, include_in_result: false, values: &VALUES },
    ];
    static CATEGORY: Attributes<'static> = Attributes {
        category: "urn:c",
        id: Some("one"),
        content: Some(Content { xml: "<secret/>", namespaces: &[] }),
        attributes: &ATTRIBUTES,
    };
    static OTHER: Attributes<'static> =
        Attributes { category: "urn:d", id: None, content: None, attributes: ATTRIBUTES.split_at(1).1 };
    static BOTH: [&Attributes<'static>; 2] = [&CATEGORY, &OTHER];
    let assignment = |value| Assignment { id: "urn:a", category: Some("urn:c"), issuer: None, value };
    Result {
        obligations: vec![Duty { id: "urn:o", assignments: vec![assignment(Value::Boolean(true))] }],
        advice: vec![Duty { id: "urn:v", assignments: vec![] }],
        attributes: &BOTH,
        policies: vec![
            PolicyIdentifier { is_set: true, id: "urn:set", version: "1.0" },
            PolicyIdentifier { is_set: false, id: "urn:p", version: "2" },
        ],
        ..permit()
    }
}

#[test]
fn a_result_in_xml_has_its_parts_in_the_schemas_order() {
    assert_eq!(
        xml(full()),
        "<Decision>Permit</Decision><Status><StatusCode Value=\"s:ok\"/></Status>\
         <Obligations><Obligation ObligationId=\"urn:o\"><AttributeAssignment AttributeId=\"urn:a\" Category=\"urn:c\" \
         DataType=\"http://www.w3.org/2001/XMLSchema#boolean\">true</AttributeAssignment></Obligation></Obligations>\
         <AssociatedAdvice><Advice AdviceId=\"urn:v\"></Advice></AssociatedAdvice>\
         <Attributes Category=\"urn:c\" xml:id=\"one\"><Attribute AttributeId=\"urn:shown\" Issuer=\"me\" IncludeInResult=\"true\">\
         <AttributeValue DataType=\"http://www.w3.org/2001/XMLSchema#integer\">7</AttributeValue>\
         <AttributeValue DataType=\"http://www.w3.org/2001/XMLSchema#string\">a&lt;b</AttributeValue>\
         <AttributeValue DataType=\"urn:oasis:names:tc:xacml:3.0:data-type:xpathExpression\" XPathCategory=\"urn:c\" \
         xmlns:m=\"urn:m\">//m:r</AttributeValue></Attribute></Attributes>\
         <PolicyIdentifierList><PolicySetIdReference Version=\"1.0\">urn:set</PolicySetIdReference>\
         <PolicyIdReference Version=\"2\">urn:p</PolicyIdReference></PolicyIdentifierList>"
    );
}

#[test]
fn a_result_in_json_names_the_types_that_would_not_be_inferred() {
    assert_eq!(
        json(full()),
        "{\"Decision\":\"Permit\",\"Status\":{\"StatusCode\":{\"Value\":\"s:ok\"}},\
         \"Obligations\":[{\"Id\":\"urn:o\",\"AttributeAssignment\":[{\"AttributeId\":\"urn:a\",\"Category\":\"urn:c\",\"Value\":true}]}],\
         \"AssociatedAdvice\":[{\"Id\":\"urn:v\"}],\
         \"Category\":[{\"CategoryId\":\"urn:c\",\"Id\":\"one\",\"Attribute\":[\
         {\"AttributeId\":\"urn:shown\",\"Issuer\":\"me\",\"IncludeInResult\":true,\"Value\":7},\
         {\"AttributeId\":\"urn:shown\",\"Issuer\":\"me\",\"IncludeInResult\":true,\"Value\":\"a<b\"},\
         {\"AttributeId\":\"urn:shown\",\"Issuer\":\"me\",\"IncludeInResult\":true,\
         \"DataType\":\"urn:oasis:names:tc:xacml:3.0:data-type:xpathExpression\",\
         \"Value\":{\"XPathCategory\":\"urn:c\",\"XPath\":\"//m:r\",\
         \"Namespaces\":[{\"Namespace\":\"urn:oasis:names:tc:xacml:3.0:core:schema:wd-17\"},{\"Prefix\":\"m\",\"Namespace\":\"urn:m\"}]}}]}],\
         \"PolicyIdentifierList\":{\"PolicyIdReference\":[{\"Id\":\"urn:p\",\"Version\":\"2\"}],\
         \"PolicySetIdReference\":[{\"Id\":\"urn:set\",\"Version\":\"1.0\"}]}}"
    );
}

#[test]
fn a_fault_is_told_with_its_minor_codes_and_the_missing_attributes() {
    let mut fault = Fault::missing(MissingAttribute {
        category: "urn:c".to_owned(),
        id: "urn:a".to_owned(),
        data_type: DataType::String.uri(),
        issuer: Some("me".to_owned()),
    });
    fault.minor = vec!["urn:m1".into(), "urn:m2".into()];
    let result = || Result { decision: Decision::Indeterminate(Effects::P), ..Result::failed(fault.clone()) };
    assert_eq!(
        xml(result()),
        "<Decision>Indeterminate</Decision><Status><StatusCode Value=\"s:missing-attribute\"><StatusCode Value=\"urn:m1\">\
         <StatusCode Value=\"urn:m2\"/></StatusCode></StatusCode><StatusMessage>attribute `urn:a` is missing</StatusMessage>\
         <StatusDetail><MissingAttributeDetail Category=\"urn:c\" AttributeId=\"urn:a\" \
         DataType=\"http://www.w3.org/2001/XMLSchema#string\" Issuer=\"me\"/></StatusDetail></Status>"
    );
    assert_eq!(
        json(result()),
        "{\"Decision\":\"Indeterminate\",\"Status\":{\"StatusCode\":{\"Value\":\"s:missing-attribute\",\
         \"StatusCode\":{\"Value\":\"urn:m1\",\"StatusCode\":{\"Value\":\"urn:m2\"}}},\
         \"StatusMessage\":\"attribute `urn:a` is missing\",\"StatusDetail\":[{\"Category\":\"urn:c\",\"AttributeId\":\"urn:a\",\
         \"DataType\":\"http://www.w3.org/2001/XMLSchema#string\",\"Issuer\":\"me\"}]}}"
    );
    // Only a missing attribute may have a detail.
    let other = Fault { code: StatusCode::SyntaxError, ..fault };
    assert!(!xml(Result::failed(other.clone())).contains("StatusDetail"));
    assert!(!json(Result::failed(other)).contains("StatusDetail"));
}

#[test]
fn numbers_in_json_keep_their_digits_and_doubles_stay_doubles() {
    let big = "123456789012345678901234567890".parse().unwrap();
    for (value, members) in [
        (Value::BigInteger(&big), "\"Value\":123456789012345678901234567890"),
        (Value::Integer(-5), "\"Value\":-5"),
        (Value::Double(1.0), "\"Value\":1.0E0"),
        (Value::Double(f64::NAN), "\"DataType\":\"http://www.w3.org/2001/XMLSchema#double\",\"Value\":\"NaN\""),
        (Value::AnyUri("u"), "\"DataType\":\"http://www.w3.org/2001/XMLSchema#anyURI\",\"Value\":\"u\""),
    ] {
        let assignment = Assignment { id: "a", category: None, issuer: None, value };
        let result = Result { obligations: vec![Duty { id: "o", assignments: vec![assignment] }], ..permit() };
        assert!(json(result).contains(&format!("{{\"AttributeId\":\"a\",{members}}}")), "{members}");
    }
}

#[test]
fn both_forms_say_the_same() {
    let response = Response { results: vec![full(), Result::failed(Fault::processing("x")), permit()] };
    let (mut xml, mut json) = (Vec::new(), b" ".to_vec());
    write_xml(&response, &mut xml);
    write_json(&response, &mut json);
    let (xml, json) = (Answer::read(&xml).unwrap(), Answer::read(&json).unwrap());
    assert_eq!(xml.differences_with_detail(&json), []);
    assert_eq!(json, Answer::from(&response));
    assert_eq!(xml.results[0].attributes[0].group.as_deref(), Some("one"));
}
