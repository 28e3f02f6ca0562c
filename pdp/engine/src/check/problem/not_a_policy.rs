//! `not-a-policy`: a document that is XACML, but neither a policy nor a policy set.

use crate::check::explain::explanation;
use crate::diagnostic::{Diagnostic, Span};

explanation! {
    "not-a-policy",
    refuses: "A document whose root element is neither `Policy` nor `PolicySet`.",
    because: "Only those two decide anything. A `Request` belongs to `argus eval --request`.",
    example: r#"<Request xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" ReturnPolicyIdList="false" CombinedDecision="false"/>"#,
    instead: r#"<Policy PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <Target/>
</Policy>"#,
}

/// The root element has another name.
pub(crate) fn report(at: Span, name: &str) -> Diagnostic {
    Diagnostic::error(CODE, at, format!("`{name}` is not a policy"), "expected `Policy` or `PolicySet`")
}
