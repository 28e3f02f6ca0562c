//! Bars of a chart in a terminal.

/// How wide the longest bar is.
const WIDTH: u64 = 20;

/// A bar as long as a count is against the largest. Whatever is more than nothing has one.
pub(super) fn bar(count: u64, most: u64) -> String {
    if count == 0 || most == 0 {
        return String::new();
    }
    let length = u128::from(count) * u128::from(WIDTH) / u128::from(most);
    "#".repeat(usize::try_from(length).unwrap_or_default().max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_counts_and_something_is_never_nothing() {
        let lengths = [0, 1, 50, 100].map(|count| bar(count, 100).len());
        assert_eq!(lengths, [0, 1, 10, 20]);
        assert_eq!((bar(0, 0).len(), bar(u64::MAX, u64::MAX).len()), (0, 20));
    }
}
