//! Values as evaluation sees them: `Copy`, borrowed from the policy, from the request or from the request's arena.
//!
//! A [`Value`] costs nothing to pass on. What a value needs beyond a few words (a name, a large integer, a parsed
//! address) lives in a compiled policy as [`OwnedValue`], or in the [`Arena`] of the request at hand.

use std::cell::OnceCell;
use std::fmt;

use num_bigint::BigInt;

use crate::status::Fault;
use crate::types::{
    Base64Binary, Date, DateTime, DayTimeDuration, DnsName, DnsPattern, DnsValue, Double, HexBinary, Integer,
    IpAddress, IpPattern, IpValue, LexicalError, Rfc822Name, Time, X500Name, YearMonthDuration, ZoneOffset, any_uri,
    parse_boolean,
};
use crate::xpath::Expression;

/// The data types of core 10.2.7 and of the DLP/NAC profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum DataType {
    /// Text.
    String,
    /// `true` or `false`.
    Boolean,
    /// A whole number of any size.
    Integer,
    /// IEEE 754 binary64.
    Double,
    /// A time of day.
    Time,
    /// A day.
    Date,
    /// A moment.
    DateTime,
    /// Days to seconds.
    DayTimeDuration,
    /// Years and months.
    YearMonthDuration,
    /// A URI, compared as text.
    AnyUri,
    /// Octets.
    HexBinary,
    /// Octets.
    Base64Binary,
    /// A distinguished name.
    X500Name,
    /// A mail address.
    Rfc822Name,
    /// An address, perhaps a network, perhaps ports.
    IpAddress,
    /// A host, perhaps with a wildcard, perhaps ports.
    DnsName,
    /// An XPath over the `Content` of a category.
    XPathExpression,
    /// One address (DLP/NAC).
    IpAddressValue,
    /// A set of addresses (DLP/NAC).
    IpAddressPattern,
    /// One host (DLP/NAC).
    DnsNameValue,
    /// A set of hosts (DLP/NAC).
    DnsNamePattern,
}

/// Every data type with its identifier and its short name, in the order of [`DataType`].
pub static DATA_TYPES: &[(DataType, &str, &str)] = &[
    (DataType::String, "http://www.w3.org/2001/XMLSchema#string", "string"),
    (DataType::Boolean, "http://www.w3.org/2001/XMLSchema#boolean", "boolean"),
    (DataType::Integer, "http://www.w3.org/2001/XMLSchema#integer", "integer"),
    (DataType::Double, "http://www.w3.org/2001/XMLSchema#double", "double"),
    (DataType::Time, "http://www.w3.org/2001/XMLSchema#time", "time"),
    (DataType::Date, "http://www.w3.org/2001/XMLSchema#date", "date"),
    (DataType::DateTime, "http://www.w3.org/2001/XMLSchema#dateTime", "dateTime"),
    (DataType::DayTimeDuration, "http://www.w3.org/2001/XMLSchema#dayTimeDuration", "dayTimeDuration"),
    (DataType::YearMonthDuration, "http://www.w3.org/2001/XMLSchema#yearMonthDuration", "yearMonthDuration"),
    (DataType::AnyUri, "http://www.w3.org/2001/XMLSchema#anyURI", "anyURI"),
    (DataType::HexBinary, "http://www.w3.org/2001/XMLSchema#hexBinary", "hexBinary"),
    (DataType::Base64Binary, "http://www.w3.org/2001/XMLSchema#base64Binary", "base64Binary"),
    (DataType::X500Name, "urn:oasis:names:tc:xacml:1.0:data-type:x500Name", "x500Name"),
    (DataType::Rfc822Name, "urn:oasis:names:tc:xacml:1.0:data-type:rfc822Name", "rfc822Name"),
    (DataType::IpAddress, "urn:oasis:names:tc:xacml:2.0:data-type:ipAddress", "ipAddress"),
    (DataType::DnsName, "urn:oasis:names:tc:xacml:2.0:data-type:dnsName", "dnsName"),
    (DataType::XPathExpression, "urn:oasis:names:tc:xacml:3.0:data-type:xpathExpression", "xpathExpression"),
    (DataType::IpAddressValue, "urn:oasis:names:tc:xacml:3.0:data-type:ipAddress-value", "ipAddress-value"),
    (DataType::IpAddressPattern, "urn:oasis:names:tc:xacml:3.0:data-type:ipAddress-pattern", "ipAddress-pattern"),
    (DataType::DnsNameValue, "urn:oasis:names:tc:xacml:3.0:data-type:dnsName-value", "dnsName-value"),
    (DataType::DnsNamePattern, "urn:oasis:names:tc:xacml:3.0:data-type:dnsName-pattern", "dnsName-pattern"),
];

