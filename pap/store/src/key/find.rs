//! Finding keys. None of these asks who may see them: the caller has asked the policy before it shows anything.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::below::ENDED;
use super::{Environment, Key, KeyState};
use crate::conn::{Conn, on};
use crate::error::StoreError;
use crate::id::{KeyId, OrganisationId, ProjectId};
use crate::page::{Page, PageSize};
use crate::schema::{keys, organisations, projects};

/// Which keys a list holds. What is `None` doesn't narrow it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyFilter {
    /// Those of this organisation, its projects' included.
    pub organisation: Option<OrganisationId>,
    /// Those of this project.
    pub project: Option<ProjectId>,
    /// Those in this state.
    pub state: Option<KeyState>,
    /// Those that this one answers for.
    pub owner: Option<String>,
    /// Those with this tag.
    pub tag: Option<String>,
    /// Those for this environment.
    pub environment: Option<Environment>,
    /// Those derived from this key directly.
    pub parent: Option<KeyId>,
    /// Those made at this time or later.
    pub created_from: Option<DateTime<Utc>>,
    /// Those made before this time.
    pub created_before: Option<DateTime<Utc>>,
}

/// Narrows a boxed query about keys; a macro because its type is another for each database and each join.
macro_rules! narrow {
    ($rows:ident, $filter:expr) => {{
        use $crate::schema::keys;
        use $crate::value::column;
        let filter: &$crate::key::KeyFilter = $filter;
        if let Some(organisation) = filter.organisation {
            $rows = $rows.filter(keys::organisation_id.eq(organisation));
        }
        if let Some(project) = filter.project {
            $rows = $rows.filter(keys::project_id.eq(project));
        }
        if let Some(state) = filter.state {
            $rows = $rows.filter(keys::state.eq(state));
        }
        if let Some(owner) = &filter.owner {
            $rows = $rows.filter(keys::owner.eq(owner.clone()));
        }
        if let Some(environment) = filter.environment {
            $rows = $rows.filter(keys::environment.eq(environment));
        }
        if let Some(parent) = filter.parent {
            $rows = $rows.filter(keys::parent_key_id.eq(parent));
        }
        if let Some(from) = filter.created_from {
            $rows = $rows.filter(keys::created_at.ge(column(from)));
        }
        if let Some(before) = filter.created_before {
            $rows = $rows.filter(keys::created_at.lt(column(before)));
        }
        if let Some(tag) = &filter.tag {
            let [first, later] = $crate::key::find::in_list(tag);
            let without_first = $crate::key::find::replace(keys::tags, first, "");
            let without_later = $crate::key::find::replace(keys::tags, later, "");
            $rows = $rows.filter(without_first.ne(keys::tags).or(without_later.ne(keys::tags)));
        }
    }};
}
pub(super) use narrow;

diesel::define_sql_function!(
    /// `text` with `by` in the place of every `part`. Where it is another text by that, `part` is in it: the one way that
    /// both databases have to look for a text in a text, letter by letter.
    fn replace(text: Text, part: Text, by: Text) -> Text;
);

/// How a tag begins in a JSON array: as its first element, or after another. A quotation mark inside an element has a
/// backslash before it, so neither is found in the midst of one.
pub(super) fn in_list(tag: &str) -> [String; 2] {
    let tag = serde_json::Value::from(tag);
    [format!("[{tag}"), format!(",{tag}")]
}

/// The key with this id, of whatever organisation.
pub fn find(conn: &mut Conn, id: KeyId) -> Result<Option<Key>, StoreError> {
    let found = keys::table.inner_join(organisations::table).left_join(projects::table);
    let found = found.filter(keys::id.eq(id));
    Ok(on!(conn, c => found.select(Key::as_select()).first(c).optional())?)
}

/// The key with this name in a project, or in the organisation itself: the one that hasn't ended, else the newest that
/// has.
pub fn find_by_name(
    conn: &mut Conn,
    organisation: OrganisationId,
    project: Option<ProjectId>,
    name: &str,
) -> Result<Option<Key>, StoreError> {
    let has_ended = keys::state.eq_any(ENDED);
    let found = keys::table.inner_join(organisations::table).left_join(projects::table);
    let found = found.filter(keys::organisation_id.eq(organisation)).filter(keys::name.eq(name));
    let found = found.order((has_ended.asc(), keys::id.desc()));
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
        narrow!(rows, filter);
        if let Some(after) = after {
            rows = rows.filter(keys::id.gt(after));
        }
        Ok(size.cut(rows.order(keys::id).limit(size.rows()).load(c)?))
    })
}
