//! The builder: walks checked policies in document order and fills the tables.

use std::fmt;
use std::hash::BuildHasher;
use std::sync::Arc;

use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use super::program::{
    AssignmentExpression, DEEPEST_NODE, DutyExpression, NO_INDEX, NO_OP, Node, NodeId, NodeLabel, OpId, Range, Rule,
    RuleLabel, Slot, SlotId, Tables, Text,
};
use crate::check::Taker;
use crate::check::checked::{self, Checked, Child};
use crate::diagnostic::Span;
use crate::index::{Chosen, Unions};
use crate::regex::PatternCache;
use crate::value::DataType;

/// The tables in the making.
#[derive(Default)]
pub(super) struct Builder {
    pub(super) program: Tables,
    pub(super) patterns: PatternCache,
    pub(super) pattern_ids: FxHashMap<Arc<str>, u32>,
    /// The ops of the current policy's variables, in definition order.
    pub(super) variables: Vec<VariableOp>,
    /// The guard of each node so far, for the index of the node above.
    unions: Unions,
    /// How many levels of nodes stand under each node, itself included; the same of ops.
    node_heights: Vec<u16>,
    pub(super) op_heights: Vec<u16>,
    documents: FxHashMap<usize, NodeId>,
    /// By hash; of texts that share one, only the first is kept once.
    texts: FxHashMap<u64, Text>,
    /// Targets that stand in many places, by hash as well.
    pub(super) targets: FxHashMap<u64, Range>,
    slots: FxHashMap<(u32, DataType, Option<Text>), SlotId>,
    /// The op of a plain designator, which stands in many places.
    pub(super) bags: FxHashMap<(SlotId, bool), OpId>,
    /// The constants that were met last: policies made from one template have theirs in common.
    pub(super) recent: [Option<u32>; 8],
}

/// How a reference to a variable is carried out.
#[derive(Clone, Copy)]
pub(super) enum VariableOp {
    /// Not lowered yet.
    Pending,
    /// Cheap enough to be evaluated where it stands.
    Inline(OpId),
    /// Evaluated once for each evaluation of the policy.
    Cached(OpId),
}

/// A table's next number. Tables beyond `u32` would need a document beyond the size limit.
pub(super) fn next<T>(table: &[T]) -> u32 {
    u32::try_from(table.len()).unwrap_or(u32::MAX)
}

impl Builder {
    /// The tables, when nothing more is to come.
    pub(super) fn finish(mut self) -> Tables {
        self.program.shrink();
        self.program
    }

    /// A document's node; a document that is referred to many times is compiled once.
    ///
    /// What it refers to is compiled before it, from a list and not by recursion: a chain of references may be longer
    /// than the stack is deep.
    pub(super) fn document(&mut self, checked: &Checked<'_>, document: usize) -> Option<NodeId> {
        let (mut open, mut entered) = (vec![document], FxHashSet::default());
        while let Some(document) = open.last().copied() {
            if self.documents.contains_key(&document) {
                open.pop();
                continue;
            }
            let node = &checked.documents.get(document)?.node;
            let mut needed = Vec::new();
            referred_to(node, &mut needed);
            needed.retain(|needed| !self.documents.contains_key(needed));
            if needed.is_empty() {
                let compiled = self.node(node)?;
                self.documents.insert(document, compiled);
            } else if !entered.insert(document) {
                // Asked for again before it was done: a circle of references, which the check refuses.
                return None;
            }
            open.extend(needed);
        }
        self.documents.get(&document).copied()
    }

    fn node(&mut self, node: &checked::Node<'_>) -> Option<NodeId> {
        if let Some(compiled) = node.compiled() {
            return Some(compiled);
        }
        match node {
            checked::Node::Policy(policy) => Some(self.policy(policy)),
            checked::Node::PolicySet(set) => self.policy_set(set),
        }
    }

