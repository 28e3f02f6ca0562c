//! One pattern for all equal texts: policies made from one template repeat theirs thousands of times.

use std::borrow::Borrow;
use std::collections::HashSet;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, PoisonError, RwLock};

use super::parse::PatternError;
use super::pattern::Pattern;

/// Patterns by their text. Shared between the threads that load policies; nothing on the way to a decision takes it.
#[derive(Debug, Default)]
pub struct PatternCache {
    patterns: RwLock<HashSet<ByText, foldhash::fast::RandomState>>,
    capacity: Option<usize>,
}

impl PatternCache {
    /// A cache that keeps all it is asked for, as long as it lives.
    pub fn new() -> Self {
        Self::default()
    }

    /// A cache that starts afresh when it holds this many: for texts that come with requests.
    pub fn bounded(capacity: usize) -> Self {
        Self { capacity: Some(capacity), ..Self::default() }
    }

    /// The pattern with this text, read at most once while it is kept. A refused text is not kept.
    pub fn pattern(&self, text: &str) -> Result<Arc<Pattern>, PatternError> {
        if let Some(known) = self.patterns.read().unwrap_or_else(PoisonError::into_inner).get(text) {
            return Ok(Arc::clone(&known.0));
        }
        let pattern = Arc::new(Pattern::parse(text)?);
        let mut patterns = self.patterns.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have been faster; all must share one.
        if let Some(known) = patterns.get(text) {
            return Ok(Arc::clone(&known.0));
        }
        if self.capacity.is_some_and(|capacity| patterns.len() >= capacity) {
            patterns.clear();
        }
        patterns.insert(ByText(Arc::clone(&pattern)));
        Ok(pattern)
    }

    /// How many patterns are kept.
    pub fn len(&self) -> usize {
        self.patterns.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[derive(Debug, PartialEq, Eq)]
struct ByText(Arc<Pattern>);

impl Hash for ByText {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.text().hash(state);
    }
}

impl Borrow<str> for ByText {
    fn borrow(&self) -> &str {
        self.0.text()
    }
}
