//! `algorithm-kind`: an algorithm for policies where one for rules is needed, or the other way round.

use crate::check::explain::explanation;
use crate::check::suggest;
use crate::combining::Combines;
use crate::diagnostic::{Diagnostic, Edit, Fix, Span};

explanation! {
    "algorithm-kind",
    refuses: "A `Policy` with an algorithm that combines policies, or a `PolicySet` with one that combines rules.",
    because: "The two kinds are defined apart; some exist only for one of them.",
    example: r#"<Policy PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:deny-overrides">
  <Target/>
</Policy>"#,
    instead: r#"<Policy PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <Target/>
</Policy>"#,
}

/// The attribute `name` holds `id`, but its element combines something else. `value_at` is all of the value.
pub(crate) fn report(value_at: Span, id: &str, name: &str, combines: Combines) -> Diagnostic {
    let (found, label, segment) = match combines {
        Combines::Rules => ("policies", "a `Policy` combines rules", "policy-combining-algorithm"),
        Combines::Policies => ("rules", "a `PolicySet` combines policies", "rule-combining-algorithm"),
    };
    let message = format!("`{name}` names an algorithm that combines {found}");
    let diagnostic = Diagnostic::error(CODE, segment_of(value_at, id, segment), message, label);
    match suggest::algorithm(id, combines) {
        Some(meant) => diagnostic
            .help(format!("write `{}`", meant.id))
            .fix(Fix { safe: false, edits: vec![Edit { at: value_at, text: meant.id.to_owned() }] }),
        None => diagnostic.help(format!("no algorithm of this name combines {}", combined(combines))),
    }
}

const fn combined(combines: Combines) -> &'static str {
    match combines {
        Combines::Rules => "rules",
        Combines::Policies => "policies",
    }
}

// The part of the identifier that is wrong. Identifiers of the standard need no escaping, so bytes are bytes.
fn segment_of(value_at: Span, id: &str, segment: &str) -> Span {
    match id.find(segment).and_then(|at| u32::try_from(at).ok()).zip(u32::try_from(segment.len()).ok()) {
        Some((at, length)) => Span { start: value_at.start + at, end: value_at.start + at + length, ..value_at },
        None => value_at,
    }
}
