//! The table of functions and the look-up by identifier.
//!
//! A row is a line. The functions that every data type has are one row a type: `bags!` and `sets!` write the rest of
//! the identifier. The order is the standard's, then the older identifiers, the profile and our own.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::Body::{self, Operands, Special as Carried, Values};
use super::Level::{Argus, Deprecated, Mandatory, Optional, Profile};
use super::Type::{self, Bag, One};
use super::{Function, Gives, HigherOrder, Level, Parameters, Special};
use super::{argus, arithmetic, bag, comparison, conversion, date_time, equality, logical, matching, set, string};
use crate::value::DataType::{
    AnyUri, Base64Binary, Boolean, Date, DateTime, DayTimeDuration, DnsName, DnsNamePattern, DnsNameValue, Double,
    HexBinary, Integer, IpAddress, IpAddressPattern, IpAddressValue, Rfc822Name, String, Time, X500Name,
    XPathExpression, YearMonthDuration,
};

/// Every function.
pub static FUNCTIONS: &[Function] = &TABLE;

static TABLE: [Function; row_count(SECTIONS)] = joined(SECTIONS);

static BY_ID: LazyLock<FxHashMap<&'static str, &'static Function>> =
    LazyLock::new(|| FUNCTIONS.iter().map(|function| (function.id, function)).collect());

/// The function with this identifier.
pub fn find(id: &str) -> Option<&'static Function> {
    BY_ID.get(id).copied()
}

/// A function of a fixed number of arguments.
const fn row(
    id: &'static str,
    takes: &'static [Type],
    gives: Type,
    body: Body,
    level: Level,
    section: &'static str,
) -> Function {
    Function { id, parameters: Parameters::Fixed(takes), gives: Gives::Type(gives), body, level, section }
}

/// A function that takes `first`, then `least` or more of `rest`.
#[expect(clippy::too_many_arguments, reason = "they are the columns of a row")]
const fn many(
    id: &'static str,
    first: &'static [Type],
    rest: Type,
    least: usize,
    gives: Type,
    body: Body,
    level: Level,
    section: &'static str,
) -> Function {
    let parameters = Parameters::Many { first, rest, least };
    Function { id, parameters, gives: Gives::Type(gives), body, level, section }
}

/// A function of a function.
const fn higher(id: &'static str, kind: HigherOrder, gives: Gives, level: Level, section: &'static str) -> Function {
    let body = Carried(Special::HigherOrder(kind));
    Function { id, parameters: Parameters::HigherOrder(kind), gives, body, level, section }
}

/// The identifier of a function of a data type.
macro_rules! id {
    ($version:literal, $name:literal, $end:literal) => {
        concat!("urn:oasis:names:tc:xacml:", $version, ":function:", $name, $end)
    };
}

/// What can be done with a bag of any type.
#[rustfmt::skip]
macro_rules! bags {
    ($version:literal, $name:literal, $type:ident, $level:ident, $section:literal) => { &[
        row(id!($version, $name, "-one-and-only"), &[Bag($type)], One($type), Operands(bag::one_and_only), $level, $section),
        row(id!($version, $name, "-bag-size"), &[Bag($type)], One(Integer), Operands(bag::bag_size), $level, $section),
        many(id!($version, $name, "-bag"), &[], One($type), 0, Bag($type), Operands(bag::bag), $level, $section),
    ] };
}

/// What can be done with a bag of a type that has equality.
#[rustfmt::skip]
macro_rules! sets {
    ($version:literal, $name:literal, $type:ident, $level:ident, $bags:literal, $sets:literal) => { &[
        row(id!($version, $name, "-is-in"), &[One($type), Bag($type)], One(Boolean), Operands(bag::is_in), $level, $bags),
        row(id!($version, $name, "-intersection"), &[Bag($type), Bag($type)], Bag($type), Operands(set::intersection), $level, $sets),
        row(id!($version, $name, "-at-least-one-member-of"), &[Bag($type), Bag($type)], One(Boolean), Operands(set::at_least_one_member_of), $level, $sets),
        many(id!($version, $name, "-union"), &[], Bag($type), 2, Bag($type), Operands(set::union), $level, $sets),
        row(id!($version, $name, "-subset"), &[Bag($type), Bag($type)], One(Boolean), Operands(set::subset), $level, $sets),
        row(id!($version, $name, "-set-equals"), &[Bag($type), Bag($type)], One(Boolean), Operands(set::set_equals), $level, $sets),
    ] };
}

