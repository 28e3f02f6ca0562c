//! `integer`: whole numbers of any size (core 7.5), with the machine's own arithmetic for the usual ones.
//!
//! A result never wraps and is never rounded. It is an error when it has more digits than the caller allows, so that
//! a policy can't be made to fill the memory by multiplying. What fits 64 bits is never too long.

use std::cmp::Ordering;
use std::fmt;

use num_bigint::{BigInt, BigUint, Sign};
use num_traits::{FromPrimitive, ToPrimitive};
use thiserror::Error;

use super::lexical::{LexicalError, collapse};

/// A whole number of any size.
///
/// INVARIANT: a value that fits 64 bits is `Small`, so that derived equality and hashing are those of the numbers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Integer(Repr);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Repr {
    Small(i64),
    // Boxed: a value that is nearly always 64 bits shouldn't carry the room of a vector.
    Big(Box<BigInt>),
}

/// Why an operation on integers has no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IntegerError {
    /// The divisor is 0.
    #[error("division by zero")]
    DivisionByZero,
    /// The result is longer than the limit.
    #[error("the result has more than {max_digits} digits")]
    TooManyDigits {
        /// The limit.
        max_digits: usize,
    },
}

impl Integer {
    /// The number of digits that an integer may have where nothing else is set.
    pub const MAX_DIGITS: usize = 10_000;

    /// Zero.
    pub const ZERO: Self = Self(Repr::Small(0));

    /// Reads `[+-]?[0-9]+` of at most [`MAX_DIGITS`](Self::MAX_DIGITS) digits.
    pub fn parse(text: &str) -> Result<Self, LexicalError> {
        Self::parse_limited(text, Self::MAX_DIGITS)
    }

    /// Reads `[+-]?[0-9]+`. Leading zeros don't count towards the limit.
    pub fn parse_limited(text: &str, max_digits: usize) -> Result<Self, LexicalError> {
        let text = collapse(text);
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(expected());
        }
        if let Ok(small) = text.parse() {
            return Ok(Self(Repr::Small(small)));
        }
        let digits = digits.trim_start_matches('0');
        if digits.len() > max_digits {
            return Err(LexicalError::new(format!("expected an integer of at most {max_digits} digits")));
        }
        let sign = if text.starts_with('-') { Sign::Minus } else { Sign::Plus };
        let magnitude: BigUint = digits.parse().map_err(|_| expected())?;
        Ok(Self::from(BigInt::from_biguint(sign, magnitude)))
    }

    /// The number of things in memory, such as the size of a bag.
    pub fn from_usize(value: usize) -> Self {
        i64::try_from(value).map_or_else(|_| BigInt::from(value).into(), Self::from)
    }

    /// The value, if it fits 64 bits.
    pub fn as_i64(&self) -> Option<i64> {
        match self.0 {
            Repr::Small(small) => Some(small),
            Repr::Big(_) => None,
        }
    }

    /// Whether the value is below zero.
    pub fn is_negative(&self) -> bool {
        match &self.0 {
            Repr::Small(small) => *small < 0,
            Repr::Big(big) => big.sign() == Sign::Minus,
        }
    }

    /// The sum.
    pub fn add(&self, other: &Self, max_digits: usize) -> Result<Self, IntegerError> {
        match (self.as_i64(), other.as_i64()) {
            (Some(a), Some(b)) if let Some(sum) = a.checked_add(b) => Ok(sum.into()),
            _ => bounded(self.to_big() + other.to_big(), max_digits),
        }
    }

    /// The difference.
    pub fn subtract(&self, other: &Self, max_digits: usize) -> Result<Self, IntegerError> {
        match (self.as_i64(), other.as_i64()) {
            (Some(a), Some(b)) if let Some(difference) = a.checked_sub(b) => Ok(difference.into()),
            _ => bounded(self.to_big() - other.to_big(), max_digits),
        }
    }

    /// The product. What can't keep the limit isn't computed.
    pub fn multiply(&self, other: &Self, max_digits: usize) -> Result<Self, IntegerError> {
        match (self.as_i64(), other.as_i64()) {
            (Some(a), Some(b)) if let Some(product) = a.checked_mul(b) => return Ok(product.into()),
            _ => {}
        }
        let (a, b) = (self.to_big(), other.to_big());
        // The product has the sum of the bits, or one less; that of zero has none.
        if a.bits() > 0 && b.bits() > 0 && a.bits().saturating_add(b.bits()) > most_bits(max_digits).saturating_add(1) {
            return Err(IntegerError::TooManyDigits { max_digits });
        }
        bounded(a * b, max_digits)
    }

    /// The quotient, truncated towards zero.
    pub fn divide(&self, divisor: &Self) -> Result<Self, IntegerError> {
        if *divisor == Self::ZERO {
            return Err(IntegerError::DivisionByZero);
        }
        Ok(match (self.as_i64(), divisor.as_i64()) {
            (Some(a), Some(b)) if let Some(quotient) = a.checked_div(b) => quotient.into(),
            _ => (self.to_big() / divisor.to_big()).into(),
        })
    }

    /// What truncating division leaves: it has the sign of the dividend, so -7 leaves -1 by 3.
    pub fn remainder(&self, divisor: &Self) -> Result<Self, IntegerError> {
        if *divisor == Self::ZERO {
            return Err(IntegerError::DivisionByZero);
        }
        Ok(match (self.as_i64(), divisor.as_i64()) {
            (Some(a), Some(b)) => a.checked_rem(b).unwrap_or(0).into(),
            _ => (self.to_big() % divisor.to_big()).into(),
        })
    }

    /// The value without its sign.
    #[must_use]
    pub fn abs(&self) -> Self {
        match &self.0 {
            Repr::Small(small) if let Some(abs) = small.checked_abs() => abs.into(),
            _ => BigInt::from(self.to_big().into_parts().1).into(),
        }
    }

    /// The nearest double, ties to even; `None` beyond the range of double.
    pub fn to_f64(&self) -> Option<f64> {
        match &self.0 {
            #[expect(clippy::cast_precision_loss, reason = "the cast rounds to nearest, ties to even, as wanted")]
            Repr::Small(small) => Some(*small as f64),
            Repr::Big(big) => big.to_f64().filter(|double| double.is_finite()),
        }
    }

    /// The double without its fraction; `None` for NaN and the infinities.
    pub fn from_f64(double: f64) -> Option<Self> {
        double.to_i64().map(Self::from).or_else(|| BigInt::from_f64(double).map(Self::from))
    }

    /// The number in the form that has no bounds.
    pub fn to_big(&self) -> BigInt {
        match &self.0 {
            Repr::Small(small) => BigInt::from(*small),
            Repr::Big(big) => BigInt::clone(big),
        }
    }
}

