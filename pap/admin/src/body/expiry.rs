//! `expires_at`, `expires_in_seconds` and `expiry_exception`: how long a key lives.
//!
//! Ninety days where nothing is said. More than a year, or without end, only with an exception that says why, kept
//! with the key.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Fields, time};
use crate::FaultCode;

/// The life of a key where nothing is said.
pub(crate) const DEFAULT_DAYS: i64 = 90;

/// The longest life without an exception.
const LONGEST_DAYS: i64 = 365;

/// The longest exception, in characters.
const LONGEST_EXCEPTION: usize = 500;

/// How long a key lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expiry {
    pub(crate) at: Option<DateTime<Utc>>,
    pub(crate) exception: Option<String>,
}

/// Reads the three members. Faults are noted; what is returned then is not used.
pub(crate) fn expiry(fields: &mut Fields, now: DateTime<Utc>) -> Expiry {
    let exception = exception(fields);
    let endless = fields.is_null("expires_at");
    let at = named_time(fields, now);
    let at = match at {
        Some(at) => Some(at),
        None if exception.is_some() => None,
        None => now.checked_add_signed(TimeDelta::days(DEFAULT_DAYS)),
    };
    if exception.is_none() {
        refuse_excess(fields, now, at, endless);
    }
    Expiry { at, exception }
}

/// Reads `expires_at` and `expiry_exception` of a key that is there. What stays as it is is no fault; a year is counted
/// from when the key was made, so that no row of changes makes it older without an exception.
pub(crate) fn changed_expiry(
    fields: &mut Fields,
    present: &Expiry,
    made_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Expiry {
    let exception = exception(fields);
    let at = time(fields, "expires_at");
    let changed = Expiry { at, exception };
    if changed == *present || fields.is_faulty("expires_at") {
        return changed;
    }
    if changed.at != present.at {
        let is_past = changed.at.is_some_and(|at| at <= now);
        refuse_past(fields, "expires_at", is_past, "the key would be over at once: revoke it instead");
    }
    if changed.exception.is_none() {
        refuse_excess(fields, made_at, changed.at, changed.at.is_none());
    }
    changed
}

fn exception(fields: &mut Fields) -> Option<String> {
    let text = fields.text("expiry_exception")?;
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LONGEST_EXCEPTION || text.chars().any(char::is_control) {
        let detail = format!("an exception is said in 1 to {LONGEST_EXCEPTION} characters, in one line");
        fields.fault("expiry_exception", FaultCode::InvalidField, detail, None);
    }
    Some(text.to_owned())
}

fn named_time(fields: &mut Fields, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let at = fields.text("expires_at").and_then(|text| {
        let at = DateTime::parse_from_rfc3339(&text).ok().map(|at| at.to_utc());
        if at.is_none() {
            let detail = format!("`{}` is no time of RFC 3339", text.escape_debug());
            let help = "write it as `2027-02-22T12:00:00Z`".to_owned();
            fields.fault("expires_at", FaultCode::InvalidField, detail, Some(help));
        }
        at.inspect(|at| refuse_past(fields, "expires_at", *at <= now, STILLBORN))
    });
    let within = fields.integer("expires_in_seconds");
    if at.is_some() && within.is_some() {
        let detail = "give `expires_at` or `expires_in_seconds`, not both";
        fields.fault("expires_in_seconds", FaultCode::InvalidField, detail, None);
    }
    let within = within.and_then(|seconds| {
        refuse_past(fields, "expires_in_seconds", seconds <= 0, STILLBORN);
        let at = TimeDelta::try_seconds(seconds).and_then(|life| now.checked_add_signed(life));
        // A time beyond the calendar is no time to be stored, whatever the exception.
        if at.is_none() {
            let detail = format!("{seconds} seconds from now lie beyond the calendar");
            fields.fault("expires_in_seconds", FaultCode::ExpiryTooLate, detail, None);
        }
        at
    });
    at.or(within)
}

const STILLBORN: &str = "the key would have expired before it is made";

fn refuse_past(fields: &mut Fields, member: &str, is_past: bool, detail: &str) {
    if is_past {
        fields.fault(member, FaultCode::InvalidField, detail, None);
    }
}

fn refuse_excess(fields: &mut Fields, since: DateTime<Utc>, at: Option<DateTime<Utc>>, endless: bool) {
    let help = || Some("say in `expiry_exception` why it may; it is kept with the key".to_owned());
    if endless {
        let detail = "a key expires, unless an exception is recorded";
        fields.fault("expires_at", FaultCode::ExpiryTooLate, detail, help());
    } else if at.is_some_and(|at| at - since > TimeDelta::days(LONGEST_DAYS)) {
        let detail = format!("a key lives at most {LONGEST_DAYS} days, unless an exception is recorded");
        fields.fault("expires_at", FaultCode::ExpiryTooLate, detail, help());
    }
}
