//! What is written is what is read, in either form.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::{arena, read_as};
use crate::request::{Attribute, Attributes, Content, RawValue, RawXPath, Request, TypeName};
use crate::types::collapse;
use crate::value::DataType;
use crate::wire::{Format, to_json, to_xml};

/// All that a request says, in a form that does not depend on how values are spread over attributes.
pub(super) fn meaning(request: &Request<'_>) -> Vec<String> {
    let mut meaning = vec![format!(
        "{} {} {:?} {:?}",
        request.return_policy_id_list, request.combined_decision, request.xpath_version, request.references
    )];
    for category in request.attributes {
        meaning.push(format!("{} {:?} {:?}", category.category, category.id, category.content.map(nodes)));
        for attribute in category.attributes {
            for value in attribute.values {
                let text = if is_text(value) { value.text } else { collapse(value.text) };
                let xpath = value.xpath.filter(|xpath| !xpath.category.is_empty()).map(|xpath| {
                    let prefixed: Vec<_> = xpath.namespaces.iter().filter(|(prefix, _)| !prefix.is_empty()).collect();
                    format!("{} {prefixed:?}", xpath.category)
                });
                let Attribute { id, issuer, include_in_result, .. } = attribute;
                let data_type = value.data_type.uri();
                meaning.push(format!("{id} {issuer:?} {include_in_result} {data_type} {text:?} {xpath:?}"));
            }
        }
    }
    meaning
}

fn is_text(value: &RawValue<'_>) -> bool {
    !matches!(value.data_type, TypeName::Known(DataType::Boolean | DataType::Integer | DataType::Double))
}

/// The names and texts of a content's nodes.
fn nodes(content: Content<'_>) -> Vec<String> {
    use crate::xpath::{Expression, Origin, Version};
    let parsed =
        crate::xpath::Content::parse(content.xml, content.namespaces, &crate::limits::Limits::default()).unwrap();
    let namespaces =
        content.namespaces.iter().map(|(_, uri)| *uri).chain(["", "urn:x", "http://www.medico.com/schemas/record"]);
    let counts = namespaces.map(|uri| format!("//*[namespace-uri()='{uri}']")).map(|text| {
        let expression = Expression::parse(&text, &[] as &[(&str, &str)], Version::V1, Origin::Policy).unwrap();
        (text, parsed.count(&expression).unwrap())
    });
    let counts: std::collections::BTreeMap<_, _> = counts.filter(|(_, count)| *count > 0).collect();
    let all = Expression::parse("//node()|//@*", &[] as &[(&str, &str)], Version::V1, Origin::Policy).unwrap();
    let texts = parsed.string_values(&all, None).unwrap();
    counts.into_iter().map(|pair| format!("{pair:?}")).chain(texts.into_iter().map(Into::into)).collect()
}

pub(super) fn assert_survives(request: &Request<'_>) {
    let (xml, json) = (to_xml(request), to_json(request));
    let from_xml =
        read_as(Format::Xml, &xml).unwrap_or_else(|error| panic!("{}\n{xml}", error.describe(xml.as_bytes())));
    let from_json = read_as(Format::Json, &json).unwrap_or_else(|error| panic!("{error}\n{json}"));
    assert_eq!(meaning(request), meaning(&from_xml), "{xml}");
    assert_eq!(meaning(request), meaning(&from_json), "{json}");
}

fn xml_text() -> impl Strategy<Value = String> {
    vec(
        prop_oneof![
            any::<char>().prop_filter("XML has a place for it", |c| is_xml_char(*c)),
            prop::sample::select(vec!['<', '>', '&', '"', '\'', '\n', '\r', '\t', ']', '{', '\\', ' '])
        ],
        0..12,
    )
    .prop_map(String::from_iter)
}

fn value() -> impl Strategy<Value = (TypeName<'static>, String)> {
    let typed = prop::sample::select(vec![
        (DataType::Boolean, "true"),
        (DataType::Boolean, "1"),
        (DataType::Boolean, " false "),
        (DataType::Boolean, "wrong"),
        (DataType::Integer, "5"),
        (DataType::Integer, "+5"),
        (DataType::Integer, "-007"),
        (DataType::Integer, "\n12\t"),
        (DataType::Integer, "123456789012345678901234567890"),
        (DataType::Double, "1"),
        (DataType::Double, "1.50"),
        (DataType::Double, "-1.0E-3"),
        (DataType::Double, ".5"),
        (DataType::Double, "INF"),
        (DataType::Date, "2026-01-01"),
    ]);
    prop_oneof![
        typed.prop_map(|(data_type, text)| (TypeName::Known(data_type), text.to_owned())),
        xml_text().prop_map(|text| (TypeName::Known(DataType::String), text)),
        xml_text().prop_map(|text| (TypeName::Known(DataType::AnyUri), text)),
        xml_text().prop_map(|text| (TypeName::Other("urn:other"), text)),
        xml_text().prop_map(|text| (TypeName::Known(DataType::XPathExpression), text)),
    ]
}

