//! What an organisation adds: its documents under one policy set, `urn:argus:policy:organisation`.
//!
//! An organisation may write that set itself. Where it doesn't, one is made: `ordered-deny-overrides` over all of its
//! documents that none of the others refers to. Deny overrides, because the root asks the organisation only what it
//! takes away (what it permits stands permitted already by a scope), so one document that denies has to suffice; ordered
//! by path, because the first Deny gives the reason.

use std::fmt::Write;

use argus_engine::check::checked::{Checked, Child, Node, PolicySet};

/// The id of the set that the shipped root refers to.
const ORGANISATION_SET: &str = "urn:argus:policy:organisation";

/// The set over an organisation's documents, which are those from the source `first_file` on; `None` where one of them
/// is that set.
pub(super) fn gather(checked: &Checked<'_>, first_file: usize) -> Option<String> {
    let own = || checked.documents.iter().enumerate().filter(|(_, document)| document.file as usize >= first_file);
    if own().any(|(_, document)| matches!(&document.node, Node::PolicySet(set) if set.id == ORGANISATION_SET)) {
        return None;
    }
    let mut referred = Vec::new();
    for (_, document) in own() {
        if let Node::PolicySet(set) = &document.node {
            list_references(set, &mut referred);
        }
    }
    let members = own().filter(|(place, _)| !referred.contains(place)).map(|(_, document)| &document.node);
    Some(write_set(members))
}

fn list_references(set: &PolicySet<'_>, into: &mut Vec<usize>) {
    for child in &set.children {
        match child {
            Child::Reference { document, .. } => into.extend(document),
            Child::Node(node) => {
                if let Node::PolicySet(set) = &**node {
                    list_references(set, into);
                }
            }
            Child::Compiled(_) => {}
        }
    }
}

fn write_set<'n>(members: impl Iterator<Item = &'n Node<'n>>) -> String {
    let mut text = format!(
        "<PolicySet xmlns=\"urn:oasis:names:tc:xacml:3.0:core:schema:wd-17\" PolicySetId=\"{ORGANISATION_SET}\" \
         Version=\"1\" PolicyCombiningAlgId=\"urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:\
         ordered-deny-overrides\"><Target/>"
    );
    for member in members {
        let element = match member {
            Node::Policy(_) => "PolicyIdReference",
            Node::PolicySet(_) => "PolicySetIdReference",
        };
        let (id, version) = (escape(member.id()), escape(member.version()));
        // Writing to a string can't fail.
        let _ = write!(text, "<{element} Version=\"{version}\">{id}</{element}>");
    }
    text.push_str("</PolicySet>");
    text
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
