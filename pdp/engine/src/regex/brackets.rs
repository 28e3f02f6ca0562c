//! Reading what stands in brackets and behind a backslash: classes, ranges, subtraction, escapes.

use super::class;
use super::parse::{Parser, PatternError, Result};
use super::syntax::{Class, Item};

impl Parser<'_> {
    /// What follows a backslash, in brackets or out of them.
    pub(super) fn escape(&mut self, from: usize) -> Result<Item> {
        let Some(escaped) = self.next() else {
            return Err(PatternError::new(from, "the pattern ends after `\\`; a literal one is `\\\\`"));
        };
        if let 'p' | 'P' = escaped {
            return self.property(from, escaped == 'P');
        }
        class::single(escaped).map(Item::Char).or_else(|| class::letter(escaped)).ok_or_else(|| {
            PatternError::new(from, format!("`\\{escaped}` is not an escape of XML Schema's regular expressions"))
        })
    }

    fn property(&mut self, from: usize, negated: bool) -> Result<Item> {
        let name = self.rest().strip_prefix('{').and_then(|rest| rest.split_once('}')).map(|(name, _)| name.to_owned());
        let Some(name) = name else {
            return Err(PatternError::new(from, "a category or block is written `\\p{Lu}` or `\\p{IsBasicLatin}`"));
        };
        self.at += name.len() + 2;
        class::property(&name, negated)
            .ok_or_else(|| PatternError::new(from, format!("`{name}` is neither a category nor a block of Unicode")))
    }

    /// The class whose `[`, at `from`, has been read.
    pub(super) fn class(&mut self, from: usize) -> Result<Class> {
        self.descend()?;
        let mut class = Class { negated: self.eat("^"), items: Vec::new(), minus: None };
        loop {
            if self.eat("]") {
                break;
            }
            if self.rest().starts_with("-[") && !class.items.is_empty() {
                class.minus = Some(Box::new(self.subtrahend()?));
                break;
            }
            class.items.push(self.item(from)?);
        }
        if class.items.is_empty() {
            return Err(PatternError::new(from, "this class holds no character; a literal `]` is `\\]`"));
        }
        self.depth -= 1;
        Ok(class)
    }

    /// `-[…]]`: the class taken away, and the end of the one it is taken from.
    fn subtrahend(&mut self) -> Result<Class> {
        let from = self.at;
        self.at += "-[".len();
        let minus = self.class(from)?;
        if self.eat("]") {
            return Ok(minus);
        }
        Err(self.refuse("a subtracted class is the last thing in its brackets: `]` was expected"))
    }

    /// A character, a range or a set. `-` is never the end of a range; where it joins no two characters it is literal.
    fn item(&mut self, from: usize) -> Result<Item> {
        let at = self.at;
        let first = match self.next() {
            None => return Err(PatternError::new(from, "this class is not closed")),
            Some('-') => return Ok(Item::Char('-')),
            Some('\\') => match self.escape(at)? {
                Item::Char(first) => first,
                set => return Ok(set),
            },
            Some(first) => first,
        };
        let joins = self.peek() == Some('-') && !matches!(self.peek_second(), None | Some('-' | '[' | ']'));
        if !joins {
            return Ok(Item::Char(first));
        }
        self.next();
        let last = self.range_end()?;
        if last < first {
            return Err(PatternError::new(at, "the first character of this range comes after its last"));
        }
        Ok(Item::Range(first, last))
    }

    fn range_end(&mut self) -> Result<char> {
        let at = self.at;
        match self.next() {
            Some('\\') => match self.escape(at)? {
                Item::Char(last) => Ok(last),
                _ => Err(PatternError::new(at, "a range ends in a character, not in a class")),
            },
            Some(last) => Ok(last),
            None => Err(self.refuse("this class is not closed")),
        }
    }
}
