//! Which children of a combining node a request can reach at all.
