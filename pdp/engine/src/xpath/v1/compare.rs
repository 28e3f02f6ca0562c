//! `=`, `!=`, `<` and their like (XPath 1.0 §3.4): with nodes, true if it holds for some of them.

use std::borrow::Cow;
use std::collections::HashSet;

use super::super::document::NodeId;
use super::super::error::Result;
use super::evaluate::Evaluator;
use super::syntax::Comparison;
use super::value::{Value, number_of};

impl<'d> Evaluator<'d> {
    pub(super) fn compare(&self, comparison: Comparison, left: &Value<'d>, right: &Value<'d>) -> Result<bool> {
        match (left, right) {
            (Value::Nodes(left), Value::Nodes(right)) => self.compare_sets(comparison, left, right),
            // Against a boolean the whole set counts, not its nodes.
            (Value::Nodes(_), Value::Boolean(_)) | (Value::Boolean(_), Value::Nodes(_)) => {
                let (left, right) = (Value::Boolean(self.boolean(left)), Value::Boolean(self.boolean(right)));
                self.compare_single(comparison, &left, &right)
            }
            (Value::Nodes(left), right) => {
                self.any(left, |text| self.compare_single(comparison, &Value::Text(text), right))
            }
            (left, Value::Nodes(right)) => {
                self.any(right, |text| self.compare_single(comparison, left, &Value::Text(text)))
            }
            _ => self.compare_single(comparison, left, right),
        }
    }

    fn any(&self, nodes: &[NodeId], holds: impl Fn(Cow<'d, str>) -> Result<bool>) -> Result<bool> {
        for &node in nodes {
            if holds(self.string_value(node)?)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn compare_single(&self, comparison: Comparison, left: &Value<'d>, right: &Value<'d>) -> Result<bool> {
        let is_equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        let are_equal = match (left, right) {
            _ if !is_equality => return Ok(holds(comparison, self.number(left)?, self.number(right)?)),
            (Value::Boolean(_), _) | (_, Value::Boolean(_)) => self.boolean(left) == self.boolean(right),
            (Value::Number(_), _) | (_, Value::Number(_)) => {
                return Ok(holds(comparison, self.number(left)?, self.number(right)?));
            }
            _ => self.text(left)? == self.text(right)?,
        };
        Ok(are_equal == (comparison == Comparison::Equal))
    }

    fn compare_sets(&self, comparison: Comparison, left: &[NodeId], right: &[NodeId]) -> Result<bool> {
        match comparison {
            Comparison::Equal => {
                let left = self.string_values(left)?.collect::<Result<HashSet<_>>>()?;
                self.any(right, |text| Ok(left.contains(&text)))
            }
            Comparison::NotEqual => {
                // Some pair differs, unless one text is all there is on both sides.
                let [first, ..] = left else { return Ok(false) };
                let first = self.string_value(*first)?;
                let differs = |text: Cow<'d, str>| Ok(text != first);
                Ok(self.any(right, differs)? || (!right.is_empty() && self.any(left, differs)?))
            }
            Comparison::Less | Comparison::LessOrEqual => {
                let (Some((least, _)), Some((_, most))) = (self.extremes(left)?, self.extremes(right)?) else {
                    return Ok(false);
                };
                Ok(holds(comparison, least, most))
            }
            Comparison::Greater | Comparison::GreaterOrEqual => {
                let (Some((_, most)), Some((least, _))) = (self.extremes(left)?, self.extremes(right)?) else {
                    return Ok(false);
                };
                Ok(holds(comparison, most, least))
            }
        }
    }

    /// The least and the greatest of the nodes' numbers, those that are none left out.
    fn extremes(&self, nodes: &[NodeId]) -> Result<Option<(f64, f64)>> {
        let mut extremes: Option<(f64, f64)> = None;
        for &node in nodes {
            let number = number_of(&self.string_value(node)?);
            if !number.is_nan() {
                let (least, most) = extremes.unwrap_or((number, number));
                extremes = Some((least.min(number), most.max(number)));
            }
        }
        Ok(extremes)
    }
}

#[expect(clippy::float_cmp, reason = "XPath compares numbers as IEEE 754 does")]
fn holds(comparison: Comparison, left: f64, right: f64) -> bool {
    match comparison {
        Comparison::Equal => left == right,
        Comparison::NotEqual => left != right,
        Comparison::Less => left < right,
        Comparison::LessOrEqual => left <= right,
        Comparison::Greater => left > right,
        Comparison::GreaterOrEqual => left >= right,
    }
}
