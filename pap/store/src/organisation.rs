//! `organisations`: the first level of every resource path, and a policy domain each.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::act::Act;
use crate::change::{self, ChangeKind};
use crate::conditions::Conditions;
use crate::conn::{Conn, on};
use crate::error::{OrTaken, Record, StoreError};
use crate::id::OrganisationId;
use crate::page::{Page, PageSize};
use crate::schema::organisations;
use crate::value::{At, column};

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = organisations)]
pub struct Organisation {
    /// Its id.
    pub id: OrganisationId,
    /// Its segment in resource paths, unlike any other's.
    pub name: String,
    /// What people call it.
    pub display_name: Option<String>,
    /// What every key of it must meet.
    pub conditions: Conditions,
    /// When it was made.
    #[diesel(deserialize_as = At)]
    pub created_at: DateTime<Utc>,
}

/// An organisation to be made.
#[derive(Debug, Clone)]
pub struct NewOrganisation {
    /// Its id, from [`OrganisationId::new`].
    pub id: OrganisationId,
    /// Its segment in resource paths.
    pub name: String,
    /// What people call it.
    pub display_name: Option<String>,
    /// What every key of it must meet.
    pub conditions: Conditions,
}

/// Makes an organisation, with its line in the change feed. A taken name is [`StoreError::AlreadyExists`].
pub fn create(conn: &mut Conn, act: &Act, new: &NewOrganisation) -> Result<Organisation, StoreError> {
    conn.write(|conn| {
        let row = (
            organisations::id.eq(new.id),
            organisations::name.eq(&new.name),
            organisations::display_name.eq(&new.display_name),
            organisations::conditions.eq(&new.conditions),
            organisations::created_at.eq(column(act.at)),
        );
        on!(conn, c => diesel::insert_into(organisations::table).values(row).execute(c))
            .or_taken(Record::Organisation, &new.name)?;
        change::append(conn, act, ChangeKind::Organisation, &new.id)?;
        find(conn, new.id)?.ok_or_else(|| StoreError::not_found(Record::Organisation, new.id))
    })
}

/// The organisation with this id.
pub fn find(conn: &mut Conn, id: OrganisationId) -> Result<Option<Organisation>, StoreError> {
    let found = organisations::table.find(id);
    Ok(on!(conn, c => found.select(Organisation::as_select()).first(c).optional())?)
}

/// The organisation with this name.
pub fn find_by_name(conn: &mut Conn, name: &str) -> Result<Option<Organisation>, StoreError> {
    let found = organisations::table.filter(organisations::name.eq(name));
    Ok(on!(conn, c => found.select(Organisation::as_select()).first(c).optional())?)
}

/// A page of all organisations, beginning after one of them.
pub fn list(conn: &mut Conn, after: Option<OrganisationId>, size: PageSize) -> Result<Page<Organisation>, StoreError> {
    on!(conn, c => {
        let mut rows = organisations::table.select(Organisation::as_select()).into_boxed();
        if let Some(after) = after {
            rows = rows.filter(organisations::id.gt(after));
        }
        Ok(size.cut(rows.order(organisations::id).limit(size.rows()).load(c)?))
    })
}
