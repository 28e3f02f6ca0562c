//! What all doors share of HTTP: media types and their negotiation, bodies, problems, the ids of requests.

pub(crate) mod accept;
pub(crate) mod body;
pub(crate) mod call;
pub(crate) mod client;
pub(crate) mod media;
pub(crate) mod problem;
pub(crate) mod url;
