//! Expressions (core 7.4): designators, variables by replacement, logical and higher-order functions.

use argus_engine::check::checked::{Apply, Designator, Expr};
use argus_engine::request::TypeName;
use argus_engine::status::StatusCode;
use argus_engine::value::{DataType, Value as EngineValue};

use super::function;
use super::value::{Operand, Value};
use super::{Maybe, Oracle};

use Operand::{Bag, One};

const ENVIRONMENT: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:environment";
const CLOCK: &str = "urn:oasis:names:tc:xacml:1.0:environment:current-";

impl Oracle<'_> {
    /// The value of an expression, or the status code of why it is Indeterminate.
    pub(super) fn expression(&self, expression: &Expr<'_>) -> Maybe<Operand> {
        match expression {
            Expr::Value(value) => Ok(One(constant(&value.as_value()))),
            Expr::Designator(designator) => self.designator(designator).map(Bag),
            Expr::Selector(selector) => self.selector(selector).map(Bag),
            // Core 7.8: as if the definition stood here.
            Expr::Variable(place) => {
                let variables = self.variables.last().unwrap();
                self.expression(&variables[*place].expression)
            }
            Expr::Apply(apply) => self.apply(apply),
        }
    }

    /// An expression that gives a boolean.
    pub(super) fn boolean(&self, expression: &Expr<'_>) -> Maybe<bool> {
        match self.expression(expression)? {
            One(Value::Boolean(value)) => Ok(value),
            other => panic!("{other:?} is not a boolean"),
        }
    }

    /// Core 7.3.5: the values of the request that agree in category, id, type and, where named, issuer.
    pub(super) fn designator(&self, designator: &Designator<'_>) -> Maybe<Vec<Value>> {
        let clock = self.clock(designator);
        if let Some(now) = &clock
            && !self.says_the_time(designator)
        {
            return Ok(vec![now.clone()]);
        }
        let mut bag = Vec::new();
        for attributes in self.request.attributes.iter().filter(|one| one.category == designator.category) {
            for attribute in attributes.attributes.iter().filter(|one| one.id == designator.id) {
                if designator.issuer.as_deref().is_some_and(|wanted| attribute.issuer != Some(wanted)) {
                    continue;
                }
                for raw in attribute.values {
                    if raw.data_type == TypeName::Known(designator.data_type) {
                        bag.push(Value::parse(designator.data_type, raw.text).ok_or(StatusCode::SyntaxError)?);
                    }
                }
            }
        }
        if bag.is_empty() && designator.must_be_present {
            return Err(StatusCode::MissingAttribute);
        }
        Ok(bag)
    }

    /// Whether the request itself gives the time: what somebody vouches for does not replace the PDP's own.
    fn says_the_time(&self, designator: &Designator<'_>) -> bool {
        let environment = self.request.attributes.iter().filter(|one| one.category == ENVIRONMENT);
        let mut times = environment.flat_map(|one| one.attributes).filter(|one| one.id == designator.id);
        times.any(|one| {
            one.issuer.is_none() && one.values.iter().any(|raw| raw.data_type == TypeName::Known(designator.data_type))
        })
    }

    /// Core 7.3.6: what the PDP says about the time, where a designator asks for it.
    fn clock(&self, designator: &Designator<'_>) -> Option<Value> {
        let name = designator.id.strip_prefix(CLOCK).filter(|_| designator.category == ENVIRONMENT)?;
        let (date, time) = self.now.split_once('T')?;
        let time = time.strip_suffix('Z')?;
        let text = match (name, designator.data_type) {
            ("time", DataType::Time) => format!("{time}Z"),
            ("date", DataType::Date) => format!("{date}Z"),
            ("dateTime", DataType::DateTime) => self.now.to_owned(),
            _ => return None,
        };
        Value::parse(designator.data_type, &text).filter(|_| designator.issuer.is_none())
    }

    fn apply(&self, apply: &Apply<'_>) -> Maybe<Operand> {
        let name = apply.function.short_name();
        let boolean = |value: Maybe<bool>| value.map(|value| One(Value::Boolean(value)));
        match name {
            "and" => return boolean(and(apply.arguments.iter().map(|argument| self.boolean(argument)))),
            "or" => return boolean(or(apply.arguments.iter().map(|argument| self.boolean(argument)))),
            "n-of" => return boolean(self.n_of(&apply.arguments)),
            _ => {}
        }
        let arguments: Vec<Operand> =
            apply.arguments.iter().map(|argument| self.expression(argument)).collect::<Maybe<_>>()?;
        match apply.argument {
            Some(function) => higher_order(name, function.id, &arguments),
            None => function::apply(apply.function.id, &arguments),
        }
    }

    /// A.3.5 `n-of`.
    fn n_of(&self, arguments: &[Expr<'_>]) -> Maybe<bool> {
        let (first, rest) = arguments.split_first().unwrap();
        let One(Value::Integer(least)) = self.expression(first)? else { panic!("`n-of` counts") };
        let least = usize::try_from(least).map_err(|_| StatusCode::ProcessingError)?;
        if least > rest.len() {
            return Err(StatusCode::ProcessingError);
        }
        let (mut holding, mut failed, mut first) = (0, 0, None);
        for argument in rest {
            if holding >= least {
                break;
            }
            match self.boolean(argument) {
                Ok(holds) => holding += usize::from(holds),
                Err(code) => {
                    failed += 1;
                    first = first.or(Some(code));
                }
            }
        }
        if holding >= least {
            return Ok(true);
        }
        if holding + failed >= least { Err(first.unwrap()) } else { Ok(false) }
    }
}

