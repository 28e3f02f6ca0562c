//! A pattern that was accepted: compared, matched by an automaton built at its first use, or by backtracking.

use std::sync::OnceLock;

use super::emit::{emit, states};
use super::parse::{PatternError, parse};
use super::shape::{self, Literal, Shape};

/// A regular expression of `fn:matches` (core A.3.13).
///
/// ```
/// use argus_engine::regex::{Pattern, Shape};
///
/// let pattern = Pattern::parse(r"^10\.1\.2\.[0-9]+$")?;
/// assert!(pattern.is_match("10.1.2.77")?);
/// assert_eq!(pattern.required_prefix(), Some("10.1.2."));
/// assert_eq!(Pattern::parse("^/org/acme/")?.shape(), Shape::StartsWith("/org/acme/"));
/// assert_eq!(Pattern::parse(r"a\b").unwrap_err().offset, 1);
/// # Ok::<(), argus_engine::regex::PatternError>(())
/// ```
#[derive(Debug)]
pub struct Pattern {
    text: Box<str>,
    matcher: Matcher,
}

#[derive(Debug)]
enum Matcher {
    Literal(Literal),
    Linear { prefix: Option<Box<str>>, regex: OnceLock<Result<regex::Regex, PatternError>> },
    Backtracking { prefix: Option<Box<str>>, regex: Box<fancy_regex::Regex> },
}

/// An automaton of fewer states than this is far from the size limit, so its compilation can wait.
const CERTAINLY_SMALL: usize = 10_000;
/// Bytes that a compiled pattern may take.
const SIZE_LIMIT: usize = 10 << 20;
/// Steps that a pattern with back-references may go back in one match.
const BACKTRACK_LIMIT: usize = 100_000;

impl Pattern {
    /// Reads a pattern. It is refused here, and not when it is first matched, whatever is wrong with it.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let tree = parse(text)?;
        let matcher = if tree.has_back_references {
            if states(&tree.branches) > CERTAINLY_SMALL {
                return Err(too_large());
            }
            let regex = compile_backtracking(&emit(&tree))?;
            Matcher::Backtracking { prefix: shape::required_prefix(&tree), regex: Box::new(regex) }
        } else if let Some(literal) = shape::literal(&tree) {
            Matcher::Literal(literal)
        } else {
            let regex = OnceLock::new();
            if states(&tree.branches) > CERTAINLY_SMALL {
                let _ = regex.set(Ok(compile(&emit(&tree))?));
            }
            Matcher::Linear { prefix: shape::required_prefix(&tree), regex }
        };
        Ok(Self { text: text.into(), matcher })
    }

    /// The text of the pattern, as its author wrote it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether some part of the text matches.
    ///
    /// # Errors
    /// Only a pattern with back-references, when it has gone back 100,000 times without an answer.
    pub fn is_match(&self, text: &str) -> Result<bool, PatternError> {
        match &self.matcher {
            Matcher::Literal(literal) => Ok(literal.is_match(text)),
            Matcher::Linear { regex, .. } => match regex.get_or_init(|| compile(&emit(&parse(&self.text)?))) {
                Ok(regex) => Ok(regex.is_match(text)),
                Err(error) => Err(error.clone()),
            },
            Matcher::Backtracking { regex, .. } => regex
                .is_match(text)
                .map_err(|_| PatternError::new(0, "matching took more than 100,000 steps back: simplify the pattern")),
        }
    }

    /// The literal that the pattern really is, if it is one.
    pub fn shape(&self) -> Shape<'_> {
        match &self.matcher {
            Matcher::Literal(literal) => literal.shape(),
            Matcher::Linear { .. } | Matcher::Backtracking { .. } => Shape::Other,
        }
    }

    /// What every text that matches starts with, where the pattern is anchored and begins with a literal.
    pub fn required_prefix(&self) -> Option<&str> {
        match &self.matcher {
            Matcher::Literal(literal) => literal.required_prefix(),
            Matcher::Linear { prefix, .. } | Matcher::Backtracking { prefix, .. } => prefix.as_deref(),
        }
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

fn compile(translated: &str) -> Result<regex::Regex, PatternError> {
    // The nesting is bounded by the parser; the limit of the crate counts differently.
    regex::RegexBuilder::new(translated).size_limit(SIZE_LIMIT).nest_limit(1_000).build().map_err(|_| too_large())
}

fn compile_backtracking(translated: &str) -> Result<fancy_regex::Regex, PatternError> {
    fancy_regex::RegexBuilder::new(translated)
        .backtrack_limit(BACKTRACK_LIMIT)
        .delegate_size_limit(SIZE_LIMIT)
        .build()
        .map_err(|_| too_large())
}

fn too_large() -> PatternError {
    PatternError::new(0, "the pattern is too large: its counts and classes multiply")
}
