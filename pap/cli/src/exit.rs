//! How the program ends: one closed list, the same for every command, that scripts may rely on.

use std::process::ExitCode;

/// A way to end. The decision itself never changes it: a Deny is an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Done or answered, whatever the decision.
    Done = 0,
    /// The answer is no: errors found, tests failed, an expectation not met, a difference found.
    No = 1,
    /// The policy is refused.
    PolicyRefused = 2,
    /// The request is refused.
    RequestRefused = 3,
    /// The command line is wrong.
    Usage = 64,
    /// A named file or folder does not exist, can't be read, or holds nothing of what was asked for.
    NoInput = 66,
    /// The server can't be reached, or can't answer now.
    Unreachable = 69,
    /// Our fault.
    Bug = 70,
    /// Not authenticated, or not permitted.
    NotPermitted = 77,
    /// A setting is wrong, or what it names can't be used.
    Settings = 78,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
