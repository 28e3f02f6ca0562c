//! The functions that take their arguments evaluated: core A.3, one arm for each, by name.

use argus_engine::status::StatusCode;
use argus_engine::value::DataType;
use num_bigint::BigInt;
use num_bigint::Sign;

use super::value::{Operand, Value};
use super::{Maybe, regex};

use Operand::{Bag, One};

const FAILED: StatusCode = StatusCode::ProcessingError;

/// Names of the data types as functions have them.
const TYPES: &[(&str, DataType)] = &[
    ("string", DataType::String),
    ("boolean", DataType::Boolean),
    ("integer", DataType::Integer),
    ("double", DataType::Double),
    ("time", DataType::Time),
    ("date", DataType::Date),
    ("dateTime", DataType::DateTime),
    ("anyURI", DataType::AnyUri),
    ("hexBinary", DataType::HexBinary),
    ("base64Binary", DataType::Base64Binary),
    ("dayTimeDuration", DataType::DayTimeDuration),
    ("yearMonthDuration", DataType::YearMonthDuration),
    ("rfc822Name", DataType::Rfc822Name),
    ("ipAddress-value", DataType::IpAddressValue),
    ("ipAddress-pattern", DataType::IpAddressPattern),
    ("dnsName-value", DataType::DnsNameValue),
    ("dnsName-pattern", DataType::DnsNamePattern),
    ("x500Name", DataType::X500Name),
    ("ipAddress", DataType::IpAddress),
    ("dnsName", DataType::DnsName),
];

/// Applies the function with this identifier.
pub(super) fn apply(id: &str, arguments: &[Operand]) -> Maybe<Operand> {
    let name = id.rsplit(':').next().unwrap();
    for (prefix, _) in TYPES {
        let Some(rest) = name.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('-')) else { continue };
        if let Some(value) = of_bags(rest, arguments) {
            return value;
        }
    }
    let values: Vec<Value> = arguments
        .iter()
        .map(|argument| match argument {
            One(value) => value.clone(),
            Bag(_) => panic!("the oracle does not know `{id}` of bags"),
        })
        .collect();
    of_values(name, &values).map(One)
}

/// A.3.10 and A.3.11, the same for all types.
fn of_bags(name: &str, arguments: &[Operand]) -> Option<Maybe<Operand>> {
    let boolean = |value| Some(Ok(One(Value::Boolean(value))));
    Some(match (name, arguments) {
        ("one-and-only", [Bag(bag)]) => match bag.as_slice() {
            [only] => Ok(One(only.clone())),
            _ => Err(FAILED),
        },
        ("bag-size", [Bag(bag)]) => Ok(One(Value::Integer(bag.len().into()))),
        ("is-in", [One(value), Bag(bag)]) => return boolean(is_in(value, bag)),
        ("bag", values) => Ok(Bag(values.iter().map(single).collect())),
        ("intersection", [Bag(a), Bag(b)]) => Ok(Bag(distinct(a.iter().filter(|value| is_in(value, b))))),
        ("union", bags) => {
            let all: Vec<Value> = bags.iter().flat_map(members).collect();
            Ok(Bag(distinct(all.iter())))
        }
        ("at-least-one-member-of", [Bag(a), Bag(b)]) => return boolean(a.iter().any(|value| is_in(value, b))),
        ("subset", [Bag(a), Bag(b)]) => return boolean(is_subset(a, b)),
        ("set-equals", [Bag(a), Bag(b)]) => return boolean(is_subset(a, b) && is_subset(b, a)),
        _ => return None,
    })
}

fn single(operand: &Operand) -> Value {
    match operand {
        One(value) => value.clone(),
        Bag(_) => panic!("a bag within a bag"),
    }
}

fn members(operand: &Operand) -> Vec<Value> {
    match operand {
        One(_) => panic!("one value where a bag is taken"),
        Bag(bag) => bag.clone(),
    }
}

fn is_in(value: &Value, bag: &[Value]) -> bool {
    bag.iter().any(|member| value.equals(member))
}

fn is_subset(a: &[Value], b: &[Value]) -> bool {
    a.iter().all(|value| is_in(value, b))
}

fn distinct<'v>(values: impl Iterator<Item = &'v Value>) -> Vec<Value> {
    let mut kept: Vec<Value> = Vec::new();
    for value in values {
        if !is_in(value, &kept) {
            kept.push(value.clone());
        }
    }
    kept
}

