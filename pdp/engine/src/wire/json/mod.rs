//! The JSON Profile 1.1: requests and responses as JSON.

mod answer;
mod cursor;
mod number;
mod request;
mod response;
mod value;
mod write_request;
mod write_value;
mod writer;

pub(super) use answer::read_answer;
pub use request::read_json;
pub use response::write_json;
pub use write_request::to_json;