#[rustfmt::skip]
const SECTIONS: &[&[Function]] = &[
    EQUALITY, ARITHMETIC, CONVERSION, LOGICAL, NUMERIC_COMPARISON, DATE_ARITHMETIC, COMPARISON, STRINGS,
    bags!("1.0", "string",            String,            Mandatory, "A.3.10"),
    bags!("1.0", "boolean",           Boolean,           Mandatory, "A.3.10"),
    bags!("1.0", "integer",           Integer,           Mandatory, "A.3.10"),
    bags!("1.0", "double",            Double,            Mandatory, "A.3.10"),
    bags!("1.0", "time",              Time,              Mandatory, "A.3.10"),
    bags!("1.0", "date",              Date,              Mandatory, "A.3.10"),
    bags!("1.0", "dateTime",          DateTime,          Mandatory, "A.3.10"),
    bags!("1.0", "anyURI",            AnyUri,            Mandatory, "A.3.10"),
    bags!("1.0", "hexBinary",         HexBinary,         Mandatory, "A.3.10"),
    bags!("1.0", "base64Binary",      Base64Binary,      Mandatory, "A.3.10"),
    bags!("3.0", "dayTimeDuration",   DayTimeDuration,   Mandatory, "A.3.10"),
    bags!("3.0", "yearMonthDuration", YearMonthDuration, Mandatory, "A.3.10"),
    bags!("1.0", "x500Name",          X500Name,          Mandatory, "A.3.10"),
    bags!("1.0", "rfc822Name",        Rfc822Name,        Mandatory, "A.3.10"),
    bags!("2.0", "ipAddress",         IpAddress,         Mandatory, "A.3.10"),
    bags!("2.0", "dnsName",           DnsName,           Mandatory, "A.3.10"),
    sets!("1.0", "string",            String,            Mandatory, "A.3.10", "A.3.11"),
    sets!("1.0", "boolean",           Boolean,           Mandatory, "A.3.10", "A.3.11"),
    sets!("1.0", "integer",           Integer,           Mandatory, "A.3.10", "A.3.11"),
    sets!("1.0", "double",            Double,            Mandatory, "A.3.10", "A.3.11"),
    sets!("1.0", "time",              Time,              Mandatory, "A.3.10", "A.3.11"),
    sets!("1.0", "date",              Date,              Mandatory, "A.3.10", "A.3.11"),
    sets!("1.0", "dateTime",          DateTime,          Mandatory, "A.3.10", "A.3.11"),
    sets!("1.0", "anyURI",            AnyUri,            Mandatory, "A.3.10", "A.3.11"),
    sets!("1.0", "hexBinary",         HexBinary,         Mandatory, "A.3.10", "A.3.11"),
    sets!("1.0", "base64Binary",      Base64Binary,      Mandatory, "A.3.10", "A.3.11"),
    sets!("3.0", "dayTimeDuration",   DayTimeDuration,   Mandatory, "A.3.10", "A.3.11"),
    sets!("3.0", "yearMonthDuration", YearMonthDuration, Mandatory, "A.3.10", "A.3.11"),
    sets!("1.0", "x500Name",          X500Name,          Mandatory, "A.3.10", "A.3.11"),
    sets!("1.0", "rfc822Name",        Rfc822Name,        Mandatory, "A.3.10", "A.3.11"),
    HIGHER_ORDER, MATCHING, XPATH, OLD_FORMS,
    bags!("1.0", "dayTimeDuration",   DayTimeDuration,   Deprecated, "A.4"),
    bags!("1.0", "yearMonthDuration", YearMonthDuration, Deprecated, "A.4"),
    sets!("1.0", "dayTimeDuration",   DayTimeDuration,   Deprecated, "A.4", "A.4"),
    sets!("1.0", "yearMonthDuration", YearMonthDuration, Deprecated, "A.4", "A.4"),
    ENDPOINTS,
    bags!("3.0", "ipAddress-value",   IpAddressValue,   Profile, "DLP/NAC"),
    bags!("3.0", "ipAddress-pattern", IpAddressPattern, Profile, "DLP/NAC"),
    bags!("3.0", "dnsName-value",     DnsNameValue,     Profile, "DLP/NAC"),
    bags!("3.0", "dnsName-pattern",   DnsNamePattern,   Profile, "DLP/NAC"),
    sets!("3.0", "ipAddress-value",   IpAddressValue,   Profile, "DLP/NAC", "DLP/NAC"),
    sets!("3.0", "dnsName-value",     DnsNameValue,     Profile, "DLP/NAC", "DLP/NAC"),
    ARGUS,
];