/// The value of a constant: read anew from its canonical form.
pub(super) fn constant(value: &EngineValue<'_>) -> Value {
    Value::parse(value.data_type(), &value.to_string()).unwrap()
}

/// A.3.5: one False settles it, whatever else failed.
pub(super) fn and(values: impl Iterator<Item = Maybe<bool>>) -> Maybe<bool> {
    let mut failed = None;
    for value in values {
        match value {
            Ok(false) => return Ok(false),
            Ok(true) => {}
            Err(code) => failed = failed.or(Some(code)),
        }
    }
    failed.map_or(Ok(true), Err)
}

/// A.3.5: one True settles it, whatever else failed.
pub(super) fn or(values: impl Iterator<Item = Maybe<bool>>) -> Maybe<bool> {
    let mut failed = None;
    for value in values {
        match value {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(code) => failed = failed.or(Some(code)),
        }
    }
    failed.map_or(Ok(false), Err)
}

/// A.3.12, with the errors of single applications taken as `and` and `or` take them.
fn higher_order(name: &str, function: &str, arguments: &[Operand]) -> Maybe<Operand> {
    let holds = |values: &[Value]| call(function, values).map(|value| value == Value::Boolean(true));
    let pairs = |outer: usize, inner: usize| -> (Vec<Value>, Vec<Value>) {
        (members(&arguments[outer]), members(&arguments[inner]))
    };
    let answer = match name {
        "any-of" | "any-of-any" => or(combinations(arguments).iter().map(|values| holds(values))),
        "all-of" | "all-of-all" => and(combinations(arguments).iter().map(|values| holds(values))),
        "all-of-any" => {
            let (xs, ys) = pairs(0, 1);
            and(xs.iter().map(|x| or(ys.iter().map(|y| holds(&[x.clone(), y.clone()])))))
        }
        "any-of-all" => {
            let (xs, ys) = pairs(0, 1);
            and(ys.iter().map(|y| or(xs.iter().map(|x| holds(&[x.clone(), y.clone()])))))
        }
        "map" => {
            let results = combinations(arguments).iter().map(|values| call(function, values)).collect::<Maybe<_>>();
            return results.map(Bag);
        }
        other => panic!("the oracle does not know `{other}`"),
    };
    answer.map(|value| One(Value::Boolean(value)))
}

/// Calls a function with single values: for a Match, or for members of bags.
pub(super) fn call(function: &str, values: &[Value]) -> Maybe<Value> {
    let holds = |value: &Value| Ok(*value == Value::Boolean(true));
    match function.rsplit(':').next().unwrap() {
        "and" => return and(values.iter().map(holds)).map(Value::Boolean),
        "or" => return or(values.iter().map(holds)).map(Value::Boolean),
        "n-of" => {
            let Value::Integer(least) = &values[0] else { panic!("`n-of` counts") };
            let least = usize::try_from(least).ok().filter(|least| *least < values.len());
            let holding = values.iter().filter(|value| **value == Value::Boolean(true)).count();
            return least.map(|least| Value::Boolean(holding >= least)).ok_or(StatusCode::ProcessingError);
        }
        _ => {}
    }
    let operands: Vec<Operand> = values.iter().cloned().map(One).collect();
    match function::apply(function, &operands)? {
        One(value) => Ok(value),
        Bag(_) => panic!("`{function}` gives a bag"),
    }
}

fn members(operand: &Operand) -> Vec<Value> {
    match operand {
        One(value) => vec![value.clone()],
        Bag(values) => values.clone(),
    }
}

/// Every choice of one member of each argument, the first argument changing slowest.
fn combinations(arguments: &[Operand]) -> Vec<Vec<Value>> {
    let mut all = vec![Vec::new()];
    for argument in arguments {
        let members = members(argument);
        all = all
            .into_iter()
            .flat_map(|chosen| {
                members.iter().map(move |member| [chosen.clone(), vec![member.clone()]].concat()).collect::<Vec<_>>()
            })
            .collect();
    }
    all
}
