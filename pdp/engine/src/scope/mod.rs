//! Resource paths, actions and scopes: the hierarchy that a key is confined to.
//!
//! A resource path is `organisation/project/type/id…`, a scope `<path>:<action>`. Both have one canonical form and
//! no other is read: two texts name the same thing exactly when they are the same text, so nothing here decodes,
//! folds case or resolves `..`, and no two parts of a deployment can disagree on what a path means.
//!
//! A scope covers its path and all beneath it, level by level. `*` stands for one whole level. `admin` includes the
//! other actions. The project `argus` of each organisation, which holds its keys and policies, is reached only by a
//! scope that names it, or by `admin`.

mod action;
mod describe;
mod path;
mod reach;
mod token;

pub use action::Action;
pub use path::{PathError, ResourcePath};
pub use reach::covers_text;
pub use token::{Scope, ScopeError};
