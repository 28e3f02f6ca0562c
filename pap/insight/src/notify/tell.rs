//! What is told of the use of a key: that it stands out, and that a quota comes to its end. Each is one call for
//! whoever finds it, in the transaction in which he notes that he has.

use argus_store::outbox::{self, NoticeKind};
use argus_store::{Conn, KeyId, LimitId, StoreError};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use crate::anomaly::Alert;

/// How far a quota is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaUse<'a> {
    /// The name of the limit.
    pub name: &'a str,
    /// What was used of it since it was last whole.
    pub used: u64,
    /// What may be used.
    pub limit: u64,
    /// Whether a use was refused for which too little was left.
    pub is_lacking: bool,
    /// When it is whole again.
    pub resets_at: DateTime<Utc>,
}

impl QuotaUse<'_> {
    /// What there is to be told: nothing below four fifths.
    pub fn kind(&self) -> Option<NoticeKind> {
        if self.used >= self.limit || self.is_lacking {
            return Some(NoticeKind::QuotaUsed);
        }
        // Neither side overflows: a fifth of the limit is no more than the limit.
        (self.used >= self.limit - self.limit / 5).then_some(NoticeKind::QuotaNearlyUsed)
    }

    fn details(&self) -> Map<String, Value> {
        let resets_at = in_words(self.resets_at);
        object(json!({ "quota": self.name, "used": self.used, "limit": self.limit, "resets_at": resets_at }))
    }
}

/// Tells whoever answers for a key that its use stands out. Whether that is new: an alert is told once, by its detector
/// and its beginning.
pub fn tell_anomaly(conn: &mut Conn, at: DateTime<Utc>, key: KeyId, alert: &Alert) -> Result<bool, StoreError> {
    let finding = &alert.finding;
    let detector = json!(finding.detector);
    let occasion = format!("{}/{}", detector.as_str().unwrap_or_default(), alert.since);
    let since = DateTime::from_timestamp(alert.since, 0).map(in_words);
    let details = object(json!({
        "detector": detector, "severity": finding.severity, "score": finding.score, "baseline": finding.baseline,
        "observed": finding.observed, "explanation": finding.explanation, "suggestion": finding.suggestion,
        "since": since, "request_ids": alert.requests,
    }));
    outbox::tell_of_use(conn, at, key, (NoticeKind::AnomalyDetected, &occasion), &details)
}

/// Tells whoever answers for a key that four fifths of a quota are used, or all of it. Whether that is new: each is
/// told once until the quota is whole again.
pub fn tell_quota(conn: &mut Conn, at: DateTime<Utc>, key: KeyId, quota: &QuotaUse<'_>) -> Result<bool, StoreError> {
    let Some(kind) = quota.kind() else { return Ok(false) };
    let occasion = format!("{}/{}", quota.name, in_words(quota.resets_at));
    outbox::tell_of_use(conn, at, key, (kind, &occasion), &quota.details())
}

/// The same of a quota that keys share, when one of them is used: to the owner whose keys they are, else to whoever is
/// told of all keys of the organisation.
pub fn tell_shared_quota(
    conn: &mut Conn,
    at: DateTime<Utc>,
    of: (LimitId, KeyId),
    quota: &QuotaUse<'_>,
) -> Result<bool, StoreError> {
    let Some(kind) = quota.kind() else { return Ok(false) };
    outbox::tell_of_limit(conn, at, of, (kind, &in_words(quota.resets_at)), &quota.details())
}

fn in_words(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_is_told_from_four_fifths_on_and_once_more_at_its_end() {
        let resets_at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let of = |used, limit| QuotaUse { name: "monthly", used, limit, is_lacking: false, resets_at }.kind();
        let (nearly, all) = (Some(NoticeKind::QuotaNearlyUsed), Some(NoticeKind::QuotaUsed));
        assert_eq!(
            [of(79, 100), of(80, 100), of(99, 100), of(100, 100), of(101, 100)],
            [None, nearly, nearly, all, all]
        );
        assert_eq!([of(7, 9), of(8, 9), of(9, 9), of(1, 1), of(0, 1)], [None, nearly, all, all, None]);
        assert_eq!(of(u64::MAX - 1, u64::MAX), nearly);
        let refused = QuotaUse { name: "monthly", used: 1, limit: 100, is_lacking: true, resets_at };
        assert_eq!(refused.kind(), all, "too little was left for somebody");
    }
}
