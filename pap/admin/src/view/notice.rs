//! A notice, as it is shown and handed over.

use argus_store::outbox::{Notice, NoticeKind};
use argus_store::{KeyId, NoticeId};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{Time, words};

/// What the owner of a key is told, or an organisation.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Notice)]
pub struct NoticeView {
    /// Its id, by which who receives it twice knows it.
    #[schema(value_type = String, format = Uuid)]
    pub id: NoticeId,
    /// What it tells.
    #[serde(rename = "type")]
    #[schema(schema_with = words::notice_kind)]
    pub kind: NoticeKind,
    /// The organisation that it is about, or whose key.
    pub organisation: String,
    /// The key that it is about; null: it is about the organisation, as what is told of its plan.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub key_id: Option<KeyId>,
    /// Who is told: who answers for the key, or the organisation.
    pub recipient: String,
    /// When it was written.
    created_at: Time,
    /// From when on it is to be handed over.
    due_at: Time,
    /// When it was handed over.
    handed_at: Option<Time>,
    /// The rest, by type.
    #[schema(value_type = Object)]
    pub data: Map<String, Value>,
}

impl From<Notice> for NoticeView {
    fn from(notice: Notice) -> Self {
        Self {
            id: notice.id,
            kind: notice.kind,
            organisation: notice.organisation_name,
            key_id: notice.key_id,
            recipient: notice.recipient,
            created_at: Time(notice.created_at),
            due_at: Time(notice.due_at),
            handed_at: notice.handed_at.map(Time),
            // Written by the store itself, as an object.
            data: serde_json::from_str(&notice.payload).unwrap_or_default(),
        }
    }
}
