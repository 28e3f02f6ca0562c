//! Words that uses are told apart by, each with a number: a decision looks its words up once and compares numbers.

/// A word of one list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Word(usize);

/// The words of one list, in order.
#[derive(Debug, Default)]
pub(super) struct Words(Box<[Box<str>]>);

impl Words {
    pub(super) fn new<'w>(words: impl IntoIterator<Item = &'w String>) -> Self {
        let mut words: Vec<Box<str>> = words.into_iter().map(|word| word.as_str().into()).collect();
        words.sort_unstable();
        words.dedup();
        Self(words.into())
    }

    /// Its number; `None` for what is not among them.
    pub(super) fn find(&self, word: &str) -> Option<Word> {
        self.0.binary_search_by(|known| (**known).cmp(word)).ok().map(Word)
    }
}
