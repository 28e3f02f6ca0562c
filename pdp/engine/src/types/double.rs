//! `double`: IEEE 754 binary64 (core 7.5), read and written as XML Schema does.

use std::fmt;

use super::lexical::{LexicalError, collapse};

/// A double. `==` and `<` are those of IEEE 754: 0 equals -0, and NaN equals nothing.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Double(pub f64);

impl Double {
    /// Reads a decimal with an optional exponent, `INF`, `+INF`, `-INF` or `NaN`.
    ///
    /// A number beyond the range is an infinity, one too small to write is zero, as XML Schema rounds them.
    pub fn parse(text: &str) -> Result<Self, LexicalError> {
        let text = collapse(text);
        match text {
            "INF" | "+INF" => Ok(Self(f64::INFINITY)),
            "-INF" => Ok(Self(f64::NEG_INFINITY)),
            "NaN" => Ok(Self(f64::NAN)),
            _ if is_number(text) => text.parse().map(Self).map_err(|_| expected()),
            _ => Err(expected()),
        }
    }

    /// The nearest whole double; of two equally near the even one. NaN and the infinities stay.
    #[must_use]
    pub fn round(self) -> Self {
        Self(self.0.round_ties_even())
    }

    /// The largest whole double that is not above. NaN and the infinities stay.
    #[must_use]
    pub fn floor(self) -> Self {
        Self(self.0.floor())
    }
}

fn expected() -> LexicalError {
    LexicalError::new("expected a number such as `1.5` or `-2E3`, or `INF`, `-INF` or `NaN`")
}

/// Rust's own parser also takes `inf`, `Infinity` and `nan`, so the form is checked first.
fn is_number(text: &str) -> bool {
    let (mantissa, exponent) = text.split_once(['e', 'E']).map_or((text, None), |(m, e)| (m, Some(e)));
    let unsigned = |part: &str| part.strip_prefix(['+', '-']).is_none_or(|rest| !rest.starts_with(['+', '-']));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let strip = |part| str::strip_prefix(part, ['+', '-']).unwrap_or(part);

    let (whole, fraction) = strip(mantissa).split_once('.').unwrap_or((strip(mantissa), ""));
    let exponent_is_right = exponent.is_none_or(|part| digits(strip(part)) && !strip(part).is_empty());
    unsigned(mantissa)
        && digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent_is_right
}

/// The canonical form of XML Schema: one digit before the point, at least one after it, and an exponent.
impl fmt::Display for Double {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_nan() {
            return f.write_str("NaN");
        }
        if self.0.is_infinite() {
            return f.write_str(if self.0 < 0.0 { "-INF" } else { "INF" });
        }
        let shortest = format!("{:E}", self.0);
        match shortest.split_once('E') {
            Some((mantissa, exponent)) if !mantissa.contains('.') => write!(f, "{mantissa}.0E{exponent}"),
            _ => f.write_str(&shortest),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_double_is_written_canonically() {
        for (text, canonical) in [
            ("1", "1.0E0"),
            ("-1.5e-7", "-1.5E-7"),
            ("0", "0.0E0"),
            ("-0", "-0.0E0"),
            ("100", "1.0E2"),
            ("123.456", "1.23456E2"),
            (" 1. ", "1.0E0"),
            (".5", "5.0E-1"),
            ("+2E+3", "2.0E3"),
            ("INF", "INF"),
            ("+INF", "INF"),
            ("-INF", "-INF"),
            ("NaN", "NaN"),
            ("1E400", "INF"),
            ("-1E400", "-INF"),
            ("1E-400", "0.0E0"),
            ("5E-324", "5.0E-324"),
        ] {
            assert_eq!(Double::parse(text).unwrap().to_string(), canonical, "{text}");
        }
    }

    #[test]
    fn what_is_no_double_is_refused() {
        for text in [
            "", ".", "+", "-", "e5", "1e", "1e+", "1e5.0", "1 2", "inf", "Infinity", "nan", "-NaN", "0x1", "1f", "--1",
            "+-1", "-+1", "1e--2", "1.2.3", "1e5e5", "1_0", "١",
        ] {
            assert!(Double::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn rounding_prefers_the_even_neighbour() {
        for (from, to) in [(2.5, 2.0), (3.5, 4.0), (-2.5, -2.0), (0.49, 0.0), (-0.5, -0.0)] {
            assert_eq!(Double(from).round().0.to_bits(), f64::to_bits(to));
        }
        assert!(Double(f64::NAN).round().0.is_nan());
        assert_eq!(Double(-1.5).floor(), Double(-2.0));
        assert_eq!(Double(f64::NEG_INFINITY).floor(), Double(f64::NEG_INFINITY));
    }

    #[test]
    fn a_long_number_is_read_in_linear_time() {
        assert_eq!(Double::parse(&format!("0.{}", "1".repeat(2_000_000))).unwrap(), Double(1.0 / 9.0));
    }

    proptest! {
        #[test]
        fn every_double_survives_its_text(double in any::<f64>()) {
            let read = Double::parse(&Double(double).to_string()).unwrap();
            prop_assert!(read.0.to_bits() == double.to_bits() || double.is_nan() && read.0.is_nan());
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = Double::parse(&text);
        }
    }
}
