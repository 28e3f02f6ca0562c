//! `policy_documents`: every text that was ever in the current set, and which of them are. A set is switched whole.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use crate::act::Act;
use crate::audit::{AuditEvent, Entry, Target, TargetKind, View};
use crate::change::{self, ChangeKind};
use crate::conn::{Conn, on};
use crate::error::{OrTaken, Record, StoreError};
use crate::schema::policy_documents;
use crate::value::{At, column, words};

/// A policy document of the current set, or of an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = policy_documents)]
pub struct PolicyDocument {
    /// Where it stood in the policy folder, with `/`.
    pub path: String,
    /// The digest of its text.
    pub digest: String,
    /// Its root element.
    pub kind: DocumentKind,
    /// `PolicyId` or `PolicySetId`.
    pub policy_id: String,
    /// `Version`.
    pub version: String,
    /// The document, byte for byte.
    pub text: String,
    /// When this text first came in at this path.
    #[diesel(deserialize_as = At)]
    pub imported_at: DateTime<Utc>,
}

/// A policy document to be imported.
#[derive(Debug, Clone)]
pub struct NewPolicyDocument {
    /// Where it stands in the policy folder, with `/`.
    pub path: String,
    /// The digest of its text. Equal digests are taken for equal texts.
    pub digest: String,
    /// Its root element.
    pub kind: DocumentKind,
    /// `PolicyId` or `PolicySetId`.
    pub policy_id: String,
    /// `Version`.
    pub version: String,
    /// The document, byte for byte.
    pub text: String,
}

words!(
    /// The root element of a policy document.
    DocumentKind, "kind of policy document", {
        /// `Policy`.
        Policy = "policy",
        /// `PolicySet`.
        PolicySet = "policy_set",
    }
);

/// What an import changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Paths whose text is new in the current set.
    pub arrived: Vec<String>,
    /// Paths that the current set no longer has.
    pub gone: Vec<String>,
    /// Paths among the arrived whose text was once another under the same id and version.
    pub version_reused: Vec<String>,
}

/// Makes these documents the current set, with an audit entry and a line in the change feed: all of it or nothing. A
/// set that is current already changes nothing and makes neither. A path that stands there twice is
/// [`StoreError::AlreadyExists`].
pub fn import(conn: &mut Conn, act: &Act, documents: &[NewPolicyDocument]) -> Result<Imported, StoreError> {
    conn.write(|conn| {
        let before = current_texts(conn)?;
        let after: BTreeSet<_> = documents.iter().map(|new| (new.path.clone(), new.digest.clone())).collect();
        for (path, digest) in before.difference(&after) {
            retire(conn, path, digest)?;
        }
        let mut imported = Imported::default();
        for new in documents.iter().filter(|new| !before.contains(&(new.path.clone(), new.digest.clone()))) {
            if has_other_text(conn, new)? {
                imported.version_reused.push(new.path.clone());
            }
            instate(conn, column(act.at), new)?;
            imported.arrived.push(new.path.clone());
        }
        imported.gone = gone(&before, &after);
        if before != after {
            let target = Target::nameless(TargetKind::Policies, &act.organisation);
            let entry = Entry::new(AuditEvent::PoliciesImported, target).changed(&view(&before), &view(&after));
            let entry = entry.with("version_reused", &imported.version_reused);
            change::append(conn, act, ChangeKind::Policies, &act.organisation, &entry)?;
        }
        Ok(imported)
    })
}

/// The current set, by path.
pub fn list_current(conn: &mut Conn) -> Result<Vec<PolicyDocument>, StoreError> {
    let current = policy_documents::table.filter(policy_documents::current);
    let current = current.order(policy_documents::path);
    Ok(on!(conn, c => current.select(PolicyDocument::as_select()).load(c))?)
}

fn current_texts(conn: &mut Conn) -> Result<BTreeSet<(String, String)>, StoreError> {
    let current = policy_documents::table.filter(policy_documents::current);
    let current = current.select((policy_documents::path, policy_documents::digest));
    let rows: Vec<(String, String)> = on!(conn, c => current.load(c))?;
    Ok(rows.into_iter().collect())
}

/// Each document by its path, with the digest of its text.
fn view(set: &BTreeSet<(String, String)>) -> View {
    set.iter().fold(View::default(), |view, (path, digest)| view.with(path, digest))
}

fn gone(before: &BTreeSet<(String, String)>, after: &BTreeSet<(String, String)>) -> Vec<String> {
    let kept: BTreeSet<&str> = after.iter().map(|(path, _)| path.as_str()).collect();
    before.iter().map(|(path, _)| path).filter(|path| !kept.contains(path.as_str())).cloned().collect()
}

fn retire(conn: &mut Conn, path: &str, digest: &str) -> Result<(), StoreError> {
    let document = diesel::update(policy_documents::table.find((path, digest)));
    on!(conn, c => document.set(policy_documents::current.eq(false)).execute(c))?;
    Ok(())
}

fn has_other_text(conn: &mut Conn, new: &NewPolicyDocument) -> Result<bool, StoreError> {
    let others = policy_documents::table.filter(policy_documents::policy_id.eq(&new.policy_id));
    let others = others.filter(policy_documents::version.eq(&new.version));
    let others = others.filter(policy_documents::digest.ne(&new.digest));
    Ok(on!(conn, c => diesel::select(diesel::dsl::exists(others)).get_result(c))?)
}

/// A text that was here before keeps the time at which it first came.
fn instate(conn: &mut Conn, at: NaiveDateTime, new: &NewPolicyDocument) -> Result<(), StoreError> {
    let row = (
        policy_documents::path.eq(&new.path),
        policy_documents::digest.eq(&new.digest),
        policy_documents::kind.eq(new.kind),
        policy_documents::policy_id.eq(&new.policy_id),
        policy_documents::version.eq(&new.version),
        policy_documents::text.eq(&new.text),
        policy_documents::imported_at.eq(at),
        policy_documents::current.eq(true),
    );
    let once = (policy_documents::path, policy_documents::digest);
    on!(conn, c => diesel::insert_into(policy_documents::table).values(row)
        .on_conflict(once).do_update().set(policy_documents::current.eq(true)).execute(c))
    .or_taken(Record::PolicyDocument, &new.path)?;
    Ok(())
}
