//! `unknown-algorithm`: a combining algorithm that doesn't exist.

use crate::check::explain::explanation;
use crate::check::{suggest, words};
use crate::combining::Combines;
use crate::diagnostic::{Diagnostic, Edit, Fix, Span};

explanation! {
    "unknown-algorithm",
    refuses: "A `RuleCombiningAlgId` or `PolicyCombiningAlgId` that names no combining algorithm.",
    because: "Without it nobody can say what several rules decide together.",
    example: r#"<Policy PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:first-applicable">
  <Target/>
</Policy>"#,
    instead: r#"<Policy PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:1.0:rule-combining-algorithm:first-applicable">
  <Target/>
</Policy>"#,
}

/// The identifier `id`, where an algorithm of one kind is needed.
pub(crate) fn report(at: Span, id: &str, combines: Combines) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(CODE, at, format!("unknown combining algorithm `{id}`"), "no algorithm has this identifier");
    match suggest::algorithm(id, combines) {
        Some(meant) => diagnostic
            .help(format!("did you mean `{}`?", words::short_beside(meant.id, id)))
            .fix(Fix { safe: false, edits: vec![Edit { at, text: meant.id.to_owned() }] }),
        None => diagnostic,
    }
}
