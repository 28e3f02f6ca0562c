//! The keys of one kind over one designator, and the children behind them.

use std::hash::{BuildHasher, Hash};

use rustc_hash::FxBuildHasher;

use super::guard::{Key, Kind, Needs};
use super::hashed::{Hashed, short};
use super::interval::Intervals;
use crate::compile::program::SlotId;
use crate::types::Double;
use crate::value::Value;

/// What one designator's bag is looked up in.
///
/// Among a hundred thousand policies a decision takes as long as the cache lines that it touches: what a usual look-up
/// needs stands together, and a key with one child needs no further line.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) slot: SlotId,
    has_equal: bool,
    has_intervals: bool,
    has_long: bool,
    /// Equal values, by the hash of the value; prefixes, by [`beside`] the hash of the prefix; blocks of points, by that
    /// of [`Block`]. Hashes that collide cost a visit, no more.
    keys: Hashed,
    /// Which lengths prefixes have, in bytes: the bit of each below 64.
    lengths: u64,
    /// With which bytes prefixes end: the bit of each, by its last six. Paths end with a slash, and of the lengths that
    /// they have one or two end with a slash in a request.
    ends: u64,
    /// Which sizes blocks have: the bit of each power of two.
    sizes: u128,
    rest: Box<Rest>,
}

/// What most look-ups do without.
#[derive(Debug, Default)]
struct Rest {
    intervals: Intervals,
    /// The lengths of prefixes from 64 on.
    long: Vec<usize>,
    /// Candidates where the bag is empty.
    on_empty: Vec<u32>,
    /// Candidates where the bag has several values.
    on_many: Vec<u32>,
}

/// A table in the making.
#[derive(Debug, Default)]
pub(super) struct TableBuilder {
    table: Table,
    keys: Vec<(u32, u32)>,
    blocks: Vec<(Block, u32)>,
}

/// Points that have all but their last bits in common, as the addresses of a network have: found by one look-up, where
/// an interval takes one for each power of two of how many there are.
#[derive(Debug, Clone, Copy, Hash)]
struct Block {
    start: i128,
    bits: u32,
}

/// So many sizes of blocks are looked up; where there are more, blocks are intervals like others.
const MOST_SIZES: u32 = 12;

impl Block {
    fn of(low: i128, high: i128) -> Option<Self> {
        let bits = (low ^ high).count_ones();
        let is_block =
            bits < i128::BITS && low ^ high == (1_i128 << bits).wrapping_sub(1) && low.trailing_zeros() >= bits;
        is_block.then(|| Self { start: low >> bits, bits })
    }

    fn around(point: i128, bits: u32) -> Self {
        Self { start: point >> bits, bits }
    }

    const fn ends(self) -> (i128, i128) {
        let low = self.start << self.bits;
        (low, low | (1_i128 << self.bits).wrapping_sub(1))
    }
}

impl TableBuilder {
    pub(super) fn new(slot: SlotId) -> Self {
        Self { table: Table { slot, ..Table::default() }, ..Self::default() }
    }

    pub(super) fn push(&mut self, key: &Key, child: u32) {
        let rest = &mut self.table.rest;
        match key.kind {
            Kind::Equal(hash) => {
                self.table.has_equal = true;
                self.keys.push((short(hash), child));
            }
            Kind::Prefix { hash, length, last } => {
                self.table.ends |= last.map_or(0, bit);
                self.keys.push((short(beside(hash)), child));
                if length < 64 {
                    self.table.lengths |= 1 << length;
                } else if let Err(place) = rest.long.binary_search(&length) {
                    rest.long.insert(place, length);
                }
            }
            Kind::Interval { low, high } => match Block::of(low, high) {
                Some(block) => {
                    self.table.sizes |= 1 << block.bits;
                    self.blocks.push((block, child));
                }
                None => rest.intervals.push(low, high, child),
            },
        }
        if matches!(key.needs, Needs::One | Needs::Some) {
            rest.on_empty.push(child);
        }
        if matches!(key.needs, Needs::One | Needs::AtMostOne) {
            rest.on_many.push(child);
        }
    }

    pub(super) fn finish(mut self) -> Table {
        let rest = &mut self.table.rest;
        if self.table.sizes.count_ones() > MOST_SIZES {
            self.table.sizes = 0;
            for (block, child) in self.blocks.drain(..) {
                let (low, high) = block.ends();
                rest.intervals.push(low, high, child);
            }
        }
        self.keys.extend(self.blocks.iter().map(|(block, child)| (short(hash(block)), *child)));
        self.table.keys = Hashed::new(self.keys);
        rest.intervals.finish();
        for list in [&mut rest.on_empty, &mut rest.on_many] {
            list.dedup();
            list.shrink_to_fit();
        }
        self.table.has_intervals = !rest.intervals.is_empty();
        self.table.has_long = !rest.long.is_empty();
        self.table
    }
}

type Found<'b> = bumpalo::collections::Vec<'b, u32>;

