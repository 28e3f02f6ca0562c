//! Values of the oracle: parsed, compared and written by its own code, by XML Schema and core A.2 alone.

use argus_engine::value::DataType;
use num_bigint::BigInt;

use super::address::{Address, Network};
use super::calendar::Moment;
use super::name::{Distinguished, Endpoint, Host};

/// One value. Integers have no size, times keep the zone that they were given.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    String(String),
    Boolean(bool),
    Integer(BigInt),
    Double(f64),
    AnyUri(String),
    Hex(Vec<u8>),
    Base64(Vec<u8>),
    Time(Moment),
    Date(Moment),
    DateTime(Moment),
    /// Nanoseconds.
    DayTime(i128),
    /// Months.
    YearMonth(i64),
    /// Local part and domain, and the text.
    Mail(String, String, String),
    Address(Address),
    Network(Network),
    Name(Distinguished),
    Host(Host),
    Hosts(Host),
    OldAddress(Endpoint),
    OldHost(Endpoint),
}

/// One value or a bag.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operand {
    One(Value),
    Bag(Vec<Value>),
}

impl Value {
    /// Reads a lexical form. `None` where the text is not in the type's lexical space.
    pub(super) fn parse(data_type: DataType, text: &str) -> Option<Self> {
        let bare = text.trim_matches([' ', '\t', '\r', '\n']);
        match data_type {
            DataType::String => Some(Self::String(text.to_owned())),
            DataType::AnyUri => Some(Self::AnyUri(bare.to_owned())),
            DataType::Boolean => match bare {
                "true" | "1" => Some(Self::Boolean(true)),
                "false" | "0" => Some(Self::Boolean(false)),
                _ => None,
            },
            DataType::Integer => {
                let digits = bare.strip_prefix(['+', '-']).unwrap_or(bare);
                if digits.is_empty() || !digits.chars().all(|c| c.is_ascii_digit()) {
                    return None;
                }
                bare.strip_prefix('+').unwrap_or(bare).parse().ok().map(Self::Integer)
            }
            DataType::Double => double(bare).map(Self::Double),
            DataType::HexBinary => hex(bare).map(Self::Hex),
            DataType::Base64Binary => base64(bare).map(Self::Base64),
            DataType::Time => Moment::parse_time(bare).map(Self::Time),
            DataType::Date => Moment::parse_date(bare).map(Self::Date),
            DataType::DateTime => Moment::parse_date_time(bare).map(Self::DateTime),
            DataType::DayTimeDuration => day_time(bare).map(Self::DayTime),
            DataType::YearMonthDuration => year_month(bare).map(Self::YearMonth),
            DataType::Rfc822Name => {
                let (local, domain) = bare.split_once('@')?;
                let plain = !local.is_empty() && !domain.is_empty() && !domain.contains('@');
                plain.then(|| Self::Mail(local.to_owned(), domain.to_ascii_lowercase(), bare.to_owned()))
            }
            DataType::IpAddressValue => Address::parse(bare).map(Self::Address),
            DataType::IpAddressPattern => Network::parse(bare).map(Self::Network),
            DataType::X500Name => Distinguished::parse(bare).map(Self::Name),
            DataType::DnsNameValue => Host::parse_value(bare).map(Self::Host),
            DataType::DnsNamePattern => Host::parse(bare).map(Self::Hosts),
            DataType::IpAddress => Endpoint::parse_address(bare).map(Self::OldAddress),
            DataType::DnsName => Endpoint::parse_host(bare).map(Self::OldHost),
            DataType::XPathExpression => panic!("the oracle does not know XPath"),
        }
    }

    /// The equality of the type (A.3.1); a missing zone is UTC.
    pub(super) fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            // IEEE 754: NaN equals nothing.
            (Self::Double(a), Self::Double(b)) => a.partial_cmp(b) == Some(std::cmp::Ordering::Equal),
            (Self::Time(a), Self::Time(b))
            | (Self::Date(a), Self::Date(b))
            | (Self::DateTime(a), Self::DateTime(b)) => a.instant() == b.instant(),
            (Self::Mail(local, domain, _), Self::Mail(other_local, other_domain, _)) => {
                local == other_local && domain == other_domain
            }
            (Self::Address(a), Self::Address(b)) => a.same_host(b),
            (Self::Name(a), Self::Name(b)) => a.equals(b),
            (Self::Host(a), Self::Host(b)) => a.equals(b),
            (a, b) => a == b,
        }
    }

    /// The canonical lexical form.
    pub(super) fn text(&self) -> String {
        match self {
            Self::String(text) | Self::AnyUri(text) | Self::Mail(_, _, text) => text.clone(),
            Self::Boolean(value) => value.to_string(),
            Self::Integer(value) => value.to_string(),
            Self::Double(value) => double_text(*value),
            Self::Hex(octets) => octets.iter().map(|octet| format!("{octet:02X}")).collect(),
            Self::Base64(octets) => base64_text(octets),
            Self::Time(value) => value.time_text(),
            Self::Date(value) => value.date_text(),
            Self::DateTime(value) => value.date_time_text(),
            Self::DayTime(value) => day_time_text(*value),
            Self::YearMonth(value) => year_month_text(*value),
            Self::Address(address) => address.text(),
            Self::Network(network) => format!("{network:?}"),
            Self::Name(name) => name.text(),
            Self::Host(host) | Self::Hosts(host) => host.text(),
            Self::OldAddress(endpoint) | Self::OldHost(endpoint) => endpoint.0.clone(),
        }
    }
}

