//! What a document leads to: the documents whose faults are its own.

use super::checked::{Checked, Child, Node};

impl Checked<'_> {
    /// The document of a file.
    pub fn document_of(&self, file: u32) -> Option<usize> {
        self.documents.iter().position(|document| document.file == file)
    }

    /// The documents that a root reaches, itself included, in document order.
    pub fn reach(&self, root: usize) -> Vec<usize> {
        let mut seen = vec![false; self.documents.len()];
        let mut next = vec![root];
        while let Some(document) = next.pop() {
            match seen.get_mut(document) {
                Some(seen) if !*seen => *seen = true,
                _ => continue,
            }
            if let Some(document) = self.documents.get(document) {
                document.node.targets(&mut next);
            }
        }
        seen.iter().enumerate().filter(|(_, seen)| **seen).map(|(place, _)| place).collect()
    }

    /// Whether a root can be evaluated: neither it nor a document that it reaches has errors.
    pub fn is_evaluable(&self, root: usize) -> bool {
        self.reach(root).into_iter().all(|place| self.documents.get(place).is_some_and(|found| !found.has_errors))
    }
}

impl Node<'_> {
    /// `PolicyId` or `PolicySetId`.
    pub fn id(&self) -> &str {
        match self {
            Self::Policy(policy) => &policy.id,
            Self::PolicySet(set) => &set.id,
        }
    }

    /// `Version`, as written.
    pub fn version(&self) -> &str {
        match self {
            Self::Policy(policy) => &policy.version,
            Self::PolicySet(set) => &set.version,
        }
    }

    /// Its place in the program, where it was compiled as soon as it was read.
    pub(crate) const fn compiled(&self) -> Option<u32> {
        match self {
            Self::Policy(policy) => policy.compiled,
            Self::PolicySet(set) => set.compiled,
        }
    }

    /// Forgets all that is now in the program.
    pub(super) fn leave_to_program(&mut self, place: u32) {
        match self {
            Self::Policy(policy) => {
                policy.compiled = Some(place);
                (policy.target, policy.variables, policy.rules) = Default::default();
                (policy.duties, policy.parameters) = Default::default();
            }
            Self::PolicySet(set) => {
                set.compiled = Some(place);
                (set.target, set.children) = Default::default();
                (set.duties, set.parameters) = Default::default();
            }
        }
    }

    // The documents that it refers to.
    fn targets(&self, into: &mut Vec<usize>) {
        let Self::PolicySet(set) = self else { return };
        for child in &set.children {
            match child {
                Child::Node(node) => node.targets(into),
                Child::Reference { document, .. } => into.extend(*document),
                // What refers to others can't be compiled before they are.
                Child::Compiled(_) => {}
            }
        }
    }
}