/// The identifiers of the 2002 drafts, which older policies use for the durations (core 10.2.7).
static ALIASES: &[(&str, DataType)] = &[
    ("http://www.w3.org/TR/2002/WD-xquery-operators-20020816#dayTimeDuration", DataType::DayTimeDuration),
    ("http://www.w3.org/TR/2002/WD-xquery-operators-20020816#yearMonthDuration", DataType::YearMonthDuration),
];

impl DataType {
    /// The type with this identifier; the two deprecated aliases give the type they stand for.
    pub fn from_uri(uri: &str) -> Option<Self> {
        // XML Schema's types share 33 bytes of prefix and are the ones on the hot way.
        if let Some(name) = uri.strip_prefix("http://www.w3.org/2001/XMLSchema#") {
            return match name {
                "string" => Some(Self::String),
                "boolean" => Some(Self::Boolean),
                "integer" => Some(Self::Integer),
                "double" => Some(Self::Double),
                "time" => Some(Self::Time),
                "date" => Some(Self::Date),
                "dateTime" => Some(Self::DateTime),
                "dayTimeDuration" => Some(Self::DayTimeDuration),
                "yearMonthDuration" => Some(Self::YearMonthDuration),
                "anyURI" => Some(Self::AnyUri),
                "hexBinary" => Some(Self::HexBinary),
                "base64Binary" => Some(Self::Base64Binary),
                _ => None,
            };
        }
        DATA_TYPES
            .iter()
            .find(|(_, id, _)| *id == uri)
            .map(|(data_type, ..)| *data_type)
            .or_else(|| ALIASES.iter().find(|(id, _)| *id == uri).map(|(_, data_type)| *data_type))
    }

    /// The type with this short name (JSON Profile 1.1, table of shorthands; the profile's own types too).
    pub fn from_short_name(name: &str) -> Option<Self> {
        DATA_TYPES.iter().find(|(.., short)| *short == name).map(|(data_type, ..)| *data_type)
    }

    /// The identifier.
    #[expect(clippy::indexing_slicing, reason = "the table has a row for each variant, in order; a test holds it so")]
    pub fn uri(self) -> &'static str {
        DATA_TYPES[self as usize].1
    }

    /// The short name.
    #[expect(clippy::indexing_slicing, reason = "the table has a row for each variant, in order; a test holds it so")]
    pub fn short_name(self) -> &'static str {
        DATA_TYPES[self as usize].2
    }
}

/// An XPath with the category whose `Content` it searches (core 5.3 of the data types, A.3.15).
#[derive(Debug, Clone, PartialEq)]
pub struct XPathValue {
    /// The XPath as written.
    pub text: String,
    /// `XPathCategory`.
    pub category: String,
    /// Prefix and namespace of the declarations in scope.
    pub namespaces: Vec<(String, String)>,
    /// The parsed expression; the reason where it does not parse, which is a fault only when it is evaluated.
    pub expression: Result<Expression, String>,
}

