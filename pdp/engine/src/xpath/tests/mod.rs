//! Expressions of every kind over contents of every kind, and hostile ones.

mod contents;
mod functions;
mod hostile;
mod oracle;
mod paths;
#[cfg(feature = "xpath2")]
mod second;

use super::{Content, Expression, Origin, Version, XPathError};
use crate::limits::Limits;

/// The record of the conformance suite's style.
const RECORD: &str = r#"<md:record xmlns:md="urn:md" xmlns:xsi="urn:xsi" xsi:kind="full">
  <md:patient id="p1"><md:name>Ann</md:name><md:number>17</md:number></md:patient>
  <md:patient id="p2"><md:name>Bob</md:name><md:number>5</md:number><md:number>90</md:number></md:patient>
  <!-- seen --><?stamp now?>
  <plain xml:lang="en-GB">a<![CDATA[<b]]>&gt;c</plain>
</md:record>"#;

static NAMESPACES: &[(&str, &str)] = &[("", "urn:ignored"), ("m", "urn:md"), ("x", "urn:xsi")];

fn content(xml: &str) -> Content<'_> {
    Content::parse(xml, &[], &Limits::default()).unwrap()
}

fn parse(text: &str) -> Result<Expression, XPathError> {
    Expression::parse(text, NAMESPACES, Version::V1, Origin::Request)
}

fn expression(text: &str) -> Expression {
    parse(text).unwrap_or_else(|error| panic!("{text}: {error} at {:?}", error.offset))
}

fn values(xml: &str, text: &str) -> Vec<String> {
    let content = content(xml);
    let values = content.string_values(&expression(text), None).unwrap_or_else(|error| panic!("{text}: {error}"));
    values.into_iter().map(Into::into).collect()
}

/// Whether a condition holds, by way of a predicate: only nodes come out.
fn holds(xml: &str, condition: &str) -> bool {
    content(xml).count(&expression(&format!("/*[{condition}]"))).unwrap_or_else(|error| panic!("{condition}: {error}"))
        == 1
}
