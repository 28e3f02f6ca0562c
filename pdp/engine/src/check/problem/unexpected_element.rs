//! `unexpected-element`: an element where it can't stand.

use crate::check::explain::explanation;
use crate::check::{suggest, words};
use crate::diagnostic::{Diagnostic, Span};

explanation! {
    "unexpected-element",
    refuses: "An element that can not stand inside its parent.",
    because: "XACML says of each element which others it may hold. What is not read could change the decision.",
    example: r"<Target>
  <Subjects/>
</Target>",
    instead: "<Target/>",
}

/// `name` stands inside `parent`, which may hold `allowed`.
pub(crate) fn report(at: Span, name: &str, parent: &str, allowed: &[&str]) -> Diagnostic {
    let label = match allowed {
        [] => format!("`{parent}` holds no element"),
        [one] => format!("`{parent}` holds `{one}`"),
        _ => format!("not an element of `{parent}`"),
    };
    let diagnostic = Diagnostic::error(CODE, at, format!("`{name}` can't stand in `{parent}`"), label);
    match (replaced(name), suggest::name(name, allowed.iter().copied())) {
        (Some(instead), _) => diagnostic.help(instead),
        (None, Some(near)) if near != name => diagnostic.help(format!("did you mean `{near}`?")),
        _ if allowed.len() > 1 => {
            diagnostic.help(format!("`{parent}` holds {}", words::one_of(allowed.iter().copied())))
        }
        _ => diagnostic,
    }
}

// What XACML 2.0 wrote in another way.
fn replaced(name: &str) -> Option<&'static str> {
    Some(match name {
        "Subjects" | "Resources" | "Actions" | "Environments" => {
            "XACML 3.0 has one `AnyOf` for it, with an `AllOf` for each alternative"
        }
        "Subject" | "Resource" | "Action" | "Environment" => "XACML 3.0 writes `AllOf`",
        "SubjectMatch" | "ResourceMatch" | "ActionMatch" | "EnvironmentMatch" => "XACML 3.0 writes `Match`",
        "SubjectAttributeDesignator"
        | "ResourceAttributeDesignator"
        | "ActionAttributeDesignator"
        | "EnvironmentAttributeDesignator" => "XACML 3.0 writes `AttributeDesignator` with `Category`",
        "Obligations" => "in a policy, XACML 3.0 writes `ObligationExpressions`",
        "Obligation" => "in a policy, XACML 3.0 writes `ObligationExpression`",
        "AttributeAssignment" => "in a policy, XACML 3.0 writes `AttributeAssignmentExpression`",
        _ => return None,
    })
}
