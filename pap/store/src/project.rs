//! `projects`: the second level of every resource path.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::act::Act;
use crate::audit::{AuditEvent, Entry, Target, TargetKind, View};
use crate::change::{self, ChangeKind};
use crate::conditions::Conditions;
use crate::conn::{Conn, on};
use crate::error::{OrTaken, Record, StoreError};
use crate::id::{OrganisationId, ProjectId};
use crate::page::{Page, PageSize};
use crate::schema::{organisations, projects};
use crate::value::{At, column, set};

/// A project of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = projects)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// The organisation it belongs to, for good.
    pub organisation_id: OrganisationId,
    /// Its segment in resource paths, unlike any other's in the organisation.
    pub name: String,
    /// What every key of it must meet, besides the organisation's conditions.
    pub conditions: Conditions,
    /// When it was made.
    #[diesel(deserialize_as = At)]
    pub created_at: DateTime<Utc>,
    /// Higher after every change.
    pub generation: i64,
}

impl Project {
    /// The project as the target of an act. `organisation` is the name of its organisation.
    pub fn target(&self, organisation: &str) -> Target {
        Target::new(TargetKind::Project, &self.id, format!("{organisation}/{}", self.name))
    }

    fn view(&self) -> View {
        View::default().with("name", &self.name).with("conditions", &self.conditions)
    }
}

/// A project to be made in the organisation of the act.
#[derive(Debug, Clone)]
pub struct NewProject {
    /// Its id, from [`ProjectId::new`].
    pub id: ProjectId,
    /// Its segment in resource paths.
    pub name: String,
    /// What every key of it must meet.
    pub conditions: Conditions,
}

/// Makes a project in the organisation of the act, with its audit entry and its line in the change feed. A name taken
/// in that organisation is [`StoreError::AlreadyExists`].
pub fn create(conn: &mut Conn, act: &Act, new: &NewProject) -> Result<Project, StoreError> {
    conn.write(|conn| {
        let owner = crate::organisation::find(conn, act.organisation)?
            .ok_or_else(|| StoreError::not_found(Record::Organisation, act.organisation))?;
        let row = (
            projects::id.eq(new.id),
            projects::organisation_id.eq(act.organisation),
            projects::name.eq(&new.name),
            projects::conditions.eq(&new.conditions),
            projects::created_at.eq(column(act.at)),
            projects::generation.eq(1),
        );
        on!(conn, c => diesel::insert_into(projects::table).values(row).execute(c))
            .or_taken(Record::Project, &new.name)?;
        let made = find(conn, act.organisation, new.id)?;
        let made = made.ok_or_else(|| StoreError::not_found(Record::Project, new.id))?;
        let entry = Entry::new(AuditEvent::ProjectCreated, made.target(&owner.name)).made(made.view());
        change::append(conn, act, ChangeKind::Project, &new.id, &entry)?;
        Ok(made)
    })
}

/// What becomes of a project. What is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProjectChange {
    /// What every key of it must meet.
    pub conditions: Option<Conditions>,
}

/// Changes a project, with its audit entry and its line in the change feed: all or none. A change to what it is
/// already makes neither.
///
/// `None` where the organisation of the act has no such project. A caller who says which generation he has seen gets
/// [`StoreError::Stale`] where there is a newer one.
pub fn change(
    conn: &mut Conn,
    act: &Act,
    id: ProjectId,
    change: &ProjectChange,
    seen: Option<i64>,
) -> Result<Option<Project>, StoreError> {
    conn.write(|conn| {
        let Some((before, owner)) = find_anywhere(conn, id)? else { return Ok(None) };
        if before.organisation_id != act.organisation {
            return Ok(None);
        }
        if seen.is_some_and(|seen| seen != before.generation) {
            return Err(StoreError::Stale { what: Record::Project, found: before.generation });
        }
        let mut after = before.clone();
        set(&mut after.conditions, change.conditions.as_ref());
        if after == before {
            return Ok(Some(before));
        }
        let columns = (projects::conditions.eq(&after.conditions), projects::generation.eq(projects::generation + 1));
        on!(conn, c => diesel::update(projects::table.find(id)).set(columns).execute(c))?;
        let entry = Entry::new(AuditEvent::ProjectChanged, after.target(&owner));
        change::append(conn, act, ChangeKind::Project, &id, &entry.changed(&before.view(), &after.view()))?;
        find(conn, act.organisation, id)
    })
}

/// The project with this id, if it belongs to this organisation.
pub fn find(conn: &mut Conn, organisation: OrganisationId, id: ProjectId) -> Result<Option<Project>, StoreError> {
    let found = projects::table.find(id).filter(projects::organisation_id.eq(organisation));
    Ok(on!(conn, c => found.select(Project::as_select()).first(c).optional())?)
}

/// The project with this id, of whatever organisation, with that organisation's name.
pub fn find_anywhere(conn: &mut Conn, id: ProjectId) -> Result<Option<(Project, String)>, StoreError> {
    let found = projects::table.inner_join(organisations::table).filter(projects::id.eq(id));
    Ok(on!(conn, c => found.select((Project::as_select(), organisations::name)).first(c).optional())?)
}

/// The organisation's project with this name.
pub fn find_by_name(conn: &mut Conn, organisation: OrganisationId, name: &str) -> Result<Option<Project>, StoreError> {
    let found = projects::table.filter(projects::organisation_id.eq(organisation)).filter(projects::name.eq(name));
    Ok(on!(conn, c => found.select(Project::as_select()).first(c).optional())?)
}

/// A page of the organisation's projects, beginning after one of them.
pub fn list(
    conn: &mut Conn,
    organisation: OrganisationId,
    after: Option<ProjectId>,
    size: PageSize,
) -> Result<Page<Project>, StoreError> {
    on!(conn, c => {
        let rows = projects::table.filter(projects::organisation_id.eq(organisation));
        let mut rows = rows.select(Project::as_select()).into_boxed();
        if let Some(after) = after {
            rows = rows.filter(projects::id.gt(after));
        }
        Ok(size.cut(rows.order(projects::id).limit(size.rows()).load(c)?))
    })
}
