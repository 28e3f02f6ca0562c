//! `keys`: the lasting thing that owns scopes, conditions and history. What is presented is one of its credentials.

mod audited;
mod below;
mod change;
mod due;
mod find;
mod life;
mod lifecycle;
mod make;
mod revoke;
mod rotate;
mod touch;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

pub(crate) use below::ENDED;
pub use below::{FAN_OUT, LONGEST_CHAIN, count_derived, list_below, list_chain};
pub use change::{KeyChange, change};
pub use due::{
    Due, forget_half_time, list_beginning, list_ended, list_ending, list_grace_ended, list_idle, list_older,
    list_older_secrets, list_rotating_soon, list_rotation_due, list_uncollected, list_used_at_half_time,
};
pub(crate) use find::replace;
pub use find::{KeyFilter, find, find_by_name, list};
pub use life::{ExpiryCause, begin, expire, resume, suspend, suspend_for};
pub(crate) use life::{ensure, find_own, update_key};
pub use lifecycle::{KeyEvent, KeyState};
pub use make::{NewKey, create};
pub use revoke::{Revocation, RevocationCause, RevokedMany, list_revocable, revoke, revoke_many};
pub use rotate::{Rotation, collect, end_grace, open_rotation, rotate};
pub use touch::touch_last_used;

use crate::act::Actor;
use crate::conditions::Conditions;
use crate::id::{KeyId, OrganisationId, ProjectId};
use crate::limit::{Limit, Limits};
use crate::schema::{keys, organisations, projects};
use crate::value::{At, MaybeAt, Texts, words};

/// A key, with the names of where it belongs.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = keys)]
pub struct Key {
    /// Its id.
    pub id: KeyId,
    /// The organisation it belongs to, for good.
    pub organisation_id: OrganisationId,
    /// The name of that organisation.
    #[diesel(select_expression = organisations::name)]
    pub organisation_name: String,
    /// The project it belongs to; none for a key of the organisation itself.
    pub project_id: Option<ProjectId>,
    /// The name of that project.
    #[diesel(select_expression = projects::name.nullable())]
    #[diesel(select_expression_type = diesel::dsl::Nullable<projects::name>)]
    pub project_name: Option<String>,
    /// Its name, unlike that of any other key there that isn't revoked.
    pub name: String,
    /// Who answers for it.
    pub owner: String,
    /// What it may be used on.
    pub environment: Environment,
    /// What it grants, as scope-tokens.
    #[diesel(deserialize_as = Texts)]
    pub scopes: Vec<String>,
    /// What it must meet, besides the conditions of its project and organisation.
    pub conditions: Conditions,
    /// How much it may be used.
    #[diesel(deserialize_as = Limits)]
    pub limits: Vec<Limit>,
    /// Words to find it by.
    #[diesel(deserialize_as = Texts)]
    pub tags: Vec<String>,
    /// The key that it was derived from.
    pub parent_key_id: Option<KeyId>,
    /// Where it is in its life.
    pub state: KeyState,
    /// From when it may be used; none where that is when it was made.
    #[diesel(deserialize_as = MaybeAt)]
    pub not_before: Option<DateTime<Utc>>,
    /// When it ends; none where an exception was recorded.
    #[diesel(deserialize_as = MaybeAt)]
    pub expires_at: Option<DateTime<Utc>>,
    /// Why it may live longer than others.
    pub expiry_exception: Option<String>,
    /// How often it gets a new secret.
    pub rotation_interval_seconds: Option<i64>,
    /// How long an older secret is good beside a new one.
    pub grace_seconds: Option<i64>,
    /// Whether no use of it is answered before it stands in the journal of the node that decides.
    pub durable: bool,
    /// When its next rotation is to be opened.
    #[diesel(deserialize_as = MaybeAt)]
    pub rotate_at: Option<DateTime<Utc>>,
    /// When it was made.
    #[diesel(deserialize_as = At)]
    pub created_at: DateTime<Utc>,
    /// Who made it.
    pub created_by: Actor,
    /// Since when it is suspended, or was when it ended.
    #[diesel(deserialize_as = MaybeAt)]
    pub suspended_at: Option<DateTime<Utc>>,
    /// When it was seen to have expired. It may be before [`Key::expires_at`], as for a key that nobody uses.
    #[diesel(deserialize_as = MaybeAt)]
    pub expired_at: Option<DateTime<Utc>>,
    /// When it was first revoked.
    #[diesel(deserialize_as = MaybeAt)]
    pub revoked_at: Option<DateTime<Utc>>,
    /// What made it be revoked.
    pub revoked_cause: Option<RevocationCause>,
    /// Why it was first revoked, in words.
    pub revoked_reason: Option<String>,
    /// Higher after every change, so that what was derived from an older state can be told.
    pub generation: i64,
    /// When it was last presented, by a subject, an enforcement point or an administrator, a batch ago.
    #[diesel(deserialize_as = MaybeAt)]
    pub last_used_at: Option<DateTime<Utc>>,
}

impl Key {
    /// Where it belongs and its name, such as `acme/atlas/reader`.
    pub fn path(&self) -> String {
        let project = self.project_name.as_deref().map_or(String::new(), |project| format!("{project}/"));
        format!("{}/{project}{}", self.organisation_name, self.name)
    }
}

words!(
    /// What a key may be used on; it stands in the credential as well.
    Environment, "environment", {
        /// The real thing.
        Live = "live",
        /// Trials.
        Test = "test",
    }
);
