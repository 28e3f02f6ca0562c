//! `limits`: limits that keys share: all keys of an organisation, those of a project, or those of an owner.
//!
//! Each act is told to the decision points as one about the limits of the organisation: they read all of them again.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::Limit;
use crate::act::Act;
use crate::audit::{AuditEvent, Entry, Target, TargetKind, View};
use crate::change::{self as feed, ChangeKind};
use crate::conn::{Conn, on};
use crate::error::{OrTaken, Record, StoreError};
use crate::id::{LimitId, OrganisationId, ProjectId};
use crate::page::{Page, PageSize};
use crate::project;
use crate::schema::{limits, organisations, projects};
use crate::value::{At, column};

/// How many limits may be attached to one organisation, one project or one owner. Each that applies is counted in every
/// decision.
pub const MOST_SHARED: u32 = 32;

/// A limit that keys share.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = limits)]
pub struct SharedLimit {
    /// Its id.
    pub id: LimitId,
    /// The organisation whose keys share it.
    pub organisation_id: OrganisationId,
    /// The name of that organisation.
    #[diesel(select_expression = organisations::name)]
    pub organisation_name: String,
    /// The project whose keys share it, where it is not the organisation, or an owner.
    pub project_id: Option<ProjectId>,
    /// The name of that project.
    #[diesel(select_expression = projects::name.nullable())]
    #[diesel(select_expression_type = diesel::dsl::Nullable<projects::name>)]
    pub project_name: Option<String>,
    /// The owner whose keys share it.
    pub owner: Option<String>,
    /// How it counts, and what.
    pub definition: Limit,
    /// When it was made.
    #[diesel(deserialize_as = At)]
    pub created_at: DateTime<Utc>,
    /// Higher after every change.
    pub generation: i64,
}

impl SharedLimit {
    fn target(&self) -> Target {
        Target::new(TargetKind::Limit, &self.id, format!("{}/{}", self.organisation_name, self.definition.name))
    }

    fn view(&self) -> View {
        let limit = &self.definition;
        let view = View::default().with("name", &limit.name).with("project", &self.project_name);
        let view = view.with("strategy", limit.strategy).with("limit", limit.limit).with("burst", limit.burst);
        let view = view.with("refill", limit.refill);
        let view = view.with("window_seconds", limit.window_seconds).with("cost", limit.cost);
        let view = view.with("actions", &limit.actions).with("resource_types", &limit.resource_types);
        match &self.owner {
            Some(owner) => view.with_person("owner", owner),
            None => view,
        }
    }
}

/// A limit to be made in the organisation of the act. Of the project and the owner at most one is there.
#[derive(Debug, Clone)]
pub struct NewSharedLimit {
    /// Its id, from [`LimitId::new`].
    pub id: LimitId,
    /// The project whose keys share it.
    pub project_id: Option<ProjectId>,
    /// The owner whose keys share it.
    pub owner: Option<String>,
    /// How it counts, and what.
    pub definition: Limit,
}

/// Makes a limit, with its audit entry and its line in the change feed. A name taken in the organisation is
/// [`StoreError::AlreadyExists`], more than [`MOST_SHARED`] at one place are [`StoreError::TooMany`].
pub fn create(conn: &mut Conn, act: &Act, new: &NewSharedLimit) -> Result<SharedLimit, StoreError> {
    conn.write(|conn| {
        if let Some(id) = new.project_id {
            project::find(conn, act.organisation, id)?.ok_or_else(|| StoreError::not_found(Record::Project, id))?;
        }
        let beside = count_beside(conn, act.organisation, new)?;
        if beside >= i64::from(MOST_SHARED) {
            return Err(StoreError::TooMany {
                what: "limits of one organisation, project or owner",
                most: MOST_SHARED,
            });
        }
        let row = (
            limits::id.eq(new.id),
            limits::organisation_id.eq(act.organisation),
            limits::project_id.eq(new.project_id),
            limits::owner.eq(&new.owner),
            limits::name.eq(&new.definition.name),
            limits::definition.eq(&new.definition),
            limits::created_at.eq(column(act.at)),
            limits::generation.eq(1),
        );
        on!(conn, c => diesel::insert_into(limits::table).values(row).execute(c))
            .or_taken(Record::Limit, &new.definition.name)?;
        let made = find_anywhere(conn, new.id)?.ok_or_else(|| StoreError::not_found(Record::Limit, new.id))?;
        let entry = Entry::new(AuditEvent::LimitCreated, made.target()).made(made.view());
        feed::append(conn, act, ChangeKind::Limits, &act.organisation, &entry)?;
        Ok(made)
    })
}

