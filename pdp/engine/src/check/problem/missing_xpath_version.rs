//! `missing-xpath-version`: an XPath whose version nothing says.

use crate::check::explain::explanation;
use crate::diagnostic::{Diagnostic, Span};
use crate::xpath::Version;

explanation! {
    "missing-xpath-version",
    refuses: "Warns, where the lint is on, of an XPath in a policy that has no `XPathVersion`, nor has a policy set around it.",
    because: "The standard requires it. Without it, argus reads XPath 1.0; another server may not.",
    example: r#"<AttributeSelector Category="urn:c" Path="//record" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/>"#,
    instead: r#"<Policy PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <PolicyDefaults>
    <XPathVersion>http://www.w3.org/TR/1999/REC-xpath-19991116</XPathVersion>
  </PolicyDefaults>
  <Target/>
</Policy>"#,
}

/// The XPath at this place.
pub(crate) fn report(at: Span) -> Diagnostic {
    Diagnostic::warning(CODE, at, "no `XPathVersion` is in force here", "taken for XPath 1.0").help(format!(
        "write `<PolicyDefaults><XPathVersion>{}</XPathVersion></PolicyDefaults>` before `Target`",
        Version::V1.uri()
    ))
}
