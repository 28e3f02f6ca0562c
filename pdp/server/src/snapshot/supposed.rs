//! A key that nobody holds, as decisions would see it.

use std::sync::Arc;

use argus_engine::scope::Scope;
use argus_store::{Conditions, KeyId};
use chrono::{DateTime, Utc};

use super::inherited::narrow;
use super::key::{KeyParts, KeyView, LevelConditions};
use crate::limits::{Attempts, KeyLimits};

/// A key that somebody thinks of making.
#[derive(Debug, Clone)]
pub struct SupposedKey {
    /// Its name.
    pub name: String,
    /// The name of its organisation.
    pub organisation: String,
    /// The name of its project.
    pub project: Option<String>,
    /// Who would answer for it.
    pub owner: String,
    /// What it and every key above it would grant.
    pub scopes: Vec<Scope>,
    /// The keys above it, the nearest first.
    pub chain: Vec<KeyId>,
    /// Its own conditions.
    pub conditions: Conditions,
    /// Those of the keys above it.
    pub inherited: Vec<Conditions>,
    /// Those of its project.
    pub project_conditions: Conditions,
    /// Those of its organisation.
    pub organisation_conditions: Conditions,
}

impl SupposedKey {
    /// As enrichment shows it. Its id is made up for the occasion, and no other key has it.
    pub(crate) fn view(&self, at: DateTime<Utc>) -> KeyView {
        let organisation: Arc<str> = self.organisation.as_str().into();
        let mut conditions = LevelConditions {
            key: self.conditions.clone(),
            project: self.project_conditions.clone(),
            organisation: self.organisation_conditions.clone(),
        };
        self.inherited.iter().for_each(|above| narrow(&mut conditions.key, above));
        KeyView::new(KeyParts {
            id: KeyId::new(at),
            name: &self.name,
            organisation: &organisation,
            project: self.project.as_deref(),
            owner: &self.owner,
            scopes: self.scopes.clone(),
            chain: self.chain.clone(),
            limits: KeyLimits::default(),
            attempts: Attempts::default(),
            is_durable: false,
            conditions: &conditions,
            uses: Vec::new(),
            last_used_at: None,
            rotation_uses: Arc::default(),
        })
    }
}
