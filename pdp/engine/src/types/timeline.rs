//! Where a date or time lies on the time line, as one number: the place at which our three types meet.
//!
//! `oxsdatatypes` counts seconds from the start of year 1, in attoseconds, and shows them only through the bytes of
//! its storage form. Reading them there makes a comparison two subtractions, where its own accessors divide 128-bit
//! numbers again and again.

use oxsdatatypes::TimezoneOffset;

use super::zone::ZoneOffset;

/// One second.
pub(super) const SECOND: i128 = 1_000_000_000_000_000_000;

/// One day.
pub(super) const DAY: i128 = 86_400 * SECOND;

/// 1970-01-01T00:00:00Z.
pub(super) const UNIX_EPOCH: i128 = 62_135_596_800 * SECOND;

/// 1972-12-31T00:00:00Z, the day on which times are compared (op:time-equal).
pub(super) const REFERENCE_DAY: i128 = 62_230_204_800 * SECOND;

/// The point that the storage form holds: UTC where the value has a zone, the local reading where it has none.
pub(super) fn point(stored: [u8; 18]) -> i128 {
    stored.first_chunk().map_or(0, |bytes| i128::from_be_bytes(*bytes))
}

/// The storage form of a point. The form has no room for the zone -00:01, whose bytes mean "no zone": callers that
/// may meet it set the zone by other means.
pub(super) fn stored(point: i128, zone: Option<TimezoneOffset>) -> [u8; 18] {
    let mut bytes = [u8::MAX; 18];
    let (head, tail) = bytes.split_at_mut(16);
    head.copy_from_slice(&point.to_be_bytes());
    if let Some(zone) = zone {
        tail.copy_from_slice(&zone.to_be_bytes());
    }
    bytes
}

/// The point in UTC, `implicit` standing in for a missing zone.
pub(super) fn instant(stored: [u8; 18], zone: Option<TimezoneOffset>, implicit: ZoneOffset) -> i128 {
    let point = point(stored);
    if zone.is_some() { point } else { point.saturating_sub(attoseconds(implicit)) }
}

/// Our form of the library's zone.
pub(super) fn zone_offset(zone: Option<TimezoneOffset>) -> Option<ZoneOffset> {
    ZoneOffset::from_minutes(i16::from_be_bytes(zone?.to_be_bytes()))
}

/// The library's form of our zone.
pub(super) fn timezone_offset(zone: ZoneOffset) -> TimezoneOffset {
    TimezoneOffset::from_be_bytes(zone.minutes().to_be_bytes())
}

/// The distance of a zone from UTC.
pub(super) fn attoseconds(zone: ZoneOffset) -> i128 {
    i128::from(zone.minutes()) * 60 * SECOND
}

/// Whether a text spells more decimal places than are kept; then it is refused rather than rounded.
pub(super) fn is_too_fine(text: &str) -> bool {
    text.split_once('.').is_some_and(|(_, fraction)| {
        let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
        let zeros = fraction.bytes().take(digits).rev().take_while(|byte| *byte == b'0').count();
        digits - zeros > 18
    })
}