/// Equality.
#[rustfmt::skip]
const EQUALITY: &[Function] = &[
    row("urn:oasis:names:tc:xacml:1.0:function:string-equal",             &[One(String), One(String)],                       One(Boolean), Values(equality::text),        Mandatory, "A.3.1"),
    row("urn:oasis:names:tc:xacml:3.0:function:string-equal-ignore-case", &[One(String), One(String)],                       One(Boolean), Values(equality::ignore_case), Mandatory, "A.3.1"),
    row("urn:oasis:names:tc:xacml:1.0:function:boolean-equal",            &[One(Boolean), One(Boolean)],                     One(Boolean), Values(equality::value),       Mandatory, "A.3.1"),
    row("urn:oasis:names:tc:xacml:1.0:function:integer-equal",            &[One(Integer), One(Integer)],                     One(Boolean), Values(equality::integer),     Mandatory, "A.3.1"),
    row("urn:oasis:names:tc:xacml:1.0:function:double-equal",             &[One(Double), One(Double)],                       One(Boolean), Values(equality::value),       Mandatory, "A.3.1"),
    row("urn:oasis:names:tc:xacml:1.0:function:date-equal",               &[One(Date), One(Date)],                           One(Boolean), Values(equality::value),       Mandatory, "A.3.1"),
    row("urn:oasis:names:tc:xacml:1.0:function:time-equal",               &[One(Time), One(Time)],                           One(Boolean), Values(equality::value),       Mandatory, "A.3.1"),
    row("urn:oasis:names:tc:xacml:1.0:function:dateTime-equal",           &[One(DateTime), One(DateTime)],                   One(Boolean), Values(equality::value),       Mandatory, "A.3.1"),
    row("urn:oasis:names:tc:xacml:3.0:function:dayTimeDuration-equal",    &[One(DayTimeDuration), One(DayTimeDuration)],     One(Boolean), Values(equality::value),       Mandatory, "A.3.1"),
    row("urn:oasis:names:tc:xacml:3.0:function:yearMonthDuration-equal",  &[One(YearMonthDuration), One(YearMonthDuration)], One(Boolean), Values(equality::value),       Mandatory, "A.3.1"),
    row("urn:oasis:names:tc:xacml:1.0:function:anyURI-equal",             &[One(AnyUri), One(AnyUri)],                       One(Boolean), Values(equality::text),        Mandatory, "A.3.1"),
    row("urn:oasis:names:tc:xacml:1.0:function:x500Name-equal",           &[One(X500Name), One(X500Name)],                   One(Boolean), Values(equality::value),       Mandatory, "A.3.1"),
    row("urn:oasis:names:tc:xacml:1.0:function:rfc822Name-equal",         &[One(Rfc822Name), One(Rfc822Name)],               One(Boolean), Values(equality::value),       Mandatory, "A.3.1"),
    row("urn:oasis:names:tc:xacml:1.0:function:hexBinary-equal",          &[One(HexBinary), One(HexBinary)],                 One(Boolean), Values(equality::value),       Mandatory, "A.3.1"),
    row("urn:oasis:names:tc:xacml:1.0:function:base64Binary-equal",       &[One(Base64Binary), One(Base64Binary)],           One(Boolean), Values(equality::value),       Mandatory, "A.3.1"),
];

/// Arithmetic.
#[rustfmt::skip]
const ARITHMETIC: &[Function] = &[
    many("urn:oasis:names:tc:xacml:1.0:function:integer-add",      &[], One(Integer), 2, One(Integer), Values(arithmetic::integer_add),      Mandatory, "A.3.2"),
    many("urn:oasis:names:tc:xacml:1.0:function:integer-multiply", &[], One(Integer), 2, One(Integer), Values(arithmetic::integer_multiply), Mandatory, "A.3.2"),
    many("urn:oasis:names:tc:xacml:1.0:function:double-add",       &[], One(Double),  2, One(Double),  Values(arithmetic::double_add),       Mandatory, "A.3.2"),
    many("urn:oasis:names:tc:xacml:1.0:function:double-multiply",  &[], One(Double),  2, One(Double),  Values(arithmetic::double_multiply),  Mandatory, "A.3.2"),
    row("urn:oasis:names:tc:xacml:1.0:function:integer-subtract", &[One(Integer), One(Integer)], One(Integer), Values(arithmetic::integer_subtract), Mandatory, "A.3.2"),
    row("urn:oasis:names:tc:xacml:1.0:function:double-subtract",  &[One(Double), One(Double)],   One(Double),  Values(arithmetic::double_subtract),  Mandatory, "A.3.2"),
    row("urn:oasis:names:tc:xacml:1.0:function:integer-divide",   &[One(Integer), One(Integer)], One(Integer), Values(arithmetic::integer_divide),   Mandatory, "A.3.2"),
    row("urn:oasis:names:tc:xacml:1.0:function:double-divide",    &[One(Double), One(Double)],   One(Double),  Values(arithmetic::double_divide),    Mandatory, "A.3.2"),
    row("urn:oasis:names:tc:xacml:1.0:function:integer-mod",      &[One(Integer), One(Integer)], One(Integer), Values(arithmetic::integer_mod),      Mandatory, "A.3.2"),
    row("urn:oasis:names:tc:xacml:1.0:function:integer-abs",      &[One(Integer)],               One(Integer), Values(arithmetic::integer_abs),      Mandatory, "A.3.2"),
    row("urn:oasis:names:tc:xacml:1.0:function:double-abs",       &[One(Double)],                One(Double),  Values(arithmetic::double_abs),       Mandatory, "A.3.2"),
    row("urn:oasis:names:tc:xacml:1.0:function:round",            &[One(Double)],                One(Double),  Values(arithmetic::round),            Mandatory, "A.3.2"),
    row("urn:oasis:names:tc:xacml:1.0:function:floor",            &[One(Double)],                One(Double),  Values(arithmetic::floor),            Mandatory, "A.3.2"),
];

