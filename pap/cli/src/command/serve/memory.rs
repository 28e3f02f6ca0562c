//! The memory of the server, in which there are secrets while they are at work: the system is not to write it down.

use std::io;

/// Has no memory of this process written down when it breaks down, and lets nobody but the administrator of the machine
/// look into it.
#[cfg(target_os = "linux")]
pub(super) fn forbid_dumps() -> io::Result<()> {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    Ok(set_dumpable_behavior(DumpableBehavior::NotDumpable)?)
}

/// Elsewhere that is a setting of the system.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "it may fail on Linux")]
pub(super) fn forbid_dumps() -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::process::{DumpableBehavior, dumpable_behavior};

    #[test]
    fn once_forbidden_no_memory_is_written_down() {
        super::forbid_dumps().unwrap();
        assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
    }
}
