//! `bad-literal`: a value that its data type doesn't have.

use crate::check::explain::explanation;
use crate::check::words;
use crate::diagnostic::{Diagnostic, Span};
use crate::value::DataType;

explanation! {
    "bad-literal",
    refuses: "An `AttributeValue` whose text is not a value of its data type.",
    because: "The policy could never compare it with anything.",
    example: r#"<AttributeValue DataType="http://www.w3.org/2001/XMLSchema#time">9:00</AttributeValue>"#,
    instead: r#"<AttributeValue DataType="http://www.w3.org/2001/XMLSchema#time">09:00:00Z</AttributeValue>"#,
}

/// `text` is not a value of the type; `expected` says what is.
pub(crate) fn report(at: Span, text: &str, data_type: DataType, expected: &str) -> Diagnostic {
    let message = match words::shown(text).as_str() {
        "" => format!("an empty text is not {}", words::a(data_type)),
        shown => format!("`{shown}` is not {}", words::a(data_type)),
    };
    Diagnostic::error(CODE, at, message, expected.to_owned()).help(example(data_type))
}

/// A value of a type without structure holds an element.
pub(crate) fn element(at: Span, name: &str, data_type: DataType) -> Diagnostic {
    let message = format!("`{name}` inside {}", words::a(data_type));
    Diagnostic::error(CODE, at, message, "expected text only").help("write `&lt;` for a `<` that is part of the value")
}

fn example(data_type: DataType) -> &'static str {
    match data_type {
        DataType::Boolean => "write `true` or `false`",
        DataType::Integer => "write digits, such as `42`; `-` may precede them",
        DataType::Double => "write a number such as `1.5` or `1e3`",
        DataType::Time => {
            "write `09:00:00+01:00`; without a zone the PDP's own zone is used (lint `time-without-zone`)"
        }
        DataType::Date => "write `2025-01-31`",
        DataType::DateTime => {
            "write `2025-01-31T09:00:00Z`; without a zone the PDP's own zone is used (lint `time-without-zone`)"
        }
        DataType::DayTimeDuration => "write `P1DT12H` for one day and twelve hours",
        DataType::YearMonthDuration => "write `P1Y6M` for one year and six months",
        DataType::HexBinary => "write pairs of hexadecimal digits, such as `0FB7`",
        DataType::Base64Binary => "write Base64 with its padding, such as `Zm9vYg==`",
        DataType::X500Name => "write `CN=Alice, O=Acme, C=DE`",
        DataType::Rfc822Name => "write `alice@example.org`",
        DataType::IpAddress => "write `10.0.0.1`, `10.0.0.0/255.0.0.0:443` or `[2001:db8::1]`",
        DataType::DnsName => "write `host.example.org`, `*.example.org` or `example.org:443`",
        DataType::IpAddressValue => "write `10.0.0.1` or `[2001:db8::1]:443`",
        DataType::IpAddressPattern => "write `10.0.0.0/8` or `[2001:db8::]/32`",
        DataType::DnsNameValue => "write `host.example.org`",
        DataType::DnsNamePattern => "write `*.example.org`",
        DataType::String | DataType::AnyUri | DataType::XPathExpression => "write it as text",
    }
}
