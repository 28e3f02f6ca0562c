//! The ids of policies and policy sets: each with each version once, wherever it stands (core 5.1, 5.14).

use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use super::checked::{Document, Text};
use super::problem::duplicate_policy_id;
use super::version;
use crate::diagnostic::{Diagnostic, Span};
use crate::read::Source;

/// A policy or policy set by what names it.
#[derive(Debug)]
pub(super) struct Identity<'s> {
    /// Whether it is a policy set.
    pub(super) is_set: bool,
    /// Its id.
    pub(super) id: Text<'s>,
    /// Its version.
    pub(super) version: Text<'s>,
    /// The value of its id.
    pub(super) at: Span,
    /// Its opening tag.
    pub(super) opening: Span,
    /// The document that it is in.
    pub(super) document: usize,
    /// Whether it is the document's outermost one, and can be referred to.
    pub(super) is_outermost: bool,
}

impl Identity<'_> {
    /// How messages call its kind.
    pub(super) const fn kind(&self) -> &'static str {
        kind(self.is_set)
    }
}

/// How messages call a policy set, or a policy.
pub(super) const fn kind(is_set: bool) -> &'static str {
    if is_set { "policy set" } else { "policy" }
}

// Nearly every id is there once.
type ById<'i, 's> = FxHashMap<&'i str, SmallVec<[&'i Identity<'s>; 1]>>;

/// All identities by kind and id, each list in document order. Documents that are another one byte for byte are left
/// out.
#[derive(Debug)]
pub(super) struct Identities<'i, 's> {
    policies: ById<'i, 's>,
    sets: ById<'i, 's>,
}

impl<'i, 's> Identities<'i, 's> {
    /// Sorts them.
    pub(super) fn new(all: &'i [Identity<'s>], documents: &[Document<'s>], sources: &[Source<'s>]) -> Self {
        let copies = find_copies(all, documents, sources);
        let (mut policies, mut sets) = (ById::default(), ById::default());
        policies.reserve(documents.len());
        for identity in all.iter().filter(|identity| !copies.contains(&identity.document)) {
            let list = if identity.is_set { &mut sets } else { &mut policies };
            list.entry(&*identity.id).or_default().push(identity);
        }
        Self { policies, sets }
    }

    const fn of_kind(&self, is_set: bool) -> &ById<'i, 's> {
        if is_set { &self.sets } else { &self.policies }
    }

    /// Those of one id.
    pub(super) fn of(&self, is_set: bool, id: &str) -> &[&'i Identity<'s>] {
        self.of_kind(is_set).get(id).map_or(&[], SmallVec::as_slice)
    }

    /// The ids of one kind that can be referred to, to find the one that was meant. None where they are so many that
    /// comparing each with every misspelt one would take longer than all the rest.
    pub(super) fn ids(&self, is_set: bool) -> impl Iterator<Item = &'i str> + '_ {
        const MOST: usize = 2_000;
        let ids = Some(self.of_kind(is_set)).filter(|ids| ids.len() <= MOST);
        ids.into_iter().flatten().filter(|(_, list)| list.iter().any(|one| one.is_outermost)).map(|(id, _)| *id)
    }

    /// Notes every second use of id and version. Both documents can't be evaluated: nobody could say which is meant.
    pub(super) fn report_duplicates(&self, documents: &mut [Document<'s>], found: &mut Vec<Diagnostic>) {
        for list in self.policies.values().chain(self.sets.values()).filter(|list| list.len() > 1) {
            // By version, and in document order within one version.
            let mut list = list.clone();
            list.sort_by(|a, b| version::compare(&a.version, &b.version).then(a.at.cmp(&b.at)));
            let same = |a: &&Identity<'_>, b: &&Identity<'_>| version::compare(&a.version, &b.version).is_eq();
            for group in list.chunk_by(same) {
                let Some((first, others)) = group.split_first().filter(|(_, others)| !others.is_empty()) else {
                    continue;
                };
                for one in others {
                    found.push(duplicate_policy_id::report(one.at, one.kind(), &one.id, &one.version, first.at));
                }
                for document in group.iter().map(|one| one.document) {
                    if let Some(document) = documents.get_mut(document) {
                        document.has_errors = true;
                    }
                }
            }
        }
    }
}

// Documents whose outermost policy has the id of an earlier one, and the same text.
fn find_copies(all: &[Identity<'_>], documents: &[Document<'_>], sources: &[Source<'_>]) -> FxHashSet<usize> {
    let text = |document: usize| {
        let file = documents.get(document)?.file;
        Some(sources.get(file as usize)?.text)
    };
    let mut firsts: FxHashMap<(bool, &str), SmallVec<[usize; 1]>> = FxHashMap::default();
    firsts.reserve(documents.len());
    let mut copies = FxHashSet::default();
    for identity in all.iter().filter(|identity| identity.is_outermost) {
        let list = firsts.entry((identity.is_set, &*identity.id)).or_default();
        if list.iter().any(|first| text(*first) == text(identity.document)) {
            copies.insert(identity.document);
        } else {
            list.push(identity.document);
        }
    }
    copies
}
