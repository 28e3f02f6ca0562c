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

use std::sync::Arc;

pub use program::Program;

use crate::check::checked::Checked;
use crate::check::{self, Options};
use crate::diagnostic::Diagnostic;
use crate::read::Source;

/// Compiles a document with all that it refers to.
///
/// `root` is a place in [`Checked::documents`]. The documents that it reaches must be free of errors: an expression
/// behind an error has no meaning. `None` where there is no such document, or where a reference was not resolved.
pub fn compile(checked: &Checked<'_>, root: usize) -> Option<Program> {
    let mut builder = build::Builder::default();
    let root = builder.document(checked, root)?;
    Some(Program { root, tables: Arc::new(builder.finish()) })
}

/// Checks documents as [`check::check`] does, and compiles each policy as soon as it is read: of a hundred thousand
/// policies only one at a time is in memory as a tree.
pub fn load<'s>(sources: &'s [Source<'s>], options: &Options) -> (Loaded<'s>, Vec<Diagnostic>) {
    load_telling(sources, options, &mut || {})
}

/// The same for someone who waits: `read` is called for each policy and policy set when it was read.
pub fn load_telling<'s>(
    sources: &'s [Source<'s>],
    options: &Options,
    read: &mut dyn FnMut(),
) -> (Loaded<'s>, Vec<Diagnostic>) {
    let mut taker = build::Compiling { builder: build::Builder::default(), read };
    let (checked, diagnostics) = check::check_for(sources, options, &mut taker);
    (Loaded { checked, builder: taker.builder }, diagnostics)
}

/// Documents that were checked, and compiled as far as they could be without each other.
#[derive(Debug)]
pub struct Loaded<'s> {
    /// What they are. What was compiled already has an identifier and a version, but nothing inside.
    pub checked: Checked<'s>,
    builder: build::Builder,
}

impl<'s> Loaded<'s> {
    /// The programs of some roots, each a place in [`Checked::documents`], and the documents themselves. The programs
    /// have their tables in common.
    ///
    /// `None` where a root is no document, where there are errors in what it reaches, or where a reference was not
    /// resolved.
    pub fn programs(self, roots: &[usize]) -> (Vec<Option<Program>>, Checked<'s>) {
        let Self { checked, mut builder } = self;
        let roots: Vec<Option<u32>> = roots
            .iter()
            .map(|root| if checked.is_evaluable(*root) { builder.document(&checked, *root) } else { None })
            .collect();
        let tables = Arc::new(builder.finish());
        let program = |root: Option<u32>| Some(Program { root: root?, tables: Arc::clone(&tables) });
        (roots.into_iter().map(program).collect(), checked)
    }
}
