//! Handing out all that is kept of a person (GDPR art. 15 and 20).

use argus_engine::scope::Action;
use argus_store::audit::{self, AuditEvent, Entry, SubjectData, Target, TargetKind};
use argus_store::key::{self, KeyFilter};
use argus_store::{Act, Conn, PageSize, PersonId, ReviewId, StoreError};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::audit::{AuditEntryView, find_organisation, view};
use super::{no_organisation, read_key};
use crate::body::{Body, Fields, Kind, name};
use crate::resource::Own;
use crate::view::{DeliveryView, KeyView, LimitView, NoticeView, ReviewItemView, Time, actor_in_words};
use crate::{Admin, AdminError, Call, FaultCode};

/// All that is kept of a person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PersonExport {
    /// The organisation that keeps it.
    pub organisation: String,
    /// The person, as keys name their owner.
    pub owner: String,
    /// What the audit calls him; null where it doesn't know him.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub person: Option<PersonId>,
    /// When it was read.
    at: Time,
    /// Keys that he answers for, those that have ended with them.
    pub keys: Vec<KeyView>,
    /// Contacts that have his address, or tell of his keys.
    #[schema(value_type = Vec<Object>)]
    pub contacts: Vec<Value>,
    /// Limits that his keys share.
    pub limits: Vec<LimitView>,
    /// Notices to him.
    pub notices: Vec<NoticeView>,
    /// Deliveries of notices to him.
    pub deliveries: Vec<DeliveryView>,
    /// Who used older secrets of his keys.
    #[schema(value_type = Vec<Object>)]
    pub callers: Vec<Value>,
    /// His keys as they were when somebody reviewed what they granted.
    pub reviews: Vec<ReviewedKey>,
    /// Entries of the audit that speak of him, with the people in them in words.
    #[schema(value_type = Vec<Object>)]
    pub audit: Vec<AuditEntryView>,
}

/// A key of a person in a review.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReviewedKey {
    /// The review.
    #[schema(value_type = String, format = Uuid)]
    review_id: ReviewId,
    /// The key, as it was and as it is.
    #[serde(flatten)]
    key: ReviewItemView,
}

impl Admin {
    /// Reads all that is kept of an owner of keys, and puts into the audit that it was handed out. Needs
    /// `<organisation>/argus/audit:write`, and to read its keys and contacts.
    pub async fn export_person(&self, call: &Call, body: Body) -> Result<PersonExport, AdminError> {
        let mut fields = Fields::of(body);
        let organisation = name(&mut fields, "organisation", Kind::Organisation);
        if let Some(organisation) = &organisation {
            call.require(organisation, Own::Audit, Action::Write)?;
            call.require(organisation, Own::Keys, Action::Read)?;
            call.require(organisation, Own::Contacts, Action::Read)?;
        }
        let owner = fields.required_text("owner");
        let named = organisation.unwrap_or_default();
        let wanted = named.clone();
        let found = self.with_store(move |store| Ok(store.read(|conn| find_organisation(conn, &wanted))?)).await?;
        if found.is_none() && !named.is_empty() {
            fields.fault("organisation", FaultCode::NotFound, no_organisation(&named), None);
        }
        fields.finish()?;
        let (Some(id), Some(owner)) = (found, owner) else { return Err(AdminError::Unfinished) };
        let act = call.act(id, self.now());
        self.with_store(move |store| Ok(store.write(|conn| export(conn, &act, named, owner))?)).await
    }
}

fn export(conn: &mut Conn, act: &Act, organisation: String, owner: String) -> Result<PersonExport, StoreError> {
    let SubjectData { person, entries, contacts, limits, notices, deliveries, callers, reviewed } =
        audit::find_subject(conn, act.organisation, &owner)?;
    let filter = KeyFilter { organisation: Some(act.organisation), owner: Some(owner.clone()), ..KeyFilter::default() };
    let (mut keys, mut after) = (Vec::new(), None);
    loop {
        let page = key::list(conn, &filter, after, PageSize::default())?;
        after = page.items.last().map(|key| key.id);
        for key in page.items {
            keys.extend(read_key(conn, key.id)?);
        }
        if !page.more {
            break;
        }
    }
    let mut reviews = Vec::with_capacity(reviewed.len());
    for (review_id, item) in reviewed {
        let by = item.decided_by.map(|by| actor_in_words(conn, by)).transpose()?;
        reviews.push(ReviewedKey { review_id, key: ReviewItemView::new(item, by) });
    }
    let entries: Result<_, _> = entries.iter().map(|record| view(conn, record)).collect();
    let exported = PersonExport {
        limits: limits.into_iter().map(LimitView::from).collect(),
        at: Time(act.at),
        contacts: contacts
            .iter()
            .map(|one| {
                json!({ "id": one.id, "kind": one.kind, "address": one.address,
            "owner": one.owner, "events": one.events, "state": one.state, "created_at": Time(one.created_at) })
            })
            .collect(),
        notices: notices.into_iter().map(NoticeView::from).collect(),
        deliveries: deliveries.into_iter().map(|one| DeliveryView::new(one, &organisation)).collect(),
        callers: callers
            .iter()
            .map(|one| {
                json!({ "credential_id": one.credential_id, "address": one.address,
            "user_agent": one.user_agent, "last_seen_at": Time(one.last_seen_at) })
            })
            .collect(),
        reviews,
        audit: entries?,
        organisation,
        owner,
        person,
        keys,
    };
    if let Some(person) = person {
        let target = Target::nameless(TargetKind::Person, &person);
        let entry = Entry::new(AuditEvent::PersonExported, target).with("keys", exported.keys.len());
        audit::append(conn, act, &entry.with("entries", exported.audit.len()))?;
    }
    Ok(exported)
}
