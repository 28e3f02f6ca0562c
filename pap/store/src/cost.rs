//! What a use costs that doesn't say: for each organisation a table by action and type of resource, a column of it.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde::{Deserialize, Serialize};

use crate::act::Act;
use crate::audit::{AuditEvent, Entry, Target, TargetKind, View};
use crate::change::{self, ChangeKind};
use crate::conn::{Conn, on};
use crate::error::{Record, StoreError};
use crate::id::OrganisationId;
use crate::schema::organisations;
use crate::value::text_out;

/// A row of a table of costs. It names an action, a type, or both. Of several rows that a use fits, the one that names
/// both holds; then the one that names the action; then the one that names the type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// Of which action; `None`: of any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Upon a resource of which type; `None`: of any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<String>,
    /// What it takes from each limit.
    pub cost: u64,
}

/// The table of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = organisations)]
pub struct CostTable {
    /// The organisation.
    #[diesel(column_name = id)]
    pub organisation_id: OrganisationId,
    /// Its name.
    pub name: String,
    /// The rows.
    #[diesel(deserialize_as = Costs)]
    pub costs: Vec<Cost>,
    /// That of the organisation: higher after every change of it, or of this.
    pub generation: i64,
}

/// The rows in a column, as a JSON array.
#[derive(Debug, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Costs(Vec<Cost>);

impl From<Costs> for Vec<Cost> {
    fn from(Costs(costs): Costs) -> Self {
        costs
    }
}

text_out!(Costs, costs => serde_json::to_string(&costs.0)?);

impl<DB: Backend> FromSql<Text, DB> for Costs
where
    String: FromSql<Text, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(serde_json::from_str(&String::from_sql(value)?)?))
    }
}

/// Puts rows in the place of those of the organisation of the act, with their audit entry and their line in the change
/// feed. The same rows again make neither.
///
/// `None` where there is no such organisation; [`StoreError::Stale`] where it has changed since it was seen.
pub fn replace(conn: &mut Conn, act: &Act, costs: &[Cost], seen: i64) -> Result<Option<CostTable>, StoreError> {
    conn.write(|conn| {
        let Some(before) = find(conn, act.organisation)? else { return Ok(None) };
        if seen != before.generation {
            return Err(StoreError::Stale { what: Record::Organisation, found: before.generation });
        }
        if before.costs == costs {
            return Ok(Some(before));
        }
        let columns = (
            organisations::costs.eq(Costs(costs.to_vec())),
            organisations::generation.eq(organisations::generation + 1),
        );
        on!(conn, c => diesel::update(organisations::table.find(act.organisation)).set(columns).execute(c))?;
        let target = Target::new(TargetKind::Organisation, &before.organisation_id, &before.name);
        let view = |costs: &[Cost]| View::default().with("costs", costs);
        let entry = Entry::new(AuditEvent::CostsChanged, target).changed(&view(&before.costs), &view(costs));
        change::append(conn, act, ChangeKind::Limits, &act.organisation, &entry)?;
        find(conn, act.organisation)
    })
}

/// The table of an organisation.
pub fn find(conn: &mut Conn, organisation: OrganisationId) -> Result<Option<CostTable>, StoreError> {
    let found = organisations::table.find(organisation);
    Ok(on!(conn, c => found.select(CostTable::as_select()).first(c).optional())?)
}

/// The tables of all organisations that have rows.
pub fn list_all(conn: &mut Conn) -> Result<Vec<CostTable>, StoreError> {
    let all = organisations::table.filter(organisations::costs.ne(Costs(Vec::new()))).order(organisations::id);
    Ok(on!(conn, c => all.select(CostTable::as_select()).load(c))?)
}
