//! From the bytes of a policy document to a faithful tree, with a span for every element.
//!
//! [`Source`] is a document as the caller brings it. [`Tree`] is what it says: elements in document order, attributes,
//! texts and namespaces, borrowed from the source. Reading knows XML and the names of XACML's elements; which of them
//! may stand where is [`crate::check`]'s business.

mod build;
mod directive;
mod source;
mod tag;
mod tree;
pub mod xml;

pub use directive::Directive;
pub use source::Source;
pub use tag::Tag;
pub use tree::{Element, ElementId, Tree};
