//! Plans: what an organisation may have at most. [`room`] is the one place where acts are held against the plan of their
//! organisation, in the transaction that does them.
//!
//! A lower plan stops no key. What is over it is listed and told, and stays as it was for thirty days; whatever is new is
//! refused at once. After the thirty days a key that is over goes on and can't be changed but to fit, the features that
//! the plan lacks do nothing, and what is kept for longer than the plan says is forgotten.

mod list;
pub(super) mod room;
mod standing;

pub use standing::PlanStanding;
