//! A whole request: expanded into individual ones, each evaluated, and combined where asked for.

use super::Environment;
use crate::compile::Program;
use crate::request::{Request, RequestError};
use crate::response::{Response, Result as DecisionResult};
use crate::value::Arena;
use crate::wire::multiple;

impl Program {
    /// Answers a request, with a result for each decision that it asks for (Multiple Decision Profile 2).
    ///
    /// # Errors
    /// Where the request stands for more results than the limit allows.
    pub fn answer<'a>(
        &'a self,
        request: &'a Request<'a>,
        environment: &'a Environment<'a>,
        arena: &'a Arena,
    ) -> Result<Response<'a>, RequestError> {
        let expanded = multiple::expand(request, arena, &environment.limits)?;
        let mut results = Vec::with_capacity(expanded.len());
        for individual in expanded {
            results.push(match individual {
                Ok(individual) => self.evaluate(arena.bump().alloc(individual), environment, arena),
                Err(fault) => DecisionResult::failed(fault),
            });
        }
        if request.combined_decision {
            results = vec![multiple::combine(&results)];
        }
        Ok(Response { results })
    }
}
