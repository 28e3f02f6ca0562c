//! `duplicate-policy-id`: two policies of one id and version.

use crate::check::explain::explanation;
use crate::diagnostic::{Diagnostic, Span};

explanation! {
    "duplicate-policy-id",
    refuses: "Two different policies, or two policy sets, with the same id and version, wherever they stand in the documents that are checked together.",
    because: "References, answers and audit name a policy by id and version. A document that is loaded twice, byte for byte, is one.",
    example: r#"<PolicySet PolicySetId="s" Version="1" PolicyCombiningAlgId="urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:deny-overrides">
  <Target/>
  <Policy PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
    <Target/>
  </Policy>
  <Policy PolicyId="p" Version="1.0" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
    <Target/>
  </Policy>
  <Policy PolicyId="p" Version="01" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:permit-overrides">
    <Target/>
  </Policy>
</PolicySet>"#,
    instead: r#"<PolicySet PolicySetId="s" Version="1" PolicyCombiningAlgId="urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:deny-overrides">
  <Target/>
  <Policy PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
    <Target/>
  </Policy>
  <Policy PolicyId="q" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
    <Target/>
  </Policy>
</PolicySet>"#,
}

/// `kind` is `policy` or `policy set`.
pub(crate) fn report(at: Span, kind: &str, id: &str, version: &str, first: Span) -> Diagnostic {
    Diagnostic::error(
        CODE,
        at,
        format!("{kind} `{id}` stands twice in version {version}"),
        "second use of id and version",
    )
    .note("first use", Some(first))
    .help("give one of them another id or version; to use a policy in two places, refer to it")
}
