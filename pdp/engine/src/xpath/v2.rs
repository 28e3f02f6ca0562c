//! XPath 2.0, by way of an engine of 3.1 (`xee-xpath`), over a copy of the same tree.
//!
//! The nodes it finds are handed back as the nodes of [`Document`], so that all else is done in one place. Nothing of
//! it can leave its thread: a compiled expression is kept by the thread that made it, a copied tree by its content.
//!
//! It has no file and no network: `doc()` finds nothing, the environment is empty, the time is what the caller says.
//! Its loops have no bound, which is why only policies may use it. Some constructs it knows of end in a panic; that is
//! caught here and becomes an error of the expression.

use std::cell::RefCell;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use xee_xpath::context::StaticContextBuilder;
use xee_xpath::error::{Error, ErrorValue};
use xee_xpath::query::SequenceQuery;
use xee_xpath::{Documents, Item, Queries, Query};
use xot::{Node, Xot};

use super::document::{Document, Kind, Name, NodeId};
use super::error::{Result, XPathError, XPathErrorKind};
use super::expression::Expression;

/// Compiled expressions that a thread keeps; with more it starts afresh.
const MOST_KEPT: usize = 1_000;

thread_local! {
    static COMPILED: RefCell<HashMap<Expression, Rc<SequenceQuery>>> = RefCell::default();
}

/// The prefixes that XPath 2.0 has without a declaration, and those that the engine adds.
pub(super) fn is_predeclared(prefix: &str) -> bool {
    matches!(prefix, "fn" | "xs" | "xml" | "math" | "map" | "array" | "err")
}

/// Compiles the expression for this thread, or says why it can't be.
pub(super) fn check(expression: &Expression) -> Result<()> {
    compiled(expression).map(drop)
}

/// The selected nodes, in the order of the sequence.
pub(super) fn select(tree: &Tree, expression: &Expression, from: NodeId, now: i64) -> Result<Vec<NodeId>> {
    let query = compiled(expression)?;
    let node = tree.nodes.get(from.index as usize).copied().ok_or_else(|| evaluation("the context node is unknown"))?;
    let now = chrono::DateTime::from_timestamp(now, 0).unwrap_or_default().fixed_offset();
    let run = || {
        query.execute_build_context(&mut tree.documents.borrow_mut(), |builder| {
            builder.context_node(node).current_datetime(now);
        })
    };
    let sequence = guarded(run)?.map_err(|error| failure(&error, expression.text(), XPathErrorKind::Evaluation))?;
    sequence.iter().map(|item| tree.node_of(&item)).collect()
}

fn compiled(expression: &Expression) -> Result<Rc<SequenceQuery>> {
    if let Some(known) = COMPILED.with_borrow(|kept| kept.get(expression).cloned()) {
        return Ok(known);
    }
    let mut context = StaticContextBuilder::default();
    context.namespaces(expression.namespaces());
    let queries = Queries::new(context);
    let query = guarded(|| queries.sequence(expression.text()))?
        .map_err(|error| failure(&error, expression.text(), XPathErrorKind::Syntax))?;
    let query = Rc::new(query);
    COMPILED.with_borrow_mut(|kept| {
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        kept.insert(expression.clone(), Rc::clone(&query));
    });
    Ok(query)
}

/// What the engine has not been taught ends in a panic there: of one expression, not of the process.
fn guarded<T>(run: impl FnOnce() -> T) -> Result<T> {
    // Nothing that the closure leaves half done is used again: the query is dropped, the tree belongs to one request.
    catch_unwind(AssertUnwindSafe(run))
        .map_err(|_| XPathError::new(XPathErrorKind::Unsupported, "the XPath 2.0 engine can't handle this expression"))
}

fn failure(error: &Error, text: &str, kind: XPathErrorKind) -> XPathError {
    let kind = match error.error {
        ErrorValue::Unsupported => XPathErrorKind::Unsupported,
        ErrorValue::StackOverflow => XPathErrorKind::TooComplex,
        _ => kind,
    };
    let message = error.error.message().trim().trim_end_matches('.').to_lowercase();
    let message = format!("{message} ({})", error.error);
    let offset = error.span.map(|span| span.range().start).filter(|&start| text.is_char_boundary(start));
    XPathError { kind, offset, message }
}

