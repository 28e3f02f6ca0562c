//! Match, AllOf, AnyOf and Target: the tables of core 7.6 and 7.7.

use argus_engine::check::checked::{AllOf, AnyOf, Expr, Match, Target};

use super::expression::{and, call, constant, or};
use super::value::Value;
use super::{Maybe, Oracle};

impl Oracle<'_> {
    /// Whether the target matches. An empty one does.
    pub(super) fn target(&self, target: &Target<'_>) -> Maybe<bool> {
        // Table 4: No match wins, then Indeterminate. That is what `and` does.
        and(target.any_of.iter().map(|any_of| self.any_of(any_of)))
    }

    fn any_of(&self, any_of: &AnyOf<'_>) -> Maybe<bool> {
        // Table 2: Match wins, then Indeterminate. That is what `or` does.
        or(any_of.all_of.iter().map(|all_of| self.all_of(all_of)))
    }

    fn all_of(&self, all_of: &AllOf<'_>) -> Maybe<bool> {
        and(all_of.matches.iter().map(|one| self.one_match(one)))
    }

    fn one_match(&self, one: &Match<'_>) -> Maybe<bool> {
        let value = constant(&one.value.as_value());
        let bag = match &one.attribute {
            Expr::Designator(designator) => self.designator(designator)?,
            Expr::Selector(selector) => self.selector(selector)?,
            other => panic!("{other:?} in a match"),
        };
        or(bag
            .into_iter()
            .map(|member| call(one.function.id, &[value.clone(), member]).map(|holds| holds == Value::Boolean(true))))
    }
}
