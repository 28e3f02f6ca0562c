//! Times, days and moments: XML Schema part 2, its appendix E for sums, and core A.3.7 and A.3.8 for the rest.

use super::value::{seconds, seconds_text};

const SECOND: i128 = 1_000_000_000;
const DAY: i128 = 86_400 * SECOND;

/// A moment as it was written: nanoseconds on the local clock since 1970-01-01T00:00:00, and the zone in minutes.
///
/// A date is its first moment. A time stands on the reference day of XPath's functions, 1972-12-31.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    local: i128,
    pub(super) zone: Option<i32>,
}

impl Moment {
    /// The moment on the time line; a missing zone is UTC, the oracle's implicit zone.
    pub(super) fn instant(self) -> i128 {
        self.local - i128::from(self.zone.unwrap_or(0)) * 60 * SECOND
    }

    pub(super) fn parse_time(text: &str) -> Option<Self> {
        let (body, zone) = split_zone(text)?;
        // 24:00:00 is the first moment of the same reference day.
        Some(Self { local: day_number(1972, 12, 31) * DAY + clock(body)? % DAY, zone })
    }

    pub(super) fn parse_date(text: &str) -> Option<Self> {
        let (body, zone) = split_zone(text)?;
        Some(Self { local: day(body)? * DAY, zone })
    }

    pub(super) fn parse_date_time(text: &str) -> Option<Self> {
        let (body, zone) = split_zone(text)?;
        let (date, time) = body.split_once('T')?;
        Some(Self { local: day(date)? * DAY + clock(time)?, zone })
    }

    /// Appendix E, for months: the day is cut to the length of the month.
    pub(super) fn add_months(self, months: i64) -> Self {
        let (days, time) = (self.local.div_euclid(DAY), self.local.rem_euclid(DAY));
        let (year, month, day) = civil(days);
        let count = year * 12 + i128::from(month) - 1 + i128::from(months);
        let (year, month) = (count.div_euclid(12), count.rem_euclid(12) as u32 + 1);
        let day = day.min(month_length(year, month));
        Self { local: day_number(year, month, day) * DAY + time, zone: self.zone }
    }

    /// Appendix E, for days to seconds.
    pub(super) fn add_nanoseconds(self, nanoseconds: i128) -> Self {
        Self { local: self.local + nanoseconds, zone: self.zone }
    }

    /// A.3.8 `time-in-range`: the end is less than a day after the start. A time without a zone is in UTC, a bound
    /// without one in the zone of the time.
    pub(super) fn in_range(self, low: Self, high: Self) -> bool {
        let zone = self.zone.unwrap_or(0);
        let of_day = |moment: Self| Self { zone: moment.zone.or(Some(zone)), ..moment }.instant();
        let this = of_day(self);
        (this - of_day(low)).rem_euclid(DAY) <= (of_day(high) - of_day(low)).rem_euclid(DAY)
    }

    pub(super) fn time_text(self) -> String {
        let time = self.local.rem_euclid(DAY);
        let (hours, minutes) = (time / (3_600 * SECOND), time / (60 * SECOND) % 60);
        format!("{hours:02}:{minutes:02}:{}{}", seconds_text(time % (60 * SECOND), 2), self.zone_text())
    }

    pub(super) fn date_text(self) -> String {
        let (year, month, day) = civil(self.local.div_euclid(DAY));
        format!("{year:04}-{month:02}-{day:02}{}", self.zone_text())
    }

    pub(super) fn date_time_text(self) -> String {
        let date = Self { zone: None, ..self }.date_text();
        format!("{date}T{}", self.time_text())
    }

    fn zone_text(self) -> String {
        match self.zone {
            None => String::new(),
            Some(0) => "Z".to_owned(),
            Some(zone) => {
                let sign = if zone < 0 { '-' } else { '+' };
                format!("{sign}{:02}:{:02}", zone.abs() / 60, zone.abs() % 60)
            }
        }
    }
}

fn split_zone(text: &str) -> Option<(&str, Option<i32>)> {
    if let Some(body) = text.strip_suffix('Z') {
        return Some((body, Some(0)));
    }
    let Some(place) = text.len().checked_sub(6).filter(|place| text.is_char_boundary(*place)) else {
        return Some((text, None));
    };
    let (body, zone) = text.split_at(place);
    let (sign, rest) = match zone.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return Some((text, None)),
    };
    // `-01-31`, the end of a date, looks like a zone but for the colon.
    let Some((hours, minutes)) = rest.split_once(':') else { return Some((text, None)) };
    let minutes = two(hours)? * 60 + two(minutes).filter(|minutes| *minutes < 60)?;
    (minutes <= 14 * 60).then_some((body, Some(sign * minutes)))
}

fn two(text: &str) -> Option<i32> {
    if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

fn clock(text: &str) -> Option<i128> {
    let mut parts = text.splitn(3, ':');
    let (hours, minutes, rest) = (two(parts.next()?)?, two(parts.next()?)?, parts.next()?);
    two(rest.get(..2)?)?;
    let seconds = seconds(rest)?;
    let total = i128::from(hours * 60 + minutes) * 60 * SECOND + seconds;
    let usual = hours < 24 && minutes < 60 && seconds < 60 * SECOND;
    (usual || (hours == 24 && total == DAY)).then_some(total)
}

fn day(text: &str) -> Option<i128> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, two(parts.next()?)?, two(parts.next()?)?);
    if year.len() != 4 || !year.bytes().all(|byte| byte.is_ascii_digit()) || year == "0000" {
        return None;
    }
    let (year, month, day) = (year.parse().ok()?, u32::try_from(month).ok()?, u32::try_from(day).ok()?);
    let possible = (1..=12).contains(&month) && (1..=month_length(year, month)).contains(&day);
    possible.then(|| day_number(year, month, day))
}

fn is_leap(year: i128) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn month_length(year: i128, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01, counted year by year and month by month.
fn day_number(year: i128, month: u32, day: u32) -> i128 {
    let leap_years = |year: i128| (year - 1).div_euclid(4) - (year - 1).div_euclid(100) + (year - 1).div_euclid(400);
    let before = (year - 1970) * 365 + leap_years(year) - leap_years(1970);
    let months: u32 = (1..month).map(|month| month_length(year, month)).sum();
    before + i128::from(months + day) - 1
}

fn civil(days: i128) -> (i128, u32, u32) {
    let mut year = 1970 + days.div_euclid(366);
    while day_number(year + 1, 1, 1) <= days {
        year += 1;
    }
    let mut month = 1;
    while month < 12 && day_number(year, month + 1, 1) <= days {
        month += 1;
    }
    let day = u32::try_from(days - day_number(year, month, 1)).unwrap() + 1;
    (year, month, day)
}
