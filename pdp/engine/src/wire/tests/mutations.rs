//! Whatever the bytes, reading ends with a request or with an error.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::limits::Limits;
use crate::value::Arena;
use crate::wire::answer::Answer;
use crate::wire::{Format, read};

const JSON: &[u8] = br#"{"Request":{"ReturnPolicyIdList":true,"Category":[{"CategoryId":"urn:c","Id":"i","Content":"<a b='\u0041'>&lt;</a>",
"Attribute":[{"AttributeId":"urn:a","Value":[1,-2.5e+3],"DataType":"double","Issuer":"\ud83d\ude00"},{"AttributeId":"x",
"Value":{"XPath":"//a","XPathCategory":"Resource","Namespaces":[{"Namespace":"u"}]}}]}],"MultiRequests":{"RequestReference":[{"ReferenceId":["i"]}]}}}"#;
const XML: &str = r#"<?xml version="1.0"?><Request xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" CombinedDecision="true">
<Attributes xml:id="i" Category="urn:c"><Content><m:a xmlns:m="urn:m" b='&#65;'>é<!-- c --><b/></m:a></Content><Attribute AttributeId="a">
<AttributeValue DataType="t">a&amp;<![CDATA[<]]>]]</AttributeValue></Attribute></Attributes><MultiRequests><RequestReference>
<AttributesReference ReferenceId="i"/></RequestReference></MultiRequests></Request>"#;

const RESPONSES: [&[u8]; 2] = [
    br#"{"Response":[{"Decision":"Deny","Status":{"StatusCode":{"Value":"a","StatusCode":{}},"StatusDetail":"<a/>"},"Other":[null],
"Obligations":[{"Id":"o","AttributeAssignment":[{"AttributeId":"a","Value":1}]}],"PolicyIdentifierList":{"PolicyIdReference":[{"Id":"p"}]}}]}"#,
    br#"<Response xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17"><Result><Decision>Deny</Decision><Status><StatusCode Value="a">
<StatusCode Value="b"/></StatusCode><StatusDetail>x<a/></StatusDetail></Status><Obligations><Obligation ObligationId="o"/></Obligations>
</Result></Response>"#,
];

/// Bytes with some replaced, taken out or put in.
fn mutated(original: &'static [u8]) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        any::<u8>().prop_map(|byte| vec![byte]),
        prop::sample::select(vec![
            "<",
            ">",
            "\"",
            "'",
            "&",
            "&#x",
            "]]>",
            "<!",
            "<![CDATA[",
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\\u",
            "\\",
            "/",
            "é",
            ""
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    vec((any::<prop::sample::Index>(), 0_usize..4, piece), 1..6).prop_map(move |edits| {
        let mut bytes = original.to_vec();
        for (place, taken, put) in edits {
            let start = place.index(bytes.len() + 1);
            let end = (start + taken).min(bytes.len());
            bytes.splice(start..end, put);
        }
        bytes
    })
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(bytes in vec(any::<u8>(), 0..200)) {
        let arena = Arena::new();
        let _ = read(Format::Json, &bytes, &arena, &Limits::default());
        let _ = read(Format::Xml, &bytes, &arena, &Limits::default());
    }

    #[test]
    fn no_mutation_makes_the_json_reader_panic(bytes in mutated(JSON)) {
        let _ = read(Format::Json, &bytes, &Arena::new(), &Limits::default());
    }

    #[test]
    fn no_mutation_makes_the_xml_reader_panic(bytes in mutated(XML.as_bytes())) {
        let _ = read(Format::Xml, &bytes, &Arena::new(), &Limits::default());
    }
}

proptest! {
    #[test]
    fn no_mutation_makes_the_reader_of_answers_panic(json in mutated(RESPONSES[0]), xml in mutated(RESPONSES[1])) {
        let _ = Answer::read(&json);
        let _ = Answer::read(&xml);
    }
}

#[test]
fn what_is_mutated_was_well_formed() {
    let arena = Arena::new();
    assert!(read(Format::Json, JSON, &arena, &Limits::default()).is_ok());
    assert!(RESPONSES.iter().all(|response| Answer::read(response).is_ok()));
    assert!(read(Format::Xml, XML.as_bytes(), &arena, &Limits::default()).is_ok());
}
