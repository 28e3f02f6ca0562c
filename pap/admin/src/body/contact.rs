//! What a contact is: how it is reached and where, what it is told, and whether it is.

use argus_store::contact::{ContactKind, ContactState};
use argus_store::outbox::NoticeKind;

use super::{Fields, web_address};
use crate::FaultCode;

/// The longest address of a webhook, and that of e-mail (RFC 5321 §4.5.3.1).
const LONGEST_URL: usize = 2_000;
const LONGEST_EMAIL: usize = 254;
const LONGEST_LOCAL_PART: usize = 64;

/// Reads the member `kind`, which has to be there. A fault is noted.
pub(crate) fn contact_kind(fields: &mut Fields) -> Option<ContactKind> {
    let text = fields.required_text("kind")?;
    word(fields, "kind", &text, ContactKind::WORDS)
}

/// Reads the member `state`, which has to be there. A fault is noted.
pub(crate) fn contact_state(fields: &mut Fields) -> Option<ContactState> {
    let text = fields.required_text("state")?;
    word(fields, "state", &text, ContactState::WORDS)
}

fn word<T: std::str::FromStr>(fields: &mut Fields, member: &str, text: &str, words: &[&str]) -> Option<T> {
    let word = text.parse().ok();
    if word.is_none() {
        let words = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" and ");
        fields.fault(member, FaultCode::InvalidField, format!("`{}` is none of {words}", text.escape_debug()), None);
    }
    word
}

/// Reads the member `address`, which has to be there and to be one of this kind. A fault is noted.
pub(crate) fn contact_address(fields: &mut Fields, kind: Option<ContactKind>) -> Option<String> {
    let address = fields.required_text("address")?;
    let (is_right, what, help) = match kind? {
        ContactKind::Email => (is_email(&address), "of e-mail", "write it as `ada@acme.example`"),
        _ => (
            web_address(&address, LONGEST_URL),
            "of a webhook",
            "write it as `https://hooks.acme.example/argus`, without name, password or fragment",
        ),
    };
    if !is_right {
        let detail = format!("`{}` is no address {what}", address.escape_debug());
        fields.fault("address", FaultCode::InvalidField, detail, Some(help.to_owned()));
    }
    Some(address)
}

/// An address that every mail server takes: ASCII, the local part without quotes (RFC 5321 §4.1.2).
fn is_email(address: &str) -> bool {
    let Some((local, domain)) = address.rsplit_once('@') else { return false };
    let is_atom = |c: u8| c.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&c);
    let is_local =
        local.len() <= LONGEST_LOCAL_PART && local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_atom));
    let is_label = |label: &str| {
        let is_plain = label.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-');
        (1..=63).contains(&label.len()) && is_plain && !label.starts_with('-') && !label.ends_with('-')
    };
    address.len() <= LONGEST_EMAIL && is_local && domain.split('.').all(is_label)
}

/// Reads the member `events`; what is there twice is kept once. Faults are noted.
pub(crate) fn events(fields: &mut Fields) -> Vec<String> {
    let mut events = Vec::new();
    for (at, text) in fields.texts("events") {
        if !NoticeKind::WORDS.contains(&text.as_str()) {
            let detail = format!("nobody is told of `{}`", text.escape_debug());
            let words = NoticeKind::WORDS.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
            fields.fault(&at, FaultCode::InvalidField, detail, Some(format!("name some of {words}")));
        } else if !events.contains(&text) {
            events.push(text);
        }
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::Body;

    fn faults_of(body: &str) -> String {
        let mut fields = Fields::of(Body::parse(body.as_bytes()).unwrap());
        let kind = contact_kind(&mut fields);
        contact_address(&mut fields, kind);
        events(&mut fields);
        // In words an error tells its first fault, and how many more there are.
        fields.finish().err().map_or_else(String::new, |error| format!("{error:?}"))
    }

    #[test]
    fn an_address_is_one_of_its_kind() {
        for address in ["ada@acme.example", "a.b+c@x", "o'neill@a-b.example"] {
            assert!(is_email(address), "{address}");
        }
        let long = format!("{}@x.example", "a".repeat(65));
        for address in
            ["", "ada", "@x", "a@", ".a@x", "a..b@x", "a b@x", "a\r\nBcc: b@x", "a@-x", "a@x..y", "\"a\"@x", &long]
        {
            assert!(!is_email(address), "{address}");
        }
        for url in ["https://x", "https://x:8443/a?b=c", "http://localhost:9/x", "http://127.0.0.1", "http://[::1]:9"] {
            assert!(web_address(url, LONGEST_URL), "{url}");
        }
        for url in
            ["http://x", "https://", "https://a:b@x", "https://x/#a", "https://x/ y", "ftp://x", "http://localhost.x"]
        {
            assert!(!web_address(url, LONGEST_URL), "{url}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_contact_is_all_told() {
        assert_eq!(faults_of(r#"{"kind": "email", "address": "ada@acme.example", "events": ["key.revoked"]}"#), "");
        let wrong = faults_of(r#"{"kind": "webhook", "address": "http://x", "events": ["key.revoked", "x"]}"#);
        assert!(wrong.contains("`http://x` is no address of a webhook") && wrong.contains("`x`"), "{wrong}");
        let wrong = faults_of(r#"{"kind": "pager"}"#);
        assert!(wrong.contains("`pager` is none of `email` and `webhook`") && wrong.contains("/address"), "{wrong}");
    }
}
