//! Spans of time as people write them: `90d`, `1h30m`.

use std::fmt::Write as _;

/// Seconds of the units, the largest first.
const UNITS: [(char, u64); 5] = [('w', 604_800), ('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// Reads a span in seconds: numbers with units, each unit at most once, the larger before the smaller.
pub(crate) fn read_duration(text: &str) -> Result<u64, String> {
    let wrong = || "write it as `90d`, `12h` or `1h30m` (w, d, h, m, s)".to_owned();
    let mut units = UNITS.iter();
    let mut rest = text;
    let mut seconds = 0_u64;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let (number, tail) = rest.split_at_checked(end).ok_or_else(wrong)?;
        let number: u64 = number.parse().map_err(|_| wrong())?;
        let mut characters = tail.chars();
        let unit = characters.next().ok_or_else(wrong)?;
        let (_, length) = units.find(|(name, _)| *name == unit).ok_or_else(wrong)?;
        seconds = number.checked_mul(*length).and_then(|more| seconds.checked_add(more)).ok_or_else(wrong)?;
        rest = characters.as_str();
    }
    if seconds == 0 || i64::try_from(seconds).is_err() { Err(wrong()) } else { Ok(seconds) }
}

/// A span as people write it, in whole days, hours, minutes and seconds.
pub(crate) fn duration_in_words(seconds: u64) -> String {
    let (mut rest, mut words) = (seconds, String::new());
    // Nobody says `52w1d` for a year.
    for (name, length) in UNITS.iter().filter(|(name, _)| *name != 'w') {
        if rest >= *length {
            // Writing to a string can't fail.
            let _ = write!(words, "{}{name}", rest / length);
            rest %= length;
        }
    }
    if words.is_empty() { "0s".to_owned() } else { words }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_written_as_it_can_be_read() {
        for (seconds, text) in [(31_536_000, "365d"), (5_400, "1h30m"), (90_061, "1d1h1m1s"), (0, "0s")] {
            assert_eq!(duration_in_words(seconds), text);
            assert!(seconds == 0 || read_duration(text) == Ok(seconds), "{text}");
        }
    }

    #[test]
    fn a_span_is_numbers_with_falling_units() {
        for (text, seconds) in [("90d", 7_776_000), ("1h30m", 5_400), ("2w1d", 1_296_000), ("45s", 45)] {
            assert_eq!(read_duration(text), Ok(seconds), "{text}");
        }
        for text in ["", "90", "d", "0s", "1m1h", "1d1d", "1.5h", "-1d", "1y", "99999999999999999999d", "1 d", "1ä"] {
            assert!(read_duration(text).is_err(), "{text}");
        }
    }
}
