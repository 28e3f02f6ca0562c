//! Watching a folder: the folder, not its files, for editors put new files in place of old ones.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use notify::{RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, RecommendedCache, new_debouncer};
use tracing::warn;

/// Several files of one change arrive within this time, and are read together.
const SETTLING: Duration = Duration::from_millis(150);

/// Tells of changes for as long as it lives.
pub(crate) struct Watch {
    _debouncer: Debouncer<RecommendedWatcher, RecommendedCache>,
}

impl Watch {
    /// Begins to watch; `None`, with a line in the log, where the system can't.
    pub(crate) fn begin(folder: &Path, mode: RecursiveMode, changed: impl Fn() + Send + 'static) -> Option<Self> {
        let heard = move |result: DebounceEventResult| {
            // Reading what was changed makes events, too: those that change nothing don't count.
            let counts = match &result {
                Ok(events) => events.iter().any(|event| !event.kind.is_access()),
                Err(_) => true,
            };
            if counts {
                changed();
            }
        };
        let begun = new_debouncer(SETTLING, None, heard).and_then(|mut debouncer| {
            debouncer.watch(folder, mode)?;
            Ok(debouncer)
        });
        match begun {
            Ok(debouncer) => Some(Self { _debouncer: debouncer }),
            Err(cause) => {
                warn!("can't watch {}, looking at it every now and then instead: {cause}", folder.display());
                None
            }
        }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch(…)")
    }
}
