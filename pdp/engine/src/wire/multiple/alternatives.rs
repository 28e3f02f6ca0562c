//! What may stand for one `Attributes`: itself, or one for each node that its content selector selects; without the scope
//! of its resource, which is a marker (Multiple Decision Profile 2.1, 2.2).

use std::collections::HashMap;

use super::too_many;
use crate::limits::Limits;
use crate::request::{Attribute, Attributes, RawValue, Request, RequestError, TypeName};
use crate::status::Fault;
use crate::value::{Arena, DataType};
use crate::xpath::{Content, Expression, Origin, Version, XPathError, XPathErrorKind};

const RESOURCE: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:resource";

// The second is the spelling of XACML 1.
const SCOPES: [&str; 2] =
    ["urn:oasis:names:tc:xacml:2.0:resource:scope", "urn:oasis:names:tc:xacml:1.0:resource:scope"];

// The second occurs in some copies of the profile.
const SELECTORS: [&str; 2] = [
    "urn:oasis:names:tc:xacml:3.0:multiple:content-selector",
    "urn:oasis:names:tc:xacml:3.0:profile:multiple:content-selector",
];

/// What takes a selector's place: it selects the one node.
const SELECTED: &str = "urn:oasis:names:tc:xacml:3.0:content-selector";

/// An `Attributes` of an individual request, or why there is none.
pub(super) type Alternative<'a> = Result<&'a Attributes<'a>, Fault>;

/// The alternatives of each `Attributes`, worked out once however often it is referred to.
pub(super) struct Alternatives<'a, 'l> {
    request: &'a Request<'a>,
    arena: &'a Arena,
    limits: &'l Limits,
    // By address: two `Attributes` may be equal and still be two.
    known: HashMap<*const Attributes<'a>, Vec<Alternative<'a>>>,
}

/// Whether something of the `Attributes` belongs to the request alone, not to an individual one.
pub(super) fn has_markers(attributes: &Attributes<'_>) -> bool {
    attributes.attributes.iter().any(|attribute| is_scope(attributes, attribute) || is_selector(attribute))
}

impl<'a, 'l> Alternatives<'a, 'l> {
    pub(super) fn new(request: &'a Request<'a>, arena: &'a Arena, limits: &'l Limits) -> Self {
        Self { request, arena, limits, known: HashMap::new() }
    }

    /// All that may stand for these attributes, in document order of the nodes.
    pub(super) fn of(&mut self, attributes: &'a Attributes<'a>) -> Result<&[Alternative<'a>], RequestError> {
        let address = std::ptr::from_ref(attributes);
        if !self.known.contains_key(&address) {
            let alternatives = self.work_out(attributes)?;
            self.known.insert(address, alternatives);
        }
        Ok(self.known.get(&address).map_or(&[], Vec::as_slice))
    }

