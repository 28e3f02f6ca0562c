//! Takes policies out of a policy set and puts references in their place: what is decided must not change.
//!
//! For the texts of [`generate`](crate::generate) alone.

use crate::generate::Dice;
use crate::shrink::elements;

const NAMESPACE: &str = " xmlns=\"urn:oasis:names:tc:xacml:3.0:core:schema:wd-17\" xmlns:p=\"urn:n\"";

/// The same policies as several documents, the root first. Beside what is referred to stand versions that no reference
/// may find, and that would decide otherwise.
pub fn factored(document: &str, dice: &mut Dice) -> Vec<String> {
    let mut documents = vec![document.to_owned()];
    for _ in 0..dice.below(4) {
        let place = dice.below(documents.len());
        let Some((rest, part)) = split(&documents[place], dice) else { continue };
        documents[place] = rest;
        documents.extend(part);
    }
    // Which document comes first must not matter, but for the root.
    for place in (2..documents.len()).rev() {
        documents.swap(place, 1 + dice.below(place));
    }
    documents
}

/// A document without one of its policies, and the documents with that one and its decoys.
fn split(document: &str, dice: &mut Dice) -> Option<(String, Vec<String>)> {
    let policies: Vec<(usize, usize)> = elements(document)
        .into_iter()
        .skip(1)
        .filter(|(start, _)| ["<Policy ", "<PolicySet "].iter().any(|tag| document[*start..].starts_with(tag)))
        .collect();
    if policies.is_empty() {
        return None;
    }
    let (start, end) = policies[dice.below(policies.len())];
    let policy = &document[start..end];
    let kind = if policy.starts_with("<PolicySet") { "PolicySet" } else { "Policy" };
    let id = attribute(policy, &format!("{kind}Id"));
    let version = attribute(policy, "Version");
    let (which, decoys) = pattern(version, dice);
    let reference = format!("<{kind}IdReference{which}>{id}</{kind}IdReference>");
    let alone = policy.replacen(' ', &format!("{NAMESPACE} "), 1);
    // What always decides, one way or the other.
    let (combining, rule) = if kind == "Policy" { ("RuleCombining", "rule") } else { ("PolicyCombining", "policy") };
    let always = dice.of(&["deny-unless-permit", "permit-unless-deny"]);
    let decoy = |other: &String| {
        format!(
            "<{kind}{NAMESPACE} {kind}Id=\"{id}\" Version=\"{other}\" {combining}AlgId=\"urn:oasis:names:tc:xacml:3.0:\
             {rule}-combining-algorithm:{always}\"><Target/></{kind}>"
        )
    };
    let mut documents: Vec<String> = decoys.iter().map(decoy).collect();
    documents.push(alone);
    Some(([&document[..start], &reference, &document[end..]].concat(), documents))
}

/// Conditions on the version that this one meets, and versions that don't, or that are older.
fn pattern(version: &str, dice: &mut Dice) -> (String, Vec<String>) {
    let (first, rest) = version.split_once('.').unwrap_or((version, ""));
    let older = format!("0.{version}");
    let newer = format!("1{version}.5");
    match dice.below(7) {
        // The newest of all.
        0 => (String::new(), vec![older]),
        1 => (format!(" Version=\"{version}\""), vec![older, newer]),
        2 if !rest.is_empty() => (format!(" Version=\"{first}.*\""), vec![older, newer]),
        3 if !rest.is_empty() => (format!(" Version=\"*.{rest}\""), vec![older, newer]),
        4 => (format!(" EarliestVersion=\"{version}\" LatestVersion=\"{version}\""), vec![older, newer]),
        5 => (format!(" LatestVersion=\"{version}\""), vec![older, newer]),
        _ => (format!(" EarliestVersion=\"{version}\""), vec![older]),
    }
}

fn attribute<'t>(element: &'t str, name: &str) -> &'t str {
    let (_, rest) = element.split_once(&format!(" {name}=\"")).unwrap();
    rest.split_once('"').unwrap().0
}
