//! Location paths (XPath 1.0 §2): steps, axes, node tests, and what their abbreviations stand for.

use super::super::error::{Result, XPathError};
use super::parse::Parser;
use super::syntax::{Axis, Expr, Start, Step, Test};
use super::token::Token;

/// Names that, before a `(`, are node tests and not functions.
pub(super) fn is_node_type(name: &str) -> bool {
    matches!(name, "comment" | "text" | "processing-instruction" | "node")
}

/// A path that starts at the document node or at the context node.
pub(super) fn path(parser: &mut Parser<'_, '_>) -> Result<Expr> {
    if parser.peek() == Some(Token::Sign("//")) {
        return Ok(Expr::Path(Start::Root, further_steps(parser)?));
    }
    let start = if parser.eat("/") {
        if !starts_step(parser) {
            return Ok(Expr::Path(Start::Root, Vec::new()));
        }
        Start::Root
    } else {
        Start::Context
    };
    let mut steps = vec![step(parser)?];
    steps.extend(further_steps(parser)?);
    Ok(Expr::Path(start, steps))
}

/// `/step` and `//step`, as many as follow.
pub(super) fn further_steps(parser: &mut Parser<'_, '_>) -> Result<Vec<Step>> {
    let mut steps = Vec::new();
    loop {
        if parser.eat("/") {
            steps.push(step(parser)?);
        } else if parser.eat("//") {
            let step = step(parser)?;
            // `//a` is `/descendant-or-self::node()/child::a`: the same nodes as `/descendant::a`, with fewer on the
            // way, unless a predicate counts among the children of each parent.
            if step.axis == Axis::Child && !step.predicates.iter().any(Expr::is_positional) {
                steps.push(Step { axis: Axis::Descendant, ..step });
            } else {
                steps.extend([plain(Axis::DescendantOrSelf), step]);
            }
        } else {
            return Ok(steps);
        }
    }
}

fn starts_step(parser: &Parser<'_, '_>) -> bool {
    match parser.peek() {
        Some(Token::Sign(sign)) => matches!(sign, "@" | "." | ".."),
        Some(Token::Name(..) | Token::AnyIn(_) | Token::Any) => true,
        Some(Token::Literal(_) | Token::Number(_)) | None => false,
    }
}

fn plain(axis: Axis) -> Step {
    Step { axis, test: Test::Node, predicates: Vec::new() }
}

fn step(parser: &mut Parser<'_, '_>) -> Result<Step> {
    if parser.eat(".") {
        return Ok(plain(Axis::Itself));
    }
    if parser.eat("..") {
        return Ok(plain(Axis::Parent));
    }
    let axis = axis(parser)?;
    let test = test(parser)?;
    let mut predicates = Vec::new();
    while parser.eat("[") {
        predicates.push(parser.expression()?);
        parser.expect("]")?;
    }
    Ok(Step { axis, test, predicates })
}

fn axis(parser: &mut Parser<'_, '_>) -> Result<Axis> {
    if parser.eat("@") {
        return Ok(Axis::Attribute);
    }
    let (Some(Token::Name(prefix, name)), Some(Token::Sign("::"))) = (parser.peek(), parser.peek_second()) else {
        return Ok(Axis::Child);
    };
    let found = AXES.iter().find(|(known, _)| *known == name && prefix.is_empty());
    let Some(&(_, axis)) = found else {
        return Err(XPathError::syntax(parser.offset(), format!("there is no axis `{name}`")));
    };
    parser.next();
    parser.next();
    Ok(axis)
}

fn test(parser: &mut Parser<'_, '_>) -> Result<Test> {
    let offset = parser.offset();
    match parser.peek() {
        Some(Token::Any) => {
            parser.next();
            Ok(Test::Any)
        }
        Some(Token::AnyIn(prefix)) => {
            parser.next();
            Ok(Test::InNamespace(namespace(parser, offset, prefix)?))
        }
        Some(Token::Name("", name)) if is_node_type(name) && parser.peek_second() == Some(Token::Sign("(")) => {
            parser.next();
            parser.next();
            node_type(parser, name)
        }
        Some(Token::Name(prefix, local)) => {
            parser.next();
            // The default namespace declaration doesn't apply to names in XPath 1.0 (§2.3).
            let uri = if prefix.is_empty() { "".into() } else { namespace(parser, offset, prefix)? };
            Ok(Test::Name { uri, local: local.into() })
        }
        _ => Err(parser.unexpected("a step of a path")),
    }
}

fn namespace(parser: &Parser<'_, '_>, offset: usize, prefix: &str) -> Result<Box<str>> {
    (parser.resolve)(prefix).map(Into::into).ok_or_else(|| XPathError::undeclared(offset, prefix))
}

/// A node type whose `(` has been read.
fn node_type(parser: &mut Parser<'_, '_>, name: &str) -> Result<Test> {
    let test = match (name, parser.peek()) {
        ("processing-instruction", Some(Token::Literal(target))) => {
            parser.next();
            Test::Instruction(Some(target.into()))
        }
        ("processing-instruction", _) => Test::Instruction(None),
        ("text", _) => Test::Text,
        ("comment", _) => Test::Comment,
        _ => Test::Node,
    };
    parser.expect(")")?;
    Ok(test)
}

static AXES: &[(&str, Axis)] = &[
    ("ancestor", Axis::Ancestor),
    ("ancestor-or-self", Axis::AncestorOrSelf),
    ("attribute", Axis::Attribute),
    ("child", Axis::Child),
    ("descendant", Axis::Descendant),
    ("descendant-or-self", Axis::DescendantOrSelf),
    ("following", Axis::Following),
    ("following-sibling", Axis::FollowingSibling),
    ("namespace", Axis::Namespace),
    ("parent", Axis::Parent),
    ("preceding", Axis::Preceding),
    ("preceding-sibling", Axis::PrecedingSibling),
    ("self", Axis::Itself),
];
