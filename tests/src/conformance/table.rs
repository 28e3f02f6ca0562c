//! How many cases of each group and section pass in each form.

use std::collections::BTreeMap;
use std::fmt;

use super::{Case, Door};

/// Counts of passed and run cases.
#[derive(Debug, Default)]
pub struct Table {
    rows: BTreeMap<(String, String), [Count; 2]>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Count {
    passed: usize,
    run: usize,
}

impl Table {
    /// Counts a case.
    pub fn add(&mut self, case: &Case, door: Door, passed: bool) {
        let row = self.rows.entry((case.group.clone(), case.section.clone())).or_default();
        let count = &mut row[door as usize];
        count.run += 1;
        count.passed += usize::from(passed);
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} of {}", self.passed, self.run))
    }
}

/// The table as Markdown.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| group      | section | as XML     | as JSON    |")?;
        writeln!(f, "|------------|---------|------------|------------|")?;
        let mut all = [Count::default(); 2];
        for ((group, section), [xml, json]) in &self.rows {
            let section = if section.is_empty() { "–" } else { section };
            writeln!(f, "| {group:<10} | {section:<7} | {xml:<10} | {json:<10} |")?;
            for (all, count) in all.iter_mut().zip([xml, json]) {
                all.passed += count.passed;
                all.run += count.run;
            }
        }
        let [xml, json] = all;
        writeln!(f, "| all        |         | {xml:<10} | {json:<10} |")
    }
}