fn of_values(name: &str, arguments: &[Value]) -> Maybe<Value> {
    use Value::{AnyUri, Boolean, Date, DateTime, DayTime, Double, Integer, Mail, String, Time, YearMonth};
    if let Some(value) = comparison(name, arguments) {
        return value.map(Boolean);
    }
    if let Some(value) = conversion(name, arguments) {
        return value;
    }
    Ok(match (name, arguments) {
        ("not", [Boolean(value)]) => Boolean(!value),
        ("string-equal-ignore-case", [String(a), String(b)]) => Boolean(a.to_lowercase() == b.to_lowercase()),
        ("integer-add", _) => Integer(integers(arguments).sum()),
        ("integer-multiply", _) => Integer(integers(arguments).product()),
        ("integer-subtract", [Integer(a), Integer(b)]) => Integer(a - b),
        // BigInt's own division truncates, and its remainder has the sign of the dividend.
        ("integer-divide", [Integer(a), Integer(b)]) if b.sign() != Sign::NoSign => Integer(a / b),
        ("integer-mod", [Integer(a), Integer(b)]) if b.sign() != Sign::NoSign => Integer(a % b),
        ("integer-abs", [Integer(a)]) => Integer(BigInt::from(a.magnitude().clone())),
        ("double-add", _) => Double(doubles(arguments).fold(-0.0, |a, b| a + b)),
        ("double-multiply", _) => Double(doubles(arguments).fold(1.0, |a, b| a * b)),
        ("double-subtract", [Double(a), Double(b)]) => Double(a - b),
        ("double-divide", [Double(a), Double(b)]) if *b != 0.0 => Double(a / b),
        ("integer-divide" | "integer-mod" | "double-divide", _) => return Err(FAILED),
        ("double-abs", [Double(a)]) => Double(a.abs()),
        ("round", [Double(a)]) => Double(a.round_ties_even()),
        ("floor", [Double(a)]) => Double(a.floor()),
        ("string-normalize-space", [String(a)]) => String(a.trim_matches([' ', '\t', '\r', '\n']).to_owned()),
        ("string-normalize-to-lower-case", [String(a)]) => String(a.to_lowercase()),
        ("string-concatenate", _) => String(arguments.iter().map(Value::text).collect()),
        ("string-starts-with" | "anyURI-starts-with", [String(a), String(b) | AnyUri(b)]) => {
            Boolean(b.starts_with(a.as_str()))
        }
        ("string-ends-with" | "anyURI-ends-with", [String(a), String(b) | AnyUri(b)]) => {
            Boolean(b.ends_with(a.as_str()))
        }
        ("string-contains" | "anyURI-contains", [String(a), String(b) | AnyUri(b)]) => Boolean(b.contains(a.as_str())),
        ("string-substring" | "anyURI-substring", [String(text) | AnyUri(text), Integer(begin), Integer(end)]) => {
            String(substring(text, begin, end).ok_or(FAILED)?)
        }
        ("time-in-range", [Time(time), Time(low), Time(high)]) => Boolean(time.in_range(*low, *high)),
        ("dateTime-add-dayTimeDuration", [DateTime(a), DayTime(b)]) => DateTime(a.add_nanoseconds(*b)),
        ("dateTime-subtract-dayTimeDuration", [DateTime(a), DayTime(b)]) => DateTime(a.add_nanoseconds(-b)),
        ("dateTime-add-yearMonthDuration", [DateTime(a), YearMonth(b)]) => DateTime(a.add_months(*b)),
        ("dateTime-subtract-yearMonthDuration", [DateTime(a), YearMonth(b)]) => DateTime(a.add_months(-b)),
        ("date-add-yearMonthDuration", [Date(a), YearMonth(b)]) => Date(a.add_months(*b)),
        ("date-subtract-yearMonthDuration", [Date(a), YearMonth(b)]) => Date(a.add_months(-b)),
        (name, [String(pattern), text]) if name.ends_with("-regexp-match") => {
            Boolean(regex::is_match(pattern, &text.text()).ok_or(StatusCode::SyntaxError)?)
        }
        ("rfc822Name-match", [String(pattern), Mail(local, domain, _)]) => Boolean(mail(pattern, local, domain)),
        ("ipAddress-match", [Value::Network(network), Value::Address(address)]) => Boolean(network.contains(address)),
        ("ipAddress-endpoint-match", [Value::Network(network), Value::Address(address)]) => {
            Boolean(network.contains_endpoint(address))
        }
        ("x500Name-match", [Value::Name(end), Value::Name(name)]) => Boolean(end.ends(name)),
        ("dnsName-match", [Value::Hosts(hosts), Value::Host(host)]) => Boolean(hosts.contains(host)),
        ("dnsName-endpoint-match", [Value::Hosts(hosts), Value::Host(host)]) => Boolean(hosts.contains_endpoint(host)),
        _ => panic!("the oracle does not know `{name}` of {arguments:?}"),
    })
}

