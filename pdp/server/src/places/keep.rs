//! Reads the databases again when their files are replaced, on a thread of its own: the largest take a second, and
//! nobody waits for them.

use std::sync::{Arc, Mutex, PoisonError};

use tracing::{error, info};

use super::{PlaceFault, PlaceFiles};
use crate::error::StartError;
use crate::snapshot::Kept;
use crate::watched::{SeenFiles, WatchedFiles};

/// Keeps up with the files for as long as it lives.
pub(crate) struct Keep {
    reader: Arc<Reader>,
    _watched: Option<WatchedFiles>,
}

struct Reader {
    files: PlaceFiles,
    kept: Arc<Kept>,
    // One reading at a time, so that an older one never replaces a newer.
    turn: Mutex<()>,
}

impl Keep {
    pub(crate) fn begin(files: PlaceFiles, seen: SeenFiles, kept: Arc<Kept>) -> Result<Self, StartError> {
        let is_empty = files == PlaceFiles::default();
        let reader = Arc::new(Reader { files, kept, turn: Mutex::default() });
        if is_empty {
            return Ok(Self { reader, _watched: None });
        }
        let of_watch = Arc::clone(&reader);
        // What failed is in the log and in the health.
        let reread = move || drop(of_watch.reread());
        let watched = seen.watch("argus-places", reread).map_err(StartError::Thread)?;
        Ok(Self { reader, _watched: Some(watched) })
    }

    /// Reads the databases again, before it returns. One that is refused leaves the old one in use. Blocks.
    pub(crate) fn reread(&self) -> Result<(), PlaceFault> {
        self.reader.reread()
    }
}

impl Reader {
    fn reread(&self) -> Result<(), PlaceFault> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let (places, faults) = self.kept.current.load().places.reread(&self.files);
        for source in places.sources() {
            info!("where addresses are is told by {source}");
        }
        self.kept.use_places(places);
        if self.kept.health.places_failed(&faults) {
            for fault in &faults {
                error!("keeping the database that was in use: {fault}");
            }
        }
        faults.into_iter().next().map_or(Ok(()), Err)
    }
}
