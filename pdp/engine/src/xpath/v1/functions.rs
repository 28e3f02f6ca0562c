//! The core function library (XPath 1.0 §4), as a table.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::RangeInclusive;

use super::super::document::NodeId;
use super::super::error::{Result, XPathError, XPathErrorKind};
use super::super::names::{XML_NAMESPACE, is_space};
use super::evaluate::{Context, Evaluator};
use super::value::{Value, round};

/// A function of the library.
#[derive(Debug)]
pub(in super::super) struct Function {
    name: &'static str,
    /// How many arguments it may be called with.
    pub(super) takes: RangeInclusive<usize>,
    pub(super) gives_number: bool,
    pub(super) asks_position: bool,
    pub(super) body: for<'d> fn(&Call<'_, 'd>) -> Result<Value<'d>>,
}

/// One call: the evaluated arguments, and the context for those that were left out.
#[derive(Debug)]
pub(super) struct Call<'e, 'd> {
    pub(super) evaluator: &'e Evaluator<'d>,
    pub(super) context: Context,
    pub(super) arguments: Vec<Value<'d>>,
}

pub(super) fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

#[rustfmt::skip]
static FUNCTIONS: &[Function] = &[
    number("last",               0..=0, |call| Ok(Value::Number(float(call.context.size)))).positional(),
    number("position",           0..=0, |call| Ok(Value::Number(float(call.context.position)))).positional(),
    number("count",              1..=1, |call| Ok(Value::Number(float(call.nodes(0)?.len())))),
    // Without a DTD no attribute is an ID, so none is found.
    other("id",                  1..=1, |_| Ok(Value::Nodes(Vec::new()))),
    other("local-name",          0..=1, |call| call.name(|name| Cow::Borrowed(name.local))),
    other("namespace-uri",       0..=1, |call| call.name(|name| Cow::Borrowed(name.uri))),
    other("name",                0..=1, |call| call.name(|name| match name.prefix {
        "" => Cow::Borrowed(name.local),
        prefix => Cow::Owned(format!("{prefix}:{}", name.local)),
    })),
    other("string",              0..=1, |call| Ok(Value::Text(call.text(0)?))),
    other("concat",              2..=usize::MAX, concat),
    other("starts-with",         2..=2, |call| Ok(Value::Boolean(call.text(0)?.starts_with(&*call.text(1)?)))),
    other("contains",            2..=2, |call| Ok(Value::Boolean(call.text(0)?.contains(&*call.text(1)?)))),
    other("substring-before",    2..=2, |call| call.part(|text, mark| text.split_once(mark).map(|(before, _)| before))),
    other("substring-after",     2..=2, |call| call.part(|text, mark| text.split_once(mark).map(|(_, after)| after))),
    other("substring",           2..=3, substring),
    number("string-length",      0..=1, |call| Ok(Value::Number(float(call.text(0)?.chars().count())))),
    other("normalize-space",     0..=1, normalize_space),
    other("translate",           3..=3, translate),
    other("boolean",             1..=1, |call| Ok(Value::Boolean(call.boolean(0)))),
    other("not",                 1..=1, |call| Ok(Value::Boolean(!call.boolean(0)))),
    other("true",                0..=0, |_| Ok(Value::Boolean(true))),
    other("false",               0..=0, |_| Ok(Value::Boolean(false))),
    other("lang",                1..=1, lang),
    number("number",             0..=1, |call| Ok(Value::Number(call.number(0)?))),
    number("sum",                1..=1, sum),
    number("floor",              1..=1, |call| Ok(Value::Number(call.number(0)?.floor()))),
    number("ceiling",            1..=1, |call| Ok(Value::Number(call.number(0)?.ceil()))),
    number("round",              1..=1, |call| Ok(Value::Number(round(call.number(0)?)))),
];

type Body = for<'d> fn(&Call<'_, 'd>) -> Result<Value<'d>>;

const fn other(name: &'static str, takes: RangeInclusive<usize>, body: Body) -> Function {
    Function { name, takes, gives_number: false, asks_position: false, body }
}

const fn number(name: &'static str, takes: RangeInclusive<usize>, body: Body) -> Function {
    Function { gives_number: true, ..other(name, takes, body) }
}

impl Function {
    const fn positional(self) -> Self {
        Self { asks_position: true, ..self }
    }
}

