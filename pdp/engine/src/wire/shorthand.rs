//! The short names that the JSON Profile gives to categories (1.1, table of shorthands).

/// Every shorthand with the category that it stands for.
static CATEGORIES: &[(&str, &str)] = &[
    ("AccessSubject", "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject"),
    ("Resource", "urn:oasis:names:tc:xacml:3.0:attribute-category:resource"),
    ("Action", "urn:oasis:names:tc:xacml:3.0:attribute-category:action"),
    ("Environment", "urn:oasis:names:tc:xacml:3.0:attribute-category:environment"),
    ("RecipientSubject", "urn:oasis:names:tc:xacml:1.0:subject-category:recipient-subject"),
    ("IntermediarySubject", "urn:oasis:names:tc:xacml:1.0:subject-category:intermediary-subject"),
    ("Codebase", "urn:oasis:names:tc:xacml:1.0:subject-category:codebase"),
    ("RequestingMachine", "urn:oasis:names:tc:xacml:1.0:subject-category:requesting-machine"),
];

/// The category with this short name.
pub(super) fn category(name: &str) -> Option<&'static str> {
    CATEGORIES.iter().find(|(short, _)| *short == name).map(|(_, category)| *category)
}

/// The category that is meant by a short name or an identifier.
pub(super) fn category_or_short(name: &str) -> &str {
    // Every identifier of a category has a colon, no short name has.
    if name.as_bytes().get(3) == Some(&b':') { name } else { category(name).unwrap_or(name) }
}
