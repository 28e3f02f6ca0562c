//! From the bytes of a policy document to a faithful tree, with a span for every element.

pub mod xml;
