//! A value on its way out: the same for values that came with a request and for values that a policy gave.

use std::borrow::Cow;

use smallvec::SmallVec;

use crate::request::{RawValue, TypeName};
use crate::value::{DataType, Value};

type Declarations<'v> = SmallVec<[(&'v str, &'v str); 4]>;

/// A value as it is written.
pub(super) struct Shown<'v> {
    pub(super) data_type: TypeName<'v>,
    pub(super) text: Cow<'v, str>,
    pub(super) extra: Extra<'v>,
}

/// What a value has besides its text.
pub(super) enum Extra<'v> {
    Nothing,
    /// Of an xpathExpression.
    XPath {
        category: &'v str,
        namespaces: Declarations<'v>,
    },
    /// The text is XML, with these declarations around it.
    Markup {
        namespaces: Declarations<'v>,
    },
}

impl<'v> From<&RawValue<'v>> for Shown<'v> {
    fn from(value: &RawValue<'v>) -> Self {
        let is_xpath = value.data_type == TypeName::Known(DataType::XPathExpression);
        let extra = match value.xpath {
            None => Extra::Nothing,
            Some(xpath) if is_xpath => {
                Extra::XPath { category: xpath.category, namespaces: SmallVec::from_slice(xpath.namespaces) }
            }
            Some(around) => Extra::Markup { namespaces: SmallVec::from_slice(around.namespaces) },
        };
        Self { data_type: value.data_type, text: Cow::Borrowed(value.text), extra }
    }
}

impl<'v> From<&Value<'v>> for Shown<'v> {
    fn from(value: &Value<'v>) -> Self {
        let data_type = TypeName::Known(value.data_type());
        let (text, extra) = match *value {
            Value::String(text) | Value::AnyUri(text) => (Cow::Borrowed(text), Extra::Nothing),
            Value::XPathExpression(xpath) => {
                let namespaces = xpath.namespaces.iter().map(|(prefix, uri)| (prefix.as_str(), uri.as_str())).collect();
                (Cow::Borrowed(xpath.text.as_str()), Extra::XPath { category: &xpath.category, namespaces })
            }
            other => (Cow::Owned(other.to_string()), Extra::Nothing),
        };
        Self { data_type, text, extra }
    }
}
