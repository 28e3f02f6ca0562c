//! What is in force is kept in the store by digest, and read back where there is no folder.

use argus_engine::check::checked::{Checked, Node};
use argus_engine::read::Source;
use argus_store::policy_document::{self, DocumentKind, Imported, NewPolicyDocument};
use argus_store::{Act, Conn, StoreError, organisation};
use chrono::Utc;
use tracing::{info, warn};

use super::document::{Document, DocumentSet, digest};
use crate::names::ARGUS;

/// What a document turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(super) path: String,
    kind: DocumentKind,
    id: String,
    version: String,
}

impl Identity {
    pub(super) fn list(checked: &Checked<'_>, sources: &[Source<'_>]) -> Vec<Self> {
        let identify = |document: &argus_engine::check::checked::Document<'_>| {
            let kind = match &document.node {
                Node::Policy(_) => DocumentKind::Policy,
                Node::PolicySet(_) => DocumentKind::PolicySet,
            };
            let path = sources.get(document.file as usize)?.name.to_owned();
            Some(Self { path, kind, id: document.node.id().into(), version: document.node.version().into() })
        };
        checked.documents.iter().filter_map(identify).collect()
    }
}

/// Makes these documents the store's current set. `false` where the store has no organisation `argus` yet, in whose
/// name it would be done.
pub(crate) fn import(conn: &mut Conn, set: &DocumentSet, identities: &[Identity]) -> Result<bool, StoreError> {
    let Some(argus) = organisation::find_by_name(conn, ARGUS)? else { return Ok(false) };
    let act = Act::of_host(argus.id, Utc::now(), "policies");
    let documents: Vec<_> = identities.iter().filter_map(|identity| new_document(set, identity)).collect();
    tell(&policy_document::import(conn, &act, &documents)?);
    Ok(true)
}

/// The store's current set; `None` where nothing was imported.
pub(crate) fn read_stored(conn: &mut Conn) -> Result<Option<DocumentSet>, StoreError> {
    let stored = policy_document::list_current(conn)?;
    if stored.is_empty() {
        return Ok(None);
    }
    let documents = stored.into_iter().map(|stored| Document { path: stored.path, bytes: stored.text.into_bytes() });
    Ok(Some(DocumentSet::new(documents.collect())))
}

fn new_document(set: &DocumentSet, identity: &Identity) -> Option<NewPolicyDocument> {
    let document = set.documents.iter().find(|document| document.path == identity.path)?;
    // What was checked is UTF-8.
    let text = std::str::from_utf8(&document.bytes).ok()?;
    Some(NewPolicyDocument {
        path: identity.path.clone(),
        digest: digest(text.as_bytes()),
        kind: identity.kind,
        policy_id: identity.id.clone(),
        version: identity.version.clone(),
        text: text.to_owned(),
    })
}

fn tell(imported: &Imported) {
    for path in &imported.version_reused {
        warn!(policy.file = %path, "{path} has changed under an old `Version`: give each text a version of its own");
    }
    let (arrived, gone) = (imported.arrived.len(), imported.gone.len());
    if arrived + gone > 0 {
        info!(policy.arrived = arrived, policy.gone = gone, "imported policies: {arrived} arrived, {gone} gone");
    }
}