fn identifier() -> impl Strategy<Value = String> {
    "urn:[a-z&<\"é%]{0,6}"
}

fn keep<T: Copy>(values: &[T]) -> &'static [T] {
    arena().bump().alloc_slice_copy(values)
}

fn raw((data_type, text): &(TypeName<'static>, String)) -> RawValue<'static> {
    const XPATH: RawXPath<'static> = RawXPath { category: "urn:c", namespaces: &[("p", "urn:<p>"), ("q", "urn:q")] };
    let is_xpath = *data_type == TypeName::Known(DataType::XPathExpression);
    RawValue { data_type: *data_type, text: arena().text(text), xpath: is_xpath.then_some(&XPATH) }
}

fn attribute() -> impl Strategy<Value = Attribute<'static>> {
    (identifier(), option::of(xml_text()), any::<bool>(), vec(value(), 1..4)).prop_map(
        |(id, issuer, include, values)| Attribute {
            id: arena().text(&id),
            issuer: issuer.map(|issuer| arena().text(&issuer)),
            include_in_result: include,
            values: keep(&values.iter().map(raw).collect::<Vec<_>>()),
        },
    )
}

fn content() -> impl Strategy<Value = Content<'static>> {
    prop::sample::select(vec![
        Content { xml: "<a b='1'>x<c/></a>", namespaces: &[] },
        Content { xml: "<a b='1'>x<p:c/></a>", namespaces: &[("", "urn:x"), ("p", "urn:x")] },
        Content { xml: "<p:a xmlns='urn:x' p:b='>'><b/></p:a>", namespaces: &[("p", "urn:x"), ("unused", "urn:y")] },
    ])
}

fn request() -> impl Strategy<Value = Request<'static>> {
    let category = (identifier(), option::of(content()), vec(attribute(), 0..3));
    (any::<[bool; 2]>(), option::of(identifier()), vec(category, 1..4), any::<bool>()).prop_map(
        |([list, combined], version, categories, refers)| {
            let categories: Vec<_> = categories
                .into_iter()
                .enumerate()
                .map(|(place, (category, content, attributes))| Attributes {
                    category: arena().text(&category),
                    id: refers.then(|| arena().text(&format!("id{place}"))),
                    content,
                    attributes: keep(&attributes),
                })
                .collect();
            Request {
                return_policy_id_list: list,
                combined_decision: combined,
                xpath_version: version.map(|version| arena().text(&version)),
                attributes: keep(&categories),
                references: if refers { keep(&[keep(&["id0"]), keep(&["id0", "id1"])]) } else { &[] },
            }
        },
    )
}

proptest! {
    #[test]
    fn a_request_survives_being_written_and_read_in_either_form(request in request()) {
        assert_survives(&request);
    }
}

#[test]
fn elements_among_text_survive_in_xml_whatever_their_default_namespace() {
    const AROUND: [&[(&str, &str)]; 3] =
        [&[], &[("", "urn:d"), ("xacml", "urn:p")], &[("", "urn:oasis:names:tc:xacml:3.0:core:schema:wd-17")]];
    for namespaces in AROUND {
        let around = arena().bump().alloc(RawXPath { category: "", namespaces });
        let value =
            RawValue { data_type: TypeName::Other("urn:entity"), text: "a &amp; <b>c</b>", xpath: Some(around) };
        let attribute = Attribute { id: "urn:a", values: keep(&[value]), ..Attribute::default() };
        let category = Attributes { category: "urn:c", attributes: keep(&[attribute]), ..Attributes::default() };
        let request = Request { attributes: keep(&[category]), ..Request::default() };
        let read = read_as(Format::Xml, &to_xml(&request)).unwrap();
        assert_eq!(meaning(&request), meaning(&read));
        let read = read.attributes[0].attributes[0].values[0].xpath.unwrap();
        let default =
            |namespaces: &[(&str, &str)]| namespaces.iter().find(|(p, _)| p.is_empty()).map(|(_, u)| (*u).to_owned());
        assert_eq!(default(read.namespaces), default(namespaces));
    }
}

fn is_xml_char(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}
