//! Finding keys. None of these asks who may see them: the caller has asked the policy before it shows anything.

use diesel::prelude::*;

use super::{Key, KeyStatus};
use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::id::{KeyId, OrganisationId, ProjectId};
use crate::page::{Page, PageSize};
use crate::schema::{keys, organisations, projects};

/// Which keys a list holds. What is `None` doesn't narrow it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KeyFilter {
    /// Those of this organisation, its projects' included.
    pub organisation: Option<OrganisationId>,
    /// Those of this project.
    pub project: Option<ProjectId>,
    /// Those in this state.
    pub status: Option<KeyStatus>,
}

/// The key with this id, of whatever organisation.
pub fn find(conn: &mut Conn, id: KeyId) -> Result<Option<Key>, StoreError> {
    let found = keys::table.inner_join(organisations::table).left_join(projects::table);
    let found = found.filter(keys::id.eq(id));
    Ok(on!(conn, c => found.select(Key::as_select()).first(c).optional())?)
}

/// The key with this name in a project, or in the organisation itself: the one that isn't revoked, else the newest
/// that is.
pub fn find_by_name(
    conn: &mut Conn,
    organisation: OrganisationId,
    project: Option<ProjectId>,
    name: &str,
) -> Result<Option<Key>, StoreError> {
    let revoked = keys::status.eq(KeyStatus::Revoked);
    let found = keys::table.inner_join(organisations::table).left_join(projects::table);
    let found = found.filter(keys::organisation_id.eq(organisation)).filter(keys::name.eq(name));
    let found = found.order((revoked.asc(), keys::id.desc()));
    let found = if let Some(project) = project {
        let found = found.filter(keys::project_id.eq(project));
        on!(conn, c => found.select(Key::as_select()).first(c).optional())
    } else {
        let found = found.filter(keys::project_id.is_null());
        on!(conn, c => found.select(Key::as_select()).first(c).optional())
    };
    Ok(found?)
}

/// A page of the keys that the filter lets through, beginning after one of them.
pub fn list(
    conn: &mut Conn,
    filter: &KeyFilter,
    after: Option<KeyId>,
    size: PageSize,
) -> Result<Page<Key>, StoreError> {
    on!(conn, c => {
        let rows = keys::table.inner_join(organisations::table).left_join(projects::table);
        let mut rows = rows.select(Key::as_select()).into_boxed();
        if let Some(organisation) = filter.organisation {
            rows = rows.filter(keys::organisation_id.eq(organisation));
        }
        if let Some(project) = filter.project {
            rows = rows.filter(keys::project_id.eq(project));
        }
        if let Some(status) = filter.status {
            rows = rows.filter(keys::status.eq(status));
        }
        if let Some(after) = after {
            rows = rows.filter(keys::id.gt(after));
        }
        Ok(size.cut(rows.order(keys::id).limit(size.rows()).load(c)?))
    })
}
