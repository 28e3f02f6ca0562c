//! `/domains/{organisation}`: XACML requests to one organisation's policies.

pub(super) mod decide;
