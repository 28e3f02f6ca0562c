//! One arena for each request, the memory of which the thread's next request uses again.

use std::cell::RefCell;

use argus_engine::value::Arena;

/// What an ordinary request needs.
const ORDINARY: usize = 16 << 10;

/// What a thread keeps between two requests. A large one is given back.
const MOST_KEPT: usize = 256 << 10;

thread_local! {
    static SPARE: RefCell<Option<Arena>> = const { RefCell::new(None) };
}

/// Runs a request over an arena of its own.
pub(crate) fn with_arena<T>(run: impl FnOnce(&Arena) -> T) -> T {
    let mut arena = SPARE.take().unwrap_or_else(|| Arena::with_capacity(ORDINARY));
    let outcome = run(&arena);
    arena.reset();
    if arena.bump().allocated_bytes() <= MOST_KEPT {
        SPARE.set(Some(arena));
    }
    outcome
}
