//! How messages speak of types, functions and identifiers.

use crate::functions::{Function, Gives, HigherOrder, Parameters, Type};
use crate::value::DataType;

/// `an integer`, `a string`.
pub(crate) fn a(data_type: DataType) -> String {
    let name = data_type.short_name();
    let article = if name.starts_with(['a', 'i', 'r', 'x']) { "an" } else { "a" };
    format!("{article} {name}")
}

/// `integers`, `hexBinary values`.
pub(crate) fn plural(data_type: DataType) -> String {
    match data_type {
        DataType::HexBinary
        | DataType::Base64Binary
        | DataType::IpAddressValue
        | DataType::DnsNameValue
        | DataType::IpAddressPattern
        | DataType::DnsNamePattern => format!("{} values", data_type.short_name()),
        DataType::Boolean
        | DataType::String
        | DataType::Integer
        | DataType::Double
        | DataType::Time
        | DataType::Date
        | DataType::DateTime
        | DataType::DayTimeDuration
        | DataType::YearMonthDuration
        | DataType::AnyUri
        | DataType::X500Name
        | DataType::Rfc822Name
        | DataType::XPathExpression
        | DataType::DnsName => format!("{}s", data_type.short_name()),
        DataType::IpAddress => "ipAddresses".to_owned(),
    }
}

/// `an integer`, `a bag of integers`.
pub(crate) fn describe(given: Type) -> String {
    match given {
        Type::One(data_type) => a(data_type),
        Type::Bag(data_type) => format!("a bag of {}", plural(data_type)),
    }
}

/// The data type, single or in a bag.
pub(crate) const fn data_type(given: Type) -> DataType {
    match given {
        Type::One(data_type) | Type::Bag(data_type) => data_type,
    }
}

fn brief(given: Type) -> String {
    match given {
        Type::One(data_type) => data_type.short_name().to_owned(),
        Type::Bag(data_type) => format!("bag of {}", data_type.short_name()),
    }
}

/// What a function takes: `integer, integer`.
pub(crate) fn takes(function: &Function) -> String {
    let list = |types: &[Type]| types.iter().map(|one| brief(*one)).collect::<Vec<_>>();
    match function.parameters {
        Parameters::Fixed(types) => list(types).join(", "),
        Parameters::Many { first, rest, least } => {
            let mut all = list(first);
            all.extend(std::iter::repeat_n(brief(rest), least.saturating_sub(1)));
            all.push(format!("{}…", brief(rest)));
            all.join(", ")
        }
        Parameters::HigherOrder(kind) => match kind {
            HigherOrder::AnyOf | HigherOrder::AllOf | HigherOrder::Map => "function, values and one bag",
            HigherOrder::AnyOfAny => "function, values and bags",
            HigherOrder::AllOfAny | HigherOrder::AnyOfAll | HigherOrder::AllOfAll | HigherOrder::AnyOfAnyOld => {
                "function, bag, bag"
            }
            HigherOrder::AnyOfOld | HigherOrder::AllOfOld => "function, value, bag",
            HigherOrder::MapOld => "function, bag",
        }
        .to_owned(),
    }
}

/// `(string, string → boolean)`.
pub(crate) fn signature(function: &Function) -> String {
    let gives = match function.gives {
        Gives::Type(given) => brief(given),
        Gives::BagOfFunction => "bag of what the function gives".to_owned(),
    };
    format!("({} → {gives})", takes(function))
}

/// An identifier without what all of XACML's share: `…1.0:function:string-equal`.
pub(crate) fn short(id: &str) -> String {
    match id.strip_prefix("urn:oasis:names:tc:xacml:") {
        Some(rest) => format!("…{rest}"),
        None => id.to_owned(),
    }
}

/// The same beside another one: `…:string-equal` where only the last segment differs.
pub(crate) fn short_beside(id: &str, other: &str) -> String {
    match (id.rsplit_once(':'), other.rsplit_once(':')) {
        (Some((prefix, last)), Some((same, _))) if prefix == same => format!("…:{last}"),
        _ => short(id),
    }
}

/// `1 argument`, `2 arguments`.
pub(crate) fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// `A`, `A or B`, `A, B or C`, each in backticks.
pub(crate) fn one_of<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let mut names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.pop() {
        Some(last) if names.is_empty() => last,
        Some(last) => format!("{} or {last}", names.join(", ")),
        None => "nothing".to_owned(),
    }
}

/// `A`, `A and B`, `A, B and C`, each in backticks.
pub(crate) fn all_of<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let mut names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.pop() {
        Some(last) if names.is_empty() => last,
        Some(last) => format!("{} and {last}", names.join(", ")),
        None => "nothing".to_owned(),
    }
}

/// A text of the author within a message: long ones and line breaks would tear it apart.
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let text = text.trim();
    let mut shown: String = text.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}