impl<'d> Call<'_, 'd> {
    /// The argument, or the context node where it was left out.
    fn argument(&self, at: usize) -> Cow<'_, Value<'d>> {
        match self.arguments.get(at) {
            Some(argument) => Cow::Borrowed(argument),
            None => Cow::Owned(Value::Nodes(vec![self.context.node])),
        }
    }

    fn text(&self, at: usize) -> Result<Cow<'d, str>> {
        self.evaluator.text(&self.argument(at))
    }

    fn number(&self, at: usize) -> Result<f64> {
        self.evaluator.number(&self.argument(at))
    }

    fn boolean(&self, at: usize) -> bool {
        self.evaluator.boolean(&self.argument(at))
    }

    fn nodes(&self, at: usize) -> Result<Cow<'_, [NodeId]>> {
        match self.argument(at) {
            Cow::Borrowed(Value::Nodes(nodes)) => Ok(Cow::Borrowed(nodes)),
            Cow::Owned(Value::Nodes(nodes)) => Ok(Cow::Owned(nodes)),
            _ => {
                Err(XPathError::new(XPathErrorKind::Evaluation, "a function that takes nodes was given something else"))
            }
        }
    }

    /// Something of the first node's name; nothing where there is none.
    fn name(&self, of: impl Fn(super::super::document::ExpandedName<'d>) -> Cow<'d, str>) -> Result<Value<'d>> {
        let first = self.nodes(0)?.first().copied();
        let name = first.and_then(|node| self.evaluator.document.name(node));
        Ok(Value::Text(name.map_or(Cow::Borrowed(""), of)))
    }

    /// A part of the first text, found by the second.
    fn part(&self, find: impl for<'t> Fn(&'t str, &str) -> Option<&'t str>) -> Result<Value<'d>> {
        let (text, mark) = (self.text(0)?, self.text(1)?);
        Ok(Value::Text(find(&text, &mark).unwrap_or_default().to_owned().into()))
    }
}

fn concat<'d>(call: &Call<'_, 'd>) -> Result<Value<'d>> {
    let mut whole = String::new();
    for at in 0..call.arguments.len() {
        let text = call.text(at)?;
        call.evaluator.charge_text(text.len())?;
        whole.push_str(&text);
    }
    Ok(Value::Text(whole.into()))
}

/// Characters are counted from 1, and both numbers are rounded: `substring("12345", 1.5, 2.6)` is `234`.
fn substring<'d>(call: &Call<'_, 'd>) -> Result<Value<'d>> {
    let start = round(call.number(1)?);
    let end = if call.arguments.len() > 2 { start + round(call.number(2)?) } else { f64::INFINITY };
    let text = call.text(0)?;
    let inside = |at: usize| float(at + 1) >= start && float(at + 1) < end;
    let part: String = text.chars().enumerate().filter(|&(at, _)| inside(at)).map(|(_, c)| c).collect();
    Ok(Value::Text(part.into()))
}

fn normalize_space<'d>(call: &Call<'_, 'd>) -> Result<Value<'d>> {
    let text = call.text(0)?;
    let words: Vec<&str> = text.split(is_space).filter(|word| !word.is_empty()).collect();
    Ok(Value::Text(words.join(" ").into()))
}

fn translate<'d>(call: &Call<'_, 'd>) -> Result<Value<'d>> {
    let (from, to) = (call.text(1)?, call.text(2)?);
    let mut to = to.chars();
    let mut replacements = HashMap::new();
    for character in from.chars() {
        let replacement = to.next();
        // The first occurrence decides.
        replacements.entry(character).or_insert(replacement);
    }
    let text = call.text(0)?;
    let translated: String = text.chars().filter_map(|c| replacements.get(&c).copied().unwrap_or(Some(c))).collect();
    Ok(Value::Text(translated.into()))
}

fn sum<'d>(call: &Call<'_, 'd>) -> Result<Value<'d>> {
    let nodes = call.nodes(0)?;
    let mut sum = 0.0;
    for text in call.evaluator.string_values(&nodes)? {
        sum += super::value::number_of(&text?);
    }
    Ok(Value::Number(sum))
}

/// Whether the nearest `xml:lang` is the language or a dialect of it.
fn lang<'d>(call: &Call<'_, 'd>) -> Result<Value<'d>> {
    let wanted = call.text(0)?.to_lowercase();
    let document = call.evaluator.document;
    let mut next = Some(call.context.node);
    while let Some(node) = next {
        call.evaluator.charge(1)?;
        let declared = document.attributes(node.index).map(NodeId::new).find(|&attribute| {
            document.name(attribute).is_some_and(|name| name.uri == XML_NAMESPACE && name.local == "lang")
        });
        if let Some(declared) = declared {
            let language = document.string_value(declared).to_lowercase();
            let rest = language.strip_prefix(&wanted);
            return Ok(Value::Boolean(rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))));
        }
        next = document.parent(node);
    }
    Ok(Value::Boolean(false))
}

#[expect(clippy::cast_precision_loss, reason = "no document has 2^53 nodes, no text as many characters")]
fn float(count: usize) -> f64 {
    count as f64
}
