//! Which prefix means which namespace, element by element (Namespaces in XML 1.0).

use smallvec::SmallVec;

use crate::value::Arena;

/// The namespace of every element of the core schema.
pub(in crate::wire) const CORE: &str = "urn:oasis:names:tc:xacml:3.0:core:schema:wd-17";
const XML: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// The declarations in scope, so many at most: looking a prefix up walks along them.
const MOST_IN_SCOPE: usize = 128;

/// A namespace, as far as readers care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::wire) enum Space {
    /// No namespace.
    None,
    /// That of the core schema.
    Core,
    /// That of `xml:id` and `xml:lang`.
    Xml,
    /// That of `xsi:schemaLocation`.
    Xsi,
    /// Any other.
    Other,
}

#[derive(Debug, Clone, Copy)]
struct Binding<'a> {
    prefix: &'a str,
    uri: &'a str,
    // Worked out once, not for each element.
    space: Space,
}

/// The declarations in scope, outermost first.
#[derive(Debug, Default)]
pub(super) struct Namespaces<'a> {
    bindings: SmallVec<[Binding<'a>; 8]>,
    // The declarations in scope as last asked for; values beside each other share them.
    listed: Option<&'a [(&'a str, &'a str)]>,
}

impl<'a> Namespaces<'a> {
    /// How many declarations are in scope: what [`Self::leave`] goes back to.
    pub(super) fn mark(&self) -> usize {
        self.bindings.len()
    }

    /// Forgets the declarations after the mark.
    pub(super) fn leave(&mut self, mark: usize) {
        if mark < self.bindings.len() {
            self.bindings.truncate(mark);
            self.listed = None;
        }
    }

    /// Declares a prefix, or the default namespace where it is empty.
    pub(super) fn declare(&mut self, prefix: &'a str, uri: &'a str) -> Result<(), &'static str> {
        match (prefix, uri) {
            ("xml", XML) => return Ok(()),
            ("xmlns", _) | (_, XMLNS) => return Err("the prefix `xmlns` and its namespace can't be declared"),
            ("xml", _) | (_, XML) => return Err("the prefix `xml` can't be declared otherwise"),
            ("", _) => {}
            (_, "") => return Err("a prefix needs a namespace"),
            _ => {}
        }
        if self.bindings.len() >= MOST_IN_SCOPE {
            return Err("more than 128 namespace declarations in scope");
        }
        self.bindings.push(Binding { prefix, uri, space: space(uri) });
        self.listed = None;
        Ok(())
    }

    /// The namespace of an element's prefix; `None` where it isn't declared.
    pub(super) fn find(&self, prefix: &str) -> Option<(&'a str, Space)> {
        // An empty text may point nowhere. Comparing there, though no byte is read, costs 100 ns on processors whose
        // library compares by masked loads; hence the lengths first.
        let is_default = prefix.is_empty();
        let declares = |binding: &&Binding<'a>| {
            if is_default { binding.prefix.is_empty() } else { binding.prefix == prefix }
        };
        let found = self.bindings.iter().rev().find(declares);
        match found {
            Some(binding) => Some((binding.uri, binding.space)),
            None if prefix.is_empty() => Some(("", Space::None)),
            None if prefix == "xml" => Some((XML, Space::Xml)),
            None => None,
        }
    }

    /// All that is in scope: prefix (empty for the default) and namespace.
    pub(super) fn in_scope(&mut self, arena: &'a Arena) -> &'a [(&'a str, &'a str)] {
        if let Some(listed) = self.listed {
            return listed;
        }
        let mut scope: SmallVec<[(&str, &str); 8]> = SmallVec::new();
        for binding in self.bindings.iter().rev() {
            if !scope.iter().any(|(prefix, _)| *prefix == binding.prefix) {
                scope.push((binding.prefix, binding.uri));
            }
        }
        // A default namespace that was undeclared is none.
        scope.retain(|(_, uri)| !uri.is_empty());
        scope.reverse();
        let listed = arena.bump().alloc_slice_copy(&scope);
        self.listed = Some(listed);
        listed
    }
}

fn space(uri: &str) -> Space {
    match uri {
        "" => Space::None,
        CORE => Space::Core,
        XSI => Space::Xsi,
        _ => Space::Other,
    }
}