    fn policy_set(&mut self, set: &checked::PolicySet<'_>) -> Option<NodeId> {
        let mut children = Vec::with_capacity(set.children.len());
        for child in &set.children {
            children.push(match child {
                Child::Node(node) => self.node(node)?,
                Child::Compiled(compiled) => *compiled,
                Child::Reference { document, .. } => *self.documents.get(&(*document)?)?,
            });
        }
        let height = children.iter().filter_map(|child| self.node_heights.get(*child as usize)).max();
        let height = height.map_or(1, |height| height.saturating_add(1));
        let (children, in_a_row) = self.push_children(&children);
        let label = NodeLabel {
            id: self.own_text(&set.id),
            version: self.text(&set.version),
            algorithm: set.algorithm,
            at: set.at,
        };
        let node = Node {
            target: self.target_of_node(&set.target),
            children,
            variables: Range::default(),
            duties: self.duties(&set.duties),
            index: NO_INDEX,
            method: set.algorithm.method,
            is_set: true,
            in_a_row,
            too_deep: height > DEEPEST_NODE,
        };
        Some(self.push_node(node, label, height))
    }

    // Policies that stand in their set are compiled one after the other, whatever is in them.
    fn push_children(&mut self, children: &[NodeId]) -> (Range, bool) {
        if let [first, ..] = *children
            && children.iter().copied().eq(first..first.saturating_add(next(children)))
        {
            return (Range { start: first, len: next(children) }, true);
        }
        let start = next(&self.program.children);
        self.program.children.extend_from_slice(children);
        (Range { start, len: next(children) }, false)
    }

    fn policy(&mut self, policy: &checked::Policy<'_>) -> NodeId {
        let outer = std::mem::take(&mut self.variables);
        let target = self.target_of_node(&policy.target);
        let variables = self.policy_variables(&policy.variables);
        let children = self.rules(&policy.rules);
        let label = NodeLabel {
            id: self.own_text(&policy.id),
            version: self.text(&policy.version),
            algorithm: policy.algorithm,
            at: policy.at,
        };
        let node = Node {
            target,
            children,
            variables,
            duties: self.duties(&policy.duties),
            index: NO_INDEX,
            method: policy.algorithm.method,
            is_set: false,
            in_a_row: false,
            too_deep: false,
        };
        self.variables = outer;
        self.push_node(node, label, 1)
    }

    fn push_node(&mut self, mut node: Node, label: NodeLabel, height: u16) -> NodeId {
        let chosen = if node.too_deep { Chosen::default() } else { Chosen::of(&self.program, &node, &self.unions) };
        self.node_heights.push(height);
        if let Some(index) = chosen.index {
            node.index = next(&self.program.indexes);
            self.program.indexes.push(index);
        }
        self.unions.push(chosen.union);
        self.program.nodes.push(node);
        self.program.node_labels.push(label);
        next(&self.program.nodes) - 1
    }

