//! What is watched while the server runs, since somebody may put something else in its place.

mod files;
mod folder;

pub use files::{SeenFiles, WatchedFiles};
pub(crate) use folder::Watch;
