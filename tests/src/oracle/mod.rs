//! A second evaluator, to hold the first against: slow, straightforward, and written from the standard alone.
//!
//! It walks the checked tree for every request. Nothing is compiled, folded, interned, cached or skipped, and none of
//! the engine's functions, types or algorithms is called: a value is read from its text, a variable is replaced by its
//! definition, each table of core chapter 7 and each algorithm of appendix C is written down as it stands there.
//! Of XPath it knows the few paths that the generator writes; on whatever else it does not know it panics, so that no
//! generated policy is passed over in silence.

mod address;
mod calendar;
mod combine;
mod expression;
mod function;
mod name;
mod node;
mod regex;
mod selector;
mod target;
mod value;

use argus_engine::check::checked::{Checked, Variable};
use argus_engine::decision::Decision;
use argus_engine::request::Individual;
use argus_engine::status::StatusCode;

pub use node::of_engine;

/// A value, or the status code of why it is Indeterminate.
type Maybe<T> = Result<T, StatusCode>;

/// An answer in a form in which two evaluators can be compared: nothing in it depends on how it came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The decision, with the extended Indeterminate.
    pub decision: Decision,
    /// The status code.
    pub status: StatusCode,
    /// Obligations, then advice, each in order.
    pub duties: Vec<Duty>,
    /// The applicable policies and policy sets, sorted.
    pub policies: Vec<String>,
}

/// An obligation or advice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// Its identifier.
    pub id: String,
    /// Whether it is advice.
    pub is_advice: bool,
    /// For each assignment the identifier, the category, the issuer, the data type and the canonical text.
    pub assignments: Vec<[String; 5]>,
}

/// One evaluation.
struct Oracle<'e> {
    checked: &'e Checked<'e>,
    request: &'e Individual<'e>,
    now: &'e str,
    /// The variables of the policies being evaluated, the innermost last.
    variables: Vec<&'e [Variable<'e>]>,
}

/// Evaluates a document for one individual request.
///
/// `now` is a dateTime in UTC, written with `Z`.
///
/// # Panics
/// Where the policy uses what the oracle does not know.
pub fn evaluate<'e>(checked: &'e Checked<'e>, root: usize, request: &'e Individual<'e>, now: &'e str) -> Answer {
    let mut oracle = Oracle { checked, request, now, variables: Vec::new() };
    let outcome = oracle.node(&checked.documents[root].node);
    let decided = outcome.decision.effect().is_some();
    let mut policies = outcome.policies;
    policies.sort();
    Answer {
        decision: outcome.decision,
        status: outcome.status.unwrap_or(StatusCode::Ok),
        duties: if decided { obligations_first(outcome.duties) } else { Vec::new() },
        policies,
    }
}

fn obligations_first(duties: Vec<Duty>) -> Vec<Duty> {
    let (advice, obligations): (Vec<_>, Vec<_>) = duties.into_iter().partition(|duty| duty.is_advice);
    [obligations, advice].concat()
}
