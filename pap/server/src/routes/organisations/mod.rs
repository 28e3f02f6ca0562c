//! `/v1/organisations`

mod create;
mod list;
mod show;

pub(crate) use create::create_organisation;
pub(crate) use list::list_organisations;
pub(crate) use show::show_organisation;