/// A.3.1, A.3.6 and A.3.8: `…-equal`, `…-greater-than` and their kin.
fn comparison(name: &str, arguments: &[Value]) -> Option<Maybe<bool>> {
    let (of, [a, b]) = (name.split_once('-')?.1, arguments) else { return None };
    if of == "equal" || of == "value-equal" {
        return Some(Ok(a.equals(b)));
    }
    let order = match (a, b) {
        (Value::Integer(a), Value::Integer(b)) => Some(a.cmp(b)),
        (Value::Double(a), Value::Double(b)) => a.partial_cmp(b),
        (Value::String(a), Value::String(b)) => Some(a.chars().cmp(b.chars())),
        (Value::Time(a), Value::Time(b)) => {
            if a.zone.is_some() != b.zone.is_some() && is_ordering(of) {
                return Some(Err(FAILED));
            }
            Some(a.instant().cmp(&b.instant()))
        }
        (Value::Date(a), Value::Date(b)) | (Value::DateTime(a), Value::DateTime(b)) => {
            Some(a.instant().cmp(&b.instant()))
        }
        _ => return None,
    };
    // `None` is a NaN on either side: no comparison holds.
    let holds = |wanted: fn(std::cmp::Ordering) -> bool| Some(Ok(order.is_some_and(wanted)));
    match of {
        "greater-than" => holds(std::cmp::Ordering::is_gt),
        "greater-than-or-equal" => holds(std::cmp::Ordering::is_ge),
        "less-than" => holds(std::cmp::Ordering::is_lt),
        "less-than-or-equal" => holds(std::cmp::Ordering::is_le),
        _ => None,
    }
}

fn is_ordering(name: &str) -> bool {
    name.starts_with("greater-than") || name.starts_with("less-than")
}

/// A.3.4 and the conversions of A.3.9.
fn conversion(name: &str, arguments: &[Value]) -> Option<Maybe<Value>> {
    let [argument] = arguments else { return None };
    if name == "double-to-integer" {
        let Value::Double(value) = argument else { return None };
        return Some(truncated(*value).map(Value::Integer).ok_or(FAILED));
    }
    if name == "integer-to-double" {
        // By way of the decimal form: Rust's reader rounds to the nearest.
        let value: f64 = argument.text().parse().ok()?;
        return Some(if value.is_finite() { Ok(Value::Double(value)) } else { Err(FAILED) });
    }
    if name.strip_prefix("string-from-").is_some() {
        return Some(Ok(Value::String(argument.text())));
    }
    let of = name.strip_suffix("-from-string")?;
    let (_, data_type) = TYPES.iter().find(|(name, _)| *name == of)?;
    Some(Value::parse(*data_type, &argument.text()).ok_or(StatusCode::SyntaxError))
}

fn truncated(value: f64) -> Option<BigInt> {
    if !value.is_finite() {
        return None;
    }
    // The decimal form of a whole double is exact.
    format!("{:.0}", value.trunc()).parse().ok()
}

fn integers(arguments: &[Value]) -> impl Iterator<Item = &BigInt> {
    arguments.iter().map(|argument| match argument {
        Value::Integer(value) => value,
        other => panic!("{other:?} is not an integer"),
    })
}

fn doubles(arguments: &[Value]) -> impl Iterator<Item = f64> {
    arguments.iter().map(|argument| match argument {
        Value::Double(value) => *value,
        other => panic!("{other:?} is not a double"),
    })
}

fn substring(text: &str, begin: &BigInt, end: &BigInt) -> Option<String> {
    let text: Vec<char> = text.chars().collect();
    let begin = usize::try_from(begin).ok()?;
    let end = if *end == BigInt::from(-1) { text.len() } else { usize::try_from(end).ok()? };
    text.get(begin..end).map(|part| part.iter().collect())
}

fn mail(pattern: &str, local: &str, domain: &str) -> bool {
    let pattern = pattern.trim();
    match pattern.split_once('@') {
        Some((wanted, of)) => wanted == local && of.eq_ignore_ascii_case(domain),
        None if pattern.starts_with('.') => domain.ends_with(&pattern.to_ascii_lowercase()),
        None => domain.eq_ignore_ascii_case(pattern),
    }
}
