//! From the words of an expression to its tree (XPath 1.0 §2, §3), loosest operators first.

use super::super::error::{Result, XPathError};
use super::functions;
use super::location;
use super::syntax::{Arithmetic, Comparison, Expr, Start};
use super::token::{Spanned, Token, tokens};

/// The namespace of a prefix.
pub(super) type Resolve<'r> = &'r dyn Fn(&str) -> Option<&'r str>;

/// Reads an expression whose brackets and operators have been counted: recursion is bounded by them.
pub(in super::super) fn parse<'r>(text: &str, resolve: &'r dyn Fn(&str) -> Option<&'r str>) -> Result<Expr> {
    let tokens = tokens(text)?;
    let mut parser = Parser { text, tokens: &tokens, at: 0, resolve };
    let expression = parser.expression()?;
    match parser.peek() {
        None => Ok(expression),
        Some(_) => Err(parser.unexpected("the end of the expression")),
    }
}

pub(super) struct Parser<'a, 'r> {
    text: &'a str,
    tokens: &'a [Spanned<'a>],
    at: usize,
    pub(super) resolve: Resolve<'r>,
}

impl<'a> Parser<'a, '_> {
    pub(super) fn peek(&self) -> Option<Token<'a>> {
        self.tokens.get(self.at).map(|(token, ..)| *token)
    }

    pub(super) fn peek_second(&self) -> Option<Token<'a>> {
        self.tokens.get(self.at + 1).map(|(token, ..)| *token)
    }

    pub(super) fn next(&mut self) {
        self.at += 1;
    }

    pub(super) fn eat(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(found)) if found == sign);
        self.at += usize::from(found);
        found
    }

    pub(super) fn expect(&mut self, sign: &str) -> Result<()> {
        if self.eat(sign) { Ok(()) } else { Err(self.unexpected(&format!("`{sign}`"))) }
    }

    /// The byte at which the next word starts.
    pub(super) fn offset(&self) -> usize {
        self.tokens.get(self.at).map_or(self.text.len(), |(_, start, _)| *start)
    }

    pub(super) fn unexpected(&self, wanted: &str) -> XPathError {
        let found = self.tokens.get(self.at).and_then(|&(_, start, end)| self.text.get(start..end));
        let message = match found {
            Some(found) => format!("{wanted} was expected, not `{found}`"),
            None => format!("the expression ends where {wanted} was expected"),
        };
        XPathError::syntax(self.offset(), message)
    }

    pub(super) fn expression(&mut self) -> Result<Expr> {
        let mut left = self.and()?;
        while self.eat("or") {
            left = Expr::Or(Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Expr> {
        let mut left = self.equality()?;
        while self.eat("and") {
            left = Expr::And(Box::new(left), Box::new(self.equality()?));
        }
        Ok(left)
    }

    fn equality(&mut self) -> Result<Expr> {
        let mut left = self.relation()?;
        while let Some(Token::Sign(sign @ ("=" | "!="))) = self.peek() {
            self.next();
            let comparison = if sign == "=" { Comparison::Equal } else { Comparison::NotEqual };
            left = Expr::Compare(comparison, Box::new(left), Box::new(self.relation()?));
        }
        Ok(left)
    }

    fn relation(&mut self) -> Result<Expr> {
        let mut left = self.sum()?;
        loop {
            let comparison = match self.peek() {
                Some(Token::Sign("<")) => Comparison::Less,
                Some(Token::Sign("<=")) => Comparison::LessOrEqual,
                Some(Token::Sign(">")) => Comparison::Greater,
                Some(Token::Sign(">=")) => Comparison::GreaterOrEqual,
                _ => return Ok(left),
            };
            self.next();
            left = Expr::Compare(comparison, Box::new(left), Box::new(self.sum()?));
        }
    }

    fn sum(&mut self) -> Result<Expr> {
        let mut left = self.product()?;
        loop {
            let operation = match self.peek() {
                Some(Token::Sign("+")) => Arithmetic::Add,
                Some(Token::Sign("-")) => Arithmetic::Subtract,
                _ => return Ok(left),
            };
            self.next();
            left = Expr::Arithmetic(operation, Box::new(left), Box::new(self.product()?));
        }
    }

    fn product(&mut self) -> Result<Expr> {
        let mut left = self.negation()?;
        loop {
            let operation = match self.peek() {
                Some(Token::Sign("*")) => Arithmetic::Multiply,
                Some(Token::Sign("div")) => Arithmetic::Divide,
                Some(Token::Sign("mod")) => Arithmetic::Modulo,
                _ => return Ok(left),
            };
            self.next();
            left = Expr::Arithmetic(operation, Box::new(left), Box::new(self.negation()?));
        }
    }

    fn negation(&mut self) -> Result<Expr> {
        let mut signs = 0;
        while self.eat("-") {
            signs += 1;
        }
        let mut inner = self.union()?;
        // Two signs cancel out, but still make a number of it.
        let negations = if signs == 0 { 0 } else { 2 - signs % 2 };
        for _ in 0..negations {
            inner = Expr::Negate(Box::new(inner));
        }
        Ok(inner)
    }

    fn union(&mut self) -> Result<Expr> {
        let mut left = self.path()?;
        while self.eat("|") {
            left = Expr::Union(Box::new(left), Box::new(self.path()?));
        }
        Ok(left)
    }

    /// A location path, or a primary expression that may have predicates and further steps.
    fn path(&mut self) -> Result<Expr> {
        if self.starts_primary() {
            let mut inner = self.primary()?;
            while self.eat("[") {
                let predicate = self.expression()?;
                self.expect("]")?;
                inner = Expr::Filter(Box::new(inner), Box::new(predicate));
            }
            let steps = location::further_steps(self)?;
            return Ok(if steps.is_empty() { inner } else { Expr::Path(Start::Nodes(Box::new(inner)), steps) });
        }
        location::path(self)
    }

    fn starts_primary(&self) -> bool {
        match (self.peek(), self.peek_second()) {
            (Some(Token::Sign("(" | "$") | Token::Literal(_) | Token::Number(_)), _) => true,
            (Some(Token::Name(prefix, local)), Some(Token::Sign("("))) => {
                !(prefix.is_empty() && location::is_node_type(local))
            }
            _ => false,
        }
    }

    fn primary(&mut self) -> Result<Expr> {
        let offset = self.offset();
        match self.peek() {
            Some(Token::Literal(literal)) => {
                self.next();
                Ok(Expr::Literal(literal.into()))
            }
            Some(Token::Number(number)) => {
                self.next();
                Ok(Expr::Number(number))
            }
            Some(Token::Name(prefix, local)) => {
                self.next();
                self.next();
                self.call(offset, prefix, local)
            }
            Some(Token::Sign("(")) => {
                self.next();
                let inner = self.expression()?;
                self.expect(")")?;
                Ok(inner)
            }
            _ => Err(XPathError::syntax(offset, "there are no variables in XACML")),
        }
    }

    /// A function call whose name and `(` have been read.
    fn call(&mut self, offset: usize, prefix: &str, local: &str) -> Result<Expr> {
        let mut arguments = Vec::new();
        if !self.eat(")") {
            arguments.push(self.expression()?);
            while self.eat(",") {
                arguments.push(self.expression()?);
            }
            self.expect(")")?;
        }
        let Some(function) = functions::find(local).filter(|_| prefix.is_empty()) else {
            return Err(XPathError::syntax(offset, format!("XPath 1.0 has no function `{local}`")));
        };
        if !function.takes.contains(&arguments.len()) {
            let message = format!("`{local}` can't be called with {} arguments", arguments.len());
            return Err(XPathError::syntax(offset, message));
        }
        Ok(Expr::Call(function, arguments))
    }
}
