//! Requests and responses as XML, in the core schema's order of elements.

mod name;
mod namespaces;
mod request;
mod scanner;
mod schema;
mod text;

pub use request::read_xml;
pub(super) use scanner::Scanner;
