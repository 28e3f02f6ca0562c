//! CPU time. The machine is shared and its wall clock lies: the same median moves by factors with the load around it,
//! while nine of ten readings of the CPU clock stay within a few per cent.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// What this thread has computed so far: for decisions, which no engine spreads over threads.
pub fn of_thread() -> Duration {
    read(ClockId::ThreadCPUTime)
}

/// What all threads of this process have computed so far: for loading, which an engine may spread over cores.
pub fn of_process() -> Duration {
    read(ClockId::ProcessCPUTime)
}

fn read(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
}
