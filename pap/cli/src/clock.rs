//! The moment that an evaluation takes for now.

use std::time::{SystemTime, UNIX_EPOCH};

use argus_engine::types::{DateTime, ZoneOffset};

/// The clock of the machine, in UTC.
pub(crate) fn now() -> DateTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    DateTime::from_unix(i64::try_from(since.as_secs()).unwrap_or(i64::MAX), since.subsec_nanos(), ZoneOffset::default())
}

/// A moment as people write it (`2026-11-24T09:30:00+01:00`); without a zone, in the one given.
///
/// # Errors
/// What was expected.
pub(crate) fn read(text: &str, zone: ZoneOffset) -> Result<DateTime, String> {
    let moment = DateTime::parse(text).map_err(|error| error.to_string())?;
    if moment.zone().is_some() {
        return Ok(moment);
    }
    match moment.to_unix(zone) {
        Some((seconds, nanoseconds)) => Ok(DateTime::from_unix(seconds, nanoseconds, zone)),
        None => Err("expected a moment that a clock can show".to_owned()),
    }
}
