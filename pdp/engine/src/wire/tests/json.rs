//! Requests in JSON: what is understood, and what is refused.

use super::{arena, read_as, shown};
use crate::limits::Limits;
use crate::request::{Attribute, RawValue, Request, RequestError, TypeName};
use crate::value::DataType;
use crate::wire::{Format, read};

fn json(text: &str) -> Result<Request<'static>, RequestError> {
    read_as(Format::Json, text)
}

fn refused(text: &str) -> String {
    json(text).expect_err(text).describe(text.as_bytes())
}

/// A request with one attribute, whose members besides its id are given.
fn with_attribute(members: &str) -> String {
    format!(r#"{{"Request":{{"Resource":{{"Attribute":{{"AttributeId":"urn:a",{members}}}}}}}}}"#)
}

fn values(members: &str) -> Vec<RawValue<'static>> {
    let text = with_attribute(members);
    let request = json(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
    request.attributes[0].attributes.iter().flat_map(|attribute| attribute.values).copied().collect()
}

fn known(members: &str) -> Vec<(DataType, &'static str)> {
    let known = |value: RawValue<'static>| match value.data_type {
        TypeName::Known(data_type) => (data_type, value.text),
        TypeName::Other(other) => panic!("{other}"),
    };
    values(members).into_iter().map(known).collect()
}

#[test]
fn every_member_of_a_request_is_read() {
    let request = json(
        r#"{"Request": {
            "ReturnPolicyIdList": true, "CombinedDecision": true, "XPathVersion": "urn:xpath",
            "Category": [{"CategoryId": "urn:c", "Id": "c1", "Content": "<a/>", "Attribute": [
                {"AttributeId": "urn:a", "Issuer": "me", "IncludeInResult": true, "Value": "x"}]}],
            "AccessSubject": {"Id": "s"}, "Action": [{"Id": "a1"}, {"Id": "a2"}],
            "MultiRequests": {"RequestReference": [{"ReferenceId": ["c1", "s"]}, {"ReferenceId": "a1"}]}}}"#,
    )
    .unwrap();
    assert!(request.return_policy_id_list && request.combined_decision);
    assert_eq!(request.xpath_version, Some("urn:xpath"));
    let categories: Vec<_> = request.attributes.iter().map(|one| (one.category, one.id)).collect();
    let action = "urn:oasis:names:tc:xacml:3.0:attribute-category:action";
    assert_eq!(categories[0], ("urn:c", Some("c1")));
    assert_eq!(categories[1], ("urn:oasis:names:tc:xacml:1.0:subject-category:access-subject", Some("s")));
    assert_eq!(categories[2..], [(action, Some("a1")), (action, Some("a2"))]);
    assert_eq!(request.attributes[0].content.unwrap().xml, "<a/>");
    let Attribute { id, issuer, include_in_result, values } = request.attributes[0].attributes[0];
    assert_eq!((id, issuer, include_in_result, values[0].text), ("urn:a", Some("me"), true, "x"));
    assert_eq!(request.references, [["c1", "s"].as_slice(), &["a1"]]);
}

