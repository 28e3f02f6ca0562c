//! From checked policies to the form that evaluation runs over.
//!
//! Done here, once: references inlined by sharing, names turned into numbers, constants folded, patterns compiled,
//! large combining nodes indexed.

mod build;
mod expression;
mod fold;
pub(crate) mod names;
pub(crate) mod program;
mod target;

pub use program::Program;

use crate::check::checked::Checked;

/// Compiles a document with all that it refers to.
///
/// `root` is a place in [`Checked::documents`]. The documents that it reaches must be free of errors: an expression
/// behind an error has no meaning. `None` where there is no such document, or where a reference was not resolved.
pub fn compile(checked: &Checked<'_>, root: usize) -> Option<Program> {
    let mut builder = build::Builder::new(checked);
    let root = builder.document(root)?;
    Some(builder.finish(root))
}
