//! `argus-engine`: XACML 3.0, from the text of a policy to a decision.

pub mod regex;
pub mod scope;
pub mod types;
pub mod xpath;
