//! `wrong-namespace`: a document of another version of XACML, or of another language.

use crate::check::explain::explanation;
use crate::diagnostic::{Diagnostic, Span};
use crate::read::xml::CORE_NAMESPACE;

explanation! {
    "wrong-namespace",
    refuses: "A document whose root element is not in the namespace of XACML 3.0.",
    because: "XACML 2.0 and 1.x write targets, conditions and attributes in another way. To go over from 2.0: put each `Subjects`, `Resources`, `Actions` and `Environments` into one `AnyOf` with an `AllOf` for each alternative; write `AttributeDesignator` with `Category` for `SubjectAttributeDesignator` and its like; give every designator and selector `MustBePresent`; write `PolicySetIdReference` and `PolicyIdReference` with versions where needed; write `ObligationExpressions` with `AttributeAssignmentExpression` for `Obligations`; and use the 3.0 identifiers of the combining algorithms.",
    example: r#"<Policy xmlns="urn:oasis:names:tc:xacml:2.0:policy:schema:os" PolicyId="p"/>"#,
    instead: r#"<Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <Target/>
</Policy>"#,
}

/// The root element `name` is in this namespace.
pub(crate) fn report(at: Span, name: &str, uri: &str) -> Diagnostic {
    let what = match name {
        "Policy" => "policy",
        "PolicySet" => "policy set",
        _ => "document",
    };
    let older = ["1.0", "1.1", "2.0"]
        .iter()
        .find(|version| uri.strip_prefix("urn:oasis:names:tc:xacml:").is_some_and(|rest| rest.starts_with(**version)));
    match older {
        Some(version) => Diagnostic::error(
            CODE,
            at,
            format!("this is an XACML {version} {what}; argus reads XACML 3.0"),
            format!("XACML {version}"),
        )
        .help("changing the namespace is not enough; `argus check --explain wrong-namespace` lists what else differs"),
        None if uri.starts_with("urn:oasis:names:tc:xacml:3.0:") => {
            let message = format!("this {what} is of a draft of XACML 3.0; argus reads the standard");
            Diagnostic::error(CODE, at, message, "a draft").help(format!("write `xmlns=\"{CORE_NAMESPACE}\"`"))
        }
        None if uri.is_empty() => {
            Diagnostic::error(CODE, at, format!("`{name}` is in no namespace; argus reads XACML 3.0"), "no namespace")
                .help(format!("write `<{name} xmlns=\"{CORE_NAMESPACE}\" …>`"))
        }
        None => {
            Diagnostic::error(CODE, at, "this is not an XACML document; argus reads XACML 3.0", "another namespace")
                .help(format!("the namespace of XACML 3.0 is `{CORE_NAMESPACE}`"))
        }
    }
}
