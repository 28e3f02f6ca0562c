//! `unresolved-reference`: a reference to a policy that isn't there.

use crate::check::explain::explanation;
use crate::check::suggest;
use crate::diagnostic::{Diagnostic, Span};

explanation! {
    "unresolved-reference",
    refuses: "A `PolicyIdReference` or `PolicySetIdReference` that fits nothing that is loaded.",
    because: "What it should decide would be Indeterminate. Only the outermost policy or policy set of a document can be referred to, and a `PolicySetIdReference` never means a `Policy`.",
    example: r#"<PolicySet PolicySetId="s" Version="1" PolicyCombiningAlgId="urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:deny-overrides">
  <Target/>
  <PolicyIdReference>urn:nowhere</PolicyIdReference>
</PolicySet>"#,
    instead: r#"<PolicySet PolicySetId="s" Version="1" PolicyCombiningAlgId="urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:deny-overrides">
  <Target/>
</PolicySet>"#,
}

/// Nothing that is loaded has this id. `inner` is where it stands inside another document, `other_kind` where it is
/// of the other kind.
pub(crate) fn unknown<'n>(
    at: Span,
    kind: &str,
    id: &str,
    known: impl Iterator<Item = &'n str>,
    elsewhere: Option<(&'static str, Span)>,
) -> Diagnostic {
    let diagnostic = Diagnostic::error(CODE, at, format!("{kind} `{id}` is not loaded"), "nothing loaded has this id");
    if let Some((what, place)) = elsewhere {
        return diagnostic.note(what, Some(place));
    }
    match suggest::name(id, known) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help("add the folder that holds it with `--policies DIR`"),
    }
}

/// The id is loaded, but in no version that fits. The attribute `name` with `pattern` stands at `at`.
pub(crate) fn version(
    at: Span,
    kind: &str,
    id: &str,
    (name, pattern): (&str, &str),
    loaded: &[(&str, Span)],
) -> Diagnostic {
    let message = match name {
        "Version" => format!("no version of {kind} `{id}` matches `{pattern}`"),
        _ => format!("no version of {kind} `{id}` fits `{name}=\"{pattern}\"`"),
    };
    let diagnostic = Diagnostic::error(CODE, at, message, "nothing loaded fits this pattern");
    let diagnostic = loaded
        .iter()
        .fold(diagnostic, |found, (version, place)| found.note(format!("is version {version}"), Some(*place)));
    let major = |text: &str| text.split('.').next().unwrap_or(text).to_owned();
    match loaded.last() {
        Some((version, _)) if name == "Version" => diagnostic.help(format!(
            "write `Version=\"{}.*\"`, or add the folder that holds version {} with `--policies DIR`",
            major(version),
            major(pattern)
        )),
        _ => diagnostic.help("add the folder that holds another version with `--policies DIR`"),
    }
}