/// Conversion of strings and of numbers.
#[rustfmt::skip]
const CONVERSION: &[Function] = &[
    row("urn:oasis:names:tc:xacml:1.0:function:string-normalize-space",         &[One(String)],  One(String),  Values(string::normalize_space),         Mandatory, "A.3.3"),
    row("urn:oasis:names:tc:xacml:1.0:function:string-normalize-to-lower-case", &[One(String)],  One(String),  Values(string::normalize_to_lower_case), Mandatory, "A.3.3"),
    row("urn:oasis:names:tc:xacml:1.0:function:double-to-integer",              &[One(Double)],  One(Integer), Values(conversion::double_to_integer),   Mandatory, "A.3.4"),
    row("urn:oasis:names:tc:xacml:1.0:function:integer-to-double",              &[One(Integer)], One(Double),  Values(conversion::integer_to_double),   Mandatory, "A.3.4"),
];

/// Logical functions.
#[rustfmt::skip]
const LOGICAL: &[Function] = &[
    many("urn:oasis:names:tc:xacml:1.0:function:or",   &[],             One(Boolean), 0, One(Boolean), Carried(Special::Or),  Mandatory, "A.3.5"),
    many("urn:oasis:names:tc:xacml:1.0:function:and",  &[],             One(Boolean), 0, One(Boolean), Carried(Special::And), Mandatory, "A.3.5"),
    many("urn:oasis:names:tc:xacml:1.0:function:n-of", &[One(Integer)], One(Boolean), 0, One(Boolean), Carried(Special::NOf), Mandatory, "A.3.5"),
    row("urn:oasis:names:tc:xacml:1.0:function:not", &[One(Boolean)], One(Boolean), Values(logical::not), Mandatory, "A.3.5"),
];

/// Comparison of numbers.
#[rustfmt::skip]
const NUMERIC_COMPARISON: &[Function] = &[
    row("urn:oasis:names:tc:xacml:1.0:function:integer-greater-than",          &[One(Integer), One(Integer)], One(Boolean), Values(comparison::greater_than),          Mandatory, "A.3.6"),
    row("urn:oasis:names:tc:xacml:1.0:function:integer-greater-than-or-equal", &[One(Integer), One(Integer)], One(Boolean), Values(comparison::greater_than_or_equal), Mandatory, "A.3.6"),
    row("urn:oasis:names:tc:xacml:1.0:function:integer-less-than",             &[One(Integer), One(Integer)], One(Boolean), Values(comparison::less_than),             Mandatory, "A.3.6"),
    row("urn:oasis:names:tc:xacml:1.0:function:integer-less-than-or-equal",    &[One(Integer), One(Integer)], One(Boolean), Values(comparison::less_than_or_equal),    Mandatory, "A.3.6"),
    row("urn:oasis:names:tc:xacml:1.0:function:double-greater-than",           &[One(Double), One(Double)],   One(Boolean), Values(comparison::greater_than),          Mandatory, "A.3.6"),
    row("urn:oasis:names:tc:xacml:1.0:function:double-greater-than-or-equal",  &[One(Double), One(Double)],   One(Boolean), Values(comparison::greater_than_or_equal), Mandatory, "A.3.6"),
    row("urn:oasis:names:tc:xacml:1.0:function:double-less-than",              &[One(Double), One(Double)],   One(Boolean), Values(comparison::less_than),             Mandatory, "A.3.6"),
    row("urn:oasis:names:tc:xacml:1.0:function:double-less-than-or-equal",     &[One(Double), One(Double)],   One(Boolean), Values(comparison::less_than_or_equal),    Mandatory, "A.3.6"),
];

