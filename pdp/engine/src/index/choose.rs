//! The choice of a guard for each child: the one whose keys the fewest siblings share.

use std::hash::BuildHasher;

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::guard::{Guard, Key, Kind, of_condition, of_target};
use super::table::TableBuilder;
use super::union::Unions;
use super::{FEW_POLICIES, FEW_RULES, Index};
use crate::combining::Method;
use crate::compile::program::{NO_OP, Node, Rule, SlotId, Tables};

/// What was found out about a node: an index over its children, and the guard that they have together.
#[derive(Debug, Default)]
pub(crate) struct Chosen {
    pub(crate) index: Option<Index>,
    /// `None` where some child has no guard, or where the node decides although all its children are NotApplicable.
    pub(crate) union: Option<Guard>,
}

/// The guards that one child offers; of each group in a guard one key is to be chosen.
type Offers = Vec<Vec<Vec<Key>>>;

/// More keys than this guard nothing: a child behind them is hit by most requests.
const MOST_KEYS: usize = 1 << 16;

impl Chosen {
    /// Looks at the children of a node. `unions` holds what was found out about the nodes so far.
    pub(crate) fn of(program: &Tables, node: &Node, unions: &Unions) -> Self {
        let children = Children { program, node, unions };
        let count = node.children.len;
        // What is offered is looked at twice rather than kept: it is ten times what is chosen.
        let shared = children.shared();
        let cost = |key: &Key| shared.get(&hash(key)).copied().unwrap_or(0).saturating_add(breadth(key, count));
        let few = if node.is_set { FEW_POLICIES } else { FEW_RULES };
        let mut index = (count >= few).then(IndexBuilder::default);
        let mut union = may_be_not_applicable(node).then(Guard::new);
        for child in 0..count {
            let guard = best(&children.offers(child), cost);
            union = union.zip(guard.as_ref()).map(|(mut union, guard)| {
                union.extend(guard.iter().copied());
                union
            });
            union = union.filter(|union| union.len() <= MOST_KEYS);
            if let Some(index) = &mut index {
                index.push(child, guard.as_ref());
            }
        }
        Self { index: index.and_then(IndexBuilder::finish), union }
    }
}

/// The children of a node, by place.
struct Children<'p> {
    program: &'p Tables,
    node: &'p Node,
    unions: &'p Unions,
}

impl Children<'_> {
    fn offers(&self, child: u32) -> Offers {
        let program = self.program;
        if self.node.is_set {
            let with_union = self.node.method != Method::OnlyOneApplicable;
            of_child(program, program.child(self.node, child), with_union, self.unions)
        } else {
            let rule = self.node.children.of(&program.rules).get(child as usize);
            rule.map(|rule| of_rule(program, rule)).unwrap_or_default()
        }
    }

    // How many children offer a key, by its hash: where two share one, a choice may be a little worse.
    fn shared(&self) -> FxHashMap<u64, u32> {
        let mut shared = FxHashMap::default();
        // An only child has no siblings to share with.
        if self.node.children.len > 1 {
            for child in 0..self.node.children.len {
                for key in self.offers(child).iter().flatten().flatten() {
                    *shared.entry(hash(key)).or_default() += 1;
                }
            }
        }
        shared
    }
}

fn hash(key: &Key) -> u64 {
    FxBuildHasher.hash_one(key)
}

fn of_child(program: &Tables, child: u32, with_union: bool, unions: &Unions) -> Offers {
    let mut offers = of_target(program, program.node(child).target.of(&program.matches));
    if with_union && let Some(union) = unions.of(child) {
        offers.push(union.iter().map(|key| vec![*key]).collect());
    }
    offers
}

// A condition guards only behind an empty target: were the target Indeterminate, so would be the rule.
fn of_rule(program: &Tables, rule: &Rule) -> Offers {
    if rule.target.len > 0 || rule.condition == NO_OP {
        return of_target(program, rule.target.of(&program.matches));
    }
    let guards = of_condition(program, rule.condition);
    guards.into_iter().map(|guard| guard.into_iter().map(|key| vec![key]).collect()).collect()
}

fn may_be_not_applicable(node: &Node) -> bool {
    match node.method {
        Method::DenyUnlessPermit | Method::PermitUnlessDeny => false,
        Method::OnPermitApplySecond => matches!(node.children.len, 2 | 3),
        _ => true,
    }
}

fn best(offers: &Offers, cost: impl Fn(&Key) -> u32) -> Option<Guard> {
    let guards = offers.iter().map(|groups| -> Guard {
        groups.iter().filter_map(|keys| keys.iter().min_by_key(|key| cost(key)).copied()).collect()
    });
    guards.min_by_key(|guard| (guard.iter().map(&cost).max().unwrap_or(0), guard.len()))
}

// Keys that most requests hit: an interval without an end, the empty prefix.
fn breadth(key: &Key, most: u32) -> u32 {
    match key.kind {
        Kind::Interval { low: i128::MIN, .. } | Kind::Interval { high: i128::MAX, .. } => most / 2,
        Kind::Prefix { length: 0, .. } => most,
        Kind::Equal(_) => 0,
        // Of equals, an equality is the surer one.
        Kind::Prefix { .. } | Kind::Interval { .. } => 1,
    }
}

/// An index in the making.
#[derive(Debug, Default)]
struct IndexBuilder {
    children: usize,
    always: Vec<u32>,
    tables: Vec<TableBuilder>,
    places: FxHashMap<SlotId, usize>,
}

impl IndexBuilder {
    fn push(&mut self, child: u32, guard: Option<&Guard>) {
        self.children += 1;
        let Some(guard) = guard else { return self.always.push(child) };
        for key in guard {
            let place = *self.places.entry(key.slot).or_insert_with(|| {
                self.tables.push(TableBuilder::new(key.slot));
                self.tables.len() - 1
            });
            if let Some(table) = self.tables.get_mut(place) {
                table.push(key, child);
            }
        }
    }

    // Where most children are visited anyway, finding out which costs more than it saves.
    fn finish(self) -> Option<Index> {
        let guarded = self.children - self.always.len();
        if guarded * 4 < self.children {
            return None;
        }
        let tables = self.tables.into_iter().map(TableBuilder::finish).collect();
        Some(Index { always: self.always.into(), tables })
    }
}
