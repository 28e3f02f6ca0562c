//! Things that are changed by whoever has seen their state, and the tag that tells it (RFC 9110 §8.8.3).
//!
//! A tag is `"<generation>-<digest>"`, strong. The digest is of the whole representation, so that who has this tag has
//! these octets. The generation is what a writer has to have seen: it grows with every change, and not when a key is
//! merely used or a rule of its organisation changes, which undoes nobody's work.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::{ContactView, CostsView, KeyView, LimitView, OrganisationView, ProjectView};

/// Octets of a digest that stand in a tag. They tell versions of one thing apart, and keep nobody out.
const DIGEST: usize = 8;

/// The tag of a representation. What nobody writes, such as a list, has no generation.
pub fn entity_tag(generation: Option<i64>, representation: &str) -> String {
    let octets: Vec<u8> = Sha256::digest(representation.as_bytes()).into_iter().take(DIGEST).collect();
    let digest = URL_SAFE_NO_PAD.encode(octets);
    generation.map_or_else(|| format!("\"{digest}\""), |generation| format!("\"{generation}-{digest}\""))
}

/// A thing with a generation, which is higher after every change.
pub trait Tagged {
    /// The generation that is shown.
    fn generation(&self) -> i64;

    /// Its tag, as a representation in JSON has it.
    fn entity_tag(&self) -> String
    where
        Self: Serialize,
    {
        entity_tag(Some(self.generation()), &serde_json::to_string(self).unwrap_or_default())
    }
}

/// Which state a caller has seen of what he changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// Whatever is there.
    Any,
    /// One of these generations.
    Generations(Vec<i64>),
}

impl Seen {
    /// Whether a change may be based on it.
    pub(crate) fn includes(&self, generation: i64) -> bool {
        match self {
            Self::Any => true,
            Self::Generations(seen) => seen.contains(&generation),
        }
    }
}

macro_rules! tagged {
    ($($view:ty),+) => {
        $(impl Tagged for $view {
            fn generation(&self) -> i64 {
                self.generation
            }
        })+
    };
}

tagged!(ContactView, CostsView, KeyView, LimitView, OrganisationView, ProjectView);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_representation_has_another_tag() {
        assert_eq!(entity_tag(Some(3), "{}"), "\"3-RBNvo1WzZ4o\"");
        assert_ne!(entity_tag(Some(3), "{ }"), entity_tag(Some(3), "{}"));
        assert_eq!(entity_tag(None, "{}"), "\"RBNvo1WzZ4o\"");
    }
}
