//! Intervals of ordered keys, and those of them that hold a point: a sorted list with the greatest end of each run.

/// Intervals with both ends included, each with the child that it stands for.
#[derive(Debug, Default)]
pub(super) struct Intervals {
    // Sorted by the lower end.
    entries: Vec<Entry>,
    // An implicit binary tree over the entries: the greatest upper end in each subtree.
    greatest: Vec<i128>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    low: i128,
    high: i128,
    child: u32,
}

impl Intervals {
    pub(super) fn push(&mut self, low: i128, high: i128, child: u32) {
        self.entries.push(Entry { low, high, child });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Called once, when all are in.
    pub(super) fn finish(&mut self) {
        self.entries.sort_by_key(|entry| (entry.low, entry.child));
        self.entries.shrink_to_fit();
        self.greatest = vec![i128::MIN; self.entries.len()];
        self.measure(0, self.entries.len());
    }

    fn measure(&mut self, from: usize, to: usize) -> i128 {
        if from >= to {
            return i128::MIN;
        }
        let middle = usize::midpoint(from, to);
        let below = self.measure(from, middle).max(self.measure(middle + 1, to));
        let own = self.entries.get(middle).map_or(i128::MIN, |entry| entry.high);
        let greatest = below.max(own);
        if let Some(place) = self.greatest.get_mut(middle) {
            *place = greatest;
        }
        greatest
    }

    /// Adds the children of all intervals that hold the point.
    pub(super) fn find(&self, point: i128, found: &mut impl Extend<u32>) {
        self.search(0, self.entries.len(), point, found);
    }

    fn search(&self, from: usize, to: usize, point: i128, found: &mut impl Extend<u32>) {
        if from >= to {
            return;
        }
        let middle = usize::midpoint(from, to);
        let (Some(entry), Some(greatest)) = (self.entries.get(middle), self.greatest.get(middle)) else { return };
        if *greatest < point {
            return;
        }
        self.search(from, middle, point, found);
        if entry.low <= point {
            if point <= entry.high {
                found.extend([entry.child]);
            }
            self.search(middle + 1, to, point, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_interval_is_found_exactly_where_it_holds_the_point(
            intervals in prop::collection::vec((-50_i128..50, 0_i128..30), 0..60), point in -60_i128..90,
        ) {
            let mut tree = Intervals::default();
            for (child, (low, length)) in intervals.iter().enumerate() {
                tree.push(*low, low + length, u32::try_from(child).unwrap());
            }
            tree.finish();
            let mut found: Vec<u32> = Vec::new();
            tree.find(point, &mut found);
            found.sort_unstable();
            let expected: Vec<u32> = (0_u32..)
                .zip(&intervals)
                .filter(|(_, (low, length))| *low <= point && point <= low + length)
                .map(|(child, _)| child)
                .collect();
            prop_assert_eq!(found, expected);
        }
    }
}