/// Changes how a limit counts, or what, with its audit entry and its line in the change feed. A change to what it is
/// already makes neither. What it counts goes on, unless it counts in another way from here on.
///
/// `None` where the organisation of the act has no such limit; [`StoreError::Stale`] where it has changed since it was
/// seen.
pub fn change(
    conn: &mut Conn,
    act: &Act,
    id: LimitId,
    definition: &Limit,
    seen: i64,
) -> Result<Option<SharedLimit>, StoreError> {
    conn.write(|conn| {
        let Some(before) = find_of(conn, act.organisation, id)? else { return Ok(None) };
        if seen != before.generation {
            return Err(StoreError::Stale { what: Record::Limit, found: before.generation });
        }
        if before.definition == *definition {
            return Ok(Some(before));
        }
        let columns = (
            limits::name.eq(&definition.name),
            limits::definition.eq(definition),
            limits::generation.eq(limits::generation + 1),
        );
        on!(conn, c => diesel::update(limits::table.find(id)).set(columns).execute(c))
            .or_taken(Record::Limit, &definition.name)?;
        let after = find_anywhere(conn, id)?.ok_or_else(|| StoreError::not_found(Record::Limit, id))?;
        let entry = Entry::new(AuditEvent::LimitChanged, after.target()).changed(&before.view(), &after.view());
        feed::append(conn, act, ChangeKind::Limits, &act.organisation, &entry)?;
        Ok(Some(after))
    })
}

/// Removes a limit, with its audit entry and its line in the change feed. What was removed.
pub fn remove(conn: &mut Conn, act: &Act, id: LimitId) -> Result<Option<SharedLimit>, StoreError> {
    conn.write(|conn| {
        let Some(found) = find_of(conn, act.organisation, id)? else { return Ok(None) };
        on!(conn, c => diesel::delete(limits::table.find(id)).execute(c))?;
        let entry = Entry::new(AuditEvent::LimitRemoved, found.target()).changed(&found.view(), &View::default());
        feed::append(conn, act, ChangeKind::Limits, &act.organisation, &entry)?;
        Ok(Some(found))
    })
}

/// The limit with this id, of whatever organisation.
pub fn find_anywhere(conn: &mut Conn, id: LimitId) -> Result<Option<SharedLimit>, StoreError> {
    let found = limits::table.inner_join(organisations::table).left_join(projects::table).filter(limits::id.eq(id));
    Ok(on!(conn, c => found.select(SharedLimit::as_select()).first(c).optional())?)
}

/// Which limits a list holds. What is `None` doesn't narrow it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LimitFilter {
    /// Those that the keys of this project share.
    pub project: Option<ProjectId>,
    /// Those that the keys of this owner share.
    pub owner: Option<String>,
    /// The one of this name.
    pub name: Option<String>,
}

/// A page of the organisation's limits that the filter lets through, beginning after one of them.
pub fn list(
    conn: &mut Conn,
    organisation: OrganisationId,
    filter: &LimitFilter,
    after: Option<LimitId>,
    size: PageSize,
) -> Result<Page<SharedLimit>, StoreError> {
    on!(conn, c => {
        let rows = limits::table.inner_join(organisations::table).left_join(projects::table);
        let rows = rows.filter(limits::organisation_id.eq(organisation));
        let mut rows = rows.select(SharedLimit::as_select()).into_boxed();
        if let Some(project) = filter.project {
            rows = rows.filter(limits::project_id.eq(project));
        }
        if let Some(owner) = &filter.owner {
            rows = rows.filter(limits::owner.eq(owner));
        }
        if let Some(name) = &filter.name {
            rows = rows.filter(limits::name.eq(name));
        }
        if let Some(after) = after {
            rows = rows.filter(limits::id.gt(after));
        }
        Ok(size.cut(rows.order(limits::id).limit(size.rows()).load(c)?))
    })
}

/// All limits that keys of the organisation share, in the order in which they were made.
pub fn list_of(conn: &mut Conn, organisation: OrganisationId) -> Result<Vec<SharedLimit>, StoreError> {
    let all = limits::table.inner_join(organisations::table).left_join(projects::table);
    let all = all.filter(limits::organisation_id.eq(organisation)).order(limits::id);
    Ok(on!(conn, c => all.select(SharedLimit::as_select()).load(c))?)
}

/// All limits that keys share, of all organisations.
pub fn list_all(conn: &mut Conn) -> Result<Vec<SharedLimit>, StoreError> {
    let all = limits::table.inner_join(organisations::table).left_join(projects::table).order(limits::id);
    Ok(on!(conn, c => all.select(SharedLimit::as_select()).load(c))?)
}

/// How many limits the keys of an organisation share.
pub fn count(conn: &mut Conn, organisation: OrganisationId) -> Result<i64, StoreError> {
    let all = limits::table.filter(limits::organisation_id.eq(organisation)).count();
    Ok(on!(conn, c => all.get_result(c))?)
}

/// How many limits are attached where a new one will be.
fn count_beside(conn: &mut Conn, organisation: OrganisationId, new: &NewSharedLimit) -> Result<i64, StoreError> {
    on!(conn, c => {
        let mut beside = limits::table.filter(limits::organisation_id.eq(organisation)).count().into_boxed();
        beside = match (new.project_id, &new.owner) {
            (Some(project), _) => beside.filter(limits::project_id.eq(project)),
            (None, Some(owner)) => beside.filter(limits::owner.eq(owner)),
            (None, None) => beside.filter(limits::project_id.is_null()).filter(limits::owner.is_null()),
        };
        Ok(beside.get_result(c)?)
    })
}

fn find_of(conn: &mut Conn, organisation: OrganisationId, id: LimitId) -> Result<Option<SharedLimit>, StoreError> {
    Ok(find_anywhere(conn, id)?.filter(|limit| limit.organisation_id == organisation))
}
