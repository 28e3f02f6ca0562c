//! Pages by creation: the next one begins after the last id of this one, so what is added meanwhile moves nothing.

/// How many items a page holds: 1 to 200, 50 unless told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageSize(u8);

impl PageSize {
    /// The most that a page holds.
    pub const MOST: u8 = 200;

    /// `None` for 0 and for more than [`PageSize::MOST`].
    pub fn new(items: u32) -> Option<Self> {
        u8::try_from(items).ok().filter(|items| (1..=Self::MOST).contains(items)).map(Self)
    }

    /// How many items it is.
    pub fn items(self) -> usize {
        self.0.into()
    }

    /// One row beyond the page tells whether there is another page.
    pub(crate) fn rows(self) -> i64 {
        i64::from(self.0) + 1
    }

    pub(crate) fn cut<T>(self, mut items: Vec<T>) -> Page<T> {
        let more = items.len() > usize::from(self.0);
        items.truncate(usize::from(self.0));
        Page { items, more }
    }
}

impl Default for PageSize {
    fn default() -> Self {
        Self(50)
    }
}

/// A stretch of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, oldest first.
    pub items: Vec<T>,
    /// Whether there are items after the last of these.
    pub more: bool,
}
