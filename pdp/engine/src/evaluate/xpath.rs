//! Selectors (core 5.30, 7.3.7), XPath values and the XPath functions (A.3.15): whatever reads `Content`.

use std::borrow::Cow;

use super::{Evaluated, Evaluation};
use crate::compile::program::OpId;
use crate::explain::Tracer;
use crate::functions::Special;
use crate::request::{RawValue, TypeName};
use crate::status::{Fault, MissingAttribute};
use crate::value::{DataType, Operand, OwnedValue, Value, XPathValue};
use crate::xpath::{Content, Expression, Origin, Version, XPathError, XPathErrorKind};

/// The documents of a request, parsed when they are first searched.
#[derive(Debug, Default)]
pub(super) struct Contents<'a> {
    documents: Vec<(&'a str, Result<Content<'a>, Fault>)>,
}

/// Why an XPath gave no nodes.
enum NoNodes {
    /// There is nothing to search: as a missing attribute.
    NoContent,
    /// It failed.
    Failed(Fault),
}

impl<'a, T: Tracer> Evaluation<'a, T> {
    /// The bag of a selector.
    pub(super) fn select(&mut self, place: u32) -> Evaluated<'a, &'a [Value<'a>]> {
        let Some(selector) = self.program.selectors.get(place as usize) else { return Ok(&[]) };
        let missing = || {
            Fault::missing(MissingAttribute {
                category: selector.category.to_string(),
                id: selector.path_text.to_string(),
                data_type: selector.data_type.uri(),
                issuer: None,
            })
        };
        let texts = match self.selected(selector) {
            Ok(texts) => texts,
            Err(NoNodes::NoContent) => Vec::new(),
            Err(NoNodes::Failed(fault)) => return self.fail(fault),
        };
        if texts.is_empty() {
            return if selector.must_be_present { self.fail(missing()) } else { Ok(&[]) };
        }
        let arena = self.call.arena;
        let mut bag = Vec::with_capacity(texts.len());
        for text in texts {
            let value = Value::parse(selector.data_type, arena.text(&text), arena, self.call.integer_digits);
            bag.push(value.or_else(|error| {
                let shown: String = text.chars().take(64).collect();
                self.fail(Fault::processing(format!(
                    "`{}` selects `{shown}`, which is not of type {}: {}",
                    selector.path_text,
                    selector.data_type.short_name(),
                    error.message()
                )))
            })?);
        }
        Ok(arena.bag(&bag))
    }

    fn selected(&mut self, selector: &'a crate::compile::program::Selector) -> Result<Vec<String>, NoNodes> {
        let path = match &selector.path {
            Ok(path) => path,
            Err(reason) => return Err(NoNodes::Failed(Fault::processing(reason.clone()))),
        };
        if selector.data_type == DataType::XPathExpression {
            return Err(NoNodes::Failed(Fault::syntax("a selector cannot give values of type xpathExpression")));
        }
        let context = match &selector.context_selector {
            Some(id) => Some(self.context_selector(&selector.category, id)?),
            None => None,
        };
        let content = self.content(&selector.category)?;
        match content.string_values(path, context.as_ref()) {
            Ok(texts) => Ok(texts.into_iter().map(Cow::into_owned).collect()),
            Err(error) => Err(NoNodes::Failed(fault(&error))),
        }
    }

    // The xpathExpression attribute that `ContextSelectorId` names, in the selector's own category (core 5.30).
    fn context_selector(&self, category: &str, id: &str) -> Result<Expression, NoNodes> {
        let attributes = self.request.attributes.iter().filter(|attributes| attributes.category == category);
        let mut values = attributes
            .flat_map(|attributes| attributes.attributes)
            .filter(|attribute| attribute.id == id)
            .flat_map(|attribute| attribute.values)
            .filter(|value| value.data_type == TypeName::Known(DataType::XPathExpression));
        let Some(value) = values.next() else { return Err(NoNodes::NoContent) };
        if values.next().is_some() {
            return Err(NoNodes::Failed(Fault::syntax(format!("`{id}` has more than one value"))));
        }
        let value = self.read_xpath(value);
        if value.category != category {
            return Err(NoNodes::Failed(Fault::syntax(format!("`{id}` is an XPath over another category"))));
        }
        value.expression.map_err(|reason| NoNodes::Failed(Fault::processing(reason)))
    }

