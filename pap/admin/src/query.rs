//! The query of a list: its filter, how much of it, and where to go on. Every fault is reported.

use std::fmt::Write as _;
use std::str::FromStr;

use argus_store::PageSize;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use crate::cursor::{self, Stretch};
use crate::{AdminError, Fault, FaultCode, Place};

/// The parameters of a query, decoded, in their order.
#[derive(Debug, Clone, Default)]
pub struct Query {
    pairs: Vec<(String, String)>,
    known: Vec<&'static str>,
    faults: Vec<Fault>,
}

impl Query {
    /// Takes the decoded pairs.
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        Self { pairs, ..Self::default() }
    }

    /// The value of a parameter. One that is given twice is a fault.
    pub(crate) fn take(&mut self, name: &'static str) -> Option<String> {
        self.known.push(name);
        let mut values = Vec::new();
        self.pairs.retain_mut(|(key, value)| {
            let is_it = key == name;
            if is_it {
                values.push(std::mem::take(value));
            }
            !is_it
        });
        if values.len() > 1 {
            self.fault(name, FaultCode::InvalidField, format!("`{name}` is given {} times", values.len()), None);
        }
        values.into_iter().next()
    }

    /// Whether a parameter is given.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.pairs.iter().any(|(key, _)| key == name)
    }

    /// The value of a parameter that is one of some words.
    pub(crate) fn take_word<T: FromStr>(&mut self, name: &'static str, words: &str) -> Option<T> {
        let text = self.take(name)?;
        let word = text.parse().ok();
        if word.is_none() {
            self.fault(name, FaultCode::InvalidField, format!("`{text}` is none of {words}"), None);
        }
        word
    }

    /// The value of a parameter that is a time, or a date, which is the beginning of that day in UTC.
    pub(crate) fn take_time(&mut self, name: &'static str) -> Option<DateTime<Utc>> {
        let text = self.take(name)?;
        let day = || Some(text.parse::<NaiveDate>().ok()?.and_time(NaiveTime::MIN).and_utc());
        let at = DateTime::parse_from_rfc3339(&text).ok().map(|at| at.to_utc()).or_else(day);
        if at.is_none() {
            let detail = format!("`{}` is no time of RFC 3339, and no date", text.escape_debug());
            let help = "write it as `2027-02-22T12:00:00Z` or `2027-02-22`".to_owned();
            self.fault(name, FaultCode::InvalidField, detail, Some(help));
        }
        at
    }

    pub(crate) fn fault(&mut self, name: &str, code: FaultCode, detail: String, help: Option<String>) {
        self.faults.push(Fault { place: Place::Query(name.to_owned()), code, detail, help });
    }

    /// Reads `limit` and `cursor`, and ends the reading: what is left is unknown. `filter` is what the cursor is
    /// bound to.
    pub(crate) fn finish<Id: FromStr>(mut self, filter: &str) -> Result<Stretch<Id>, AdminError> {
        let size = self.take("limit").and_then(|text| self.size(&text)).unwrap_or_default();
        let after = self.take("cursor").and_then(|text| {
            let after = cursor::read(&text, filter);
            if after.is_none() {
                let help = "begin again without `cursor`; a cursor is good for the list and the filter it came from";
                let detail = "this is no cursor of this list".to_owned();
                self.fault("cursor", FaultCode::InvalidField, detail, Some(help.to_owned()));
            }
            after
        });
        self.refuse_unknown();
        if self.faults.is_empty() { Ok(Stretch { after, size }) } else { Err(AdminError::Refused(self.faults)) }
    }

    /// Ends the reading of a query that has no pages: what is left is unknown.
    pub(crate) fn finish_without_page(mut self) -> Result<(), AdminError> {
        self.refuse_unknown();
        if self.faults.is_empty() { Ok(()) } else { Err(AdminError::Refused(self.faults)) }
    }

    fn size(&mut self, text: &str) -> Option<PageSize> {
        let size = text.parse().ok().and_then(PageSize::new);
        if size.is_none() {
            let detail = format!("`{text}` is no number from 1 to {}", PageSize::MOST);
            self.fault("limit", FaultCode::InvalidField, detail, None);
        }
        size
    }

    fn refuse_unknown(&mut self) {
        let known = self.known.iter().fold(String::new(), |mut text, name| {
            let _ = write!(text, "{}`{name}`", if text.is_empty() { "" } else { ", " });
            text
        });
        for (name, _) in std::mem::take(&mut self.pairs) {
            let detail = format!("there is no parameter `{name}` here");
            self.fault(&name, FaultCode::UnknownField, detail, Some(format!("this list has {known}")));
        }
    }
}
