//! The regular expressions of XML Schema and XPath (core A.3.13), translated for a linear-time matcher.
