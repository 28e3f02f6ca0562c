//! What all doors share of HTTP: media types, bodies, problems, the ids of requests.

pub(crate) mod body;
pub(crate) mod call;
pub(crate) mod media;
pub(crate) mod problem;
pub(crate) mod url;
