//! `circular-reference`: a policy set that contains itself.

use crate::check::explain::explanation;
use crate::diagnostic::{Diagnostic, Span};

explanation! {
    "circular-reference",
    refuses: "A policy set that leads back to itself through its references.",
    because: "Its decision would depend on itself.",
    example: r#"<PolicySet PolicySetId="s" Version="1" PolicyCombiningAlgId="urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:deny-overrides">
  <Target/>
  <PolicySetIdReference>s</PolicySetIdReference>
</PolicySet>"#,
    instead: r#"<PolicySet PolicySetId="s" Version="1" PolicyCombiningAlgId="urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:deny-overrides">
  <Target/>
</PolicySet>"#,
}

/// The steps of the circle, each with the reference that makes it; the last closes it.
pub(crate) fn report(steps: &[(&str, &str, Span)]) -> Diagnostic {
    let (id, at) = steps.last().map_or(("", Span::default()), |(_, to, at)| (*to, *at));
    let diagnostic =
        Diagnostic::error(CODE, at, format!("policy set `{id}` contains itself"), "leads back to where it started");
    steps
        .iter()
        .fold(diagnostic, |found, (from, to, at)| found.note(format!("`{from}` refers to `{to}`"), Some(*at)))
        .help("take one of these references out")
}