fn expected() -> LexicalError {
    LexicalError::new("expected digits, optionally after `+` or `-`")
}

/// More bits than any number of this many digits has: log2(10) is a little below 10/3.
fn most_bits(max_digits: usize) -> u64 {
    u64::try_from(max_digits).unwrap_or(u64::MAX).saturating_mul(10) / 3 + 1
}

fn bounded(value: BigInt, max_digits: usize) -> Result<Integer, IntegerError> {
    let (bits, most_bits) = (value.bits(), most_bits(max_digits));
    // log2(10) is above 3, so the power of ten is needed in a narrow band only.
    let fits = value.to_i64().is_some()
        || bits <= most_bits / 10 * 9
        || bits <= most_bits && has_digits_within(&value, max_digits);
    if fits { Ok(value.into()) } else { Err(IntegerError::TooManyDigits { max_digits }) }
}

fn has_digits_within(value: &BigInt, max_digits: usize) -> bool {
    u32::try_from(max_digits).is_ok_and(|digits| *value.magnitude() < BigUint::from(10_u8).pow(digits))
}

impl From<i64> for Integer {
    fn from(value: i64) -> Self {
        Self(Repr::Small(value))
    }
}

impl From<BigInt> for Integer {
    fn from(value: BigInt) -> Self {
        Self(value.to_i64().map_or_else(|| Repr::Big(Box::new(value)), Repr::Small))
    }
}

impl Ord for Integer {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Repr::Small(a), Repr::Small(b)) => a.cmp(b),
            (Repr::Big(a), Repr::Big(b)) => a.cmp(b),
            // A big one lies beyond all small ones, on the side of its sign.
            (Repr::Big(_), Repr::Small(_)) if self.is_negative() => Ordering::Less,
            (Repr::Small(_), Repr::Big(_)) if !other.is_negative() => Ordering::Less,
            _ => Ordering::Greater,
        }
    }
}

