//! What stands in one file of a journal.

use std::collections::BTreeMap;

use argus_store::NodeId;
use argus_store::quota::QuotaPeriod;
use serde_json::value::RawValue;

use super::folder::SegmentName;
use super::record::{Record, read};

/// A segment of the journal.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(super) name: SegmentName,
    text: Vec<u8>,
    /// Lines that aren't as they were written, with others behind them: no write that was cut off looks like that.
    pub(super) is_damaged: bool,
}

impl Segment {
    pub(super) fn new(name: SegmentName, text: Vec<u8>) -> Self {
        let is_read: Vec<bool> = lines(&text).map(|line| read(line).is_some()).collect();
        let is_damaged = is_read.iter().rev().skip_while(|is_read| !**is_read).any(|is_read| !is_read);
        Self { name, text, is_damaged }
    }

    /// Under what it is counted.
    pub(crate) fn number(&self) -> (NodeId, i64) {
        (self.name.writer, self.name.number)
    }

    /// What is counted of its uses.
    pub(crate) fn uses(&self) -> Vec<&RawValue> {
        self.records().filter_map(|record| record.usage).collect()
    }

    /// What was used of quotas, in their order.
    pub(crate) fn quotas(&self) -> Vec<(QuotaPeriod, i64)> {
        let mut sums = BTreeMap::new();
        for (bucket, window_seconds, ends_at, used) in self.records().flat_map(|record| record.quotas) {
            let sum: &mut i64 = sums.entry(QuotaPeriod { bucket, window_seconds, ends_at }).or_default();
            *sum = sum.saturating_add(used);
        }
        sums.into_iter().collect()
    }

    /// What is not as it was written was never answered, or was changed since.
    fn records(&self) -> impl Iterator<Item = Record<'_>> {
        lines(&self.text).filter_map(read)
    }
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|octet| *octet == b'\n').filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use chrono::Utc;

    use super::super::record::write;
    use super::*;

    fn segment(text: Vec<u8>) -> Segment {
        Segment::new(SegmentName { writer: NodeId::new(Utc::now()), number: 1 }, text)
    }

    fn use_of(bucket: &str, used: i64) -> Vec<u8> {
        let usage = RawValue::from_string(used.to_string()).unwrap();
        write(Some(&usage), &[(QuotaPeriod { bucket: bucket.into(), window_seconds: 60, ends_at: 120 }, used)])
    }

    fn told(segment: &Segment) -> (Vec<&str>, Vec<(String, i64)>) {
        let quotas = segment.quotas().into_iter().map(|(period, used)| (period.bucket, used)).collect();
        (segment.uses().iter().map(|usage| usage.get()).collect(), quotas)
    }

    #[test]
    fn quotas_are_summed_up_in_their_order() {
        let segment = segment([use_of("b", 2), use_of("a", 5), use_of("b", 3), use_of("a", -1)].concat());
        assert!(!segment.is_damaged);
        assert_eq!(told(&segment), (vec!["2", "5", "3", "-1"], vec![("a".into(), 4), ("b".into(), 5)]));
    }

    #[test]
    fn a_write_that_was_cut_off_leaves_what_is_before_it() {
        let whole = [use_of("a", 1), use_of("a", 2)].concat();
        let first = use_of("a", 1).len();
        for end in first..whole.len() - 1 {
            let segment = segment(whole[..end].to_vec());
            assert!(!segment.is_damaged, "cut off at {end}");
            assert_eq!(told(&segment), (vec!["1"], vec![("a".into(), 1)]), "cut off at {end}");
        }
        let of_nothing = segment([use_of("a", 1), vec![0; 300]].concat());
        assert!(!of_nothing.is_damaged);
        assert_eq!(told(&of_nothing).0, ["1"]);
    }

    #[test]
    fn what_is_changed_before_other_lines_is_seen() {
        let mut text = [use_of("a", 1), use_of("a", 2), use_of("a", 4)].concat();
        text[use_of("a", 1).len() + 12] ^= 1;
        let segment = segment(text);
        assert!(segment.is_damaged);
        assert_eq!(told(&segment), (vec!["1", "4"], vec![("a".into(), 5)]));
    }
}
