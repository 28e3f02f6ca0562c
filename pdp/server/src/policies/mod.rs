//! Which policies are in force: from the folder, the store or the copy inside the program, to a program for each domain.
//!
//! All documents are read and checked together, and what comes of them is switched at once. A fault anywhere keeps what
//! was in force before.

mod build;
mod document;
mod fault;
mod folder;
mod import;
mod organisation;
mod shipped;

use std::fmt;
use std::sync::Arc;

use argus_engine::compile::Program;
use rustc_hash::FxHashMap;

pub(crate) use build::build;
pub use document::PolicyVersion;
pub(crate) use document::{Document, DocumentSet};
pub use fault::{PolicyFault, PolicyProblem};
pub(crate) use folder::{Fingerprint, Folder};
pub(crate) use import::{Identity, import, read_stored};
pub use shipped::SHIPPED_POLICIES;

/// The policies in force, compiled.
#[derive(Debug)]
pub(crate) struct InForce {
    /// Decides wherever an organisation adds nothing.
    shared: Arc<DomainPolicy>,
    /// Decides for the organisations that add something.
    own: FxHashMap<Box<str>, Arc<DomainPolicy>>,
    /// Decides who may administer, and who may ask.
    pub(crate) admin: Arc<Program>,
    /// Which documents there are.
    pub(crate) version: Arc<PolicyVersion>,
    /// How many documents there are.
    pub(crate) documents: usize,
    /// Where they come from.
    pub(crate) origin: Origin,
}

/// What decides in a domain.
#[derive(Debug)]
pub(crate) struct DomainPolicy {
    pub(crate) program: Program,
    /// `PolicySetId` or `PolicyId` of the root.
    pub(crate) id: Box<str>,
    /// `Version` of the root.
    pub(crate) version: Box<str>,
}

/// Where the policies in force come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The policy folder.
    Folder,
    /// The set that was last imported into the store.
    Store,
    /// The copy inside the program.
    Shipped,
}

impl InForce {
    /// Identifier and version of the root that decides where an organisation adds nothing.
    pub(crate) fn root(&self) -> (Box<str>, Box<str>) {
        (self.shared.id.clone(), self.shared.version.clone())
    }

    /// What decides in the domain of an organisation.
    pub(crate) fn of(&self, organisation: &str) -> &Arc<DomainPolicy> {
        self.own.get(organisation).unwrap_or(&self.shared)
    }
}

impl Origin {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Folder => "folder",
            Self::Store => "store",
            Self::Shipped => "shipped",
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