impl PartialOrd for Integer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Integer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Small(small) => small.fmt(f),
            Repr::Big(big) => big.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use num_bigint::BigInt;
    use proptest::prelude::*;

    use super::*;

    const MAX: usize = Integer::MAX_DIGITS;

    fn integer(text: &str) -> Integer {
        Integer::parse(text).unwrap()
    }

    #[test]
    fn an_integer_is_written_canonically() {
        for (text, canonical) in [
            ("+7", "7"),
            ("-0", "0"),
            ("000", "0"),
            (" -0042\n", "-42"),
            ("9223372036854775807", "9223372036854775807"),
            ("-9223372036854775808", "-9223372036854775808"),
            ("+00009223372036854775808", "9223372036854775808"),
            ("-9223372036854775809", "-9223372036854775809"),
        ] {
            assert_eq!(integer(text).to_string(), canonical);
        }
    }

    #[test]
    fn what_is_no_integer_is_refused() {
        for text in ["", "+", "-", "1.0", "1e3", "--1", "1 2", "0x1", "١", "1_000", "+-1", "∞"] {
            assert!(Integer::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_limit_counts_significant_digits() {
        assert!(Integer::parse(&"9".repeat(MAX)).is_ok());
        assert!(Integer::parse(&"9".repeat(MAX + 1)).is_err());
        assert_eq!(integer(&format!("{}1", "0".repeat(1_000_000))), Integer::from(1));
    }

    #[test]
    fn a_result_beyond_the_limit_is_an_error() {
        let nines = Integer::parse_limited(&"9".repeat(30), 30).unwrap();
        let one = Integer::from(1);
        let error = Err(IntegerError::TooManyDigits { max_digits: 30 });
        assert_eq!(nines.add(&one, 30), error);
        assert!(nines.add(&one, 31).is_ok());
        assert_eq!(nines.multiply(&nines, 30), error);
        assert!(nines.multiply(&nines, 60).is_ok());
        assert_eq!(nines.multiply(&Integer::from(10), 31).unwrap().to_string().len(), 31);
        let negative = Integer::ZERO.subtract(&nines, 30).unwrap();
        assert_eq!(negative.subtract(&one, 30), error);
    }

    #[test]
    fn division_truncates_and_the_remainder_follows_the_dividend() {
        let (seven, two) = (Integer::from(7), Integer::from(2));
        let minus_seven = Integer::from(-7);
        assert_eq!(seven.divide(&two), Ok(Integer::from(3)));
        assert_eq!(minus_seven.divide(&two), Ok(Integer::from(-3)));
        assert_eq!(minus_seven.remainder(&Integer::from(3)), Ok(Integer::from(-1)));
        assert_eq!(seven.remainder(&Integer::from(-3)), Ok(Integer::from(1)));
        assert_eq!(seven.divide(&Integer::ZERO), Err(IntegerError::DivisionByZero));
        assert_eq!(seven.remainder(&Integer::ZERO), Err(IntegerError::DivisionByZero));
        let least = Integer::from(i64::MIN);
        assert_eq!(least.divide(&Integer::from(-1)).unwrap().to_string(), "9223372036854775808");
        assert_eq!(least.remainder(&Integer::from(-1)), Ok(Integer::ZERO));
        assert_eq!(least.abs().to_string(), "9223372036854775808");
    }

    #[test]
    fn doubles_are_truncated_and_integers_rounded_to_even() {
        assert_eq!(Integer::from_f64(-2.9), Some(Integer::from(-2)));
        assert_eq!(Integer::from_f64(1e19).unwrap().to_string(), "10000000000000000000");
        assert_eq!(Integer::from_f64(9_223_372_036_854_775_808.0).unwrap().to_string(), "9223372036854775808");
        assert_eq!(Integer::from_f64(f64::NAN), None);
        assert_eq!(Integer::from_f64(f64::INFINITY), None);
        assert_eq!(integer("9007199254740993").to_f64(), Some(9_007_199_254_740_992.0));
        assert_eq!(integer(&"9".repeat(309)).to_f64(), None);
        assert_eq!(integer(&format!("1{}", "0".repeat(308))).to_f64(), Some(1e308));
    }

    /// Numbers around the border of 64 bits, where the two forms meet, and far beyond it.
    fn numbers() -> impl Strategy<Value = BigInt> {
        prop_oneof![
            any::<i64>().prop_map(BigInt::from),
            (-3_i64..4).prop_map(BigInt::from),
            (-3_i64..4, any::<bool>())
                .prop_map(|(near, low)| BigInt::from(if low { i64::MIN } else { i64::MAX }) + near),
            any::<i128>().prop_map(BigInt::from),
            "-?[1-9][0-9]{40,400}".prop_map(|text| text.parse().unwrap()),
        ]
    }

    proptest! {
        #[test]
        fn arithmetic_is_that_of_unbounded_numbers(a in numbers(), b in numbers()) {
            let (x, y) = (Integer::from(a.clone()), Integer::from(b.clone()));
            prop_assert_eq!(x.add(&y, MAX), Ok(Integer::from(&a + &b)));
            prop_assert_eq!(x.subtract(&y, MAX), Ok(Integer::from(&a - &b)));
            prop_assert_eq!(x.multiply(&y, MAX), Ok(Integer::from(&a * &b)));
            prop_assert_eq!(x.cmp(&y), a.cmp(&b));
            prop_assert_eq!(x == y, a == b);
            if y != Integer::ZERO {
                prop_assert_eq!(x.divide(&y), Ok(Integer::from(&a / &b)));
                prop_assert_eq!(x.remainder(&y), Ok(Integer::from(&a % &b)));
            }
        }

        #[test]
        fn text_and_doubles_round_trip(a in numbers()) {
            let x = Integer::from(a.clone());
            prop_assert_eq!(x.to_string(), a.to_string());
            prop_assert_eq!(Integer::parse(&a.to_string()), Ok(x.clone()));
            let nearest = a.to_string().parse::<f64>().unwrap();
            prop_assert_eq!(x.to_f64(), nearest.is_finite().then_some(nearest));
        }

        #[test]
        fn the_digit_limit_is_exact(a in numbers(), b in numbers(), max_digits in 1_usize..500) {
            let product = &a * &b;
            let fits = product.magnitude().to_string().len() <= max_digits;
            let small = product.to_i64().is_some();
            let result = Integer::from(a).multiply(&Integer::from(b), max_digits);
            prop_assert_eq!(result.is_ok(), fits || small);
            prop_assert_eq!(Integer::parse_limited(&product.to_string(), max_digits).is_ok(), fits || small);
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = Integer::parse(&text);
        }
    }
}
