//! Requests and responses as XML, in the core schema's order of elements.

mod answer;
mod name;
mod namespaces;
mod prolog;
mod request;
mod response;
mod scanner;
mod schema;
mod text;
mod write_request;
mod write_value;
mod writer;

pub(super) use answer::{read_answer, read_detail};
pub use request::read_xml;
pub use response::write_xml;
pub(super) use scanner::Scanner;
#[cfg(test)]
pub(super) use text::is_xml_char;
pub(super) use write_request::standalone;
pub use write_request::to_xml;