fn evaluation(message: &str) -> XPathError {
    XPathError::new(XPathErrorKind::Evaluation, message)
}

/// The engine's copy of a document.
pub(super) struct Tree {
    documents: RefCell<Documents>,
    /// By the numbers of the original.
    nodes: Vec<Node>,
    numbers: HashMap<Node, u32>,
}

impl std::fmt::Debug for Tree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tree").field("nodes", &self.nodes.len()).finish_non_exhaustive()
    }
}

impl Tree {
    pub(super) fn new(document: &Document<'_>) -> Result<Self> {
        let mut documents = Documents::new();
        let xot = documents.xot_mut();
        let mut nodes: Vec<Node> = vec![xot.new_document()];
        for (index, node) in document.nodes.iter().enumerate().skip(1) {
            let parent = nodes.get(node.parent as usize).copied().ok_or_else(|| evaluation("a node has no parent"))?;
            let copy = copy(xot, document, index);
            nodes.push(copy);
            match node.kind {
                Kind::Attribute { .. } => xot.append_attribute_node(parent, copy).map(drop),
                _ => xot.append(parent, copy),
            }
            .map_err(|error| evaluation(&format!("the tree can't be copied: {error}")))?;
        }
        let numbers = nodes.iter().copied().zip(0..).collect();
        Ok(Self { documents: RefCell::new(documents), nodes, numbers })
    }

    fn node_of(&self, item: &Item) -> Result<NodeId> {
        let Item::Node(node) = item else {
            let message = "nodes were expected, the expression gives other items";
            return Err(XPathError::new(XPathErrorKind::NotNodeSet, message));
        };
        let number = self.numbers.get(node).copied();
        number.map(NodeId::new).ok_or_else(|| evaluation("a selected node is not one of the content"))
    }
}

/// An unattached copy of the node. Its place in the list is below the number of nodes, which fits.
fn copy(xot: &mut Xot, document: &Document<'_>, index: usize) -> Node {
    let number = u32::try_from(index).unwrap_or_default();
    match &document.node(number).kind {
        // The only document node is the first, which is made apart.
        Kind::Root => xot.new_document(),
        Kind::Element { name, scope } => {
            let id = name_id(xot, document, name);
            let element = xot.new_element(id);
            declare(xot, document, element, *scope, outer_scope(document, number));
            element
        }
        Kind::Attribute { name, value } => {
            let id = name_id(xot, document, name);
            xot.new_attribute_node(id, value.clone().into_owned())
        }
        Kind::Text(text) => xot.new_text(text),
        Kind::Comment(text) => xot.new_comment(text),
        Kind::Instruction { target, data } => {
            let target = xot.add_name(target);
            xot.new_processing_instruction(target, (!data.is_empty()).then_some(&**data))
        }
    }
}

fn name_id(xot: &mut Xot, document: &Document<'_>, name: &Name<'_>) -> xot::NameId {
    match name.binding {
        None => xot.add_name(name.local),
        Some(binding) => {
            let namespace = xot.add_namespace(&document.binding(binding).uri);
            xot.add_name_ns(name.local, namespace)
        }
    }
}

/// The scope around an element: its parent's, or none for the outermost.
fn outer_scope(document: &Document<'_>, element: u32) -> Option<u32> {
    match document.node(document.node(element).parent).kind {
        Kind::Element { scope, .. } => Some(scope),
        _ => None,
    }
}

/// The declarations between the element's scope and the one around it, the innermost of each prefix.
fn declare(xot: &mut Xot, document: &Document<'_>, element: Node, scope: u32, outer: Option<u32>) {
    let mut declared: Vec<&str> = Vec::new();
    let mut next = Some(scope).filter(|_| Some(scope) != outer);
    while let Some(index) = next {
        let binding = document.binding(index);
        if binding.prefix != "xml" && !declared.contains(&binding.prefix) {
            declared.push(binding.prefix);
            let prefix = xot.add_prefix(binding.prefix);
            let namespace = xot.add_namespace(&binding.uri);
            xot.set_namespace(element, prefix, namespace);
        }
        next = binding.outer.filter(|_| binding.outer != outer);
    }
}
