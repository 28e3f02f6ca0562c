//! When two answers are equal, and how differences are told.

use crate::wire::answer::Answer;

const HEAD: &str = "<Response xmlns='urn:oasis:names:tc:xacml:3.0:core:schema:wd-17'>";

fn xml(results: &[&str]) -> Answer {
    let text = format!("{HEAD}<Result>{}</Result></Response>", results.join("</Result><Result>"));
    Answer::read(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn differences(got: &[&str], expected: &[&str]) -> Vec<String> {
    xml(got).differences(&xml(expected)).iter().map(ToString::to_string).collect()
}

fn obligation(id: &str, data_type: &str, value: &str) -> String {
    format!(
        "<Decision>Permit</Decision><Obligations><Obligation ObligationId='{id}' FulfillOn='Permit'><AttributeAssignment \
         AttributeId='a' DataType='http://www.w3.org/2001/XMLSchema#{data_type}'>{value}</AttributeAssignment></Obligation></Obligations>"
    )
}

fn attribute(id: &str) -> String {
    format!(
        "<Attributes Category='c'><Attribute AttributeId='{id}' IncludeInResult='true'>\
         <AttributeValue DataType='t'>1</AttributeValue></Attribute></Attributes>"
    )
}

#[test]
fn an_absent_status_is_ok_and_messages_are_free() {
    let ok = "<Decision>Permit</Decision><Status><StatusCode Value='urn:oasis:names:tc:xacml:1.0:status:ok'/>\
              <StatusMessage>fine</StatusMessage></Status>";
    assert_eq!(differences(&["<Decision>Permit</Decision>"], &[ok]), [""; 0]);
    let failed =
        "<Decision>Deny</Decision><Status><StatusCode Value='urn:s'><StatusCode Value='urn:m'/></StatusCode></Status>";
    assert_eq!(
        differences(&[failed], &[ok]),
        [
            "result 1: decision: expected Permit, got Deny",
            "result 1: status code: expected urn:oasis:names:tc:xacml:1.0:status:ok, got urn:s"
        ]
    );
    assert_eq!(xml(&[failed]).results[0].minor_codes, ["urn:m"]);
}

#[test]
fn values_compare_by_their_data_type() {
    for (data_type, one, other, same) in [
        ("boolean", "1", " true ", true),
        ("double", "1", "1.0E0", true),
        ("integer", "007", "7", true),
        ("string", "7", "07", false),
        ("dateTime", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", true),
        ("nosuch", "1", "1", true),
        ("integer", "x", "y", false),
    ] {
        let (one, other) = (obligation("o", data_type, one), obligation("o", data_type, other));
        assert_eq!(xml(&[&one]).equals(&xml(&[&other])), same, "{data_type}");
    }
    let (integer, double) = (obligation("o", "integer", "1"), obligation("o", "double", "1"));
    assert_eq!(
        differences(&[&double], &[&integer]),
        [
            "result 1: obligation expected, not found: o: a = integer `1`",
            "result 1: obligation not expected: o: a = double `1`"
        ]
    );
}

#[test]
fn results_are_matched_by_their_attributes_else_in_order() {
    let with = |decision: &str, id: &str| format!("<Decision>{decision}</Decision>{}", attribute(id));
    let (one, two) = (with("Permit", "x"), with("Deny", "y"));
    assert_eq!(differences(&[&two, &one], &[&one, &two]), [""; 0]);
    assert_eq!(
        differences(&[&with("Deny", "x"), &two], &[&one, &two]),
        ["result 1: decision: expected Permit, got Deny"]
    );
    assert_eq!(
        differences(&[&with("Permit", "z")], &[&one]),
        ["result 1: attribute expected, not found: x in c = t `1`", "result 1: attribute not expected: z in c = t `1`"]
    );
    assert_eq!(differences(&[&one], &[&one, &two]), ["number of results: expected 2, got 1"]);
}

#[test]
fn every_form_of_a_json_response_is_read() {
    let result =
        r#"{"Decision":"Deny","Status":{"StatusCode":{"StatusCode":{"Value":"urn:m"}}},"Other":[{"a":[null,1,true]}]}"#;
    let forms = [
        format!(r#"{{"Response":[{result}]}}"#),
        format!(r#"{{"Response":{result}}}"#),
        format!(r#"{{"Response":{{"Result":{result}}}}}"#),
        format!(r#"{{"Response":{{"Result":[{result}]}}}}"#),
    ];
    for form in forms {
        let answer = Answer::read(form.as_bytes()).unwrap();
        assert_eq!(answer.results[0].decision, crate::decision::Decision::Deny);
        assert_eq!(answer.results[0].minor_codes, ["urn:m"]);
        assert!(answer.equals(&xml(&["<Decision>Deny</Decision>"])));
    }
}

#[test]
fn a_status_detail_is_read_from_xml_inside_json() {
    let detail = "<MissingAttributeDetail Category='c' AttributeId='a' DataType='t'/><other xmlns='urn:o'/>";
    let xml = xml(&[&format!(
        "<Decision>Deny</Decision><Status><StatusCode Value='urn:oasis:names:tc:xacml:1.0:status:ok'/>\
         <StatusDetail>{detail}</StatusDetail></Status>"
    )]);
    let json = format!(r#"{{"Response":[{{"Decision":"Deny","Status":{{"StatusDetail":"{detail}"}}}}]}}"#);
    let json = Answer::read(json.as_bytes()).unwrap();
    assert_eq!(xml.results[0].missing.len(), 1);
    assert_eq!(xml.differences_with_detail(&json), []);
    let mut other = json.clone();
    other.results[0].missing.clear();
    assert!(other.equals(&json) && !other.differences_with_detail(&json).is_empty());
}

#[test]
fn what_is_no_response_is_refused() {
    for text in [
        "",
        "x",
        "{}",
        r#"{"Response":[]}"#,
        r#"{"Response":[{}]}"#,
        r#"{"Response":[{"Decision":"Maybe"}]}"#,
        "<Response/>",
        &format!("{HEAD}</Response>"),
        &format!("{HEAD}<Result/></Response>"),
        &format!("{HEAD}<Result><Decision>Maybe</Decision></Result></Response>"),
        &format!("{HEAD}<Result><Status/><Decision>Deny</Decision></Result></Response>"),
    ] {
        assert!(Answer::read(text.as_bytes()).is_err(), "{text}");
    }
    let deep = format!(r#"{{"x":{}"#, "[".repeat(1000));
    assert!(Answer::read(deep.as_bytes()).unwrap_err().too_large);
}
