//! What the audit tells of a key.

use super::Key;
use crate::audit::{AuditEvent, Entry, Target, TargetKind, View};

impl Key {
    /// The key as the target of an act.
    pub fn target(&self) -> Target {
        Target::new(TargetKind::Key, &self.id, self.path())
    }

    /// All that a change may be about.
    pub(crate) fn view(&self) -> View {
        View::default()
            .with("name", &self.name)
            .with_person("owner", &self.owner)
            .with("environment", self.environment)
            .with("scopes", &self.scopes)
            .with("conditions", &self.conditions)
            .with("limits", &self.limits)
            .with("tags", &self.tags)
            .with("parent_key_id", self.parent_key_id)
            .with("state", self.state)
            .with("not_before", self.not_before)
            .with("expires_at", self.expires_at)
            .with("expiry_exception", &self.expiry_exception)
            .with("rotation_interval_seconds", self.rotation_interval_seconds)
            .with("grace_seconds", self.grace_seconds)
            .with("durable", self.durable.then_some(true))
            .with("suspended_at", self.suspended_at)
            .with("expired_at", self.expired_at)
            .with("revoked_at", self.revoked_at)
            .with("revoked_cause", self.revoked_cause)
            .with("revoked_reason", &self.revoked_reason)
    }

    /// The entry of an act that leaves the key as `self`.
    pub(crate) fn entry(&self, event: AuditEvent, before: &Self) -> Entry {
        Entry::new(event, self.target()).changed(&before.view(), &self.view())
    }
}
