//! Whether a Deny without a reason is the policies' will or their failure.
//!
//! The shipped root answers Deny where what stands below it is Indeterminate. Callers are to be told `policy_error` then,
//! so such a Deny, and only such a one, is evaluated again with an eye on the root's children.

use std::cell::Cell;

use argus_engine::compile::Program;
use argus_engine::decision::Decision;
use argus_engine::evaluate::Environment;
use argus_engine::explain::{Step, Tracer};
use argus_engine::request::Individual;
use argus_engine::value::Arena;

/// What the children of the root came to.
#[derive(Debug, Default)]
struct Seen {
    denied: Cell<bool>,
    failed: Cell<bool>,
}

struct RootsChildren<'s> {
    seen: &'s Seen,
    depth: usize,
}

impl Tracer for RootsChildren<'_> {
    const ON: bool = true;

    fn step(&mut self, step: Step<'_, '_>) {
        match step {
            Step::Enter { .. } => self.depth += 1,
            Step::Leave(decision, _) => {
                self.depth -= 1;
                if self.depth == 1 {
                    self.note(decision);
                }
            }
            Step::Rule { decision, .. } if self.depth == 1 => self.note(decision),
            _ => {}
        }
    }
}

impl RootsChildren<'_> {
    fn note(&self, decision: Decision) {
        match decision {
            Decision::Deny => self.seen.denied.set(true),
            Decision::Indeterminate(_) => self.seen.failed.set(true),
            Decision::Permit | Decision::NotApplicable => {}
        }
    }
}

/// Whether the root denies because something below it failed, and nothing below it denies.
pub(super) fn denies_by_failure<'a>(
    program: &'a Program,
    individual: &'a Individual<'a>,
    environment: &'a Environment<'a>,
    arena: &'a Arena,
) -> bool {
    let seen = arena.bump().alloc(Seen::default());
    let seen: &Seen = seen;
    let tracer = arena.bump().alloc(RootsChildren { seen, depth: 0 });
    program.evaluate_with(individual, environment, arena, tracer);
    seen.failed.get() && !seen.denied.get()
}
