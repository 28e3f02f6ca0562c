//! An expression that was accepted: its text, its namespaces, and what can be prepared before it meets a document.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::error::{Result, XPathError, XPathErrorKind};
use super::guard::guard;
use super::names::XML_NAMESPACE;
use super::v1;
use super::version::Version;

/// Where an expression comes from, and so how far it is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A policy: checked by its author.
    Policy,
    /// A request: from a stranger. XPath 2.0 has loops and no bound for their work, so only 1.0 is accepted.
    Request,
}

/// An XPath expression. Cloning it is cheap, and all threads can share it.
#[derive(Clone)]
pub struct Expression {
    inner: Arc<Inner>,
}

struct Inner {
    text: Box<str>,
    namespaces: Box<[(Box<str>, Box<str>)]>,
    compiled: Compiled,
}

/// The form that is evaluated. That of XPath 2.0 can't leave its thread, so each thread makes its own from the text.
enum Compiled {
    V1(v1::Expr),
    #[cfg(feature = "xpath2")]
    V2,
}

impl Expression {
    /// Reads an expression whose prefixes have the given namespaces. A default namespace (the empty prefix) is
    /// ignored: names without prefix are in no namespace (XPath 1.0 §2.3; XACML gives 2.0 no other rule).
    ///
    /// # Errors
    /// What is wrong, and at which byte. Nothing that could exhaust a parser reaches one.
    pub fn parse<P: AsRef<str>, U: AsRef<str>>(
        text: &str,
        namespaces: &[(P, U)],
        version: Version,
        origin: Origin,
    ) -> Result<Self> {
        let namespaces: Box<[(Box<str>, Box<str>)]> = namespaces
            .iter()
            .map(|(prefix, uri)| (Box::from(prefix.as_ref()), Box::from(uri.as_ref())))
            .filter(|(prefix, uri): &(Box<str>, Box<str>)| !prefix.is_empty() && !uri.is_empty())
            .collect();
        let resolve = |prefix: &str| namespace(&namespaces, prefix);
        let compiled = match (version, origin) {
            (Version::V1, _) => {
                guard(text, version, |prefix| resolve(prefix).is_some())?;
                Compiled::V1(v1::parse(text, &resolve)?)
            }
            (Version::V2, Origin::Request) => {
                return Err(unsupported("an XPath 2.0 expression in a request: only 1.0 is accepted there"));
            }
            #[cfg(feature = "xpath2")]
            (Version::V2, Origin::Policy) => {
                guard(text, version, |prefix| resolve(prefix).is_some() || super::v2::is_predeclared(prefix))?;
                Compiled::V2
            }
            #[cfg(not(feature = "xpath2"))]
            (Version::V2, Origin::Policy) => return Err(unsupported("this build doesn't have XPath 2.0")),
        };
        let expression = Self { inner: Arc::new(Inner { text: text.into(), namespaces, compiled }) };
        #[cfg(feature = "xpath2")]
        if expression.tree().is_none() {
            super::v2::check(&expression)?;
        }
        Ok(expression)
    }

    /// The expression as written.
    pub fn text(&self) -> &str {
        &self.inner.text
    }

    /// The version it is written in.
    pub fn version(&self) -> Version {
        match self.inner.compiled {
            Compiled::V1(_) => Version::V1,
            #[cfg(feature = "xpath2")]
            Compiled::V2 => Version::V2,
        }
    }

    /// Prefix and namespace of the declarations it was read with, the default one left out.
    pub fn namespaces(&self) -> impl Iterator<Item = (&str, &str)> {
        self.inner.namespaces.iter().map(|(prefix, uri)| (&**prefix, &**uri))
    }

    /// The tree of a 1.0 expression.
    #[cfg_attr(not(feature = "xpath2"), expect(clippy::unnecessary_wraps, reason = "XPath 2.0 has none"))]
    pub(super) fn tree(&self) -> Option<&v1::Expr> {
        match &self.inner.compiled {
            Compiled::V1(tree) => Some(tree),
            #[cfg(feature = "xpath2")]
            Compiled::V2 => None,
        }
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.version() == other.version()
            && self.inner.text == other.inner.text
            && self.inner.namespaces == other.inner.namespaces
    }
}

impl Eq for Expression {}

impl Hash for Expression {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.inner.text.hash(state);
        self.inner.namespaces.hash(state);
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Expression").field(&self.inner.text).field(&self.version()).finish()
    }
}

/// Declarations further in the list are further in: the last one of a prefix counts.
fn namespace<'n>(namespaces: &'n [(Box<str>, Box<str>)], prefix: &str) -> Option<&'n str> {
    if prefix == "xml" {
        return Some(XML_NAMESPACE);
    }
    namespaces.iter().rev().find(|(known, _)| **known == *prefix).map(|(_, uri)| &**uri)
}

fn unsupported(message: &str) -> XPathError {
    XPathError::new(XPathErrorKind::Unsupported, message)
}
