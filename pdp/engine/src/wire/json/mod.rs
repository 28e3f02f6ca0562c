//! The JSON Profile 1.1: requests and responses as JSON.

mod cursor;
mod request;
mod value;

pub use request::read_json;
