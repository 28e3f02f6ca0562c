//! Usage read back: a line for each stretch of time, or for each group in it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::str::FromStr;

use argus_store::key::Key;
use argus_store::usage::{self, DistinctKind, UsageCounts, UsageFilter, UsageOf, UsageRow};
use argus_store::{Conn, KeyId, StoreError, key};

use super::distinct::Distinct;
use super::latency::{Latency, Quantiles};
use super::parts::{Part, Parts};

/// Rows that are read at once.
const ROWS: u32 = 500;

/// By what lines are divided: by whose keys were used, by what for, or by both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Grouping {
    /// Whose.
    pub whose: Option<Whose>,
    /// What for, or why they were refused. Such lines tell no durations and no different things.
    pub part: Option<Part>,
}

/// By whose keys lines are divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// By key; the path of each.
    Key,
    /// By project; `organisation/project`.
    Project,
    /// By whoever answers for the key now.
    Owner,
    /// By organisation.
    Organisation,
}

/// The place of a line among all: its time, then its group, then its part.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineId {
    /// The first second.
    pub starts_at: i64,
    /// Whose keys, or else what for; empty without any.
    pub group: String,
    /// What for, where lines are divided by both; else empty.
    pub part: String,
}

/// Usage of one group in one stretch of time.
#[derive(Debug, Clone, PartialEq)]
pub struct UsageLine {
    /// Of what.
    pub id: LineId,
    /// The key, where lines are divided by key and it is a known one.
    pub key: Option<KeyId>,
    /// The counts.
    pub counts: UsageCounts,
    /// How long decisions took.
    pub latency: Option<Quantiles>,
    /// How many different addresses they came from.
    pub addresses: Option<u64>,
    /// How many different resources were asked for.
    pub resources: Option<u64>,
}

#[derive(Default)]
struct Sum {
    key: Option<KeyId>,
    counts: UsageCounts,
    latency: Latency,
    distinct: BTreeMap<DistinctKind, Distinct>,
}

/// Lines after one of them in the order of their ids, at most `most`, and whether there are more.
pub fn report(
    conn: &mut Conn,
    filter: &UsageFilter,
    grouping: Grouping,
    after: Option<&LineId>,
    most: usize,
) -> Result<(Vec<UsageLine>, bool), StoreError> {
    let mut filter = filter.clone();
    if let Some(after) = after {
        // Other groups of the same stretch may follow.
        filter.from = filter.from.max(after.starts_at);
    }
    let with_sketches = grouping.part.is_none();
    let (mut sums, mut names) = (BTreeMap::<LineId, Sum>::new(), BTreeMap::new());
    let mut last: Option<UsageOf> = None;
    let is_wanted = |id: &LineId| after.is_none_or(|after| id > after);
    let mut is_whole = false;
    // A stretch is whole when a row of a later one has been read.
    let whole = |sums: &BTreeMap<LineId, Sum>, until: i64| sums.keys().filter(|id| id.starts_at < until).count();
    while !is_whole && last.as_ref().is_none_or(|last| whole(&sums, last.starts_at) <= most) {
        let rows = usage::list(conn, &filter, last.as_ref(), (ROWS, with_sketches))?;
        is_whole = rows.len() < ROWS as usize;
        for (of, row) in rows {
            add(conn, &mut sums, &mut names, grouping, (&of, &row), &is_wanted)?;
            last = Some(of);
        }
    }
    let begun = if is_whole { i64::MAX } else { last.map_or(i64::MAX, |last| last.starts_at) };
    let mut lines: Vec<_> = sums.into_iter().filter(|(id, _)| id.starts_at < begun).collect();
    let more = lines.len() > most || !is_whole;
    lines.truncate(most);
    Ok((lines.into_iter().map(|(id, sum)| sum.into_line(id, with_sketches)).collect(), more))
}

/// Path, project and owner of keys, as far as they are there.
type Names = BTreeMap<KeyId, Option<(String, String, String)>>;

