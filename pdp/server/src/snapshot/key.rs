//! A key as decisions see it: names, effective scopes and attributes, worked out once for every request that shows it.

use std::sync::Arc;

use argus_credentials::CredentialId;
use argus_engine::request::{Attribute, RawValue, TypeName};
use argus_engine::scope::Scope;
use argus_engine::value::{Arena, DataType};
use argus_store::{Conditions, KeyId};
use chrono::{DateTime, Utc};

use super::uses::{CredentialUses, LastUse, Origin, RotationUses, Uses};
use crate::limits::{Attempts, KeyLimits};
use crate::names::{self, ConditionNames};

/// A key, shared by its credentials.
#[derive(Debug)]
pub struct KeyView {
    /// Its id.
    pub id: KeyId,
    /// Its name.
    pub name: Box<str>,
    /// The name of its organisation.
    pub organisation: Arc<str>,
    /// The name of its project.
    pub project: Option<Box<str>>,
    /// Who answers for it.
    pub owner: Box<str>,
    /// What it and every key above it grant.
    pub scopes: Box<[Scope]>,
    /// The keys above it, the nearest first.
    pub chain: Box<[KeyId]>,
    /// How much it, and every key above it, may be used.
    pub(crate) limits: KeyLimits,
    pub(crate) attempts: Attempts,
    /// Whether no use of it is answered before it stands in the journal: it asks for that, or a key above it does.
    pub(crate) is_durable: bool,
    attributes: Box<[Prepared]>,
    used_at: LastUse,
    uses: Box<[CredentialUses]>,
    rotation_uses: Arc<RotationUses>,
}

/// What a [`KeyView`] is made of.
pub(super) struct KeyParts<'p> {
    pub(super) id: KeyId,
    pub(super) name: &'p str,
    pub(super) organisation: &'p Arc<str>,
    pub(super) project: Option<&'p str>,
    pub(super) owner: &'p str,
    pub(super) scopes: Vec<Scope>,
    pub(super) chain: Vec<KeyId>,
    pub(super) limits: KeyLimits,
    /// Those of the key's record before, where it has one.
    pub(super) attempts: Attempts,
    pub(super) is_durable: bool,
    pub(super) conditions: &'p LevelConditions,
    /// Of its credentials that aren't revoked.
    pub(super) uses: Vec<CredentialUses>,
    pub(super) last_used_at: Option<DateTime<Utc>>,
    pub(super) rotation_uses: Arc<RotationUses>,
}

/// The conditions of a key, its project and its organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LevelConditions {
    pub(super) key: Conditions,
    pub(super) project: Conditions,
    pub(super) organisation: Conditions,
}

/// An attribute of enrichment, ready to be lent to a request.
#[derive(Debug)]
struct Prepared {
    id: &'static str,
    data_type: DataType,
    texts: Box<[Box<str>]>,
}

impl KeyView {
    pub(super) fn new(parts: KeyParts<'_>) -> Self {
        let attributes = prepare(&parts);
        Self {
            id: parts.id,
            name: parts.name.into(),
            organisation: Arc::clone(parts.organisation),
            project: parts.project.map(Into::into),
            owner: parts.owner.into(),
            scopes: parts.scopes.into(),
            chain: parts.chain.into(),
            limits: parts.limits,
            attempts: parts.attempts,
            is_durable: parts.is_durable,
            attributes,
            used_at: LastUse::since(parts.last_used_at),
            uses: parts.uses.into(),
            rotation_uses: parts.rotation_uses,
        }
    }

    /// Notes a use. Written down later, with those of other keys: a decision never waits for the store.
    pub(crate) fn note_use(&self, credential: Option<CredentialId>, seconds: i64, origin: Origin<'_>) {
        self.used_at.note(seconds, &self.rotation_uses);
        if let Some(uses) = self.uses.iter().find(|uses| Some(uses.id()) == credential) {
            uses.note(seconds, origin, &self.rotation_uses);
        }
    }

