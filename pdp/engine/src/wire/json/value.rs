//! The values of an attribute in JSON: what is written, and the data type that it has (JSON Profile 1.1, 3.3).

use smallvec::SmallVec;

use super::cursor::{Cursor, Read};
use crate::request::{RawValue, RawXPath, RequestError, TypeName};
use crate::value::DataType;
use crate::wire::shorthand::category_or_short;

/// A value before its data type is known: `DataType` may come after `Value`.
#[derive(Clone, Copy)]
pub(super) struct Item<'a> {
    kind: Kind,
    text: &'a str,
    xpath: Option<&'a RawXPath<'a>>,
    at: usize,
}

/// What kind of JSON value it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    String,
    Boolean,
    Integer,
    Double,
    XPath,
}

/// The values of one attribute; most have one.
pub(super) type Items<'a> = SmallVec<[Item<'a>; 4]>;

/// Reads one value, or an array of them.
pub(super) fn read_values<'a>(cursor: &mut Cursor<'a>, items: &mut Items<'a>) -> Read<()> {
    cursor.each(|cursor| {
        items.push(read_item(cursor)?);
        Ok(())
    })
}

/// Reads one value.
pub(super) fn read_item<'a>(cursor: &mut Cursor<'a>) -> Read<Item<'a>> {
    let at = cursor.offset();
    let plain = |kind, text| Ok(Item { kind, text, xpath: None, at });
    match cursor.peek() {
        Some(b'"') => plain(Kind::String, cursor.string()?),
        Some(b't' | b'f') => plain(Kind::Boolean, if cursor.boolean()? { "true" } else { "false" }),
        Some(b'-' | b'0'..=b'9') => {
            let number = cursor.number()?;
            plain(if number.is_integer { Kind::Integer } else { Kind::Double }, number.text)
        }
        Some(b'{') => {
            let (text, xpath) = read_xpath(cursor, at)?;
            Ok(Item { kind: Kind::XPath, text, xpath: Some(xpath), at })
        }
        _ => Err(cursor.expected("a string, a number, a boolean or an XPath expression")),
    }
}

/// A name of a data type: a short name or an identifier.
pub(super) fn read_data_type<'a>(cursor: &mut Cursor<'a>) -> Read<TypeName<'a>> {
    let at = cursor.offset();
    let name = cursor.string()?;
    if name.contains(':') {
        return Ok(TypeName::from_uri(name));
    }
    let known = DataType::from_short_name(name).map(TypeName::Known);
    known.ok_or_else(|| RequestError::new(format!("unknown data type `{name}`"), Some(at)))
}

/// The data type that values have without `DataType`: that of the first, and double where integers and doubles mix.
pub(super) fn infer<'a>(items: &[Item<'a>]) -> Read<TypeName<'a>> {
    let Some(first) = items.first() else { return Ok(TypeName::Known(DataType::String)) };
    let mut inferred = first.kind;
    for item in items {
        inferred = match (inferred, item.kind) {
            (a, b) if a == b => a,
            (Kind::Integer, Kind::Double) | (Kind::Double, Kind::Integer) => Kind::Double,
            _ => {
                let message =
                    "the values of one attribute have different types: give each type an attribute of its own";
                return Err(RequestError::new(message, Some(item.at)));
            }
        };
    }
    Ok(TypeName::Known(match inferred {
        Kind::String => DataType::String,
        Kind::Boolean => DataType::Boolean,
        Kind::Integer => DataType::Integer,
        Kind::Double => DataType::Double,
        Kind::XPath => DataType::XPathExpression,
    }))
}

