//! How many different things there were, without keeping them: `HyperLogLog` with 16,384 registers, 0.8 % off as a
//! rule, and while they are few a list of shortened hashes that is off by less than one in a thousand.
//!
//! What is kept of an address is 20 bits of its hash and the length of a run of zeros: a thousand addresses and more
//! have the same, so that none can be read from it, not even by trying all there are.

use std::collections::BTreeMap;

/// Bits of a hash that choose a register.
const BITS: u32 = 14;
const REGISTERS: usize = 1 << BITS;
/// Bits of a hash that are kept while things are few.
const LONG_BITS: u32 = 20;
/// More than these are counted by registers.
const FEW: usize = 1_000;
/// Characters of one kept hash: 20 bits and 6.
const ENTRY: usize = 5;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A sketch of different things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Distinct {
    /// Few: the first bits of their hashes, each with the longest run of zeros behind them, plus one.
    Few(BTreeMap<u32, u8>),
    /// Many: the longest run of zeros in each register, plus one.
    Many(Box<[u8]>),
}

/// A hash of what is to be counted: the same on every node and in every version.
pub fn hash(octets: &[u8]) -> u64 {
    // FNV-1a, then the finish of SplitMix64: the registers are chosen by the first bits, which FNV alone mixes badly.
    let folded = octets
        .iter()
        .fold(0xCBF2_9CE4_8422_2325_u64, |hash, octet| (hash ^ u64::from(*octet)).wrapping_mul(0x0000_0100_0000_01B3));
    let mixed = (folded ^ (folded >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

impl Default for Distinct {
    fn default() -> Self {
        Self::Few(BTreeMap::new())
    }
}

impl Distinct {
    /// Adds a thing by its [`hash`].
    pub fn add(&mut self, hash: u64) {
        let run = run_behind(hash, LONG_BITS);
        self.raise(u32::try_from(hash >> (64 - LONG_BITS)).unwrap_or_default(), run);
    }

    fn raise(&mut self, place: u32, run: u8) {
        match self {
            Self::Few(few) => {
                let own = few.entry(place).or_default();
                *own = run.max(*own);
                if few.len() > FEW {
                    *self = Self::Many(self.registers());
                }
            }
            Self::Many(registers) => raise(registers, place, run),
        }
    }

    /// Adds all that another has seen.
    pub fn merge(&mut self, other: &Self) {
        match other {
            Self::Few(few) => few.iter().for_each(|(place, run)| self.raise(*place, *run)),
            Self::Many(others) => {
                let mut registers = self.registers();
                registers.iter_mut().zip(others).for_each(|(own, other)| *own = (*own).max(*other));
                *self = Self::Many(registers);
            }
        }
    }

    fn registers(&self) -> Box<[u8]> {
        match self {
            Self::Many(registers) => registers.clone(),
            Self::Few(few) => {
                let mut registers = vec![0; REGISTERS].into_boxed_slice();
                for (place, run) in few {
                    raise(&mut registers, *place, *run);
                }
                registers
            }
        }
    }

    /// How many different things were added.
    pub fn count(&self) -> u64 {
        let estimate = match self {
            Self::Few(few) => {
                let (all, taken) = (f64::from(1_u32 << LONG_BITS), f64::from(u32::try_from(few.len()).unwrap_or(0)));
                all * (all / (all - taken)).ln()
            }
            Self::Many(registers) => estimate(registers),
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count, never negative")]
        let count = estimate.round() as u64;
        count
    }

    /// As it stands in a column.
    pub fn encode(&self) -> String {
        match self {
            Self::Many(registers) => {
                std::iter::once('m').chain(registers.iter().map(|run| letter((*run).into()))).collect()
            }
            Self::Few(few) => {
                let entries = few.iter().map(|(place, run)| place << 6 | u32::from(*run));
                let letters = entries.flat_map(|entry| (0..ENTRY).rev().map(move |place| letter(entry >> (6 * place))));
                std::iter::once('f').chain(letters).collect()
            }
        }
    }

    /// From a column. What is no sketch is an empty one.
    pub fn decode(text: &str) -> Self {
        let read = |letters: &[u8]| letters.iter().map(|letter| digit(*letter)).collect::<Option<Vec<u8>>>();
        match text.as_bytes().split_first() {
            Some((b'm', letters)) if letters.len() == REGISTERS => {
                read(letters).map(|registers| Self::Many(registers.into())).unwrap_or_default()
            }
            Some((b'f', letters)) => {
                let digits = read(letters).unwrap_or_default();
                let entries = digits.chunks_exact(ENTRY);
                let entries =
                    entries.map(|digits| digits.iter().fold(0_u32, |entry, digit| entry << 6 | u32::from(*digit)));
                let few =
                    entries.map(|entry| (entry >> 6 & ((1 << LONG_BITS) - 1), u8::try_from(entry & 63).unwrap_or(0)));
                Self::Few(few.collect())
            }
            _ => Self::default(),
        }
    }
}

/// The place of the first one-bit behind the first `bits` of a hash, from one.
fn run_behind(hash: u64, bits: u32) -> u8 {
    let zeros = (hash << bits).leading_zeros().min(64 - bits);
    u8::try_from(zeros + 1).unwrap_or(u8::MAX)
}

/// Raises the register that the first bits of a hash choose.
fn raise(registers: &mut [u8], place: u32, run: u8) {
    const MORE: u32 = LONG_BITS - BITS;
    let between = place & ((1 << MORE) - 1);
    // The run of the register begins in the bits between.
    let run = if between == 0 { run + 6 } else { u8::try_from(between.leading_zeros() + MORE - 32 + 1).unwrap_or(1) };
    if let Some(own) = registers.get_mut(usize::try_from(place >> MORE).unwrap_or_default()) {
        *own = run.max(*own);
    }
}

/// The number of things behind registers (Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", 2017,
/// algorithm 6), which needs no correction for any range.
fn estimate(registers: &[u8]) -> f64 {
    const LONGEST: usize = 64 - BITS as usize + 1;
    let mut counts = [0_u32; LONGEST + 1];
    for run in registers {
        if let Some(count) = counts.get_mut(usize::from(*run).min(LONGEST)) {
            *count += 1;
        }
    }
    let all = f64::from(1_u32 << BITS);
    let share = |place: usize| counts.get(place).map_or(0.0, |count| f64::from(*count) / all);
    let mut sum = all * tau(1.0 - share(LONGEST));
    for count in counts.iter().take(LONGEST).skip(1).rev() {
        sum = 0.5 * (sum + f64::from(*count));
    }
    sum += all * sigma(share(0));
    all * all / (2.0 * std::f64::consts::LN_2 * sum)
}

fn sigma(mut share: f64) -> f64 {
    if share >= 1.0 {
        return f64::INFINITY;
    }
    let (mut weight, mut sum) = (1.0, share);
    loop {
        share *= share;
        let before = sum;
        sum += share * weight;
        weight += weight;
        if sum <= before {
            return sum;
        }
    }
}

fn tau(mut share: f64) -> f64 {
    if share <= 0.0 || share >= 1.0 {
        return 0.0;
    }
    let (mut weight, mut sum) = (1.0, 1.0 - share);
    loop {
        share = share.sqrt();
        let before = sum;
        weight *= 0.5;
        sum -= (1.0 - share).powi(2) * weight;
        if sum >= before {
            return sum / 3.0;
        }
    }
}

fn letter(digit: u32) -> char {
    ALPHABET.get(usize::try_from(digit & 63).unwrap_or_default()).copied().unwrap_or(b'A').into()
}

fn digit(letter: u8) -> Option<u8> {
    ALPHABET.iter().position(|known| *known == letter).and_then(|place| u8::try_from(place).ok())
}

#[cfg(test)]
#[expect(clippy::cast_precision_loss, reason = "counts of things, far below 2^52")]
mod tests {
    use super::*;

    fn sketch(things: std::ops::Range<u32>) -> Distinct {
        let mut sketch = Distinct::default();
        things.for_each(|n| sketch.add(hash(&(0x0A00_0000 + n).to_be_bytes())));
        sketch
    }

    #[test]
    fn counts_are_within_two_per_cent_whether_few_or_many() {
        for count in [0, 1, 2, 10, 100, 999, 1_001, 1_500, 5_000, 20_000, 60_000, 200_000, 1_000_000] {
            let (found, exact) = (sketch(0..count).count() as f64, f64::from(count));
            assert!((found - exact).abs() <= exact * 0.02, "{found} for {exact}");
        }
    }

    #[test]
    fn a_merged_sketch_is_that_of_all_things_in_whatever_form_its_parts_are() {
        for (first, second) in
            [(0..10, 5..20), (0..800, 700..1_600), (0..3_000, 0..10), (0..10, 0..3_000), (0..5_000, 4_000..9_000)]
        {
            let whole = sketch(0..second.end.max(first.end));
            let mut merged = Distinct::decode(&sketch(first.clone()).encode());
            merged.merge(&Distinct::decode(&sketch(second.clone()).encode()));
            assert_eq!(merged.registers(), whole.registers(), "{first:?} {second:?}");
            assert_eq!(Distinct::decode(&merged.encode()), merged);
        }
    }

    #[test]
    fn what_is_no_sketch_is_an_empty_one() {
        for text in ["", "x", "m", "mAAA", "fA", "f?????"] {
            assert_eq!(Distinct::decode(text).count(), 0, "{text}");
        }
    }
}
