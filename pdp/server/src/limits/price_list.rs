//! What a use costs that doesn't say, by its action and the type of its resource: an organisation's table of costs,
//! compiled when it is read.

use argus_store::cost::Cost;
use rustc_hash::FxHashMap;

use super::limited_use::LimitedUse;
use super::words::{Word, Words};

/// The costs of an organisation.
#[derive(Debug, Default)]
pub(crate) struct PriceList {
    actions: Words,
    types: Words,
    rows: FxHashMap<(Option<Word>, Option<Word>), u64>,
}

impl PriceList {
    pub(crate) fn new(costs: &[Cost]) -> Self {
        let actions = Words::new(costs.iter().filter_map(|row| row.action.as_ref()));
        let types = Words::new(costs.iter().filter_map(|row| row.resource_type.as_ref()));
        let word = |words: &Words, word: &Option<String>| word.as_ref().and_then(|word| words.find(word));
        let row = |row: &Cost| ((word(&actions, &row.action), word(&types, &row.resource_type)), row.cost);
        let rows = costs.iter().map(row).collect();
        Self { actions, types, rows }
    }

    /// What a use costs: by the row that names both, else by that of its action, else by that of the type.
    pub(super) fn find(&self, of: &LimitedUse<'_>) -> Option<u64> {
        if self.rows.is_empty() {
            return None;
        }
        let action = of.action.and_then(|action| self.actions.find(action));
        let kind = of.resource_type.and_then(|kind| self.types.find(kind));
        let row = |place| self.rows.get(&place).copied();
        let both = action.zip(kind).and_then(|(action, kind)| row((Some(action), Some(kind))));
        let by_action = || action.and_then(|action| row((Some(action), None)));
        let by_type = || kind.and_then(|kind| row((None, Some(kind))));
        both.or_else(by_action).or_else(by_type)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_the_rows_that_fit_the_most_specific_holds() {
        let row = |action: Option<&str>, kind: Option<&str>, cost| Cost {
            action: action.map(str::to_owned),
            resource_type: kind.map(str::to_owned),
            cost,
        };
        let list = PriceList::new(&[
            row(None, Some("report"), 3),
            row(Some("read"), None, 2),
            row(Some("read"), Some("report"), 5),
            row(Some("delete"), Some("report"), 0),
        ]);
        let find = |action: Option<&str>, kind: Option<&str>| {
            list.find(&LimitedUse { action, resource_type: kind, ..LimitedUse::default() })
        };
        assert_eq!(find(Some("read"), Some("report")), Some(5));
        assert_eq!(find(Some("delete"), Some("report")), Some(0));
        assert_eq!([find(Some("read"), Some("x")), find(Some("read"), None)], [Some(2), Some(2)]);
        assert_eq!([find(Some("write"), Some("report")), find(None, Some("report"))], [Some(3), Some(3)]);
        assert_eq!([find(Some("write"), Some("x")), find(None, None)], [None, None]);
        assert_eq!(PriceList::default().find(&LimitedUse::default()), None);
    }
}
