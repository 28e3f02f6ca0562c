//! Listing the plans, and showing one.

use argus_engine::scope::Action;
use argus_store::plan;

use crate::cursor::{self, Stretch};
use crate::resource::Own;
use crate::view::{Listed, PlanView};
use crate::{Admin, AdminError, Call, Query};

const FILTER: &str = "plans";

impl Admin {
    /// A page of the plans, by their names. Needs `<organisation>/argus/organisation:read`, of the caller's own.
    pub async fn list_plans(&self, call: &Call, query: Query) -> Result<Listed<PlanView>, AdminError> {
        call.require(call.caller().organisation(), Own::Organisation, Action::Read)?;
        let Stretch { after, size } = query.finish::<String>(FILTER)?;
        let plans = self.with_store(|store| Ok(store.read(plan::list)?)).await?;
        // There are few, so the page is cut here.
        let passed = |name: &String| after.as_ref().is_none_or(|after| name > after);
        let left: Vec<_> = plans.into_iter().filter(|plan| passed(&plan.name)).collect();
        let is_last = left.len() <= size.items();
        let items: Vec<_> = left.into_iter().take(size.items()).map(PlanView::from).collect();
        let last = items.last().filter(|_| !is_last);
        Ok(Listed { next_cursor: last.map(|last| cursor::write(&last.name, FILTER)), items })
    }

    /// Shows a plan. Needs what [`Admin::list_plans`] needs.
    pub async fn show_plan(&self, call: &Call, name: &str) -> Result<PlanView, AdminError> {
        call.require(call.caller().organisation(), Own::Organisation, Action::Read)?;
        let name = name.to_owned();
        let found = self.with_store(move |store| Ok(store.read(|conn| plan::find(conn, &name))?)).await?;
        found.map(PlanView::from).ok_or(AdminError::NotFound)
    }
}
