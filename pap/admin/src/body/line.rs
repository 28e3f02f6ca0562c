//! Texts for people: an owner, a tag, what an organisation is called. One line each, without blanks at its ends.

use super::Fields;
use crate::FaultCode;

/// The longest word on who answers for a key, in characters.
pub(crate) const LONGEST_OWNER: usize = 200;

const LONGEST_TAG: usize = 64;
const MOST_TAGS: usize = 32;
const LONGEST_DISPLAY_NAME: usize = 200;

/// Reads a text of one line that has to be there. A fault is noted.
pub(crate) fn required_line(fields: &mut Fields, member: &'static str, longest: usize) -> Option<String> {
    let text = fields.required_text(member)?;
    refuse_others(fields, member, &text, longest);
    Some(text)
}

/// Reads a text of one line. A fault is noted.
pub(crate) fn line(fields: &mut Fields, member: &'static str, longest: usize) -> Option<String> {
    let text = fields.text(member)?;
    refuse_others(fields, member, &text, longest);
    Some(text)
}

fn refuse_others(fields: &mut Fields, member: &str, text: &str, longest: usize) {
    if !is_line(text, longest) {
        let detail = format!("`{member}` has 1 to {longest} characters, in one line");
        fields.fault(member, FaultCode::InvalidField, detail, None);
    }
}

fn is_line(text: &str, longest: usize) -> bool {
    let is_trimmed = text.trim().len() == text.len();
    !text.is_empty() && is_trimmed && text.chars().count() <= longest && !text.chars().any(char::is_control)
}

/// Reads the member `tags`; what is there twice is kept once. Faults are noted.
pub(crate) fn tags(fields: &mut Fields) -> Vec<String> {
    let texts = fields.texts("tags");
    if texts.len() > MOST_TAGS {
        let detail = format!("{} tags are too many: a key has at most {MOST_TAGS}", texts.len());
        fields.fault("tags", FaultCode::InvalidField, detail, None);
    }
    let mut tags = Vec::with_capacity(texts.len());
    for (at, text) in texts {
        if !is_line(&text, LONGEST_TAG) {
            let detail = format!("a tag has 1 to {LONGEST_TAG} characters, in one line");
            fields.fault(&at, FaultCode::InvalidField, detail, None);
        } else if !tags.contains(&text) {
            tags.push(text);
        }
    }
    tags
}

/// Reads the member `display_name`. A fault is noted.
pub(crate) fn display_name(fields: &mut Fields) -> Option<String> {
    let text = fields.text("display_name")?;
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LONGEST_DISPLAY_NAME || text.chars().any(char::is_control) {
        let detail = format!("a name for people has 1 to {LONGEST_DISPLAY_NAME} characters, in one line");
        fields.fault("display_name", FaultCode::InvalidField, detail, None);
    }
    Some(text.to_owned())
}
