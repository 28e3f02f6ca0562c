//! XPath 1.0 and 2.0 over the `Content` of a request (core 5.30, 7.3.7, A.3.15).
//!
//! [`Expression`] is what an author wrote, checked; [`Content`] is what it is asked of. Both versions see one tree: the
//! nodes that a 2.0 expression finds are those that a 1.0 expression finds, so the XPath functions can compare them.
//!
//! Both texts come from strangers. Expressions pass `guard` before any parser; contents are read with limits and
//! without DTDs; the work of a 1.0 evaluation is counted; 2.0, which has loops, is accepted from policies only.

mod content;
mod document;
mod error;
mod expression;
mod guard;
mod names;
mod read;
#[cfg(test)]
mod tests;
mod v1;
#[cfg(feature = "xpath2")]
mod v2;
mod version;

pub use content::Content;
pub use error::{XPathError, XPathErrorKind};
pub use expression::{Expression, Origin};
pub use version::Version;
