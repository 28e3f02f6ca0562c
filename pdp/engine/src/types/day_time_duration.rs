//! `dayTimeDuration`: a length of time in days, hours, minutes and seconds (core 7, A.3.7).

use std::fmt;

use super::duration_form::is_duration;
use super::lexical::{LexicalError, collapse};

/// A length of time, exact to 18 decimal places of a second. `PT24H` equals `P1D`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayTimeDuration(pub(super) oxsdatatypes::DayTimeDuration);

impl DayTimeDuration {
    /// Reads `-?P(nD)?(T(nH)?(nM)?(n(.n)?S)?)?` with at least one field, and one after `T`.
    pub fn parse(text: &str) -> Result<Self, LexicalError> {
        let text = collapse(text);
        if !is_duration(text, "D", "HMS") {
            return Err(LexicalError::new("expected a duration such as `P1DT2H30M` or `-PT0.5S`"));
        }
        text.parse().map(Self).map_err(|_| {
            LexicalError::new("expected at most 1,900,000,000,000,000 days and 18 decimal places of seconds")
        })
    }
}

/// The canonical form: less than 24 hours, 60 minutes and 60 seconds, and `PT0S` for nothing.
impl fmt::Display for DayTimeDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_duration_is_written_canonically() {
        for (text, canonical) in [
            ("PT24H", "P1D"),
            ("P1D", "P1D"),
            ("PT90M", "PT1H30M"),
            ("-PT3600S", "-PT1H"),
            ("PT0S", "PT0S"),
            ("P0D", "PT0S"),
            ("-P0D", "PT0S"),
            ("P5DT2H", "P5DT2H"),
            ("PT1.50S", "PT1.5S"),
            (" -P1DT23H59M60.000000000000000001S ", "-P2DT0.000000000000000001S"),
        ] {
            assert_eq!(DayTimeDuration::parse(text).unwrap().to_string(), canonical, "{text}");
        }
        assert_eq!(DayTimeDuration::parse("PT24H"), DayTimeDuration::parse("P1D"));
    }

    #[test]
    fn what_is_no_day_time_duration_is_refused() {
        for text in [
            "", "P", "PT", "-P", "P1DT", "1D", "P1", "P1H", "PT1D", "P1.5D", "PT1.5H", "PT.5S", "PT5.S", "PT1S1M",
            "PT1M1M", "P1Y", "P1M", "P1DT1Y", "+P1D", "P-1D", "p1d", "PT1H T1M", "P1D1D", "PT1HT1M", "PDT1S",
            "PT1.2.3S", "P٣D",
        ] {
            assert!(DayTimeDuration::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_too_long_or_too_fine_is_refused_not_rounded() {
        for text in ["P9999999999999999D", "PT0.0000000000000000001S", "P99999999999999999999999999999999999999999D"] {
            assert!(DayTimeDuration::parse(text).unwrap_err().message().starts_with("expected at most"), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "-?P?[0-9DT.HMS]{0,20}|.*") {
            if let Ok(duration) = DayTimeDuration::parse(&text) {
                prop_assert_eq!(DayTimeDuration::parse(&duration.to_string()), Ok(duration));
            }
        }
    }
}
