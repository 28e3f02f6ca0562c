//! `GET /v1/decisions`: the log of decisions.

use argus_engine::scope::Action;
use argus_store::KeyId;
use argus_store::decision::{self, Decision, DecisionFilter};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::named_organisation;
use crate::cursor::{self, Stretch};
use crate::resource::{HOST, Own};
use crate::view::{Listed, Time};
use crate::{Admin, AdminError, Call, Query};

/// A decision, as it is listed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DecisionView {
    /// The answer's id, with `/n` behind it for the n-th result of several.
    id: String,
    /// When it was asked for.
    at: Time,
    /// The organisation that decided.
    organisation: String,
    /// By which door it was asked for: `pdp`, `domain`, `verify` or `forward-auth`.
    door: String,
    /// The enforcement point's key.
    #[schema(value_type = String, format = Uuid)]
    caller_key_id: KeyId,
    /// The key that was presented, where it is known.
    #[schema(value_type = Option<String>, format = Uuid)]
    key_id: Option<KeyId>,
    /// What was answered: `Permit`, `Deny`, `NotApplicable` or `Indeterminate`.
    decision: String,
    /// Why it is no Permit.
    reason: Option<String>,
    /// The action.
    action: Option<String>,
    /// The resource.
    resource: Option<String>,
    /// The client's address.
    address: Option<String>,
    /// How long it took, from the arrival of the request.
    microseconds: i64,
    /// The policies that were in force.
    policy: DecisionPolicy,
    /// Whether they were asked: a refused credential and a passed limit are decided without them.
    is_evaluated: bool,
}

/// The policies that were in force at a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DecisionPolicy {
    /// The identifier of the root.
    pub id: String,
    /// Its version.
    pub version: String,
    /// The digest of all of them.
    pub set: String,
}

impl Admin {
    /// A page of the log of decisions, the newest first, narrowed by `key`, `decision`, `reason`, `from` and `before`.
    /// Needs `<organisation>/argus/decisions:read`. Without `organisation` it is that of the caller's own, and for a
    /// caller of `argus` all there is.
    pub async fn list_decisions(&self, call: &Call, mut query: Query) -> Result<Listed<DecisionView>, AdminError> {
        let own = call.caller().organisation();
        let everywhere = own == HOST && !query.has("organisation");
        let organisation = named_organisation(&mut query, own)?;
        call.require(&organisation, Own::DecisionLog, Action::Read)?;
        let filter = DecisionFilter {
            organisation: (!everywhere).then_some(organisation),
            key: query.take_word("key", "the ids of keys"),
            decision: query.take("decision"),
            reason: query.take("reason"),
            from: query.take_time("from"),
            before: query.take_time("before"),
        };
        self.with_store(move |store| {
            let bound = format!("decisions {filter:?}");
            let Stretch { after, size } = query.finish::<String>(&bound)?;
            let page = store.read(|conn| decision::list(conn, &filter, after.as_deref(), size))?;
            let last = page.items.last().map(|last| last.id.clone()).filter(|_| page.more);
            Ok(Listed {
                next_cursor: last.map(|last| cursor::write(&last, &bound)),
                items: page.items.into_iter().map(|decision| DecisionView::from(&decision)).collect(),
            })
        })
        .await
    }
}

impl From<&Decision> for DecisionView {
    fn from(of: &Decision) -> Self {
        let at: DateTime<Utc> = of.at;
        Self {
            id: of.id.clone(),
            at: Time(at),
            organisation: of.organisation.clone(),
            door: of.door.clone(),
            caller_key_id: of.caller_key_id,
            key_id: of.key_id,
            decision: of.decision.clone(),
            reason: of.reason.clone(),
            action: of.action.clone(),
            resource: of.resource.clone(),
            address: of.address.clone(),
            microseconds: of.microseconds,
            policy: DecisionPolicy::of(of),
            is_evaluated: of.is_evaluated,
        }
    }
}

impl DecisionPolicy {
    pub(super) fn of(decision: &Decision) -> Self {
        let Decision { policy_id, policy_version, policy_set, .. } = decision;
        Self { id: policy_id.clone(), version: policy_version.clone(), set: policy_set.clone() }
    }
}
