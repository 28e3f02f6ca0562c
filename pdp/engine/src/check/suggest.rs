//! What the author may have meant: the same name in another version, else a name that is nearly the same, else what
//! replaced it.

use crate::combining::{ALGORITHMS, Algorithm, Combines};
use crate::functions::{FUNCTIONS, Function};
use crate::value::{DATA_TYPES, DataType};

/// The function meant; those that `fits` accepts come first.
pub(crate) fn function(id: &str, fits: impl Fn(&Function) -> bool) -> Option<&'static Function> {
    let name = replaced(last_segment(id));
    let same = FUNCTIONS.iter().filter(|function| function.short_name() == name);
    best(same.map(|function| (0, function)), &fits).or_else(|| {
        // What is not a slip of a letter or two must at least take these arguments.
        let near = FUNCTIONS.iter().filter_map(|function| {
            let distance = near(name, function.short_name())?;
            (distance <= 2 || fits(function)).then_some((distance, function))
        });
        best(near, &fits)
    })
}

fn best(
    candidates: impl Iterator<Item = (usize, &'static Function)>,
    fits: impl Fn(&Function) -> bool,
) -> Option<&'static Function> {
    candidates.min_by_key(|(distance, function)| (!fits(function), *distance)).map(|(_, function)| function)
}

/// The algorithm meant, of the kind that is needed.
pub(crate) fn algorithm(id: &str, combines: Combines) -> Option<&'static Algorithm> {
    let name = last_segment(id);
    let of_kind = || ALGORITHMS.iter().filter(|algorithm| algorithm.combines == combines);
    of_kind().find(|algorithm| algorithm.short_name() == name).or_else(|| {
        of_kind()
            .filter_map(|algorithm| Some((near(name, algorithm.short_name())?, algorithm)))
            .min_by_key(|(distance, _)| *distance)
            .map(|(_, algorithm)| algorithm)
    })
}

/// The data type meant.
pub(crate) fn data_type(id: &str) -> Option<DataType> {
    let name = id.rsplit(['#', ':', '/']).next().unwrap_or(id);
    let name = match name {
        "int" | "long" | "short" | "byte" | "nonNegativeInteger" | "positiveInteger" | "unsignedInt" => "integer",
        "float" | "decimal" => "double",
        "token" | "normalizedString" | "NCName" | "text" => "string",
        "uri" | "URI" => "anyURI",
        "bool" => "boolean",
        "email" | "rfc822" => "rfc822Name",
        other => other,
    };
    if let Some((found, ..)) = DATA_TYPES.iter().find(|(.., short)| short.eq_ignore_ascii_case(name)) {
        return Some(*found);
    }
    DATA_TYPES
        .iter()
        .filter_map(|(found, _, short)| Some((near(name, short)?, *found)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, found)| found)
}

/// The nearest of some names.
pub(crate) fn name<'n>(name: &str, candidates: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    candidates
        .into_iter()
        .filter_map(|candidate| Some((near(name, candidate)?, candidate)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The categories that the standard and its profiles name.
static CATEGORIES: &[&str] = &[
    "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject",
    "urn:oasis:names:tc:xacml:1.0:subject-category:recipient-subject",
    "urn:oasis:names:tc:xacml:1.0:subject-category:intermediary-subject",
    "urn:oasis:names:tc:xacml:1.0:subject-category:codebase",
    "urn:oasis:names:tc:xacml:1.0:subject-category:requesting-machine",
    "urn:oasis:names:tc:xacml:2.0:subject-category:role-enablement-authority",
    "urn:oasis:names:tc:xacml:3.0:attribute-category:resource",
    "urn:oasis:names:tc:xacml:3.0:attribute-category:action",
    "urn:oasis:names:tc:xacml:3.0:attribute-category:environment",
    "urn:oasis:names:tc:xacml:3.0:attribute-category:delegate",
    "urn:oasis:names:tc:xacml:3.0:attribute-category:delegation-info",
];

/// Whether the standard or a profile names this category.
pub(crate) fn is_known_category(id: &str) -> bool {
    CATEGORIES.contains(&id) || id.starts_with("urn:oasis:names:tc:xacml:3.0:attribute-category:delegated:")
}

/// The standard category meant, where an identifier of XACML's own form is none.
pub(crate) fn category(id: &str) -> Option<&'static str> {
    if is_known_category(id) || !id.starts_with("urn:oasis:names:tc:xacml:") {
        return None;
    }
    let name = last_segment(id);
    let distance = |known: &str| near(name, last_segment(known));
    CATEGORIES
        .iter()
        .filter_map(|known| Some((distance(known)?, *known)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

// The names of the functions that XACML 2.0 or a vendor gave another name.
fn replaced(name: &str) -> &str {
    match name {
        "regexp-string-match" => "string-regexp-match",
        "regexp-uri-match" | "uri-regexp-match" => "anyURI-regexp-match",
        "regexp-ipAddress-match" => "ipAddress-regexp-match",
        "regexp-dnsName-match" => "dnsName-regexp-match",
        "regexp-rfc822Name-match" => "rfc822Name-regexp-match",
        "regexp-x500Name-match" => "x500Name-regexp-match",
        "string-uri-concatenate" | "url-string-concatenate" => "uri-string-concatenate",
        other => other,
    }
}

fn last_segment(id: &str) -> &str {
    id.rsplit([':', '#']).next().unwrap_or(id)
}

// The edit distance where it is at most a third of the name's length.
fn near(name: &str, candidate: &str) -> Option<usize> {
    const LONGEST: usize = 80;
    let length = name.chars().count();
    let most = length / 3;
    // Each letter too many or too few is a step.
    if name.len() > LONGEST || length.abs_diff(candidate.chars().count()) > most {
        return None;
    }
    Some(edit_distance(name, candidate)).filter(|distance| *distance <= most)
}

fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, cb) in row.iter_mut().skip(1).zip(&b) {
            let here = (diagonal + usize::from(ca != *cb)).min(left + 1).min(*cell + 1);
            diagonal = *cell;
            *cell = here;
            left = here;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_counts_insertions_deletions_and_replacements() {
        assert_eq!(edit_distance("kitten", "sitting"), 3);
        assert_eq!(edit_distance("", "abc"), 3);
        assert_eq!(edit_distance("same", "same"), 0);
    }

    #[test]
    fn only_what_is_near_is_suggested() {
        assert_eq!(name("Rul", ["Rule", "Target"]), Some("Rule"));
        assert_eq!(name("Elephant", ["Rule", "Target"]), None);
        assert_eq!(
            category("urn:oasis:names:tc:xacml:1.0:subject-category:acess-subject"),
            Some("urn:oasis:names:tc:xacml:1.0:subject-category:access-subject")
        );
        assert_eq!(category("urn:acme:category:resources"), None);
        assert_eq!(data_type("xs:int"), Some(DataType::Integer));
    }
}