impl Table {
    /// Adds the children that the values reach, and says in how many runs, each of them in order.
    pub(super) fn find(&self, values: &[Value<'_>], found: &mut Found<'_>) -> usize {
        let before = found.len();
        match values {
            [] => found.extend_from_slice(&self.rest.on_empty),
            [_] => {}
            _ => found.extend_from_slice(&self.rest.on_many),
        }
        let mut runs = usize::from(found.len() > before);
        for value in values {
            runs += self.find_value(value, found);
        }
        runs
    }

    fn find_value(&self, value: &Value<'_>, found: &mut Found<'_>) -> usize {
        let mut runs = 0;
        if self.has_equal
            && let Some(hash) = equality_hash(value)
        {
            runs += self.add(hash, found);
        }
        if (self.lengths != 0 || self.has_long)
            && let Some(text) = text_of(value)
        {
            runs += self.find_prefixes(text.as_bytes(), found);
        }
        if (self.has_intervals || self.sizes != 0)
            && let Some(point) = point_of(value)
        {
            runs += self.find_point(point, found);
        }
        runs
    }

    fn find_point(&self, point: i128, found: &mut Found<'_>) -> usize {
        let mut runs = 0;
        let mut sizes = self.sizes;
        while sizes != 0 {
            let block = Block::around(point, sizes.trailing_zeros());
            sizes &= sizes - 1;
            runs += self.add(hash(block), found);
        }
        if self.has_intervals {
            let before = found.len();
            self.rest.intervals.find(point, found);
            // Intervals come in the order of their ends, not of the document.
            runs += 2 * usize::from(found.len() > before + 1) + usize::from(found.len() == before + 1);
        }
        runs
    }

    fn find_prefixes(&self, text: &[u8], found: &mut Found<'_>) -> usize {
        let mut runs = 0;
        let mut lengths = self.lengths;
        while lengths != 0 {
            let Some(prefix) = text.get(..lengths.trailing_zeros() as usize) else { return runs };
            lengths &= lengths - 1;
            runs += self.add_prefix(prefix, found);
        }
        if self.has_long {
            for length in &self.rest.long {
                let Some(prefix) = text.get(..*length) else { return runs };
                runs += self.add_prefix(prefix, found);
            }
        }
        runs
    }

    fn add_prefix(&self, prefix: &[u8], found: &mut Found<'_>) -> usize {
        if prefix.last().is_some_and(|last| self.ends & bit(*last) == 0) {
            return 0;
        }
        self.add(beside(prefix_hash(prefix)), found)
    }

    fn add(&self, hash: u64, found: &mut Found<'_>) -> usize {
        let children = self.keys.get(short(hash));
        found.extend_from_slice(children);
        usize::from(!children.is_empty())
    }
}

const fn bit(byte: u8) -> u64 {
    1 << (byte % 64)
}

// A prefix's place is not that of the equal text: who asks for the one is not meant by the other.
const fn beside(hash: u64) -> u64 {
    !hash
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

#[cfg(test)]
mod tests {
    use super::super::guard::prefix;
    use super::*;
    use crate::value::Arena;

    #[test]
    fn a_point_is_found_in_blocks_and_intervals_of_any_size() {
        let ends = [i128::MIN, i128::MIN + 1, -1025, -1024, -512, -2, -1, 0, 1, 7, 8, 255, 256, 1023, i128::MAX];
        let intervals: Vec<(i128, i128)> =
            ends.iter().flat_map(|low| ends.iter().filter(move |high| low <= high).map(|high| (*low, *high))).collect();
        // Few sizes of blocks, then so many that they are intervals.
        for some in [&intervals[..intervals.len() / 8], &intervals] {
            let mut table = TableBuilder::new(0);
            for (child, (low, high)) in (0_u32..).zip(some) {
                let kind = Kind::Interval { low: *low, high: *high };
                table.push(&Key { slot: 0, needs: Needs::Nothing, kind }, child);
            }
            let table = table.finish();
            for point in ends.iter().flat_map(|end| [end.saturating_sub(1), *end, end.saturating_add(1)]) {
                let arena = Arena::new();
                let mut found = Found::new_in(arena.bump());
                table.find_point(point, &mut found);
                let holds = |(_, (low, high)): &(u32, &(i128, i128))| *low <= point && point <= *high;
                let expected: Vec<u32> = (0_u32..).zip(some).filter(holds).map(|(child, _)| child).collect();
                found.sort_unstable();
                assert_eq!(found.as_slice(), expected, "{point}");
            }
        }
    }

    #[test]
    fn prefixes_of_any_length_are_found() {
        let texts = ["", "a", &"a".repeat(63), &"a".repeat(64), &"a".repeat(200), "b"];
        let mut table = TableBuilder::new(0);
        for (child, text) in (0_u32..).zip(&texts) {
            table.push(&Key { slot: 0, needs: Needs::Nothing, kind: prefix(text) }, child);
        }
        let table = table.finish();
        for value in ["", "a", "ab", &"a".repeat(63), &"a".repeat(70), &"a".repeat(300), "b", "c"] {
            let arena = Arena::new();
            let mut found = Found::new_in(arena.bump());
            table.find(&[Value::String(value)], &mut found);
            let expected: Vec<u32> =
                (0_u32..).zip(&texts).filter(|(_, text)| value.starts_with(**text)).map(|(child, _)| child).collect();
            found.sort_unstable();
            assert_eq!(found.as_slice(), expected, "{value}");
        }
    }
}