fn add(
    conn: &mut Conn,
    sums: &mut BTreeMap<LineId, Sum>,
    names: &mut Names,
    grouping: Grouping,
    (of, row): (&UsageOf, &UsageRow),
    is_wanted: &impl Fn(&LineId) -> bool,
) -> Result<(), StoreError> {
    // A key that did nothing but administer has a row without a decision.
    if row.counts == UsageCounts::default() {
        return Ok(());
    }
    let group = grouping.whose.map(|whose| group_of(conn, names, whose, of)).transpose()?;
    let key = of.key.filter(|_| grouping.whose == Some(Whose::Key));
    let id = |group: &str, part: &str| {
        let (group, part) = (group.to_owned(), part.to_owned());
        Some(LineId { starts_at: of.starts_at, group, part }).filter(is_wanted)
    };
    let Some(part) = grouping.part else {
        if let Some(id) = id(group.as_deref().unwrap_or_default(), "") {
            let sum = sums.entry(id).or_default();
            sum.key = key;
            sum.add(row);
        }
        return Ok(());
    };
    for (value, counts) in Parts::decode(&row.parts).of(part).filter(|(_, counts)| **counts != UsageCounts::default()) {
        if let Some(id) = group.as_ref().map_or_else(|| id(value, ""), |group| id(group, value)) {
            let sum = sums.entry(id).or_default();
            sum.key = key;
            sum.counts.add(counts);
        }
    }
    Ok(())
}

/// The name of a row's group. Without a known key it is that of the organisation, with nothing behind it.
fn group_of(conn: &mut Conn, names: &mut Names, whose: Whose, of: &UsageOf) -> Result<String, StoreError> {
    let nobody = format!("{}/", of.organisation);
    let mut named = |key: KeyId| -> Result<(String, String, String), StoreError> {
        let known = match names.entry(key) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(unknown) => unknown.insert(key::find(conn, key)?.map(names_of)).clone(),
        };
        Ok(known.unwrap_or_else(|| (format!("{nobody}{key}"), nobody.clone(), String::new())))
    };
    Ok(match (whose, of.key) {
        (Whose::Owner, None) => String::new(),
        (Whose::Organisation, _) => of.organisation.clone(),
        (Whose::Key, Some(key)) => named(key)?.0,
        (Whose::Project, Some(key)) => named(key)?.1,
        (Whose::Owner, Some(key)) => named(key)?.2,
        (Whose::Key | Whose::Project, None) => nobody,
    })
}

/// Path, project and owner of a key.
fn names_of(key: Key) -> (String, String, String) {
    let path = key.path();
    let project = path.rsplit_once('/').map_or(path.clone(), |(project, _)| project.to_owned());
    (path, project, key.owner)
}

impl Sum {
    fn add(&mut self, row: &UsageRow) {
        self.counts.add(&row.counts);
        self.latency.merge(&Latency::decode(&row.latency));
        for (kind, sketch) in &row.distinct {
            self.distinct.entry(*kind).or_default().merge(&Distinct::decode(sketch));
        }
    }

    fn into_line(self, id: LineId, with_sketches: bool) -> UsageLine {
        let count = |kind| with_sketches.then(|| self.distinct.get(&kind).map_or(0, Distinct::count));
        UsageLine {
            id,
            key: self.key,
            counts: self.counts,
            latency: self.latency.quantiles(),
            addresses: count(DistinctKind::Address),
            resources: count(DistinctKind::Resource),
        }
    }
}

impl Grouping {
    /// All words, for whoever describes them.
    pub const WORDS: &str = "`key`, `project`, `owner`, `organisation`, `reason`, `country`, `network` and `action`, or one \
        of the first four and one of the others, such as `key,country`";
}

impl FromStr for Grouping {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut grouping = Self::default();
        for word in text.split(',') {
            let whose = match word {
                "key" => Some(Whose::Key),
                "project" => Some(Whose::Project),
                "owner" => Some(Whose::Owner),
                "organisation" => Some(Whose::Organisation),
                _ => None,
            };
            let is_second = match whose {
                Some(whose) => grouping.whose.replace(whose).is_some(),
                None => match word.parse()? {
                    // They are of days alone, and of keys that were permitted.
                    Part::Scope | Part::Exercised | Part::ActScope | Part::ActExercised => return Err(()),
                    part => grouping.part.replace(part).is_some(),
                },
            };
            if is_second {
                return Err(());
            }
        }
        Ok(grouping)
    }
}

impl fmt::Display for LineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Either may have any character in it.
        write!(f, "{} {} {}{}", self.starts_at, self.part.len(), self.part, self.group)
    }
}

impl FromStr for LineId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (starts_at, rest) = text.split_once(' ').ok_or(())?;
        let (length, rest) = rest.split_once(' ').ok_or(())?;
        let (part, group) = rest.split_at_checked(length.parse().map_err(|_| ())?).ok_or(())?;
        let starts_at = starts_at.parse().map_err(|_| ())?;
        Ok(Self { starts_at, group: group.to_owned(), part: part.to_owned() })
    }
}
