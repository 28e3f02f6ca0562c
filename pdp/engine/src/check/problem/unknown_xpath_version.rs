//! `unknown-xpath-version`: a version of XPath that nobody knows.

use crate::check::explain::explanation;
use crate::diagnostic::{Diagnostic, Span};
use crate::xpath::Version;

explanation! {
    "unknown-xpath-version",
    refuses: "An `XPathVersion` that names neither XPath 1.0 nor XPath 2.0.",
    because: "The same expression means different things in the two.",
    example: r#"<Policy PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <PolicyDefaults>
    <XPathVersion>3.1</XPathVersion>
  </PolicyDefaults>
  <Target/>
</Policy>"#,
    instead: r#"<Policy PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <PolicyDefaults>
    <XPathVersion>http://www.w3.org/TR/1999/REC-xpath-19991116</XPathVersion>
  </PolicyDefaults>
  <Target/>
</Policy>"#,
}

/// The identifier at this place.
pub(crate) fn report(at: Span, uri: &str) -> Diagnostic {
    Diagnostic::error(CODE, at, format!("unknown XPath version `{uri}`"), "expected XPath 1.0 or 2.0").help(format!(
        "write `{}` or `{}`",
        Version::V1.uri(),
        Version::V2.uri()
    ))
}
