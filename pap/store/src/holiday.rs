//! Days on which an organisation rests, as its own calendar says.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The longest stretch: who rests for longer has closed.
const MOST_DAYS: i64 = 366;

/// A day, or days in a row with both ends, in the form of ISO 8601: `2026-12-25`, `2026-12-24/2027-01-01`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Holiday {
    first: NaiveDate,
    last: NaiveDate,
}

/// What is no holiday.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is no day like `2026-12-25`, and no days like `2026-12-24/2027-01-01`, a year at most")]
pub struct NoHoliday(String);

impl Holiday {
    /// The first of its days.
    pub fn first(&self) -> NaiveDate {
        self.first
    }

    /// The last of them.
    pub fn last(&self) -> NaiveDate {
        self.last
    }
}

impl FromStr for Holiday {
    type Err = NoHoliday;

    fn from_str(text: &str) -> Result<Self, NoHoliday> {
        let (first, last) = text.split_once('/').unwrap_or((text, text));
        let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        let (Some(first), Some(last)) = (day(first), day(last)) else { return Err(NoHoliday(text.to_owned())) };
        let days = (last - first).num_days() + 1;
        if (1..=MOST_DAYS).contains(&days) { Ok(Self { first, last }) } else { Err(NoHoliday(text.to_owned())) }
    }
}

impl fmt::Display for Holiday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            return write!(f, "{}", self.first);
        }
        write!(f, "{}/{}", self.first, self.last)
    }
}

impl TryFrom<String> for Holiday {
    type Error = NoHoliday;

    fn try_from(text: String) -> Result<Self, NoHoliday> {
        text.parse()
    }
}

impl From<Holiday> for String {
    fn from(holiday: Holiday) -> Self {
        holiday.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_and_days_are_read_and_what_is_neither_is_not() {
        for text in ["2026-12-25", "2026-12-24/2027-01-01", "2028-02-29"] {
            assert_eq!(text.parse::<Holiday>().unwrap().to_string(), text);
        }
        assert_eq!("2026-12-25/2026-12-25".parse::<Holiday>().unwrap().to_string(), "2026-12-25");
        for text in ["", "2026-02-29", "25.12.2026", "2027-01-01/2026-12-24", "2026-01-01/2027-12-31", "a/b", "/"] {
            assert_eq!(text.parse::<Holiday>(), Err(NoHoliday(text.to_owned())), "{text}");
        }
    }
}
