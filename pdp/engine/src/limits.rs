//! The bounds within which documents are read and evaluated. Each is a setting; passing one is a clear error.

/// All bounds of the engine. The defaults suit a server that reads requests from strangers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a request.
    pub request_bytes: usize,
    /// Bytes of a policy document.
    pub policy_bytes: usize,
    /// Nested elements, in requests and policies.
    pub depth: usize,
    /// Elements (XML) or values (JSON) in a request.
    pub request_elements: usize,
    /// Policy references, one within the other.
    pub reference_depth: usize,
    /// Variables that refer to variables.
    pub variable_depth: usize,
    /// Results of one request.
    pub results: usize,
    /// Decimal digits of an integer.
    pub integer_digits: usize,
    /// Applications of functions to members of bags (A.3.12) within one evaluation: two bags of 50,000 from a request
    /// would be 2,500,000,000.
    pub applications: usize,
    /// Calls of `access-permitted` within one request.
    pub access_permitted: usize,
}

impl Limits {
    /// The defaults.
    pub const DEFAULT: Self = Self {
        request_bytes: 1 << 20,
        policy_bytes: 256 << 20,
        depth: 128,
        request_elements: 100_000,
        reference_depth: 64,
        variable_depth: 64,
        results: 1_000,
        integer_digits: 10_000,
        applications: 10_000_000,
        access_permitted: 10,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// One of the bounds, by the name that errors give it.
#[derive(Debug)]
pub struct Limit {
    /// The name.
    pub name: &'static str,
    /// What is bounded, in words.
    pub of: &'static str,
    place: fn(&mut Limits) -> &mut usize,
}

/// Every bound.
#[rustfmt::skip]
pub static LIMITS: &[Limit] = &[
    limit("request_bytes", "bytes of a request", |limits| &mut limits.request_bytes),
    limit("policy_bytes", "bytes of a policy document", |limits| &mut limits.policy_bytes),
    limit("depth", "elements, one in the other", |limits| &mut limits.depth),
    limit("request_elements", "elements or JSON values of a request", |limits| &mut limits.request_elements),
    limit("reference_depth", "policy references, one in the other", |limits| &mut limits.reference_depth),
    limit("variable_depth", "variables that refer to variables", |limits| &mut limits.variable_depth),
    limit("results", "results of one request", |limits| &mut limits.results),
    limit("integer_digits", "digits of an integer", |limits| &mut limits.integer_digits),
    limit("applications", "applications of functions to members of bags in one evaluation", |limits| &mut limits.applications),
    limit("access_permitted", "calls of access-permitted in one request", |limits| &mut limits.access_permitted),
];

const fn limit(name: &'static str, of: &'static str, place: fn(&mut Limits) -> &mut usize) -> Limit {
    Limit { name, of, place }
}

impl Limit {
    /// The bound of this name.
    pub fn find(name: &str) -> Option<&'static Self> {
        LIMITS.iter().find(|limit| limit.name == name)
    }

    /// Its value where nothing is set.
    pub fn default(&self) -> usize {
        let mut limits = Limits::DEFAULT;
        *(self.place)(&mut limits)
    }

    /// Sets it.
    pub fn set(&self, limits: &mut Limits, value: usize) {
        *(self.place)(limits) = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bound_is_set_by_its_name() {
        let mut limits = Limits::default();
        for (value, limit) in (1..).zip(LIMITS) {
            Limit::find(limit.name).unwrap().set(&mut limits, value);
        }
        let named = format!("{limits:?}");
        for (value, limit) in (1..).zip(LIMITS) {
            assert!(named.contains(&format!("{}: {value}", limit.name)), "{} in {named}", limit.name);
        }
        assert_eq!(named.matches(':').count(), LIMITS.len(), "a bound without a name in {named}");
        assert_eq!(Limit::find("results").unwrap().default(), Limits::DEFAULT.results);
    }
}
