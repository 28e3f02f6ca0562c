//! A use as limits see it: what is done, to a resource of which type, and what it says that it costs.

/// A use that limits are asked about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct LimitedUse<'u> {
    pub(crate) action: Option<&'u str>,
    /// `None` where it isn't known: then no selection of types holds it.
    pub(crate) resource_type: Option<&'u str>,
    /// What it says that it costs.
    pub(crate) cost: Option<u64>,
    /// Whether that is the most that it may come to.
    pub(crate) is_reserved: bool,
}

impl<'u> LimitedUse<'u> {
    /// A use of a resource, whose type is the third segment of its path in the organisation:
    /// `organisation/project/type/id…`.
    pub(crate) fn new(
        organisation: &str,
        action: Option<&'u str>,
        resource: Option<&'u str>,
        cost: Option<u64>,
    ) -> Self {
        let within = resource.and_then(|path| path.strip_prefix(organisation)?.strip_prefix('/'));
        let kind = within.and_then(|within| within.split('/').nth(1)).filter(|kind| !kind.is_empty());
        Self { action, resource_type: kind, cost, is_reserved: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_of_a_resource_is_the_third_segment_of_its_path() {
        let kind = |resource| LimitedUse::new("acme", None, resource, None).resource_type;
        assert_eq!(kind(Some("acme/atlas/evidence/42/pages")), Some("evidence"));
        assert_eq!(kind(Some("acme/atlas/evidence")), Some("evidence"));
        for untyped in [None, Some("acme/atlas"), Some("acme"), Some("acme/atlas//1"), Some("https://acme/atlas/x")] {
            assert_eq!(kind(untyped), None, "{untyped:?}");
        }
        assert_eq!(kind(Some("acme-too/atlas/evidence/42")), None, "it is of another organisation");
    }
}