    /// An xpathExpression of the request. One that does not parse is a fault when it is evaluated.
    pub(super) fn request_xpath(&self, raw: &'a RawValue<'a>) -> Value<'a> {
        self.call.arena.keep(OwnedValue::XPathExpression(Box::new(self.read_xpath(raw))))
    }

    fn read_xpath(&self, raw: &RawValue<'_>) -> XPathValue {
        read_xpath(raw, self.request.xpath_version)
    }

    fn content(&mut self, category: &str) -> Result<&Content<'a>, NoNodes> {
        let request = self.request;
        let Some(attributes) = request.attributes.iter().find(|attributes| attributes.category == category) else {
            return Err(NoNodes::NoContent);
        };
        let Some(content) = &attributes.content else { return Err(NoNodes::NoContent) };
        let known = self.contents.documents.iter().position(|(known, _)| *known == attributes.category);
        let place = known.unwrap_or_else(|| {
            let parsed = Content::parse(content.xml, content.namespaces, &self.environment.limits);
            let parsed = match self.environment.now.to_unix(self.environment.implicit_zone) {
                Some((seconds, _)) => parsed.map(|content| content.at(seconds)),
                None => parsed,
            };
            self.contents.documents.push((attributes.category, parsed.map_err(|error| fault(&error))));
            self.contents.documents.len() - 1
        });
        match self.contents.documents.get(place) {
            Some((_, Ok(content))) => Ok(content),
            Some((_, Err(fault))) => Err(NoNodes::Failed(fault.clone())),
            None => Err(NoNodes::NoContent),
        }
    }

    pub(super) fn xpath(&mut self, special: Special, arguments: &'a [OpId]) -> Evaluated<'a, Operand<'a>> {
        let mut values = Vec::with_capacity(2);
        for argument in arguments {
            values.push(self.value(*argument)?);
        }
        self.xpath_values(special, &values).map(Operand::One)
    }

    pub(super) fn xpath_values(&mut self, special: Special, values: &[Value<'a>]) -> Evaluated<'a, Value<'a>> {
        match (special, values) {
            (Special::XPathCount, [Value::XPathExpression(path)]) => {
                let count = self.searched(path, Content::count)?.unwrap_or(0);
                Ok(Value::Integer(i64::try_from(count).unwrap_or(i64::MAX)))
            }
            (Special::XPathEqual | Special::XPathMatch, [Value::XPathExpression(a), Value::XPathExpression(b)]) => {
                // Nodes of two categories are nodes of two documents: never the same.
                if a.category != b.category {
                    self.parsed(b)?;
                    return self.parsed(a).map(|_| Value::Boolean(false));
                }
                let second = self.parsed(b)?;
                let holds = self.searched(a, |content, first| match special {
                    Special::XPathEqual => content.any_same(first, second),
                    _ => content.any_match(first, second),
                });
                Ok(Value::Boolean(holds?.unwrap_or(false)))
            }
            _ => self.fail(Fault::processing("expected values of type xpathExpression")),
        }
    }

    fn parsed(&self, value: &'a XPathValue) -> Evaluated<'a, &'a Expression> {
        value.expression.as_ref().or_else(|reason| self.fail(Fault::processing(reason.clone())))
    }

    // `None` where there is no `Content` to search.
    fn searched<R>(
        &mut self,
        value: &'a XPathValue,
        search: impl FnOnce(&Content<'a>, &Expression) -> Result<R, XPathError>,
    ) -> Evaluated<'a, Option<R>> {
        let expression = self.parsed(value)?;
        let searched = match self.content(&value.category) {
            Ok(content) => search(content, expression).map(Some).map_err(|error| fault(&error)),
            Err(NoNodes::NoContent) => Ok(None),
            Err(NoNodes::Failed(fault)) => Err(fault),
        };
        searched.or_else(|fault| self.fail(fault))
    }
}

/// An xpathExpression that came with a request, read under the request's XPath version.
pub(crate) fn read_xpath(raw: &RawValue<'_>, version: Option<&str>) -> XPathValue {
    let (category, namespaces) = raw.xpath.map_or(("", &[] as &[_]), |xpath| (xpath.category, xpath.namespaces));
    let namespaces: Vec<(String, String)> =
        namespaces.iter().map(|(prefix, uri)| ((*prefix).to_owned(), (*uri).to_owned())).collect();
    let expression = match version.map_or(Some(Version::V1), Version::from_uri) {
        Some(version) => {
            Expression::parse(raw.text.trim(), &namespaces, version, Origin::Request).map_err(|error| error.to_string())
        }
        None => Err(format!("`{}` is not a known version of XPath", version.unwrap_or_default())),
    };
    XPathValue { text: raw.text.to_owned(), category: category.to_owned(), namespaces, expression }
}

// What is not a set of nodes is a syntax error; all else failed while it was carried out (core 4.9 of the facts).
fn fault(error: &XPathError) -> Fault {
    match error.kind {
        XPathErrorKind::NotNodeSet | XPathErrorKind::ContextNode => Fault::syntax(error.to_string()),
        _ => Fault::processing(error.to_string()),
    }
}
