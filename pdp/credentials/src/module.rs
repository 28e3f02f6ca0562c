//! The cryptographic module that the program runs on, and what it says of itself.
//!
//! It is AWS-LC, linked into the program: as it is developed, or, with the feature `fips`, as the module that is made
//! for FIPS 140-3, which tests itself before it computes anything. Whether that version of it has its certificate is in
//! the lists of NIST's validation programme; no program can say.

use aws_lc_rs::{awslc_version, fips_version, try_fips_mode, try_fips_self_test};

/// What the module says of itself, now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CryptographicModule {
    /// The version of AWS-LC.
    pub library: &'static str,
    /// Whether the program was built with the feature `fips`.
    pub is_asked_for: bool,
    /// Whether the module says that it is in its FIPS mode.
    pub is_in_fips_mode: bool,
    /// Which version of the module for FIPS 140-3 it says it is.
    pub version: Option<u32>,
    /// Whether its own known-answer tests pass.
    pub passes_its_tests: bool,
}

impl CryptographicModule {
    /// Asks it. Its tests take some milliseconds.
    pub fn ask() -> Self {
        Self {
            library: awslc_version(),
            is_asked_for: cfg!(feature = "fips"),
            is_in_fips_mode: try_fips_mode().is_ok(),
            version: fips_version(),
            passes_its_tests: try_fips_self_test().is_ok(),
        }
    }

    /// Whether it is what the program was built to run on, and computes right.
    pub fn is_sound(self) -> bool {
        self.passes_its_tests && (self.is_in_fips_mode || !self.is_asked_for)
    }
}

/// A program that was built for the module must not start on anything else.
#[cfg(feature = "fips")]
pub(crate) fn is_sound() -> bool {
    CryptographicModule::ask().is_sound()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_is_the_one_that_was_asked_for() {
        let module = CryptographicModule::ask();
        assert!(module.is_sound(), "{module:?}");
        assert_eq!((module.is_in_fips_mode, module.version.is_some()), (module.is_asked_for, module.is_asked_for));
        assert!(!CryptographicModule { passes_its_tests: false, ..module }.is_sound());
        assert!(!CryptographicModule { is_asked_for: true, is_in_fips_mode: false, ..module }.is_sound());
    }
}
