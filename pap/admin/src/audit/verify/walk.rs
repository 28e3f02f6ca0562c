//! From entry to entry: each number follows the one before it, each hash holds on to the one before it.

use argus_store::audit::{Digest, digest, link};

use super::{Breach, Break};

/// A place in a chain, and what must come next.
#[derive(Debug)]
pub struct Walk {
    sequence: i64,
    hash: Digest,
}

impl Walk {
    /// Begins behind an entry.
    pub fn from(sequence: i64, hash: Digest) -> Self {
        Self { sequence, hash }
    }

    /// The number of the last entry.
    pub fn sequence(&self) -> i64 {
        self.sequence
    }

    /// Its hash.
    pub fn hash(&self) -> Digest {
        self.hash
    }

    /// Steps over an entry that is to be checked, by its text and by what is kept beside it.
    pub fn entry(&mut self, sequence: i64, text: &str, (previous, hash): (&str, &str)) -> Result<(), Break> {
        if sequence != self.sequence + 1 {
            return Err(super::out_of_order(self.sequence + 1, sequence, None));
        }
        let no_hash = |_| Break::altered(sequence, format!("a hash of entry {sequence} can't be read"));
        let (previous, hash): (Digest, Digest) = (previous.parse().map_err(no_hash)?, hash.parse().map_err(no_hash)?);
        if link(sequence, &previous, &digest(text)) != hash {
            return Err(Break::altered(sequence, format!("entry {sequence} is not what was hashed")));
        }
        if previous != self.hash {
            let detail = format!("entry {sequence} holds on to another entry than the one before it");
            return Err(Break::new(sequence, Breach::Spliced, detail));
        }
        (self.sequence, self.hash) = (sequence, hash);
        Ok(())
    }

    /// Steps over an entry of which no more than the digest is shown.
    pub(super) fn hidden(&mut self, sequence: i64, digest: &Digest) {
        (self.sequence, self.hash) = (sequence, link(sequence, &self.hash, digest));
    }
}
