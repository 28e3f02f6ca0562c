//! `argus-engine`: XACML 3.0, from the text of a policy to a decision.
//!
//! [`read`] keeps what the author wrote, with a span for every element. [`check`] settles all that can be known
//! without a request. [`compile`] does the work that is the same for every request. [`evaluate`] does the rest.
//! [`wire`] turns requests and responses from and into XML and JSON.
//!
//! What is not here: no file, no socket, no clock, no thread, no random number. The caller brings bytes, attributes
//! and the time; the same inputs give the same response, on any machine, at any time.

pub mod check;
pub mod combining;
pub mod compile;
pub mod decision;
pub mod diagnostic;
pub mod evaluate;
pub mod explain;
pub mod functions;
pub mod index;
pub mod limits;
pub mod read;
pub mod regex;
pub mod request;
pub mod response;
pub mod scope;
pub mod status;
pub mod types;
pub mod value;
pub mod wire;
pub mod xpath;
