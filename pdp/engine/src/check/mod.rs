//! What can be known of policies without a request: settled here, once, as errors and warnings with spans.

pub mod checked;
