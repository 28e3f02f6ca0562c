//! Requests and responses as XML, in the core schema's order of elements.

mod answer;
mod document;
mod request;
mod response;
mod schema;
mod write_request;
mod write_value;
mod writer;

pub(super) use answer::{read_answer, read_detail};
pub(super) use document::Document;
pub use request::read_xml;
pub use response::write_xml;
pub(super) use write_request::standalone;
pub use write_request::to_xml;
