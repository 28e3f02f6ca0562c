//! `child-count`: an algorithm that needs two or three children, and has others.

use crate::check::explain::explanation;
use crate::diagnostic::{Diagnostic, Span};

explanation! {
    "child-count",
    refuses: "A `PolicySet` with the algorithm on-permit-apply-second that has not two or three children. It is evaluated, and gives Indeterminate.",
    because: "The first child is the guard, the second is what it lets through, the third is what else applies.",
    example: r#"<PolicySet PolicySetId="s" Version="1" PolicyCombiningAlgId="urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:on-permit-apply-second">
  <Target/>
</PolicySet>"#,
    instead: r#"<PolicySet PolicySetId="s" Version="1" PolicyCombiningAlgId="urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:on-permit-apply-second">
  <Target/>
  <Policy PolicyId="guard" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
    <Target/>
  </Policy>
  <Policy PolicyId="guarded" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
    <Target/>
  </Policy>
</PolicySet>"#,
}

/// The algorithm at this place combines this many children.
pub(crate) fn report(at: Span, algorithm: &str, children: usize) -> Diagnostic {
    let label = if children == 1 { "1 child".to_owned() } else { format!("{children} children") };
    Diagnostic::error(CODE, at, format!("`{algorithm}` needs two or three children, not {children}"), label)
        .note("an evaluated policy set would give Indeterminate (processing-error)", None)
}
