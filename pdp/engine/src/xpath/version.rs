//! `XPathVersion`: which XPath a policy or a request speaks (core 5.4, 5.15).

/// A version of XPath.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Version {
    /// XPath 1.0.
    V1,
    /// XPath 2.0.
    V2,
}

impl Version {
    /// The version that the identifier names. Case is ignored: a misspelt `Rec-xpath` is widely copied.
    pub fn from_uri(uri: &str) -> Option<Self> {
        let uri = uri.trim().trim_end_matches('/');
        IDENTIFIERS.iter().find(|(known, _)| known.eq_ignore_ascii_case(uri)).map(|&(_, version)| version)
    }

    /// The identifier that the standard uses.
    pub fn uri(self) -> &'static str {
        match self {
            Self::V1 => "http://www.w3.org/TR/1999/REC-xpath-19991116",
            Self::V2 => "http://www.w3.org/TR/2007/REC-xpath20-20070123",
        }
    }
}

/// Both editions of 2.0 are one version.
static IDENTIFIERS: &[(&str, Version)] = &[
    ("http://www.w3.org/TR/1999/REC-xpath-19991116", Version::V1),
    ("http://www.w3.org/TR/2007/REC-xpath20-20070123", Version::V2),
    ("http://www.w3.org/TR/2010/REC-xpath20-20101214", Version::V2),
];
