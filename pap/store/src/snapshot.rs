//! What a decision point keeps in memory of keys: everything that verification and enrichment ask for, joined once.

use diesel::prelude::*;

use crate::conditions::Conditions;
use crate::conn::{Conn, on};
use crate::credential::Credential;
use crate::error::StoreError;
use crate::id::KeyId;
use crate::key::Key;
use crate::schema::{credentials, keys, organisations, projects};

/// A credential with its key, and the conditions of the levels above that key.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = credentials)]
pub struct CredentialRecord {
    /// The credential.
    #[diesel(embed)]
    pub credential: Credential,
    /// The key that it presents.
    #[diesel(embed)]
    pub key: Key,
    /// The conditions of the key's organisation.
    #[diesel(select_expression = organisations::conditions)]
    pub organisation_conditions: Conditions,
    /// Whose days and months the quotas of the key follow.
    #[diesel(select_expression = organisations::time_zone)]
    pub organisation_time_zone: String,
    /// The conditions of the key's project; none where it has no project.
    #[diesel(select_expression = projects::conditions.nullable())]
    #[diesel(select_expression_type = diesel::dsl::Nullable<projects::conditions>)]
    pub project_conditions: Option<Conditions>,
}

/// Every credential there is. Those revoked, suspended or expired are among them: a refusal has to say which it was.
pub fn load_credentials(conn: &mut Conn) -> Result<Vec<CredentialRecord>, StoreError> {
    let of_keys = keys::table.inner_join(organisations::table).left_join(projects::table);
    let all = credentials::table.inner_join(of_keys).order(credentials::id);
    Ok(on!(conn, c => all.select(CredentialRecord::as_select()).load(c))?)
}

/// Every credential of one key: what a line of the change feed about it asks to be read again.
pub fn load_credentials_of(conn: &mut Conn, key: KeyId) -> Result<Vec<CredentialRecord>, StoreError> {
    let of_keys = keys::table.inner_join(organisations::table).left_join(projects::table);
    let all = credentials::table.inner_join(of_keys).filter(credentials::key_id.eq(key));
    let all = all.order(credentials::id);
    Ok(on!(conn, c => all.select(CredentialRecord::as_select()).load(c))?)
}
