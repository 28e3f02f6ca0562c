//! The choice of a guard for each child: the one whose keys the fewest siblings share.

use rustc_hash::FxHashMap;

use super::guard::{Guard, Key, Kind, of_condition, of_target};
use super::table::TableBuilder;
use super::{FEW_CHILDREN, Index};
use crate::combining::Method;
use crate::compile::Program;
use crate::compile::program::{NO_OP, Node, Rule};

/// What was found out about a node: an index over its children, and the guard that they have together.
#[derive(Debug, Default)]
pub(crate) struct Chosen {
    pub(crate) index: Option<Index>,
    /// `None` where some child has no guard, or where the node decides although all its children are NotApplicable.
    pub(crate) union: Option<Guard>,
}

/// The guards that one child offers; of each group in a guard one key is to be chosen.
type Offers = Vec<Vec<Vec<Key>>>;

impl Chosen {
    /// Looks at the children of a node. `unions` holds what was found out about the nodes so far, by number.
    pub(crate) fn of(program: &Program, node: &Node, unions: &[Option<Guard>]) -> Self {
        let offers: Vec<Offers> = if node.is_set {
            let with_union = node.algorithm.method != Method::OnlyOneApplicable;
            let children = node.children.of(&program.children);
            children.iter().map(|child| of_child(program, *child, with_union, unions)).collect()
        } else {
            node.children.of(&program.rules).iter().map(|rule| of_rule(program, rule)).collect()
        };
        let chosen = choose(&offers);
        Self { index: index(&chosen), union: may_be_not_applicable(node).then(|| union(&chosen)).flatten() }
    }
}

fn of_child(program: &Program, child: u32, with_union: bool, unions: &[Option<Guard>]) -> Offers {
    let mut offers = of_target(program, program.node(child).target);
    if with_union && let Some(Some(union)) = unions.get(child as usize) {
        offers.push(union.iter().map(|key| vec![*key]).collect());
    }
    offers
}

// A condition guards only behind an empty target: were the target Indeterminate, so would be the rule.
fn of_rule(program: &Program, rule: &Rule) -> Offers {
    if rule.target.len > 0 || rule.condition == NO_OP {
        return of_target(program, rule.target);
    }
    let guards = of_condition(program, rule.condition);
    guards.into_iter().map(|guard| guard.into_iter().map(|key| vec![key]).collect()).collect()
}

fn may_be_not_applicable(node: &Node) -> bool {
    match node.algorithm.method {
        Method::DenyUnlessPermit | Method::PermitUnlessDeny => false,
        Method::OnPermitApplySecond => matches!(node.children.len, 2 | 3),
        _ => true,
    }
}

fn choose(offers: &[Offers]) -> Vec<Option<Guard>> {
    let mut shared: FxHashMap<Key, u32> = FxHashMap::default();
    for key in offers.iter().flatten().flatten().flatten() {
        *shared.entry(*key).or_default() += 1;
    }
    let most = u32::try_from(offers.len()).unwrap_or(u32::MAX);
    let cost = |key: &Key| shared.get(key).copied().unwrap_or(0).saturating_add(breadth(key, most));
    let best = |offers: &Offers| {
        let guards = offers.iter().map(|groups| -> Guard {
            groups.iter().filter_map(|keys| keys.iter().min_by_key(|key| cost(key)).copied()).collect()
        });
        guards.min_by_key(|guard| (guard.iter().map(cost).max().unwrap_or(0), guard.len()))
    };
    offers.iter().map(best).collect()
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

fn union(chosen: &[Option<Guard>]) -> Option<Guard> {
    let mut union = Guard::new();
    for guard in chosen {
        union.extend(guard.as_ref()?.iter().copied());
    }
    Some(union)
}

fn index(chosen: &[Option<Guard>]) -> Option<Index> {
    let guarded = chosen.iter().flatten().count();
    // Where most children are visited anyway, finding out which costs more than it saves.
    if chosen.len() < FEW_CHILDREN || guarded * 4 < chosen.len() {
        return None;
    }
    let mut always = Vec::with_capacity(chosen.len() - guarded);
    let mut tables: Vec<(u32, TableBuilder)> = Vec::new();
    let mut places: FxHashMap<u32, usize> = FxHashMap::default();
    for (child, guard) in (0_u32..).zip(chosen) {
        let Some(guard) = guard else {
            always.push(child);
            continue;
        };
        for key in guard {
            let place = *places.entry(key.slot).or_insert_with(|| {
                tables.push((key.slot, TableBuilder::new(key.slot)));
                tables.len() - 1
            });
            if let Some((_, table)) = tables.get_mut(place) {
                table.push(key, child);
            }
        }
    }
    Some(Index { always, tables: tables.into_iter().map(|(_, table)| table.finish()).collect() })
}
