//! The keys of one kind over one designator, and the children behind them.

use std::hash::{BuildHasher, Hash};

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::guard::{Key, Kind, Needs};
use super::interval::Intervals;
use crate::compile::program::SlotId;
use crate::types::Double;
use crate::value::Value;

/// What one designator's bag is looked up in.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) slot: SlotId,
    /// Equal values: the hash of the value to a run of [`Table::postings`]. Hashes that collide cost a visit, no more.
    equal: FxHashMap<u64, (u32, u32)>,
    /// Prefixes: the hash of the prefix, for each length that there is.
    prefixes: FxHashMap<u64, (u32, u32)>,
    lengths: Vec<usize>,
    postings: Vec<u32>,
    intervals: Intervals,
    /// Candidates where the bag is empty.
    on_empty: Vec<u32>,
    /// Candidates where the bag has several values.
    on_many: Vec<u32>,
}

/// A table in the making.
#[derive(Debug, Default)]
pub(super) struct TableBuilder {
    table: Table,
    equal: Vec<(u64, u32)>,
    prefixes: Vec<(u64, u32)>,
}

impl TableBuilder {
    pub(super) fn new(slot: SlotId) -> Self {
        Self { table: Table { slot, ..Table::default() }, ..Self::default() }
    }

    pub(super) fn push(&mut self, key: &Key, child: u32) {
        match key.kind {
            Kind::Equal(hash) => self.equal.push((hash, child)),
            Kind::Prefix { hash, length } => {
                self.prefixes.push((hash, child));
                if let Err(place) = self.table.lengths.binary_search(&length) {
                    self.table.lengths.insert(place, length);
                }
            }
            Kind::Interval { low, high } => self.table.intervals.push(low, high, child),
        }
        if matches!(key.needs, Needs::One | Needs::Some) {
            self.table.on_empty.push(child);
        }
        if matches!(key.needs, Needs::One | Needs::AtMostOne) {
            self.table.on_many.push(child);
        }
    }

    pub(super) fn finish(mut self) -> Table {
        self.table.equal = post(&mut self.equal, &mut self.table.postings);
        self.table.prefixes = post(&mut self.prefixes, &mut self.table.postings);
        self.table.intervals.finish();
        for list in [&mut self.table.on_empty, &mut self.table.on_many] {
            list.dedup();
            list.shrink_to_fit();
        }
        self.table.postings.shrink_to_fit();
        self.table
    }
}

// Equal hashes side by side: one run of postings for each.
fn post(pairs: &mut Vec<(u64, u32)>, postings: &mut Vec<u32>) -> FxHashMap<u64, (u32, u32)> {
    pairs.sort_unstable();
    pairs.dedup();
    let keys = pairs.chunk_by(|a, b| a.0 == b.0).count();
    let mut map = FxHashMap::with_capacity_and_hasher(keys, FxBuildHasher);
    for run in pairs.chunk_by(|a, b| a.0 == b.0) {
        let Some((hash, _)) = run.first() else { continue };
        let start = u32::try_from(postings.len()).unwrap_or(u32::MAX);
        postings.extend(run.iter().map(|(_, child)| *child));
        map.insert(*hash, (start, u32::try_from(run.len()).unwrap_or(u32::MAX)));
    }
    map
}

impl Table {
    /// Adds the children that the values reach, and says in how many runs, each of them in order.
    pub(super) fn find(&self, values: &[Value<'_>], found: &mut bumpalo::collections::Vec<'_, u32>) -> usize {
        let before = found.len();
        let mut runs = 0;
        match values {
            [] => found.extend_from_slice(&self.on_empty),
            [_] => {}
            _ => found.extend_from_slice(&self.on_many),
        }
        runs += usize::from(found.len() > before);
        for value in values {
            runs += self.find_value(value, found);
        }
        runs
    }

    fn find_value(&self, value: &Value<'_>, found: &mut bumpalo::collections::Vec<'_, u32>) -> usize {
        let mut runs = 0;
        if !self.equal.is_empty()
            && let Some(hash) = equality_hash(value)
        {
            runs += self.add(self.equal.get(&hash), found);
        }
        if !self.lengths.is_empty()
            && let Some(text) = text_of(value)
        {
            for length in &self.lengths {
                let Some(prefix) = text.as_bytes().get(..*length) else { break };
                runs += self.add(self.prefixes.get(&prefix_hash(prefix)), found);
            }
        }
        if !self.intervals.is_empty()
            && let Some(point) = point_of(value)
        {
            let before = found.len();
            self.intervals.find(point, found);
            // Intervals come in the order of their ends, not of the document.
            runs += 2 * usize::from(found.len() > before + 1) + usize::from(found.len() == before + 1);
        }
        runs
    }

    fn add(&self, run: Option<&(u32, u32)>, found: &mut bumpalo::collections::Vec<'_, u32>) -> usize {
        let Some((start, len)) = run else { return 0 };
        let range = *start as usize..(*start + *len) as usize;
        found.extend_from_slice(self.postings.get(range).unwrap_or(&[]));
        1
    }
}

/// The hash of a value that an equality may ask for; `None` for types that are not indexed by equality.
pub(super) fn equality_hash(value: &Value<'_>) -> Option<u64> {
    match value {
        Value::String(text) | Value::AnyUri(text) => Some(hash(text.as_bytes())),
        Value::Integer(number) => Some(hash(number)),
        Value::Boolean(value) => Some(hash(value)),
        _ => None,
    }
}

/// The hash of a prefix.
pub(super) fn prefix_hash(prefix: &[u8]) -> u64 {
    hash(prefix)
}

fn hash(value: impl Hash) -> u64 {
    FxBuildHasher.hash_one(value)
}

/// The text of a value as a regular expression sees it.
pub(super) fn text_of<'v>(value: &Value<'v>) -> Option<&'v str> {
    match value {
        Value::String(text) | Value::AnyUri(text) => Some(text),
        Value::IpAddress(address) => Some(address.as_str()),
        Value::DnsName(name) => Some(name.as_str()),
        Value::Rfc822Name(name) => Some(name.as_str()),
        Value::X500Name(name) => Some(name.as_str()),
        _ => None,
    }
}

/// Where a value stands among its like. NaN stands nowhere: every comparison with it is false.
pub(super) fn point_of(value: &Value<'_>) -> Option<i128> {
    match value {
        Value::Integer(number) => Some(i128::from(*number)),
        // Beyond every number of 64 bits, on its own side; the ends stand for all that lies beyond.
        Value::BigInteger(number) => Some(if number.sign() == num_bigint::Sign::Minus { i128::MIN } else { i128::MAX }),
        Value::Double(number) => point_of_double(Double(*number)),
        Value::IpAddressValue(value) => Some(point_of_address(value.address())),
        _ => None,
    }
}

/// A double among doubles: its bits, turned so that their order is the numbers'.
pub(super) fn point_of_double(Double(number): Double) -> Option<i128> {
    if number.is_nan() {
        return None;
    }
    // -0 and 0 are one number.
    let bits = (number + 0.0).to_bits().cast_signed();
    Some(i128::from(if bits < 0 { i64::MIN.wrapping_sub(bits) } else { bits }))
}

/// An address among addresses: IPv4 in its mapped place, moved so that all fits the signed order.
pub(super) fn point_of_address(address: std::net::IpAddr) -> i128 {
    let bits = match address {
        std::net::IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        std::net::IpAddr::V6(v6) => v6.to_bits(),
    };
    (bits ^ (1 << 127)).cast_signed()
}