fn double(text: &str) -> Option<f64> {
    match text {
        "INF" | "+INF" => return Some(f64::INFINITY),
        "-INF" => return Some(f64::NEG_INFINITY),
        "NaN" => return Some(f64::NAN),
        _ => {}
    }
    // Rust's own reader also takes `inf`, `nan` and `infinity`.
    if text.chars().all(|c| c.is_ascii_digit() || "+-.eE".contains(c)) { text.parse().ok() } else { None }
}

fn double_text(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "INF" } else { "-INF" }.to_owned();
    }
    let shortest = format!("{value:E}");
    match shortest.split_once('E') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => format!("{mantissa}.0E{exponent}"),
        _ => shortest,
    }
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect::<Option<_>>()?;
    digits.len().is_multiple_of(2).then(|| digits.chunks(2).map(|pair| pair[0] * 16 + pair[1]).collect())
}

const SIXTY_FOUR: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64(text: &str) -> Option<Vec<u8>> {
    let text: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    if !text.len().is_multiple_of(4) || padding > 2 {
        return None;
    }
    let mut bits = 0_u32;
    let (mut count, mut octets) = (0, Vec::new());
    for byte in &text[..text.len() - padding] {
        bits = bits << 6 | u32::try_from(SIXTY_FOUR.iter().position(|one| one == byte)?).ok()?;
        count += 6;
        if count >= 8 {
            count -= 8;
            octets.push((bits >> count & 0xFF) as u8);
        }
    }
    // What is left over must be nothing: XML Schema has one lexical form for each last group.
    (bits & ((1 << count) - 1) == 0).then_some(octets)
}

fn base64_text(octets: &[u8]) -> String {
    let mut text = String::new();
    for group in octets.chunks(3) {
        let bits = group.iter().fold(0_u32, |bits, octet| bits << 8 | u32::from(*octet)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let sextet = (bits >> (18 - 6 * place) & 63) as usize;
            text.push(if place <= group.len() { SIXTY_FOUR[sextet] as char } else { '=' });
        }
    }
    text
}

const SECOND: i128 = 1_000_000_000;

fn day_time(text: &str) -> Option<i128> {
    let (sign, rest) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let rest = rest.strip_prefix('P')?;
    let (days, times) = rest.split_once('T').map_or((rest, None), |(days, times)| (days, Some(times)));
    let mut total = 0;
    let mut any = false;
    if !days.is_empty() {
        total += days.strip_suffix('D')?.parse::<u32>().map(i128::from).ok()? * 86_400 * SECOND;
        any = true;
    }
    if let Some(mut times) = times {
        if times.is_empty() {
            return None;
        }
        for (unit, seconds) in [('H', 3_600), ('M', 60)] {
            if let Some((number, rest)) = times.split_once(unit) {
                total += number.parse::<u32>().map(i128::from).ok()? * seconds * SECOND;
                times = rest;
                any = true;
            }
        }
        if !times.is_empty() {
            total += seconds(times.strip_suffix('S')?)?;
            any = true;
        }
    }
    any.then_some(sign * total)
}

/// Seconds with at most nine digits of a fraction, in nanoseconds.
pub(super) fn seconds(text: &str) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, part)| (whole, Some(part)));
    let mut total = whole.parse::<u32>().map(i128::from).ok()? * SECOND;
    if let Some(fraction) = fraction {
        if fraction.is_empty() || fraction.len() > 9 || !fraction.chars().all(|c| c.is_ascii_digit()) {
            return None;
        }
        total += format!("{fraction:0<9}").parse::<i128>().ok()?;
    }
    Some(total)
}

/// Seconds with a fraction where there is one, without its last zeros.
pub(super) fn seconds_text(nanoseconds: i128, width: usize) -> String {
    let whole = format!("{:0width$}", nanoseconds / SECOND);
    match nanoseconds % SECOND {
        0 => whole,
        fraction => format!("{whole}.{}", format!("{fraction:09}").trim_end_matches('0')),
    }
}

fn day_time_text(value: i128) -> String {
    if value == 0 {
        return "PT0S".to_owned();
    }
    let mut text = if value < 0 { "-P".to_owned() } else { "P".to_owned() };
    let value = value.abs();
    let (days, rest) = (value / (86_400 * SECOND), value % (86_400 * SECOND));
    if days > 0 {
        text += &format!("{days}D");
    }
    if rest > 0 {
        text.push('T');
    }
    let (hours, rest) = (rest / (3_600 * SECOND), rest % (3_600 * SECOND));
    let (minutes, rest) = (rest / (60 * SECOND), rest % (60 * SECOND));
    for (count, unit) in [(hours, 'H'), (minutes, 'M')] {
        if count > 0 {
            text += &format!("{count}{unit}");
        }
    }
    if rest > 0 {
        text += &format!("{}S", seconds_text(rest, 1));
    }
    text
}

fn year_month(text: &str) -> Option<i64> {
    let (sign, rest) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let mut rest = rest.strip_prefix('P')?;
    let mut total = 0;
    let mut any = false;
    for (unit, months) in [('Y', 12), ('M', 1)] {
        if let Some((number, after)) = rest.split_once(unit) {
            total += number.parse::<u32>().map(i64::from).ok()? * months;
            rest = after;
            any = true;
        }
    }
    (any && rest.is_empty()).then_some(sign * total)
}

fn year_month_text(months: i64) -> String {
    if months == 0 {
        return "P0M".to_owned();
    }
    let mut text = if months < 0 { "-P".to_owned() } else { "P".to_owned() };
    for (count, unit) in [(months.abs() / 12, 'Y'), (months.abs() % 12, 'M')] {
        if count > 0 {
            text += &format!("{count}{unit}");
        }
    }
    text
}
