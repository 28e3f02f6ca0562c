//! The documents of a policy set, by where they stand.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::shipped::SHIPPED_POLICIES;

/// The root of every domain.
pub(super) const ROOT: &str = "root.xml";
/// What decides over the administration.
pub(super) const ADMIN: &str = "argus-admin.xml";

/// A policy document, not yet known to be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Document {
    /// Where it stands in the policy folder, with `/`.
    pub(crate) path: String,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
}

/// Which documents are in force together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyVersion {
    /// What tells them from every other set.
    pub digest: Box<str>,
    /// Where each stands, and the digest of its text.
    pub members: Box<[(Box<str>, Box<str>)]>,
}

/// All documents, by path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct DocumentSet {
    pub(crate) documents: Vec<Document>,
}

impl DocumentSet {
    pub(crate) fn new(mut documents: Vec<Document>) -> Self {
        documents.sort_by(|a, b| a.path.cmp(&b.path));
        Self { documents }
    }

    /// The copy inside the program.
    pub(crate) fn shipped() -> Self {
        let document = |(path, text): &(&str, &str)| Document { path: (*path).into(), bytes: text.as_bytes().into() };
        Self::new(SHIPPED_POLICIES.iter().map(document).collect())
    }

    /// What tells this set from any other.
    pub(crate) fn digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        for document in &self.documents {
            for part in [document.path.as_bytes(), &document.bytes] {
                digest.update((part.len() as u64).to_be_bytes());
                digest.update(part);
            }
        }
        digest.finalize().into()
    }

    /// The same, in words that can be kept.
    pub(crate) fn version(&self) -> PolicyVersion {
        let member = |document: &Document| (document.path.as_str().into(), digest(&document.bytes).into());
        PolicyVersion { digest: in_words(&self.digest()).into(), members: self.documents.iter().map(member).collect() }
    }

    /// Those that hold for all domains.
    pub(super) fn common(&self) -> impl Iterator<Item = &Document> {
        self.documents.iter().filter(|document| organisation(&document.path).is_none())
    }

    /// Those that an organisation adds, by organisation.
    pub(super) fn by_organisation(&self) -> BTreeMap<&str, Vec<&Document>> {
        let mut own: BTreeMap<&str, Vec<&Document>> = BTreeMap::new();
        for document in &self.documents {
            if let Some(organisation) = organisation(&document.path) {
                own.entry(organisation).or_default().push(document);
            }
        }
        own
    }
}

/// The digest of a text.
pub(crate) fn digest(text: &[u8]) -> String {
    in_words(&Sha256::digest(text))
}

fn in_words(digest: &[u8]) -> String {
    digest.iter().fold("sha256:".to_owned(), |mut hex, octet| {
        // Writing to a string can't fail.
        let _ = write!(hex, "{octet:02x}");
        hex
    })
}

/// The organisation that a document belongs to: `organisations/<organisation>/…`.
fn organisation(path: &str) -> Option<&str> {
    path.strip_prefix("organisations/")?.split_once('/').map(|(organisation, _)| organisation)
}
