//! `/pdp`: XACML requests.

pub(super) mod decide;
