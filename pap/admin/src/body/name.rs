//! Names: one segment of a path, in letters that no two people type differently.

use super::Fields;
use crate::FaultCode;
use crate::resource::RESERVED_PROJECT;

/// The longest name.
const LONGEST: usize = 63;

/// What a name is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An organisation.
    Organisation,
    /// A project. `argus` is reserved.
    Project,
    /// A key.
    Key,
}

/// Reads a required name. Faults are noted.
pub(crate) fn name(fields: &mut Fields, member: &'static str, kind: Kind) -> Option<String> {
    let text = fields.required_text(member)?;
    if !is_name(&text) {
        fields.fault(
            member,
            FaultCode::InvalidField,
            format!("`{}` is no name", text.escape_debug()),
            Some(help(&text)),
        );
        return None;
    }
    if kind == Kind::Project && text == RESERVED_PROJECT {
        let detail = "the project `argus` of an organisation is reserved for its keys, policies and limits";
        fields.fault(member, FaultCode::InvalidField, detail, Some("choose another name".to_owned()));
        return None;
    }
    Some(text)
}

/// Whether a text is a name: 1 to 63 of `a-z 0-9 - _ .`, with a letter or a digit at both ends.
///
/// Small letters alone, because segments are compared as text and `Acme` beside `acme` would be a trap. All of these
/// stand in a path as they are.
pub(crate) fn is_name(text: &str) -> bool {
    let is_alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.len() <= LONGEST
        && text.starts_with(is_alphanumeric)
        && text.ends_with(is_alphanumeric)
        && text.chars().all(|c| is_alphanumeric(c) || matches!(c, '-' | '_' | '.'))
}

fn help(text: &str) -> String {
    let lower = text.trim().to_lowercase().replace(' ', "-");
    let rule = "1 to 63 of a-z, 0-9, `-`, `_` and `.`, with a letter or a digit at both ends";
    if is_name(&lower) { format!("write `{lower}`: {rule}") } else { rule.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_plain_segment_in_small_letters() {
        for text in ["acme", "a", "0", "acme-labs", "v1.2_x", &"a".repeat(63)] {
            assert!(is_name(text), "{text}");
        }
        for text in ["", "Acme", "-a", "a-", ".", "..", "a b", "a/b", "a:b", "ä", "a*", "a%20", &"a".repeat(64)] {
            assert!(!is_name(text), "{text}");
        }
        assert!(help("Acme Labs").starts_with("write `acme-labs`"));
    }
}