#[test]
fn data_types_are_inferred_from_the_values() {
    use DataType::{Boolean, Double, Integer, String};
    assert_eq!(known(r#""Value": "x""#), [(String, "x")]);
    assert_eq!(known(r#""Value": true"#), [(Boolean, "true")]);
    assert_eq!(known(r#""Value": -0"#), [(Integer, "-0")]);
    assert_eq!(known(r#""Value": 1.0"#), [(Double, "1.0")]);
    assert_eq!(known(r#""Value": 1e3"#), [(Double, "1e3")]);
    assert_eq!(known(r#""Value": [1, 2.5, 3]"#), [(Double, "1"), (Double, "2.5"), (Double, "3")]);
    let huge = "123456789012345678901234567890123456789012345678901234567890";
    assert_eq!(known(&format!("\"Value\": {huge}")), [(Integer, huge)]);
    assert_eq!(known(r#""Value": [], "IncludeInResult": true"#), []);
}

#[test]
fn a_data_type_may_come_before_or_after_the_value_by_either_name() {
    let date = (DataType::Date, "2026-01-01");
    assert_eq!(known(r#""DataType": "date", "Value": "2026-01-01""#), [date]);
    assert_eq!(known(r#""Value": "2026-01-01", "DataType": "http://www.w3.org/2001/XMLSchema#date""#), [date]);
    assert_eq!(
        known(r#""Value": ["NaN", 1], "DataType": "double""#),
        [(DataType::Double, "NaN"), (DataType::Double, "1")]
    );
    let other = values(r#""Value": "x", "DataType": "urn:other""#);
    assert_eq!(other[0].data_type, TypeName::Other("urn:other"));
}

#[test]
fn an_xpath_expression_keeps_category_and_namespaces() {
    let object = r#"{"XPathCategory": "Resource", "XPath": "//m:r", "Namespaces": [{"Prefix": "m", "Namespace": "urn:m"},
        {"Namespace": "urn:d"}]}"#;
    for members in [format!("\"Value\": {object}"), format!("\"DataType\": \"xpathExpression\", \"Value\": [{object}]")]
    {
        let value = values(&members)[0];
        let xpath = value.xpath.unwrap();
        assert_eq!(value.data_type, TypeName::Known(DataType::XPathExpression));
        assert_eq!((value.text, xpath.category), ("//m:r", "urn:oasis:names:tc:xacml:3.0:attribute-category:resource"));
        assert_eq!(xpath.namespaces, [("m", "urn:m"), ("", "urn:d")]);
    }
}

#[test]
fn escapes_stand_for_their_characters() {
    assert_eq!(known(r#""Value": "a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00z""#)[0].1, "a\"\\/\u{8}\u{c}\n\r\té😀z");
    for (wrong, why) in [
        (r"\ud83d", "half a surrogate pair"),
        (r"\ud83dx", "half a surrogate pair"),
        (r"\ud83d\u0041", "half a surrogate pair"),
        (r"\ude00", "half a surrogate pair"),
        (r"\x41", "unknown escape"),
        (r"\u00g0", "four digits"),
        ("\u{1}", "control character"),
    ] {
        assert!(refused(&with_attribute(&format!("\"Value\": \"{wrong}\""))).contains(why), "{wrong:?}");
    }
}

#[test]
fn what_json_does_not_allow_is_refused() {
    for text in [
        "",
        "{",
        "[]",
        "null",
        "{} {}",
        r#"{"Request":}"#,
        r#"{"Request":{}} x"#,
        r#"{"Request":{"Resource":{},}}"#,
        r#"{"Request":{"Resource":{}"#,
        r#"{"Request" {"Resource":{}}}"#,
        "{'Request':{}}",
    ] {
        assert!(json(text).is_err(), "{text}");
    }
    for number in ["01", "+1", ".5", "1.", "1e", "0x10", "NaN", "-", "1.2.3", "1a"] {
        assert!(json(&with_attribute(&format!("\"Value\": {number}"))).is_err(), "{number}");
    }
    let bytes = b"{\"Request\":{\"Resource\":{\"Id\":\"\xff\"}}}";
    let error = read(Format::Json, bytes, arena(), &Limits::default()).unwrap_err();
    assert_eq!((error.message.as_str(), error.offset), ("the request is not UTF-8", Some(30)));
}

#[test]
fn what_the_profile_does_not_allow_is_refused_where_it_stands() {
    assert_eq!(
        refused("{\"Request\": {\n  \"Resource\": {\"é\": 1, \"Bad\": 1}}}"),
        "line 2, column 16: unknown member `é` in a category"
    );
    for (text, why) in [
        (r#"{"Request":{}}"#, "at least one category"),
        (r#"{"Request":{"Category":{}}}"#, "without `CategoryId`"),
        (r#"{"Request":{"Resource":{"CategoryId":"Action"}}}"#, "where the member's name says"),
        (r#"{"Request":{"Resource":{},"Resource":{}}}"#, "`Resource` comes twice"),
        (r#"{"Request":{"Resource":{"Id":"a"},"Action":{"Id":"a"}}}"#, "two categories have the id `a`"),
        (r#"{"Request":{"Resource":{},"ReturnPolicyIdList":1}}"#, "expected `true` or `false`, found a number"),
        (r#"{"Request":{"Resource":{"Attribute":{"Value":1}}}}"#, "without `AttributeId`"),
        (r#"{"Request":{"Resource":{},"MultiRequests":{}}}"#, "without `RequestReference`"),
        (r#"{"Request":{"Resource":{"Content":"<a><b></a>"}}}"#, "ill-formed `Content`: `</a>` closes `<b>`"),
        (r#"{"Request":{"Resource":{"Content":"<a/><b/>"}}}"#, "a second root element"),
        (r#"{"Request":{"Resource":{"Content":"<p:a/>"}}}"#, "prefix `p` is not declared"),
        (r#"{"Request":{"Resource":{"Content":"%%"}}}"#, "neither XML nor Base64"),
    ] {
        assert!(refused(text).contains(why), "{text}: {}", refused(text));
    }
    for members in [
        r#""Issuer":"x""#,
        r#""Value":null"#,
        r#""Value":[null]"#,
        r#""Value":["a",true]"#,
        r#""Value":["a",1]"#,
        r#""Value":[[1]]"#,
        r#""Value":{}"#,
        r#""Value":1,"Value":1"#,
        r#""Value":1,"DataType":"string""#,
        r#""Value":1.5,"DataType":"integer""#,
        r#""Value":true,"DataType":"date""#,
        r#""Value":1,"DataType":"nosuch""#,
        r#""Value":"x","DataType":"xpathExpression""#,
        r#""Value":{"XPath":"/"}"#,
        r#""Value":"x","Issuer":null"#,
        r#""Value":{"XPath":"/","XPathCategory":"Resource"},"DataType":"string""#,
    ] {
        assert!(json(&with_attribute(members)).is_err(), "{members}");
    }
}

#[test]
fn content_may_be_base64() {
    // `<?xml version="1.0"?><a>é</a>`
    let text = r#"{"Request":{"Resource":{"Content":"PD94bWwgdmVyc2lvbj0iMS4wIj8+\nPGE+w6k8L2E+"}}}"#;
    assert_eq!(json(text).unwrap().attributes[0].content.unwrap().xml, "<a>é</a>");
}

#[test]
fn limits_are_named_when_passed() {
    let text = with_attribute(r#""Value":[1,2,3]"#);
    let with = |limits: Limits| {
        let error = read(Format::Json, text.clone().leak().as_bytes(), arena(), &limits).unwrap_err();
        assert!(error.too_large, "{error}");
        error.message
    };
    assert!(with(Limits { request_bytes: 10, ..Limits::default() }).contains("the limit `request_bytes` is 10"));
    assert!(with(Limits { depth: 3, ..Limits::default() }).contains("more than 3 objects and arrays"));
    assert!(with(Limits { request_elements: 6, ..Limits::default() }).contains("more than 6 values"));
}

#[test]
fn white_space_and_a_byte_order_mark_change_nothing() {
    let tight = with_attribute(r#""Value":[1,2]"#);
    let wide =
        format!("\u{feff} {}\n\t", tight.replace([':'], " :\r\n ").replace("urn :\r\n a", "urn:a").replace(',', " , "));
    assert_eq!(shown(&json(&tight).unwrap()), shown(&json(&wide).unwrap()));
}