/// Arithmetic on dates and times.
#[rustfmt::skip]
const DATE_ARITHMETIC: &[Function] = &[
    row("urn:oasis:names:tc:xacml:3.0:function:dateTime-add-dayTimeDuration",        &[One(DateTime), One(DayTimeDuration)],   One(DateTime), Values(date_time::add_day_time),        Mandatory, "A.3.7"),
    row("urn:oasis:names:tc:xacml:3.0:function:dateTime-subtract-dayTimeDuration",   &[One(DateTime), One(DayTimeDuration)],   One(DateTime), Values(date_time::subtract_day_time),   Mandatory, "A.3.7"),
    row("urn:oasis:names:tc:xacml:3.0:function:dateTime-add-yearMonthDuration",      &[One(DateTime), One(YearMonthDuration)], One(DateTime), Values(date_time::add_year_month),      Mandatory, "A.3.7"),
    row("urn:oasis:names:tc:xacml:3.0:function:dateTime-subtract-yearMonthDuration", &[One(DateTime), One(YearMonthDuration)], One(DateTime), Values(date_time::subtract_year_month), Mandatory, "A.3.7"),
    row("urn:oasis:names:tc:xacml:3.0:function:date-add-yearMonthDuration",          &[One(Date), One(YearMonthDuration)],     One(Date),     Values(date_time::add_year_month),      Mandatory, "A.3.7"),
    row("urn:oasis:names:tc:xacml:3.0:function:date-subtract-yearMonthDuration",     &[One(Date), One(YearMonthDuration)],     One(Date),     Values(date_time::subtract_year_month), Mandatory, "A.3.7"),
];

/// Comparison of what is no number.
#[rustfmt::skip]
const COMPARISON: &[Function] = &[
    row("urn:oasis:names:tc:xacml:1.0:function:string-greater-than",            &[One(String), One(String)],        One(Boolean), Values(comparison::greater_than),          Mandatory, "A.3.8"),
    row("urn:oasis:names:tc:xacml:1.0:function:string-greater-than-or-equal",   &[One(String), One(String)],        One(Boolean), Values(comparison::greater_than_or_equal), Mandatory, "A.3.8"),
    row("urn:oasis:names:tc:xacml:1.0:function:string-less-than",               &[One(String), One(String)],        One(Boolean), Values(comparison::less_than),             Mandatory, "A.3.8"),
    row("urn:oasis:names:tc:xacml:1.0:function:string-less-than-or-equal",      &[One(String), One(String)],        One(Boolean), Values(comparison::less_than_or_equal),    Mandatory, "A.3.8"),
    row("urn:oasis:names:tc:xacml:1.0:function:time-greater-than",              &[One(Time), One(Time)],            One(Boolean), Values(comparison::greater_than),          Mandatory, "A.3.8"),
    row("urn:oasis:names:tc:xacml:1.0:function:time-greater-than-or-equal",     &[One(Time), One(Time)],            One(Boolean), Values(comparison::greater_than_or_equal), Mandatory, "A.3.8"),
    row("urn:oasis:names:tc:xacml:1.0:function:time-less-than",                 &[One(Time), One(Time)],            One(Boolean), Values(comparison::less_than),             Mandatory, "A.3.8"),
    row("urn:oasis:names:tc:xacml:1.0:function:time-less-than-or-equal",        &[One(Time), One(Time)],            One(Boolean), Values(comparison::less_than_or_equal),    Mandatory, "A.3.8"),
    row("urn:oasis:names:tc:xacml:2.0:function:time-in-range",                  &[One(Time), One(Time), One(Time)], One(Boolean), Values(date_time::time_in_range),          Mandatory, "A.3.8"),
    row("urn:oasis:names:tc:xacml:1.0:function:dateTime-greater-than",          &[One(DateTime), One(DateTime)],    One(Boolean), Values(comparison::greater_than),          Mandatory, "A.3.8"),
    row("urn:oasis:names:tc:xacml:1.0:function:dateTime-greater-than-or-equal", &[One(DateTime), One(DateTime)],    One(Boolean), Values(comparison::greater_than_or_equal), Mandatory, "A.3.8"),
    row("urn:oasis:names:tc:xacml:1.0:function:dateTime-less-than",             &[One(DateTime), One(DateTime)],    One(Boolean), Values(comparison::less_than),             Mandatory, "A.3.8"),
    row("urn:oasis:names:tc:xacml:1.0:function:dateTime-less-than-or-equal",    &[One(DateTime), One(DateTime)],    One(Boolean), Values(comparison::less_than_or_equal),    Mandatory, "A.3.8"),
    row("urn:oasis:names:tc:xacml:1.0:function:date-greater-than",              &[One(Date), One(Date)],            One(Boolean), Values(comparison::greater_than),          Mandatory, "A.3.8"),
    row("urn:oasis:names:tc:xacml:1.0:function:date-greater-than-or-equal",     &[One(Date), One(Date)],            One(Boolean), Values(comparison::greater_than_or_equal), Mandatory, "A.3.8"),
    row("urn:oasis:names:tc:xacml:1.0:function:date-less-than",                 &[One(Date), One(Date)],            One(Boolean), Values(comparison::less_than),             Mandatory, "A.3.8"),
    row("urn:oasis:names:tc:xacml:1.0:function:date-less-than-or-equal",        &[One(Date), One(Date)],            One(Boolean), Values(comparison::less_than_or_equal),    Mandatory, "A.3.8"),
];

