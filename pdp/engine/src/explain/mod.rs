//! What decided, and why: the tracer that `explain` and policy tests read.