    fn work_out(&self, attributes: &'a Attributes<'a>) -> Result<Vec<Alternative<'a>>, RequestError> {
        if !has_markers(attributes) {
            return Ok(vec![Ok(attributes)]);
        }
        let scoped = match self.without_scope(attributes) {
            Ok(scoped) => scoped,
            Err(fault) => return Ok(vec![Err(fault)]),
        };
        if !scoped.attributes.iter().any(is_selector) {
            return Ok(vec![Ok(scoped)]);
        }
        match self.selected(scoped) {
            Ok(paths) if paths.len() > self.limits.results => Err(too_many(self.limits)),
            Ok(paths) => Ok(paths.into_iter().map(|path| Ok(self.with_selector(scoped, &path))).collect()),
            Err(Refusal::Fault(fault)) => Ok(vec![Err(fault)]),
            Err(Refusal::TooMany) => Err(too_many(self.limits)),
        }
    }

    // Only the resource itself is known here: what is below it is known to whoever keeps the hierarchy.
    fn without_scope(&self, attributes: &'a Attributes<'a>) -> Result<&'a Attributes<'a>, Fault> {
        let scopes = || attributes.attributes.iter().filter(|attribute| is_scope(attributes, attribute));
        let mut values = scopes().flat_map(|attribute| attribute.values);
        let Some(scope) = values.next() else { return Ok(attributes) };
        if values.next().is_some() {
            return Err(Fault::syntax("the scope of a resource has one value"));
        }
        match scope.text {
            "Immediate" => {}
            "Children" | "Descendants" => {
                let message = format!("scope `{}`: nothing here knows what is below a resource", scope.text);
                return Err(Fault::processing(message));
            }
            other => return Err(Fault::syntax(format!("unknown scope `{other}`, expected `Immediate`"))),
        }
        let kept = attributes.attributes.iter().filter(|attribute| !is_scope(attributes, attribute)).copied();
        let kept: Vec<_> = kept.collect();
        let bump = self.arena.bump();
        Ok(bump.alloc(Attributes { attributes: bump.alloc_slice_copy(&kept), ..*attributes }))
    }

    // An XPath for each selected node.
    fn selected(&self, attributes: &'a Attributes<'a>) -> Result<Vec<String>, Refusal> {
        let refuse = |message: &'static str| Err(Refusal::Fault(Fault::syntax(message)));
        let mut values = attributes.attributes.iter().filter(|one| is_selector(one)).flat_map(|one| one.values);
        let (Some(selector), None) = (values.next(), values.next()) else {
            return refuse("a category has one content selector with one value");
        };
        let Some(xpath) = selector.xpath.filter(|xpath| xpath.category == attributes.category) else {
            return refuse("the content selector is an XPath over another category");
        };
        let Some(content) = &attributes.content else { return refuse("a content selector without `Content`") };
        let version = self.request.xpath_version.map_or(Some(Version::V1), Version::from_uri);
        let Some(version) = version else {
            return Err(Refusal::Fault(Fault::processing("the request's XPath version is not known")));
        };
        let parse = |text: &str| Expression::parse(text, xpath.namespaces, version, Origin::Request);
        let all = parse(selector.text.trim())?;
        let content = Content::parse(content.xml, content.namespaces, self.limits)?;
        // Counted first: the paths of a million nodes would fill the memory before anyone counts them.
        let count = content.count(&all)?;
        if count > self.limits.results {
            return Err(Refusal::TooMany);
        }
        let paths = content.node_paths(&all)?;
        Ok(short_paths(&content, selector.text.trim(), &paths, parse).unwrap_or(paths))
    }

    fn with_selector(&self, attributes: &'a Attributes<'a>, path: &str) -> &'a Attributes<'a> {
        let bump = self.arena.bump();
        let replaced = attributes.attributes.iter().map(|attribute| match attribute.values {
            [value] if is_selector(attribute) => {
                let value = RawValue { text: bump.alloc_str(path), ..*value };
                Attribute { id: SELECTED, values: bump.alloc_slice_copy(&[value]), ..*attribute }
            }
            _ => *attribute,
        });
        let replaced: Vec<_> = replaced.collect();
        bump.alloc(Attributes { attributes: bump.alloc_slice_copy(&replaced), ..*attributes })
    }
}

/// Why a selector gives no paths.
enum Refusal {
    Fault(Fault),
    TooMany,
}

impl From<XPathError> for Refusal {
    fn from(error: XPathError) -> Self {
        let message = format!("in the content selector: {error}");
        Self::Fault(match error.kind {
            XPathErrorKind::NotNodeSet => Fault::syntax(message),
            _ => Fault::processing(message),
        })
    }
}

// `text[1]`, `text[2]` …, which is what others write and expect, where they select what `paths` select: where all nodes
// have one parent step. If both the first and the last select their one node, so do all between them: were the text a
// union, whatever stands before its last `|` would join every selection, and be in both.
fn short_paths(
    content: &Content<'_>,
    text: &str,
    paths: &[String],
    parse: impl Fn(&str) -> Result<Expression, XPathError>,
) -> Option<Vec<String>> {
    let short = |place: usize| format!("{text}[{}]", place + 1);
    for (place, path) in paths.iter().enumerate().filter(|(place, _)| *place == 0 || place + 1 == paths.len()) {
        let (short, long) = (parse(&short(place)).ok()?, parse(path).ok()?);
        let is_same = content.count(&short).ok()? == 1 && content.any_same(&short, &long).ok()?;
        if !is_same {
            return None;
        }
    }
    Some((0..paths.len()).map(short).collect())
}

fn is_scope(attributes: &Attributes<'_>, attribute: &Attribute<'_>) -> bool {
    SCOPES.contains(&attribute.id)
        && attributes.category == RESOURCE
        && attribute.values.iter().all(|value| value.data_type == TypeName::Known(DataType::String))
}

fn is_selector(attribute: &Attribute<'_>) -> bool {
    SELECTORS.contains(&attribute.id)
        && attribute.values.iter().all(|value| value.data_type == TypeName::Known(DataType::XPathExpression))
}
