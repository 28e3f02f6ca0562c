//! The distance of a time zone from UTC, and the zone that stands in where a value has none.

use std::fmt;

use super::lexical::{LexicalError, collapse};

/// Minutes east of UTC, at most 14 hours either way. The default is UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ZoneOffset {
    minutes: i16,
}

impl ZoneOffset {
    /// No distance.
    pub const UTC: Self = Self { minutes: 0 };

    /// `None` beyond 14 hours.
    pub const fn from_minutes(minutes: i16) -> Option<Self> {
        if minutes.unsigned_abs() <= 14 * 60 { Some(Self { minutes }) } else { None }
    }

    /// Reads `Z`, or `+hh:mm` or `-hh:mm` up to `14:00`.
    pub fn parse(text: &str) -> Result<Self, LexicalError> {
        read(collapse(text)).ok_or_else(|| LexicalError::new("expected `Z`, or `+hh:mm` or `-hh:mm` up to 14:00"))
    }

    /// Minutes east of UTC.
    pub const fn minutes(self) -> i16 {
        self.minutes
    }
}

fn read(text: &str) -> Option<ZoneOffset> {
    if text == "Z" {
        return Some(ZoneOffset::UTC);
    }
    let &[sign, h1, h2, b':', m1, m2] = text.as_bytes() else { return None };
    let digit = |byte: u8| byte.is_ascii_digit().then(|| i16::from(byte - b'0'));
    let (hours, minutes) = (digit(h1)? * 10 + digit(h2)?, digit(m1)? * 10 + digit(m2)?);
    let sign = match sign {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    if minutes < 60 { ZoneOffset::from_minutes(sign * (hours * 60 + minutes)) } else { None }
}

impl fmt::Display for ZoneOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.minutes == 0 {
            return f.write_str("Z");
        }
        let sign = if self.minutes < 0 { '-' } else { '+' };
        let minutes = self.minutes.unsigned_abs();
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_reaches_fourteen_hours() {
        for (text, minutes) in [("Z", 0), ("+02:00", 120), ("-00:01", -1), ("+14:00", 840), ("-14:00", -840)] {
            let zone = ZoneOffset::parse(text).unwrap();
            assert_eq!(zone.minutes(), minutes);
            assert_eq!(zone.to_string(), text);
        }
        for text in ["", "z", "UTC", "02:00", "+2:00", "+14:01", "-14:30", "+01:60", "+0100", "+aa:00"] {
            assert!(ZoneOffset::parse(text).is_err(), "{text}");
        }
    }
}
