//! The data types of core 10.2.7 and of the DLP/NAC profile: lexical forms, equality, order and arithmetic.
//!
//! Each type is one file. `parse` takes exactly the lexical form of its type, white space at both ends removed, and
//! says what it expected otherwise; `Display` writes the canonical form, or the original text where the standard asks
//! for it. `PartialEq` is the equality of the standard wherever that needs no implicit time zone; where it does, the
//! type has `equal` and `compare`, which take one.
//!
//! What is not here: bags, the sum type of all values, and the functions, which stand on these.

pub mod any_uri;

mod binary;
mod boolean;
mod date;
mod date_time;
mod day_time_duration;
mod dns_name;
mod dns_pattern;
mod dns_value;
mod double;
mod duration_form;
mod endpoint;
mod hostname;
mod integer;
mod ip_address;
mod ip_pattern;
mod ip_value;
mod ipv4_pattern;
mod lexical;
mod port_range;
mod rfc822_name;
mod time;
mod timeline;
mod window;
mod x500_name;
mod year_month_duration;
mod zone;

pub use binary::{Base64Binary, HexBinary};
pub use boolean::parse_boolean;
pub use date::Date;
pub use date_time::DateTime;
pub use day_time_duration::DayTimeDuration;
pub use dns_name::DnsName;
pub use dns_pattern::DnsPattern;
pub use dns_value::DnsValue;
pub use double::Double;
pub use integer::{Integer, IntegerError};
pub use ip_address::IpAddress;
pub use ip_pattern::IpPattern;
pub use ip_value::IpValue;
pub(crate) use ipv4_pattern::Ipv4Pattern;
pub use lexical::{LexicalError, collapse};
pub use port_range::PortRange;
pub use rfc822_name::Rfc822Name;
pub use time::Time;
pub use window::Window;
pub use x500_name::X500Name;
pub use year_month_duration::YearMonthDuration;
pub use zone::ZoneOffset;
