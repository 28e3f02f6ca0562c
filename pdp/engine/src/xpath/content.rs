//! The `Content` of a category (core 7.3.7): a document of its own, and what selectors and functions ask of it.

use std::borrow::Cow;

use super::document::{Document, NodeId};
use super::error::{Result, XPathError, XPathErrorKind};
use super::expression::Expression;
use super::read::read;
use super::v1;
use crate::limits::Limits;

/// The element of one `Content` as a document, for the time of one request.
///
/// ```
/// use argus_engine::limits::Limits;
/// use argus_engine::xpath::{Content, Expression, Origin, Version};
///
/// let content = Content::parse("<m:r xmlns:m='urn:m'><m:id>7</m:id></m:r>", &[], &Limits::default())?;
/// let id = Expression::parse("//p:id/text()", &[("p", "urn:m")], Version::V1, Origin::Policy)?;
/// assert_eq!(content.string_values(&id, None)?, ["7"]);
/// # Ok::<(), argus_engine::xpath::XPathError>(())
/// ```
#[derive(Debug)]
pub struct Content<'a> {
    pub(super) document: Document<'a>,
    #[cfg(feature = "xpath2")]
    second: std::cell::OnceCell<Result<super::v2::Tree>>,
    #[cfg(feature = "xpath2")]
    now: Option<i64>,
}

impl<'a> Content<'a> {
    /// Reads the one element child of a `Content`, with the namespace declarations (prefix, URI; the empty prefix is
    /// the default namespace) in scope around it. White space, comments and instructions beside it are tolerated; a
    /// DTD, references to other entities than XML's five, and whatever passes the limits are refused.
    pub fn parse(xml: &'a str, inherited: &[(&'a str, &'a str)], limits: &Limits) -> Result<Self> {
        Ok(Self {
            document: read(xml, inherited, limits)?,
            #[cfg(feature = "xpath2")]
            second: std::cell::OnceCell::new(),
            #[cfg(feature = "xpath2")]
            now: None,
        })
    }

    /// The same content at a time, in seconds since 1970, for XPath 2.0's `current-dateTime()`; without it, 1970.
    #[must_use]
    #[cfg_attr(not(feature = "xpath2"), expect(unused_mut, unused_variables, reason = "XPath 1.0 has no clock"))]
    pub fn at(mut self, now: i64) -> Self {
        #[cfg(feature = "xpath2")]
        {
            self.now = Some(now);
        }
        self
    }

    /// The string values of the selected nodes, in order. With a context selector, the expression starts at the one
    /// node which that selects; else at the document node.
    pub fn string_values(&self, expression: &Expression, context: Option<&Expression>) -> Result<Vec<Cow<'_, str>>> {
        let from = match context {
            Some(selector) => self.context_node(selector)?,
            None => NodeId::ROOT,
        };
        let nodes = self.select(expression, from)?;
        Ok(nodes.into_iter().map(|node| self.document.string_value(node)).collect())
    }

    /// How many nodes the expression selects (`xpath-node-count`).
    pub fn count(&self, expression: &Expression) -> Result<usize> {
        self.select(expression, NodeId::ROOT).map(|nodes| nodes.len())
    }

    /// Whether both expressions select some node (`xpath-node-equal`): the same one, not an equal one.
    pub fn any_same(&self, first: &Expression, second: &Expression) -> Result<bool> {
        let (first, second) = (self.sorted(first)?, self.sorted(second)?);
        Ok(second.iter().any(|node| first.binary_search(node).is_ok()))
    }

    /// Whether the second expression selects a node that the first selects, or one below it (`xpath-node-match`).
    pub fn any_match(&self, first: &Expression, second: &Expression) -> Result<bool> {
        let (first, second) = (self.sorted(first)?, self.sorted(second)?);
        // Subtrees are nested or apart: one that starts inside another adds nothing to it.
        let mut tops: Vec<NodeId> = Vec::new();
        for node in first {
            if !tops.last().is_some_and(|&top| self.document.is_at_or_below(node, top)) {
                tops.push(node);
            }
        }
        Ok(second.iter().any(|&node| {
            let before = tops.partition_point(|&top| top <= node);
            before
                .checked_sub(1)
                .and_then(|at| tops.get(at))
                .is_some_and(|&top| self.document.is_at_or_below(node, top))
        }))
    }

    /// For each selected node, in document order, an expression that selects it alone (Multiple Decision Profile 2.4).
    /// The namespaces are those of the expression.
    pub fn node_paths(&self, expression: &Expression) -> Result<Vec<String>> {
        let count = self.sorted(expression)?.len();
        let text = expression.text();
        // Only in XPath 2.0 may a sequence stand in another order; a path sorts it.
        let nodes = if expression.tree().is_some() { format!("({text})") } else { format!("(({text})/.)") };
        Ok((1..=count).map(|position| format!("{nodes}[{position}]")).collect())
    }

    fn context_node(&self, selector: &Expression) -> Result<NodeId> {
        match self.sorted(selector)?.as_slice() {
            [node] => Ok(*node),
            nodes => {
                let message = format!("the context selector must select one node, it selects {}", nodes.len());
                Err(XPathError::new(XPathErrorKind::ContextNode, message))
            }
        }
    }

    /// The selected nodes in document order, each once.
    fn sorted(&self, expression: &Expression) -> Result<Vec<NodeId>> {
        let mut nodes = self.select(expression, NodeId::ROOT)?;
        if expression.tree().is_none() {
            nodes.sort_unstable();
            nodes.dedup();
        }
        Ok(nodes)
    }

    pub(super) fn select(&self, expression: &Expression, from: NodeId) -> Result<Vec<NodeId>> {
        if let Some(tree) = expression.tree() {
            return v1::select(&self.document, tree, from);
        }
        #[cfg(feature = "xpath2")]
        let selected = {
            let tree = self.second.get_or_init(|| super::v2::Tree::new(&self.document)).as_ref();
            super::v2::select(tree.map_err(Clone::clone)?, expression, from, self.now.unwrap_or(0))
        };
        #[cfg(not(feature = "xpath2"))]
        let selected = Err(XPathError::new(XPathErrorKind::Unsupported, "this build doesn't have XPath 2.0"));
        selected
    }
}
