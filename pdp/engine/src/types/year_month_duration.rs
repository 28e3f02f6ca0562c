//! `yearMonthDuration`: a length of time in years and months (core 7, A.3.7).

use std::fmt;

use super::duration_form::is_duration;
use super::lexical::{LexicalError, collapse};

/// A number of months. `P12M` equals `P1Y`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YearMonthDuration(pub(super) oxsdatatypes::YearMonthDuration);

impl YearMonthDuration {
    /// Reads `-?P(nY)?(nM)?` with at least one field.
    pub fn parse(text: &str) -> Result<Self, LexicalError> {
        let text = collapse(text);
        if !is_duration(text, "YM", "") {
            return Err(LexicalError::new("expected a duration such as `P1Y6M` or `-P2M`"));
        }
        text.parse().map(Self).map_err(|_| LexicalError::new("expected at most 9,223,372,036,854,775,807 months"))
    }
}

/// The canonical form: less than 12 months, and `P0M` for nothing.
impl fmt::Display for YearMonthDuration {
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
            ("P12M", "P1Y"),
            ("P0Y", "P0M"),
            ("-P0M", "P0M"),
            (" P1Y14M ", "P2Y2M"),
            ("-P13M", "-P1Y1M"),
            ("P7M", "P7M"),
        ] {
            assert_eq!(YearMonthDuration::parse(text).unwrap().to_string(), canonical, "{text}");
        }
        assert_eq!(YearMonthDuration::parse("P12M"), YearMonthDuration::parse("P1Y"));
    }

    #[test]
    fn what_is_no_year_month_duration_is_refused() {
        for text in
            ["", "P", "-P", "P1D", "PT1M", "P1YT", "P1YT1M", "P1M1Y", "P1.5Y", "P1Y1Y", "1Y", "+P1Y", "P-1Y", "P1"]
        {
            assert!(YearMonthDuration::parse(text).is_err(), "{text}");
        }
        assert!(YearMonthDuration::parse("P9223372036854775808M").is_err());
        assert!(YearMonthDuration::parse("P768614336404564651Y").is_err());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "-?P?[0-9YMT.]{0,24}|.*") {
            if let Ok(duration) = YearMonthDuration::parse(&text) {
                prop_assert_eq!(YearMonthDuration::parse(&duration.to_string()), Ok(duration));
            }
        }
    }
}