/// Strings, and values from and to strings.
#[rustfmt::skip]
const STRINGS: &[Function] = &[
    many("urn:oasis:names:tc:xacml:2.0:function:string-concatenate", &[], One(String), 2, One(String), Values(string::concatenate), Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:boolean-from-string",           &[One(String)],                             One(Boolean),           Values(conversion::to_boolean),             Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:string-from-boolean",           &[One(Boolean)],                            One(String),            Values(conversion::to_string),              Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:integer-from-string",           &[One(String)],                             One(Integer),           Values(conversion::to_integer),             Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:string-from-integer",           &[One(Integer)],                            One(String),            Values(conversion::to_string),              Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:double-from-string",            &[One(String)],                             One(Double),            Values(conversion::to_double),              Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:string-from-double",            &[One(Double)],                             One(String),            Values(conversion::to_string),              Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:time-from-string",              &[One(String)],                             One(Time),              Values(conversion::to_time),                Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:string-from-time",              &[One(Time)],                               One(String),            Values(conversion::to_string),              Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:date-from-string",              &[One(String)],                             One(Date),              Values(conversion::to_date),                Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:string-from-date",              &[One(Date)],                               One(String),            Values(conversion::to_string),              Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:dateTime-from-string",          &[One(String)],                             One(DateTime),          Values(conversion::to_date_time),           Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:string-from-dateTime",          &[One(DateTime)],                           One(String),            Values(conversion::to_string),              Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:anyURI-from-string",            &[One(String)],                             One(AnyUri),            Values(conversion::to_any_uri),             Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:string-from-anyURI",            &[One(AnyUri)],                             One(String),            Values(conversion::to_string),              Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:dayTimeDuration-from-string",   &[One(String)],                             One(DayTimeDuration),   Values(conversion::to_day_time_duration),   Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:string-from-dayTimeDuration",   &[One(DayTimeDuration)],                    One(String),            Values(conversion::to_string),              Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:yearMonthDuration-from-string", &[One(String)],                             One(YearMonthDuration), Values(conversion::to_year_month_duration), Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:string-from-yearMonthDuration", &[One(YearMonthDuration)],                  One(String),            Values(conversion::to_string),              Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:x500Name-from-string",          &[One(String)],                             One(X500Name),          Values(conversion::to_x500_name),           Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:string-from-x500Name",          &[One(X500Name)],                           One(String),            Values(conversion::to_string),              Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:rfc822Name-from-string",        &[One(String)],                             One(Rfc822Name),        Values(conversion::to_rfc822_name),         Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:string-from-rfc822Name",        &[One(Rfc822Name)],                         One(String),            Values(conversion::to_string),              Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:ipAddress-from-string",         &[One(String)],                             One(IpAddress),         Values(conversion::to_ip_address),          Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:string-from-ipAddress",         &[One(IpAddress)],                          One(String),            Values(conversion::to_string),              Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:dnsName-from-string",           &[One(String)],                             One(DnsName),           Values(conversion::to_dns_name),            Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:string-from-dnsName",           &[One(DnsName)],                            One(String),            Values(conversion::to_string),              Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:string-starts-with",            &[One(String), One(String)],                One(Boolean),           Values(string::starts_with),                Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:anyURI-starts-with",            &[One(String), One(AnyUri)],                One(Boolean),           Values(string::starts_with),                Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:string-ends-with",              &[One(String), One(String)],                One(Boolean),           Values(string::ends_with),                  Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:anyURI-ends-with",              &[One(String), One(AnyUri)],                One(Boolean),           Values(string::ends_with),                  Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:string-contains",               &[One(String), One(String)],                One(Boolean),           Values(string::contains),                   Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:anyURI-contains",               &[One(String), One(AnyUri)],                One(Boolean),           Values(string::contains),                   Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:string-substring",              &[One(String), One(Integer), One(Integer)], One(String),            Values(string::substring),                  Mandatory, "A.3.9"),
    row("urn:oasis:names:tc:xacml:3.0:function:anyURI-substring",              &[One(AnyUri), One(Integer), One(Integer)], One(String),            Values(string::substring),                  Mandatory, "A.3.9"),
];

/// Functions of functions.
#[rustfmt::skip]
const HIGHER_ORDER: &[Function] = &[
    higher("urn:oasis:names:tc:xacml:3.0:function:any-of",     HigherOrder::AnyOf,       Gives::Type(One(Boolean)), Mandatory,  "A.3.12"),
    higher("urn:oasis:names:tc:xacml:3.0:function:all-of",     HigherOrder::AllOf,       Gives::Type(One(Boolean)), Mandatory,  "A.3.12"),
    higher("urn:oasis:names:tc:xacml:3.0:function:any-of-any", HigherOrder::AnyOfAny,    Gives::Type(One(Boolean)), Mandatory,  "A.3.12"),
    higher("urn:oasis:names:tc:xacml:1.0:function:all-of-any", HigherOrder::AllOfAny,    Gives::Type(One(Boolean)), Mandatory,  "A.3.12"),
    higher("urn:oasis:names:tc:xacml:1.0:function:any-of-all", HigherOrder::AnyOfAll,    Gives::Type(One(Boolean)), Mandatory,  "A.3.12"),
    higher("urn:oasis:names:tc:xacml:1.0:function:all-of-all", HigherOrder::AllOfAll,    Gives::Type(One(Boolean)), Mandatory,  "A.3.12"),
    higher("urn:oasis:names:tc:xacml:3.0:function:map",        HigherOrder::Map,         Gives::BagOfFunction,      Mandatory,  "A.3.12"),
    higher("urn:oasis:names:tc:xacml:1.0:function:any-of",     HigherOrder::AnyOfOld,    Gives::Type(One(Boolean)), Deprecated, "A.4"),
    higher("urn:oasis:names:tc:xacml:1.0:function:all-of",     HigherOrder::AllOfOld,    Gives::Type(One(Boolean)), Deprecated, "A.4"),
    higher("urn:oasis:names:tc:xacml:1.0:function:any-of-any", HigherOrder::AnyOfAnyOld, Gives::Type(One(Boolean)), Deprecated, "A.4"),
    higher("urn:oasis:names:tc:xacml:1.0:function:map",        HigherOrder::MapOld,      Gives::BagOfFunction,      Deprecated, "A.4"),
];

/// Regular expressions and special match.
#[rustfmt::skip]
const MATCHING: &[Function] = &[
    row("urn:oasis:names:tc:xacml:1.0:function:string-regexp-match",     &[One(String), One(String)],     One(Boolean), Carried(Special::RegexpMatch), Mandatory, "A.3.13"),
    row("urn:oasis:names:tc:xacml:2.0:function:anyURI-regexp-match",     &[One(String), One(AnyUri)],     One(Boolean), Carried(Special::RegexpMatch), Mandatory, "A.3.13"),
    row("urn:oasis:names:tc:xacml:2.0:function:ipAddress-regexp-match",  &[One(String), One(IpAddress)],  One(Boolean), Carried(Special::RegexpMatch), Mandatory, "A.3.13"),
    row("urn:oasis:names:tc:xacml:2.0:function:dnsName-regexp-match",    &[One(String), One(DnsName)],    One(Boolean), Carried(Special::RegexpMatch), Mandatory, "A.3.13"),
    row("urn:oasis:names:tc:xacml:2.0:function:rfc822Name-regexp-match", &[One(String), One(Rfc822Name)], One(Boolean), Carried(Special::RegexpMatch), Mandatory, "A.3.13"),
    row("urn:oasis:names:tc:xacml:2.0:function:x500Name-regexp-match",   &[One(String), One(X500Name)],   One(Boolean), Carried(Special::RegexpMatch), Mandatory, "A.3.13"),
    row("urn:oasis:names:tc:xacml:1.0:function:x500Name-match",          &[One(X500Name), One(X500Name)], One(Boolean), Values(matching::x500_name),   Mandatory, "A.3.14"),
    row("urn:oasis:names:tc:xacml:1.0:function:rfc822Name-match",        &[One(String), One(Rfc822Name)], One(Boolean), Values(matching::rfc822_name), Mandatory, "A.3.14"),
];

/// XPath, and `access-permitted`.
#[rustfmt::skip]
const XPATH: &[Function] = &[
    row("urn:oasis:names:tc:xacml:3.0:function:xpath-node-count", &[One(XPathExpression)],                       One(Integer), Carried(Special::XPathCount),      Optional,   "A.3.15"),
    row("urn:oasis:names:tc:xacml:3.0:function:xpath-node-equal", &[One(XPathExpression), One(XPathExpression)], One(Boolean), Carried(Special::XPathEqual),      Optional,   "A.3.15"),
    row("urn:oasis:names:tc:xacml:3.0:function:xpath-node-match", &[One(XPathExpression), One(XPathExpression)], One(Boolean), Carried(Special::XPathMatch),      Optional,   "A.3.15"),
    row("urn:oasis:names:tc:xacml:1.0:function:xpath-node-count", &[One(String)],                                One(Integer), Carried(Special::Unsupported),     Deprecated, "A.4"),
    row("urn:oasis:names:tc:xacml:1.0:function:xpath-node-equal", &[One(String), One(String)],                   One(Boolean), Carried(Special::Unsupported),     Deprecated, "A.4"),
    row("urn:oasis:names:tc:xacml:1.0:function:xpath-node-match", &[One(String), One(String)],                   One(Boolean), Carried(Special::Unsupported),     Deprecated, "A.4"),
    row("urn:oasis:names:tc:xacml:3.0:function:access-permitted", &[One(AnyUri), One(String)],                   One(Boolean), Carried(Special::AccessPermitted), Optional,   "A.3.16"),
];

/// Identifiers of older versions whose functions have a new one.
#[rustfmt::skip]
const OLD_FORMS: &[Function] = &[
    many("urn:oasis:names:tc:xacml:2.0:function:uri-string-concatenate", &[One(AnyUri)], One(String), 1, One(AnyUri), Values(string::uri_concatenate), Deprecated, "A.4"),
    row("urn:oasis:names:tc:xacml:1.0:function:dayTimeDuration-equal",               &[One(DayTimeDuration), One(DayTimeDuration)],     One(Boolean),  Values(equality::value),                Deprecated, "A.4"),
    row("urn:oasis:names:tc:xacml:1.0:function:yearMonthDuration-equal",             &[One(YearMonthDuration), One(YearMonthDuration)], One(Boolean),  Values(equality::value),                Deprecated, "A.4"),
    row("urn:oasis:names:tc:xacml:1.0:function:dateTime-add-dayTimeDuration",        &[One(DateTime), One(DayTimeDuration)],            One(DateTime), Values(date_time::add_day_time),        Deprecated, "A.4"),
    row("urn:oasis:names:tc:xacml:1.0:function:dateTime-subtract-dayTimeDuration",   &[One(DateTime), One(DayTimeDuration)],            One(DateTime), Values(date_time::subtract_day_time),   Deprecated, "A.4"),
    row("urn:oasis:names:tc:xacml:1.0:function:dateTime-add-yearMonthDuration",      &[One(DateTime), One(YearMonthDuration)],          One(DateTime), Values(date_time::add_year_month),      Deprecated, "A.4"),
    row("urn:oasis:names:tc:xacml:1.0:function:dateTime-subtract-yearMonthDuration", &[One(DateTime), One(YearMonthDuration)],          One(DateTime), Values(date_time::subtract_year_month), Deprecated, "A.4"),
    row("urn:oasis:names:tc:xacml:1.0:function:date-add-yearMonthDuration",          &[One(Date), One(YearMonthDuration)],              One(Date),     Values(date_time::add_year_month),      Deprecated, "A.4"),
    row("urn:oasis:names:tc:xacml:1.0:function:date-subtract-yearMonthDuration",     &[One(Date), One(YearMonthDuration)],              One(Date),     Values(date_time::subtract_year_month), Deprecated, "A.4"),
];

/// Addresses and host names of the DLP/NAC profile.
#[rustfmt::skip]
const ENDPOINTS: &[Function] = &[
    row("urn:oasis:names:tc:xacml:3.0:function:ipAddress-match",          &[One(IpAddressPattern), One(IpAddressValue)], One(Boolean), Values(matching::host),     Profile, "DLP/NAC"),
    row("urn:oasis:names:tc:xacml:3.0:function:ipAddress-endpoint-match", &[One(IpAddressPattern), One(IpAddressValue)], One(Boolean), Values(matching::endpoint), Profile, "DLP/NAC"),
    row("urn:oasis:names:tc:xacml:3.0:function:ipAddress-value-equal",    &[One(IpAddressValue), One(IpAddressValue)],   One(Boolean), Values(equality::value),    Profile, "DLP/NAC"),
    row("urn:oasis:names:tc:xacml:3.0:function:dnsName-match",            &[One(DnsNamePattern), One(DnsNameValue)],     One(Boolean), Values(matching::host),     Profile, "DLP/NAC"),
    row("urn:oasis:names:tc:xacml:3.0:function:dnsName-endpoint-match",   &[One(DnsNamePattern), One(DnsNameValue)],     One(Boolean), Values(matching::endpoint), Profile, "DLP/NAC"),
    row("urn:oasis:names:tc:xacml:3.0:function:dnsName-value-equal",      &[One(DnsNameValue), One(DnsNameValue)],       One(Boolean), Values(equality::value),    Profile, "DLP/NAC"),
];

/// Our own.
#[rustfmt::skip]
const ARGUS: &[Function] = &[
    row("urn:argus:function:scope-covers", &[One(String), One(String), One(String)], One(Boolean), Values(argus::scope_covers), Argus, "scopes"),
    row("urn:argus:function:in-window",    &[One(String), One(DateTime)],            One(Boolean), Values(argus::in_window),    Argus, "windows"),
];

const fn row_count(mut sections: &[&[Function]]) -> usize {
    let mut count = 0;
    while let [section, rest @ ..] = sections {
        count += section.len();
        sections = rest;
    }
    count
}

/// The sections as one table, made when the program is compiled.
#[expect(clippy::indexing_slicing, reason = "the table has a place for each row; else this wouldn't compile")]
const fn joined<const N: usize>(mut sections: &[&[Function]]) -> [Function; N] {
    let mut table = [sections[0][0]; N];
    let mut filled = 0;
    while let [section, rest @ ..] = sections {
        let mut rows = *section;
        while let [row, others @ ..] = rows {
            table[filled] = *row;
            filled += 1;
            rows = others;
        }
        sections = rest;
    }
    table
}
