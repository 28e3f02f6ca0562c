//! Base62 of fixed width: digits, then capitals, then small letters, the most significant character first.
//!
//! Fixed width leaves each number exactly one spelling, which a strict parse needs.

use zeroize::Zeroizing;

use crate::random::{self, NoRandomness};

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The number of characters; what a digit is multiplied by.
pub(crate) const BASE: u64 = 62;

/// The character for a value; values count modulo 62.
pub(crate) fn character(value: u64) -> u8 {
    let [.., low] = (value % BASE).to_be_bytes();
    ALPHABET.get(usize::from(low)).copied().unwrap_or_default()
}

/// What [`VALUES`] holds for an octet that is no character.
const NONE: u8 = u8::MAX;

/// The value of each octet. A table, not a `match`: the branches of one are foreseen badly in random text, and the time
/// they take would show the kinds of its characters.
static VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let (mut value, mut rest) = (0, ALPHABET.as_slice());
    while let [character, behind @ ..] = rest {
        #[expect(clippy::indexing_slicing, reason = "computed by the compiler, and 256 places hold every octet")]
        {
            values[*character as usize] = value;
        }
        (value, rest) = (value + 1, behind);
    }
    values
};

/// The value of one character.
pub(crate) fn value(character: u8) -> Option<u8> {
    VALUES.get(usize::from(character)).copied().filter(|value| *value != NONE)
}

/// Whether every octet is a character of the alphabet. Looks at all of them: a loop that can't stop early is one
/// that the compiler turns into vector instructions.
pub(crate) fn holds_only_base62(octets: &[u8]) -> bool {
    octets.iter().fold(true, |all, octet| all & octet.is_ascii_alphanumeric())
}

/// Writes a number in `N` characters; what doesn't fit is cut off at the front.
pub(crate) fn encode<const N: usize>(mut number: u64) -> [u8; N] {
    let mut text = [0; N];
    for place in text.iter_mut().rev() {
        *place = character(number);
        number /= BASE;
    }
    text
}

/// Reads a number of at most ten characters, so that it can't overflow.
pub(crate) fn decode<const N: usize>(text: &[u8; N]) -> Option<u64> {
    const { assert!(N <= 10, "62^10 is the largest power of 62 below 2^64") };
    let (mut number, mut seen) = (0, 0);
    for octet in text {
        let value = VALUES.get(usize::from(*octet)).copied().unwrap_or(NONE);
        // Only `NONE` has the highest bit.
        seen |= value;
        number = number * BASE + u64::from(value % 64);
    }
    (seen < 128).then_some(number)
}

/// Draws `N` characters from the operating system, each of the 62 equally likely.
///
/// A remainder of the octet alone would prefer the first eight characters (256 = 4 × 62 + 8): the eight octets that
/// cause it are thrown away and drawn again.
pub(crate) fn draw<const N: usize>() -> Result<Zeroizing<[u8; N]>, NoRandomness> {
    const UNBIASED: u8 = 4 * 62;
    let mut text = Zeroizing::new([0; N]);
    let mut octets = Zeroizing::new([0; 64]);
    let mut filled = 0;
    while filled < N {
        random::fill(octets.as_mut_slice())?;
        let usable = octets.iter().filter(|octet| **octet < UNBIASED);
        for (place, octet) in text.iter_mut().skip(filled).zip(usable) {
            *place = character(u64::from(*octet));
            filled += 1;
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The quantile of chi-square with 61 degrees of freedom that chance exceeds once in a thousand runs.
    const ONCE_IN_A_THOUSAND: f64 = 100.9;

    /// Chance alone fails three runs in a row once in 10⁹.
    #[test]
    fn of_a_million_characters_each_is_drawn_equally_often() {
        let runs: Vec<f64> = (0..3).map(|_| chi_square()).collect();
        assert!(runs.iter().any(|run| *run < ONCE_IN_A_THOUSAND), "chi-square is {runs:?}");
    }

    fn chi_square() -> f64 {
        const DRAWN: u32 = 1_000_000;
        let mut counts = [0_u32; 62];
        for _ in 0..DRAWN / 50 {
            for character in draw::<50>().unwrap().iter() {
                counts[usize::from(value(*character).unwrap())] += 1;
            }
        }
        let expected = f64::from(DRAWN) / 62.0;
        counts.iter().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum()
    }

    #[test]
    fn the_alphabet_and_the_values_agree() {
        for (index, octet) in ALPHABET.iter().enumerate() {
            assert_eq!(value(*octet).map(usize::from), Some(index));
        }
        assert_eq!((0..=255).filter_map(value).count(), 62);
        assert!((0..=255_u8).all(|octet| value(octet).is_some() == holds_only_base62(&[octet])));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(number in 0_u64..62_u64.pow(8)) {
            prop_assert_eq!(decode(&encode::<8>(number)), Some(number));
        }
    }
}
