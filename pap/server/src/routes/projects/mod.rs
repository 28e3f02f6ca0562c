//! `/v1/projects`

mod create;
mod list;
mod show;

pub(crate) use create::create_project;
pub(crate) use list::list_projects;
pub(crate) use show::show_project;