    /// What was noted of uses goes on with the new record of the same key.
    pub(super) fn take_over_uses(&self, before: &Self) {
        self.used_at.take_over(&before.used_at, &self.rotation_uses);
        for uses in &self.uses {
            if let Some(before) = before.uses.iter().find(|before| before.id() == uses.id()) {
                uses.take_over(before, &self.rotation_uses);
            }
        }
    }

    /// Whether it, or a credential of it, was used for the first time, and that has yet to be written down.
    pub(super) fn is_first_use(&self) -> bool {
        self.used_at.is_first_use() || self.uses.iter().any(CredentialUses::is_first_use)
    }

    /// The uses since this was last asked.
    pub(super) fn take_uses(&self, into: &mut Uses) {
        let Some(seconds) = self.used_at.take() else { return };
        into.add_key(self.id, seconds);
        for uses in &self.uses {
            uses.take(into);
        }
    }

    /// The attributes that enrichment adds, but for those of the way in which the key is presented.
    pub(crate) fn attributes<'a>(&'a self, arena: &'a Arena) -> impl Iterator<Item = Attribute<'a>> {
        self.attributes.iter().map(|prepared| prepared.lend(arena))
    }

    /// The same without its scopes: a token narrows them.
    pub(crate) fn attributes_but_scopes<'a>(&'a self, arena: &'a Arena) -> impl Iterator<Item = Attribute<'a>> {
        self.attributes.iter().filter(|prepared| prepared.id != names::SCOPE).map(|prepared| prepared.lend(arena))
    }

    /// The first of its scopes that covers this path and action, given as text.
    pub(crate) fn scope_for(&self, path: &str, action: &str) -> Option<&Scope> {
        self.scopes.iter().find(|scope| argus_engine::scope::covers_text(scope.as_str(), path, action))
    }
}

impl Prepared {
    fn lend<'a>(&'a self, arena: &'a Arena) -> Attribute<'a> {
        let values = self.texts.iter().map(|text| value(self.data_type, text));
        Attribute { id: self.id, values: arena.bump().alloc_slice_fill_iter(values), ..Attribute::default() }
    }
}

/// A value as it would have come in a request.
pub(crate) fn value(data_type: DataType, text: &str) -> RawValue<'_> {
    RawValue { data_type: TypeName::Known(data_type), text, xpath: None }
}

fn prepare(parts: &KeyParts<'_>) -> Box<[Prepared]> {
    let mut prepared = Vec::new();
    let mut add = |id, data_type, texts: Vec<Box<str>>| {
        if !texts.is_empty() {
            prepared.push(Prepared { id, data_type, texts: texts.into() });
        }
    };
    let one = |text: &str| vec![text.into()];
    add(names::KEY_ID, DataType::String, one(&parts.id.to_string()));
    add(names::ORGANISATION, DataType::String, one(parts.organisation));
    add(names::PROJECT, DataType::String, parts.project.iter().map(|name| (*name).into()).collect());
    add(names::OWNER, DataType::String, one(parts.owner));
    add(names::SCOPE, DataType::String, parts.scopes.iter().map(|scope| scope.as_str().into()).collect());
    add(names::PARENT_KEY_ID, DataType::String, parts.chain.iter().map(|id| id.to_string().into()).collect());
    for (names, conditions) in [
        (&names::KEY_CONDITIONS, &parts.conditions.key),
        (&names::PROJECT_CONDITIONS, &parts.conditions.project),
        (&names::ORGANISATION_CONDITIONS, &parts.conditions.organisation),
    ] {
        prepare_conditions(&mut add, names, conditions);
    }
    prepared.into()
}

fn prepare_conditions(
    add: &mut impl FnMut(&'static str, DataType, Vec<Box<str>>),
    names: &ConditionNames,
    conditions: &Conditions,
) {
    let texts = |texts: &[String]| texts.iter().map(|text| text.as_str().into()).collect();
    add(names.network, DataType::IpAddressPattern, texts(&conditions.networks));
    add(names.country, DataType::String, texts(&conditions.countries));
    add(names.window, DataType::String, texts(&conditions.windows));
    add(names.network_type, DataType::String, texts(&conditions.network_types));
    add(names.device, DataType::Boolean, conditions.device.iter().map(|device| device.to_string().into()).collect());
}