/// One value of one data type.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "each variant is the data type of the same name")]
pub enum Value<'a> {
    String(&'a str),
    Boolean(bool),
    Integer(i64),
    /// An integer beyond 64 bits.
    BigInteger(&'a BigInt),
    Double(f64),
    Time(Time),
    Date(Date),
    DateTime(DateTime),
    DayTimeDuration(DayTimeDuration),
    YearMonthDuration(YearMonthDuration),
    AnyUri(&'a str),
    HexBinary(&'a HexBinary),
    Base64Binary(&'a Base64Binary),
    X500Name(&'a X500Name),
    Rfc822Name(&'a Rfc822Name),
    IpAddress(&'a IpAddress),
    DnsName(&'a DnsName),
    XPathExpression(&'a XPathValue),
    IpAddressValue(IpValue),
    IpAddressPattern(&'a IpPattern),
    DnsNameValue(&'a DnsValue),
    DnsNamePattern(&'a DnsPattern),
}

/// A value that owns what it needs: a constant of a policy, or what an [`Arena`] keeps.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each variant is the data type of the same name")]
pub enum OwnedValue {
    String(Box<str>),
    Boolean(bool),
    Integer(i64),
    BigInteger(Box<BigInt>),
    Double(f64),
    Time(Time),
    Date(Date),
    DateTime(DateTime),
    DayTimeDuration(DayTimeDuration),
    YearMonthDuration(YearMonthDuration),
    AnyUri(Box<str>),
    HexBinary(Box<HexBinary>),
    Base64Binary(Box<Base64Binary>),
    X500Name(Box<X500Name>),
    Rfc822Name(Box<Rfc822Name>),
    IpAddress(Box<IpAddress>),
    DnsName(Box<DnsName>),
    XPathExpression(Box<XPathValue>),
    IpAddressValue(IpValue),
    IpAddressPattern(Box<IpPattern>),
    DnsNameValue(Box<DnsValue>),
    DnsNamePattern(Box<DnsPattern>),
}

/// A single value or a bag: what an expression gives (core 7.3.2, A.2).
#[derive(Debug, Clone, Copy)]
pub enum Operand<'a> {
    /// One value.
    One(Value<'a>),
    /// Any number of values of one type, duplicates kept, in no meaningful order.
    Bag(&'a [Value<'a>]),
}

/// What lives as long as one request: text that was unescaped, bags, and values too large for a [`Value`].
#[derive(Default)]
pub struct Arena {
    bump: bumpalo::Bump,
    // Bump memory runs no destructors; what owns heap memory stands here. Made only when needed.
    owned: OnceCell<typed_arena::Arena<OwnedValue>>,
    faults: OnceCell<typed_arena::Arena<Fault>>,
}

impl fmt::Debug for Arena {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arena").field("bytes", &self.bump.allocated_bytes()).finish_non_exhaustive()
    }
}

impl Arena {
    /// An empty arena. Allocates nothing until something is kept.
    pub fn new() -> Self {
        Self::default()
    }

    /// An arena that can keep this many bytes before it grows.
    pub fn with_capacity(bytes: usize) -> Self {
        Self { bump: bumpalo::Bump::with_capacity(bytes), owned: OnceCell::new(), faults: OnceCell::new() }
    }

    /// The bump allocator, for what needs no destructor.
    pub fn bump(&self) -> &bumpalo::Bump {
        &self.bump
    }

    /// Keeps a text.
    pub fn text(&self, text: &str) -> &str {
        self.bump.alloc_str(text)
    }

    /// Keeps a bag.
    pub fn bag<'a>(&'a self, values: &[Value<'a>]) -> &'a [Value<'a>] {
        self.bump.alloc_slice_copy(values)
    }

    /// Keeps a value that owns memory and gives it as a [`Value`].
    pub fn keep(&self, value: OwnedValue) -> Value<'_> {
        match value {
            OwnedValue::String(text) => Value::String(self.text(&text)),
            OwnedValue::AnyUri(text) => Value::AnyUri(self.text(&text)),
            small @ (OwnedValue::Boolean(_)
            | OwnedValue::Integer(_)
            | OwnedValue::Double(_)
            | OwnedValue::Time(_)
            | OwnedValue::Date(_)
            | OwnedValue::DateTime(_)
            | OwnedValue::DayTimeDuration(_)
            | OwnedValue::YearMonthDuration(_)
            | OwnedValue::IpAddressValue(_)) => small.as_small(),
            large => self.owned.get_or_init(|| typed_arena::Arena::with_capacity(4)).alloc(large).as_value(),
        }
    }

    /// Keeps a fault: what is Indeterminate carries a reference to it.
    pub fn fault(&self, fault: Fault) -> &Fault {
        self.faults.get_or_init(|| typed_arena::Arena::with_capacity(2)).alloc(fault)
    }

    /// Keeps an integer.
    #[expect(clippy::needless_pass_by_value, reason = "the integer is given away")]
    pub fn integer(&self, integer: Integer) -> Value<'_> {
        match integer.as_i64() {
            Some(small) => Value::Integer(small),
            None => self.keep(OwnedValue::BigInteger(Box::new(integer.to_big()))),
        }
    }

    /// Forgets all that was kept, and keeps the memory.
    pub fn reset(&mut self) {
        self.bump.reset();
        self.owned = OnceCell::new();
        self.faults = OnceCell::new();
    }
}

impl OwnedValue {
    /// Reads the lexical form of a data type (core B.3, 7.3.1). An xpathExpression needs more than text: see
    /// [`XPathValue`].
    ///
    /// # Errors
    /// What was expected, where the text is not in the type's lexical space.
    pub fn parse(data_type: DataType, text: &str, integer_digits: usize) -> Result<Self, LexicalError> {
        Ok(match data_type {
            DataType::String => Self::String(text.into()),
            DataType::Boolean => Self::Boolean(parse_boolean(text)?),
            DataType::Integer => {
                let integer = Integer::parse_limited(text, integer_digits)?;
                match integer.as_i64() {
                    Some(small) => Self::Integer(small),
                    None => Self::BigInteger(Box::new(integer.to_big())),
                }
            }
            DataType::Double => Self::Double(Double::parse(text)?.0),
            DataType::Time => Self::Time(Time::parse(text)?),
            DataType::Date => Self::Date(Date::parse(text)?),
            DataType::DateTime => Self::DateTime(DateTime::parse(text)?),
            DataType::DayTimeDuration => Self::DayTimeDuration(DayTimeDuration::parse(text)?),
            DataType::YearMonthDuration => Self::YearMonthDuration(YearMonthDuration::parse(text)?),
            DataType::AnyUri => Self::AnyUri(any_uri::parse(text).into()),
            DataType::HexBinary => Self::HexBinary(Box::new(HexBinary::parse(text)?)),
            DataType::Base64Binary => Self::Base64Binary(Box::new(Base64Binary::parse(text)?)),
            DataType::X500Name => Self::X500Name(Box::new(X500Name::parse(text)?)),
            DataType::Rfc822Name => Self::Rfc822Name(Box::new(Rfc822Name::parse(text)?)),
            DataType::IpAddress => Self::IpAddress(Box::new(IpAddress::parse(text)?)),
            DataType::DnsName => Self::DnsName(Box::new(DnsName::parse(text)?)),
            DataType::XPathExpression => return Err(LexicalError::new("expected an XPath with its `XPathCategory`")),
            DataType::IpAddressValue => Self::IpAddressValue(IpValue::parse(text)?),
            DataType::IpAddressPattern => Self::IpAddressPattern(Box::new(IpPattern::parse(text)?)),
            DataType::DnsNameValue => Self::DnsNameValue(Box::new(DnsValue::parse(text)?)),
            DataType::DnsNamePattern => Self::DnsNamePattern(Box::new(DnsPattern::parse(text)?)),
        })
    }

    /// The value, borrowed.
    pub fn as_value(&self) -> Value<'_> {
        match self {
            Self::String(text) => Value::String(text),
            Self::AnyUri(text) => Value::AnyUri(text),
            Self::BigInteger(v) => Value::BigInteger(v),
            Self::HexBinary(v) => Value::HexBinary(v),
            Self::Base64Binary(v) => Value::Base64Binary(v),
            Self::X500Name(v) => Value::X500Name(v),
            Self::Rfc822Name(v) => Value::Rfc822Name(v),
            Self::IpAddress(v) => Value::IpAddress(v),
            Self::DnsName(v) => Value::DnsName(v),
            Self::XPathExpression(v) => Value::XPathExpression(v),
            Self::IpAddressPattern(v) => Value::IpAddressPattern(v),
            Self::DnsNameValue(v) => Value::DnsNameValue(v),
            Self::DnsNamePattern(v) => Value::DnsNamePattern(v),
            Self::Boolean(_)
            | Self::Integer(_)
            | Self::Double(_)
            | Self::Time(_)
            | Self::Date(_)
            | Self::DateTime(_)
            | Self::DayTimeDuration(_)
            | Self::YearMonthDuration(_)
            | Self::IpAddressValue(_) => self.as_small(),
        }
    }

    // The variants that fit into a `Value` whole, whatever the lifetime. The others never come here.
    fn as_small<'a>(&self) -> Value<'a> {
        match self {
            Self::Integer(v) => Value::Integer(*v),
            Self::Double(v) => Value::Double(*v),
            Self::Time(v) => Value::Time(*v),
            Self::Date(v) => Value::Date(*v),
            Self::DateTime(v) => Value::DateTime(*v),
            Self::DayTimeDuration(v) => Value::DayTimeDuration(*v),
            Self::YearMonthDuration(v) => Value::YearMonthDuration(*v),
            Self::Boolean(v) => Value::Boolean(*v),
            Self::IpAddressValue(v) => Value::IpAddressValue(*v),
            _ => Value::Boolean(false),
        }
    }

    /// The data type.
    pub fn data_type(&self) -> DataType {
        self.as_value().data_type()
    }
}

impl<'a> Value<'a> {
    /// Reads the lexical form of a data type; text stays borrowed.
    ///
    /// # Errors
    /// What was expected, where the text is not in the type's lexical space.
    pub fn parse(
        data_type: DataType,
        text: &'a str,
        arena: &'a Arena,
        integer_digits: usize,
    ) -> Result<Self, LexicalError> {
        match data_type {
            DataType::String => Ok(Self::String(text)),
            DataType::AnyUri => Ok(Self::AnyUri(any_uri::parse(text))),
            other => OwnedValue::parse(other, text, integer_digits).map(|value| arena.keep(value)),
        }
    }

    /// The data type.
    pub fn data_type(&self) -> DataType {
        match self {
            Self::String(_) => DataType::String,
            Self::Boolean(_) => DataType::Boolean,
            Self::Integer(_) | Self::BigInteger(_) => DataType::Integer,
            Self::Double(_) => DataType::Double,
            Self::Time(_) => DataType::Time,
            Self::Date(_) => DataType::Date,
            Self::DateTime(_) => DataType::DateTime,
            Self::DayTimeDuration(_) => DataType::DayTimeDuration,
            Self::YearMonthDuration(_) => DataType::YearMonthDuration,
            Self::AnyUri(_) => DataType::AnyUri,
            Self::HexBinary(_) => DataType::HexBinary,
            Self::Base64Binary(_) => DataType::Base64Binary,
            Self::X500Name(_) => DataType::X500Name,
            Self::Rfc822Name(_) => DataType::Rfc822Name,
            Self::IpAddress(_) => DataType::IpAddress,
            Self::DnsName(_) => DataType::DnsName,
            Self::XPathExpression(_) => DataType::XPathExpression,
            Self::IpAddressValue(_) => DataType::IpAddressValue,
            Self::IpAddressPattern(_) => DataType::IpAddressPattern,
            Self::DnsNameValue(_) => DataType::DnsNameValue,
            Self::DnsNamePattern(_) => DataType::DnsNamePattern,
        }
    }

    /// Whether two values of one type are equal (A.3.1). Values without a zone are taken in `implicit`. NaN equals
    /// nothing, as IEEE 754 has it. Addresses, host names and XPaths have no equality function in the standard; their
    /// texts are compared.
    pub fn equals(&self, other: &Value<'_>, implicit: ZoneOffset) -> bool {
        match (self, other) {
            (Self::String(a), Value::String(b)) | (Self::AnyUri(a), Value::AnyUri(b)) => a == b,
            (Self::Boolean(a), Value::Boolean(b)) => a == b,
            (Self::Integer(a), Value::Integer(b)) => a == b,
            (Self::BigInteger(a), Value::BigInteger(b)) => a == b,
            #[expect(clippy::float_cmp, reason = "double-equal is IEEE equality")]
            (Self::Double(a), Value::Double(b)) => a == b,
            (Self::Time(a), Value::Time(b)) => a.equal(*b, implicit),
            (Self::Date(a), Value::Date(b)) => a.equal(*b, implicit),
            (Self::DateTime(a), Value::DateTime(b)) => a.equal(*b, implicit),
            (Self::DayTimeDuration(a), Value::DayTimeDuration(b)) => a == b,
            (Self::YearMonthDuration(a), Value::YearMonthDuration(b)) => a == b,
            (Self::HexBinary(a), Value::HexBinary(b)) => a == b,
            (Self::Base64Binary(a), Value::Base64Binary(b)) => a == b,
            (Self::X500Name(a), Value::X500Name(b)) => a == b,
            (Self::Rfc822Name(a), Value::Rfc822Name(b)) => a == b,
            (Self::IpAddress(a), Value::IpAddress(b)) => a == b,
            (Self::DnsName(a), Value::DnsName(b)) => a == b,
            (Self::XPathExpression(a), Value::XPathExpression(b)) => a.text == b.text && a.category == b.category,
            (Self::IpAddressValue(a), Value::IpAddressValue(b)) => a == b,
            (Self::IpAddressPattern(a), Value::IpAddressPattern(b)) => a == b,
            (Self::DnsNameValue(a), Value::DnsNameValue(b)) => a == b,
            (Self::DnsNamePattern(a), Value::DnsNamePattern(b)) => a == b,
            _ => false,
        }
    }

    /// The value with all that it needs.
    pub fn to_owned_value(&self) -> OwnedValue {
        match *self {
            Self::String(v) => OwnedValue::String(v.into()),
            Self::Boolean(v) => OwnedValue::Boolean(v),
            Self::Integer(v) => OwnedValue::Integer(v),
            Self::BigInteger(v) => OwnedValue::BigInteger(Box::new(v.clone())),
            Self::Double(v) => OwnedValue::Double(v),
            Self::Time(v) => OwnedValue::Time(v),
            Self::Date(v) => OwnedValue::Date(v),
            Self::DateTime(v) => OwnedValue::DateTime(v),
            Self::DayTimeDuration(v) => OwnedValue::DayTimeDuration(v),
            Self::YearMonthDuration(v) => OwnedValue::YearMonthDuration(v),
            Self::AnyUri(v) => OwnedValue::AnyUri(v.into()),
            Self::HexBinary(v) => OwnedValue::HexBinary(Box::new(v.clone())),
            Self::Base64Binary(v) => OwnedValue::Base64Binary(Box::new(v.clone())),
            Self::X500Name(v) => OwnedValue::X500Name(Box::new(v.clone())),
            Self::Rfc822Name(v) => OwnedValue::Rfc822Name(Box::new(v.clone())),
            Self::IpAddress(v) => OwnedValue::IpAddress(Box::new(v.clone())),
            Self::DnsName(v) => OwnedValue::DnsName(Box::new(v.clone())),
            Self::XPathExpression(v) => OwnedValue::XPathExpression(Box::new(v.clone())),
            Self::IpAddressValue(v) => OwnedValue::IpAddressValue(v),
            Self::IpAddressPattern(v) => OwnedValue::IpAddressPattern(Box::new(*v)),
            Self::DnsNameValue(v) => OwnedValue::DnsNameValue(Box::new(v.clone())),
            Self::DnsNamePattern(v) => OwnedValue::DnsNamePattern(Box::new(v.clone())),
        }
    }
}

impl fmt::Display for Value<'_> {
    /// The canonical lexical form: what a response carries and what `string-from-…` gives.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(v) | Self::AnyUri(v) => f.write_str(v),
            Self::Boolean(v) => v.fmt(f),
            Self::Integer(v) => v.fmt(f),
            Self::BigInteger(v) => v.fmt(f),
            Self::Double(v) => Double(*v).fmt(f),
            Self::Time(v) => v.fmt(f),
            Self::Date(v) => v.fmt(f),
            Self::DateTime(v) => v.fmt(f),
            Self::DayTimeDuration(v) => v.fmt(f),
            Self::YearMonthDuration(v) => v.fmt(f),
            Self::HexBinary(v) => v.fmt(f),
            Self::Base64Binary(v) => v.fmt(f),
            Self::X500Name(v) => v.fmt(f),
            Self::Rfc822Name(v) => v.fmt(f),
            Self::IpAddress(v) => v.fmt(f),
            Self::DnsName(v) => v.fmt(f),
            Self::XPathExpression(v) => f.write_str(&v.text),
            Self::IpAddressValue(v) => v.fmt(f),
            Self::IpAddressPattern(v) => v.fmt(f),
            Self::DnsNameValue(v) => v.fmt(f),
            Self::DnsNamePattern(v) => v.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_data_type_finds_its_own_row() {
        for (place, (data_type, uri, short)) in DATA_TYPES.iter().enumerate() {
            assert_eq!(*data_type as usize, place);
            assert_eq!(DataType::from_uri(uri), Some(*data_type));
            assert_eq!(DataType::from_short_name(short), Some(*data_type));
            assert_eq!((data_type.uri(), data_type.short_name()), (*uri, *short));
        }
    }
}
