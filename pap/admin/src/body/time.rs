//! Times: RFC 3339, of any offset.

use chrono::{DateTime, Utc};

use super::Fields;
use crate::FaultCode;

/// Reads a time, if it is there. A fault is noted.
pub(crate) fn time(fields: &mut Fields, member: &'static str) -> Option<DateTime<Utc>> {
    let text = fields.text(member)?;
    let at = DateTime::parse_from_rfc3339(&text).ok().map(|at| at.to_utc());
    if at.is_none() {
        let detail = format!("`{}` is no time of RFC 3339", text.escape_debug());
        fields.fault(member, FaultCode::InvalidField, detail, Some("write it as `2027-02-22T12:00:00Z`".to_owned()));
    }
    at
}