    fn policy_variables(&mut self, variables: &[checked::Variable<'_>]) -> Range {
        self.variables = vec![VariableOp::Pending; variables.len()];
        for place in 0..variables.len() {
            self.variable(variables, place);
        }
        let start = next(&self.program.variables);
        let ops = self.variables.iter().map(|variable| match variable {
            VariableOp::Inline(op) | VariableOp::Cached(op) => *op,
            VariableOp::Pending => NO_OP,
        });
        self.program.variables.extend(ops);
        Range { start, len: next(variables) }
    }

    // A variable may refer to one that is defined after it, so each is lowered when it is first needed.
    fn variable(&mut self, variables: &[checked::Variable<'_>], place: usize) {
        let Some(variable) = variables.get(place) else { return };
        if !matches!(self.variables.get(place), Some(VariableOp::Pending)) {
            return;
        }
        for needed in references(&variable.expression) {
            self.variable(variables, needed);
        }
        let op = self.expression(&variable.expression);
        if let Some(slot) = self.variables.get_mut(place) {
            *slot = if self.program.op(op).is_cheap() { VariableOp::Inline(op) } else { VariableOp::Cached(op) };
        }
    }

    fn rules(&mut self, rules: &[checked::Rule<'_>]) -> Range {
        let start = next(&self.program.rules);
        for rule in rules {
            let id = self.own_text(&rule.id);
            self.program.rule_labels.push(RuleLabel { id, at: within(rule.at) });
            let compiled = Rule {
                target: self.target(&rule.target),
                condition: rule.condition.as_ref().map_or(NO_OP, |condition| self.expression(condition)),
                duties: self.duties(&rule.duties),
                effect: rule.effect,
            };
            self.program.rules.push(compiled);
        }
        Range { start, len: next(rules) }
    }

    fn duties(&mut self, duties: &[checked::DutyExpression<'_>]) -> Range {
        let compiled: Vec<DutyExpression> = duties
            .iter()
            .map(|duty| DutyExpression {
                id: self.text(&duty.id),
                is_advice: duty.is_advice,
                on: duty.on,
                assignments: self.assignments(&duty.assignments),
            })
            .collect();
        let start = next(&self.program.duties);
        self.program.duties.extend_from_slice(&compiled);
        Range { start, len: next(duties) }
    }

    fn assignments(&mut self, assignments: &[checked::AssignmentExpression<'_>]) -> Range {
        let compiled: Vec<AssignmentExpression> = assignments
            .iter()
            .map(|assignment| AssignmentExpression {
                id: self.text(&assignment.id),
                category: assignment.category.as_deref().map(|category| self.text(category)),
                issuer: assignment.issuer.as_deref().map(|issuer| self.text(issuer)),
                value: self.expression(&assignment.expression),
            })
            .collect();
        let start = next(&self.program.assignments);
        self.program.assignments.extend_from_slice(&compiled);
        Range { start, len: next(assignments) }
    }

    /// A text that stands in many places: kept once.
    pub(super) fn text(&mut self, text: &str) -> Text {
        let hash = FxBuildHasher.hash_one(text);
        match self.texts.get(&hash).copied() {
            Some(known) if self.program.text(known) == text => known,
            Some(_) => self.own_text(text),
            None => {
                let kept = self.own_text(text);
                self.texts.insert(hash, kept);
                kept
            }
        }
    }

    /// A text that is likely to be the only one of its kind, such as a policy's identifier.
    pub(super) fn own_text(&mut self, text: &str) -> Text {
        let start = u32::try_from(self.program.texts.len()).unwrap_or(u32::MAX);
        self.program.texts.push_str(text);
        Text { start, len: u32::try_from(text.len()).unwrap_or(0) }
    }

    pub(super) fn slot(&mut self, designator: &checked::Designator<'_>) -> SlotId {
        let name = self.program.names.intern(&designator.category, &designator.id);
        let issuer = designator.issuer.as_deref().map(|issuer| self.text(issuer));
        let key = (name, designator.data_type, issuer);
        if let Some(slot) = self.slots.get(&key) {
            return *slot;
        }
        let clock = super::expression::clock(designator);
        let slot = next(&self.program.slots);
        self.program.slots.push(Slot { name, data_type: designator.data_type, issuer, clock });
        self.program.names.add_slot(name, slot);
        self.slots.insert(key, slot);
        slot
    }
}

/// Compiles each policy as soon as it is read, and each policy set of which everything is compiled already. What waits
/// for a reference to be resolved stays in the tree.
pub(super) struct Compiling<'t> {
    pub(super) builder: Builder,
    pub(super) read: &'t mut dyn FnMut(),
}

impl<'s> Taker<'s> for Compiling<'_> {
    fn take(&mut self, node: &checked::Node<'s>) -> Option<u32> {
        match node {
            checked::Node::PolicySet(set) if !set.children.iter().all(|child| matches!(child, Child::Compiled(_))) => {
                None
            }
            node => self.builder.node(node),
        }
    }

    fn hear(&mut self) {
        (self.read)();
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("nodes", &self.program.nodes.len()).finish_non_exhaustive()
    }
}

/// The documents that a policy set refers to.
fn referred_to(node: &checked::Node<'_>, found: &mut Vec<usize>) {
    let checked::Node::PolicySet(set) = node else { return };
    for child in &set.children {
        match child {
            Child::Node(node) => referred_to(node, found),
            Child::Compiled(_) => {}
            Child::Reference { document, .. } => found.extend(*document),
        }
    }
}

/// The variables that an expression names.
fn references(expression: &checked::Expr<'_>) -> Vec<usize> {
    match expression {
        checked::Expr::Variable(place) => vec![*place],
        checked::Expr::Apply(apply) => apply.arguments.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// The part of a span within its file.
pub(super) fn within(at: Span) -> (u32, u32) {
    (at.start, at.end)
}
