//! `keys`: the lasting thing that owns scopes, conditions and history. What is presented is one of its credentials.

mod count;
mod find;
mod make;
mod stop;
mod touch;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

pub use count::count_derived;
pub use find::{KeyFilter, find, find_by_name, list};
pub use make::{NewKey, create};
pub use stop::{resume, revoke, suspend};
pub use touch::touch_last_used;

use crate::act::Actor;
use crate::conditions::Conditions;
use crate::id::{KeyId, OrganisationId, ProjectId};
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
    /// Words to find it by.
    #[diesel(deserialize_as = Texts)]
    pub tags: Vec<String>,
    /// The key that it was derived from.
    pub parent_key_id: Option<KeyId>,
    /// Whether it is in use. Expiry doesn't show here: it is a matter of the reader's clock.
    pub status: KeyStatus,
    /// When it ends; none where an exception was recorded.
    #[diesel(deserialize_as = MaybeAt)]
    pub expires_at: Option<DateTime<Utc>>,
    /// Why it may live longer than others.
    pub expiry_exception: Option<String>,
    /// When it was made.
    #[diesel(deserialize_as = At)]
    pub created_at: DateTime<Utc>,
    /// Who made it.
    pub created_by: Actor,
    /// Since when it is suspended, or was when it was revoked.
    #[diesel(deserialize_as = MaybeAt)]
    pub suspended_at: Option<DateTime<Utc>>,
    /// When it was first revoked.
    #[diesel(deserialize_as = MaybeAt)]
    pub revoked_at: Option<DateTime<Utc>>,
    /// Why it was first revoked.
    pub revoked_reason: Option<String>,
    /// Higher after every change, so that what was derived from an older state can be told.
    pub generation: i64,
    /// When it was last presented, by a subject, an enforcement point or an administrator, a batch ago.
    #[diesel(deserialize_as = MaybeAt)]
    pub last_used_at: Option<DateTime<Utc>>,
}

words!(
    /// Whether a key is in use.
    KeyStatus, "key status", {
        /// In use.
        Active = "active",
        /// Refused until it is resumed.
        Suspended = "suspended",
        /// Refused for good.
        Revoked = "revoked",
    }
);

words!(
    /// What a key may be used on; it stands in the credential as well.
    Environment, "environment", {
        /// The real thing.
        Live = "live",
        /// Trials.
        Test = "test",
    }
);
