//! What people read of each kind of notice.

#![cfg(test)]

use std::fmt::Write as _;

use argus_insight::notify::{Letter, letter};
use argus_store::outbox::NoticeKind;
use serde_json::json;

/// All that notices say, whatever their kind.
fn payload() -> String {
    json!({
        "key_id": "0197f3aa-0000-7000-8000-000000000001", "path": "acme/atlas/reader",
        "credential_id": "4fTkW9abcdef", "days": 7, "at": "2027-02-22T12:00:00Z",
        "opened_at": "2027-02-15T12:00:00Z", "grace_ends_at": "2027-02-16T12:00:00Z", "reason": "left the company",
        "callers": [{"ip": "203.0.113.7", "asn": 64500, "user_agent": "curl/8.5",
            "last_seen_at": "2027-02-15T12:00:00Z"}],
        "explanation": "420 requests this hour; usual for Tuesdays 14:00 is 35 ± 9",
        "since": "2027-02-15T14:20:00Z", "severity": "high", "detector": "volume", "suggestion": "suspend",
        "request_ids": ["0197f3aa-0000-7000-8000-00000000000a"],
        "organisation": "acme", "plan": "professional", "over": [{"maximum": "max_keys", "most": 100, "found": 120}],
        "quota": "monthly", "used": 80, "limit": 100, "resets_at": "2027-03-01T00:00:00Z",
    })
    .to_string()
}

#[test]
fn each_kind_says_what_happened_and_what_to_do_with_a_command() {
    let mut all = String::new();
    for kind in NoticeKind::WORDS.iter().chain(&["contact.test", "key.painted"]) {
        let Letter { subject, body } = letter(kind, "ada@acme.example", &payload());
        assert!(!subject.contains('\n') && !body.contains("(unknown)"), "{kind}: {body}");
        let is_told = match kind.split('.').next() {
            Some("contact") => true,
            Some("plan") => body.contains("argus org show acme") && body.contains("max_keys: 120; at most 100"),
            _ => body.contains("argus key ") && body.contains("acme/atlas/reader"),
        };
        assert!(is_told, "{kind}: {body}");
        let _ = write!(all, "=== {kind}\nSubject: {subject}\n\n{body}\n");
    }
    insta::assert_snapshot!(all);
}

#[test]
fn what_somebody_chose_adds_no_lines_and_what_is_missing_is_no_fault() {
    let named = json!({"path": "acme/x\r\nBcc: eve@example", "reason": "a\nb"}).to_string();
    let told = letter("key.revoked", "eve\r\nX: y", &named);
    assert!(!told.subject.contains(['\r', '\n']) && !told.body.contains('\r'));
    assert!(letter("key.expiry_ahead", "", "not JSON").body.contains("(unknown)"));
}

#[test]
fn a_letter_about_many_keys_says_how_many_and_which_come_first() {
    let [one, other] = ["0197f3aa-0000-7000-8000-000000000001", "0197f3aa-0000-7000-8000-000000000002"];
    let told = |keys: u32, ids: &[&str], above: Option<&str>| {
        let payload = json!({"key_id": one, "path": "acme/reader", "keys": keys, "key_ids": ids, "above_path": above});
        letter("key.revoked", "ada@acme.example", &payload.to_string())
    };
    let many = told(3, &[one, other], None);
    assert_eq!(many.subject, "[argus] acme/reader is revoked, and 2 more");
    let expected = format!("all 3 keys of the same owner, of which these are the first:\n\n  {one}\n  {other}\n\nWhat");
    assert!(many.body.contains(&expected), "{}", many.body);
    assert!(told(2, &[one, other], None).body.contains("all 2 keys of the same owner:\n"));
    let below = told(1, &[one], Some("acme/root"));
    assert_eq!(below.subject, "[argus] acme/reader is revoked");
    assert!(below.body.contains("below acme/root") && !below.body.contains("the same owner:"), "{}", below.body);
}

#[test]
fn a_quota_that_keys_share_is_changed_as_one() {
    let data = json!({
        "path": "acme/atlas/reader", "key_id": "k", "limit_id": "l", "quota": "project:daily", "used": 7, "limit": 7,
        "resets_at": "2027-03-01T00:00:00Z",
    });
    let text = letter("quota.used", "acme", &data.to_string()).body;
    assert!(text.contains("Keys, the last of them acme/atlas/reader, have used all 7 of the quota"), "{text}");
    assert!(text.contains("argus limit update l --limit NUMBER") && !text.contains("/v1/keys"), "{text}");
}
