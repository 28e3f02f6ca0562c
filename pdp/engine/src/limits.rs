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