impl<'a> Item<'a> {
    /// The value as one of this data type.
    pub(super) fn with_type(&self, data_type: TypeName<'a>) -> Read<RawValue<'a>> {
        let fits = match (self.kind, data_type) {
            (Kind::XPath, wanted) => wanted == TypeName::Known(DataType::XPathExpression),
            (Kind::String, wanted) => wanted != TypeName::Known(DataType::XPathExpression),
            (_, TypeName::Other(_)) => true,
            (Kind::Boolean, TypeName::Known(wanted)) => wanted == DataType::Boolean,
            (Kind::Integer, TypeName::Known(wanted)) => matches!(wanted, DataType::Integer | DataType::Double),
            (Kind::Double, TypeName::Known(wanted)) => wanted == DataType::Double,
        };
        if fits {
            return Ok(RawValue { data_type, text: self.text, xpath: self.xpath });
        }
        let message = format!("{} can't be a value of type `{}`", self.kind.words(), data_type.uri());
        Err(RequestError::new(message, Some(self.at)))
    }
}

impl Kind {
    fn words(self) -> &'static str {
        match self {
            Self::String => "a string",
            Self::Boolean => "a boolean",
            Self::Integer => "an integer",
            Self::Double => "a number with fraction or exponent",
            Self::XPath => "an object",
        }
    }
}

// `{"XPathCategory": …, "XPath": …, "Namespaces": [{"Prefix": …, "Namespace": …}]}`.
fn read_xpath<'a>(cursor: &mut Cursor<'a>, at: usize) -> Read<(&'a str, &'a RawXPath<'a>)> {
    let (mut category, mut text, mut namespaces) = (None, None, None);
    let mut object = cursor.object()?;
    while let Some((name, at)) = cursor.member(&mut object)? {
        match name {
            "XPathCategory" => once(&mut category, name, at, category_or_short(cursor.string()?))?,
            "XPath" => once(&mut text, name, at, cursor.string()?)?,
            "Namespaces" => once(&mut namespaces, name, at, read_namespaces(cursor)?)?,
            _ => return Err(unknown(name, "an XPath expression", at)),
        }
    }
    let category = category.ok_or_else(|| missing("XPathCategory", "an XPath expression", at))?;
    let text = text.ok_or_else(|| missing("XPath", "an XPath expression", at))?;
    let namespaces = namespaces.unwrap_or_default();
    Ok((text, cursor.arena().bump().alloc(RawXPath { category, namespaces })))
}

fn read_namespaces<'a>(cursor: &mut Cursor<'a>) -> Read<&'a [(&'a str, &'a str)]> {
    let mut found: SmallVec<[(&str, &str); 4]> = SmallVec::new();
    cursor.each(|cursor| {
        let (mut prefix, mut namespace) = (None, None);
        let start = cursor.offset();
        let mut object = cursor.object()?;
        while let Some((name, at)) = cursor.member(&mut object)? {
            match name {
                "Prefix" => once(&mut prefix, name, at, cursor.string()?)?,
                "Namespace" => once(&mut namespace, name, at, cursor.string()?)?,
                _ => return Err(unknown(name, "a namespace declaration", at)),
            }
        }
        let namespace = namespace.ok_or_else(|| missing("Namespace", "a namespace declaration", start))?;
        let prefix = prefix.unwrap_or_default();
        if found.iter().any(|(known, _)| *known == prefix) {
            return Err(RequestError::new(format!("the prefix `{prefix}` is declared twice"), Some(start)));
        }
        found.push((prefix, namespace));
        Ok(())
    })?;
    Ok(cursor.arena().bump().alloc_slice_copy(&found))
}

/// Fills a member that may come once.
pub(super) fn once<T>(slot: &mut Option<T>, name: &str, at: usize, value: T) -> Read<()> {
    if slot.replace(value).is_some() {
        return Err(RequestError::new(format!("the member `{name}` comes twice"), Some(at)));
    }
    Ok(())
}

/// A member that no such object has.
#[cold]
pub(super) fn unknown(name: &str, object: &str, at: usize) -> RequestError {
    RequestError::new(format!("unknown member `{name}` in {object}"), Some(at))
}

/// A member that every such object has.
#[cold]
pub(super) fn missing(name: &str, object: &str, at: usize) -> RequestError {
    RequestError::new(format!("{object} without `{name}`"), Some(at))
}
