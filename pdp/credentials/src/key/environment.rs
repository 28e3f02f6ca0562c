//! Where a key is meant to be used, told by its first letters.

use std::{fmt, str::FromStr};

use thiserror::Error;

/// The environment of a key or of an installation. There are these two, and a match may rely on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Environment {
    /// Real use: no setting may weaken it.
    Live,
    /// Trials and tests.
    Test,
}

/// A name that is neither `live` nor `test`.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("unknown environment `{0}`: `live` or `test` is expected")]
pub struct UnknownEnvironment(String);

impl Environment {
    /// The name, as it stands in a key.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
        }
    }

    /// What every key of this environment begins with.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Live => "argus_live_",
            Self::Test => "argus_test_",
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Environment {
    type Err = UnknownEnvironment;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "live" => Ok(Self::Live),
            "test" => Ok(Self::Test),
            _ => Err(UnknownEnvironment(name.to_owned())),
        }
    }
}
