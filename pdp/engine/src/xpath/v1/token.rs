//! The words of an expression (XPath 1.0 §3.7), where `*` and `and` mean what stands before them lets them mean.

use super::super::error::{Result, XPathError};
use super::super::names::{is_name_start, is_space, ncname_length};

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Token<'a> {
    /// Brackets, operators of signs and words, axes' `::`, as written.
    Sign(&'static str),
    Literal(&'a str),
    Number(f64),
    /// A name; the prefix is empty where there is none.
    Name(&'a str, &'a str),
    /// `p:*`
    AnyIn(&'a str),
    /// `*` where it isn't the multiplication, which is `Sign("*")`.
    Any,
}

/// A token, the byte it starts at and the byte after it.
pub(super) type Spanned<'a> = (Token<'a>, usize, usize);

/// Longer signs first.
static SIGNS: &[&str] =
    &["::", "//", "..", "!=", "<=", ">=", "(", ")", "[", "]", ".", "@", ",", "/", "|", "+", "-", "=", "<", ">", "$"];
static OPERATOR_WORDS: &[&str] = &["and", "or", "mod", "div"];

pub(super) fn tokens(text: &str) -> Result<Vec<Spanned<'_>>> {
    let mut found: Vec<Spanned<'_>> = Vec::new();
    let mut at = 0;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let blank = rest.len() - rest.trim_start_matches(is_space).len();
        at += blank;
        let rest = text.get(at..).unwrap_or_default();
        if rest.is_empty() {
            return Ok(found);
        }
        let (token, length) = token(rest, at, found.last().is_some_and(|(last, ..)| ends_operand(*last)))?;
        found.push((token, at, at + length));
        at += length;
    }
}

/// After a complete operand only an operator can follow.
fn ends_operand(token: Token<'_>) -> bool {
    match token {
        Token::Sign(sign) => matches!(sign, ")" | "]" | "." | ".."),
        Token::Literal(_) | Token::Number(_) | Token::Name(..) | Token::AnyIn(_) | Token::Any => true,
    }
}

fn token(rest: &str, at: usize, after_operand: bool) -> Result<(Token<'_>, usize)> {
    let first = rest.chars().next().unwrap_or_default();
    let second = rest.chars().nth(1).unwrap_or_default();
    match first {
        '"' | '\'' => literal(rest, first, at),
        '0'..='9' => Ok(number(rest)),
        '.' if second.is_ascii_digit() => Ok(number(rest)),
        '*' if after_operand => Ok((Token::Sign("*"), 1)),
        '*' => Ok((Token::Any, 1)),
        first if is_name_start(first) && after_operand => operator_word(rest, at),
        first if is_name_start(first) => Ok(name(rest)),
        _ => match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            Some(sign) => Ok((Token::Sign(sign), sign.len())),
            None => Err(XPathError::syntax(at, format!("`{first}` has no meaning in an expression"))),
        },
    }
}

fn literal(rest: &str, quote: char, at: usize) -> Result<(Token<'_>, usize)> {
    let closed = rest.get(1..).and_then(|rest| rest.split_once(quote));
    match closed {
        Some((literal, _)) => Ok((Token::Literal(literal), literal.len() + 2)),
        None => Err(XPathError::syntax(at, "this string is not closed")),
    }
}

/// Digits with at most one point, at any end.
fn number(rest: &str) -> (Token<'_>, usize) {
    let mut points = 0;
    let length = rest
        .find(|c: char| {
            points += usize::from(c == '.');
            !(c.is_ascii_digit() || (c == '.' && points == 1))
        })
        .unwrap_or(rest.len());
    let value = rest.get(..length).and_then(|digits| digits.parse().ok()).unwrap_or(f64::NAN);
    (Token::Number(value), length)
}

fn operator_word(rest: &str, at: usize) -> Result<(Token<'_>, usize)> {
    let length = ncname_length(rest);
    let word = rest.get(..length).unwrap_or_default();
    match OPERATOR_WORDS.iter().find(|known| **known == word) {
        Some(known) => Ok((Token::Sign(known), length)),
        None => Err(XPathError::syntax(at, format!("an operator was expected, not `{word}`"))),
    }
}

fn name(rest: &str) -> (Token<'_>, usize) {
    let length = ncname_length(rest);
    let (first, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
    let Some(after) = after.strip_prefix(':') else { return (Token::Name("", first), length) };
    if after.starts_with('*') {
        return (Token::AnyIn(first), length + 2);
    }
    let local_length = ncname_length(after);
    match after.get(..local_length) {
        Some(local) if local_length > 0 => (Token::Name(first, local), length + 1 + local_length),
        _ => (Token::Name("", first), length),
    }
}
