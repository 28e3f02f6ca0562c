//! Namespaces: which prefix stands for which, where. Most documents declare one, on the root.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::{Extent, XmlError, XmlResult};

/// The namespace of every element of XACML 3.0.
pub const CORE_NAMESPACE: &str = "urn:oasis:names:tc:xacml:3.0:core:schema:wd-17";
/// The namespace of `xsi:schemaLocation`.
pub const XSI_NAMESPACE: &str = "http://www.w3.org/2001/XMLSchema-instance";
const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS_NAMESPACE: &str = "http://www.w3.org/2000/xmlns/";

/// A namespace. Two are equal exactly where their URIs are; [`super::XmlReader::uri`] gives the URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Space {
    /// No namespace.
    None,
    /// XACML 3.0.
    Core,
    /// The one that `xml:` stands for.
    Xml,
    /// XML Schema's `xsi`.
    Xsi,
    /// Any other, by its place in the reader's list.
    Other(u16),
}

/// A resolved name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name<'s> {
    /// The prefix as written; empty without one.
    pub prefix: &'s str,
    /// The part after the prefix.
    pub local: &'s str,
    /// What the prefix stands for.
    pub space: Space,
}

impl std::fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.prefix.is_empty() {
            write!(f, "{}:", self.prefix)?;
        }
        f.write_str(self.local)
    }
}

#[derive(Debug)]
struct Binding<'s> {
    prefix: &'s str,
    space: Space,
}

/// The declarations in scope, innermost last.
#[derive(Debug, Default)]
pub(super) struct Namespaces<'s> {
    bindings: SmallVec<[Binding<'s>; 4]>,
    others: SmallVec<[Cow<'s, str>; 2]>,
    changes: u32,
}

const MOST_IN_SCOPE: usize = 128;
const MOST_DISTINCT: usize = 256;

impl<'s> Namespaces<'s> {
    /// How many declarations are in scope; [`Self::truncate`] goes back to it.
    pub(super) fn len(&self) -> usize {
        self.bindings.len()
    }

    pub(super) fn truncate(&mut self, length: usize) {
        if length < self.bindings.len() {
            self.bindings.truncate(length);
            self.changes = self.changes.wrapping_add(1);
        }
    }

    /// Another number each time that the scope changes.
    pub(super) fn changes(&self) -> u32 {
        self.changes
    }

    /// Takes a declaration in. `prefix` is empty for the default namespace.
    pub(super) fn declare(&mut self, prefix: &'s str, uri: Cow<'s, str>, at: Extent) -> XmlResult<()> {
        check_reserved(prefix, &uri, at)?;
        if self.bindings.len() >= MOST_IN_SCOPE {
            return Err(XmlError::limit(at, "namespace declarations in scope", MOST_IN_SCOPE, "namespaces"));
        }
        let space = self.intern(uri, at)?;
        self.bindings.push(Binding { prefix, space });
        self.changes = self.changes.wrapping_add(1);
        Ok(())
    }

    fn intern(&mut self, uri: Cow<'s, str>, at: Extent) -> XmlResult<Space> {
        match &*uri {
            "" => return Ok(Space::None),
            CORE_NAMESPACE => return Ok(Space::Core),
            XSI_NAMESPACE => return Ok(Space::Xsi),
            XML_NAMESPACE => return Ok(Space::Xml),
            _ => {}
        }
        let place = match self.others.iter().position(|other| *other == uri) {
            Some(place) => place,
            None if self.others.len() >= MOST_DISTINCT => {
                return Err(XmlError::limit(at, "different namespaces", MOST_DISTINCT, "namespaces"));
            }
            None => {
                self.others.push(uri);
                self.others.len() - 1
            }
        };
        Ok(u16::try_from(place).map_or(Space::None, Space::Other))
    }

    /// What a prefix stands for; the empty one for the default namespace.
    pub(super) fn resolve(&self, prefix: &str) -> Option<Space> {
        // Comparing two empty texts calls the library with two pointers to nowhere, which its masked loads answer after
        // 100 ns on some processors; hence the lengths first.
        let is_default = prefix.is_empty();
        let declares = |binding: &&Binding<'_>| {
            if is_default { binding.prefix.is_empty() } else { binding.prefix == prefix }
        };
        match self.bindings.iter().rev().find(declares) {
            Some(binding) => Some(binding.space),
            None if is_default => Some(Space::None),
            None if prefix == "xml" => Some(Space::Xml),
            None => None,
        }
    }

    pub(super) fn uri(&self, space: Space) -> &str {
        match space {
            Space::Other(place) => self.others.get(usize::from(place)).map_or("", |uri| uri),
            _ => known_uri(space),
        }
    }

    /// Prefix and URI of the first so many declarations, those that a later one hides left out.
    pub(super) fn scope(&self, length: usize) -> Vec<(&'s str, Cow<'s, str>)> {
        let mut scope: Vec<(&'s str, Cow<'s, str>)> = Vec::with_capacity(length);
        for binding in self.bindings.iter().take(length) {
            scope.retain(|(other, _)| *other != binding.prefix);
            scope.push((binding.prefix, self.lasting_uri(binding.space)));
        }
        scope
    }

    /// The same, for longer than the reader lasts.
    pub(super) fn lasting_uri(&self, space: Space) -> Cow<'s, str> {
        match space {
            Space::Other(place) => self.others.get(usize::from(place)).cloned().unwrap_or_default(),
            _ => Cow::Borrowed(known_uri(space)),
        }
    }

    /// Prefix and namespace of the declarations from a place on, those that a later one hides included.
    pub(super) fn since(&self, length: usize) -> impl Iterator<Item = (&'s str, Space)> + '_ {
        self.bindings.iter().skip(length).map(|binding| (binding.prefix, binding.space))
    }
}

const fn known_uri(space: Space) -> &'static str {
    match space {
        Space::None | Space::Other(_) => "",
        Space::Core => CORE_NAMESPACE,
        Space::Xml => XML_NAMESPACE,
        Space::Xsi => XSI_NAMESPACE,
    }
}

fn check_reserved(prefix: &str, uri: &str, at: Extent) -> XmlResult<()> {
    let reserved = match prefix {
        "xmlns" => Some("the prefix `xmlns` can't be declared"),
        "xml" if uri != XML_NAMESPACE => Some("the prefix `xml` stands for another namespace"),
        "xml" => None,
        _ if uri == XML_NAMESPACE => Some("only the prefix `xml` may stand for this namespace"),
        _ if uri == XMLNS_NAMESPACE => Some("no prefix may stand for this namespace"),
        "" => None,
        _ if uri.is_empty() => Some("a prefix needs a namespace"),
        _ => None,
    };
    match reserved {
        Some(why) => Err(XmlError::ill_formed(at, "a namespace declaration that XML reserves", why)),
        None => Ok(()),
    }
}
