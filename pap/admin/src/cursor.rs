//! Where the next page begins: opaque, and good only for the list and the filter that it came from.

use std::str::FromStr;

use argus_store::PageSize;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stretch<Id> {
    pub(crate) after: Option<Id>,
    pub(crate) size: PageSize,
}

/// Octets that bind a cursor to its list. They find mistakes; nobody is kept out by them, for an id opens nothing.
const BINDING: usize = 8;

/// A cursor that continues after `id` in a list narrowed by `filter`.
pub(crate) fn write(id: &impl ToString, filter: &str) -> String {
    let id = id.to_string();
    let mut octets = binding(&id, filter).to_vec();
    octets.extend_from_slice(id.as_bytes());
    URL_SAFE_NO_PAD.encode(octets)
}

/// The id that a cursor continues after. `None` for what is no cursor of this list.
pub(crate) fn read<Id: FromStr>(cursor: &str, filter: &str) -> Option<Id> {
    let octets = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (bound, id) = octets.split_first_chunk::<BINDING>()?;
    let id = str::from_utf8(id).ok()?;
    if *bound == binding(id, filter) { id.parse().ok() } else { None }
}

fn binding(id: &str, filter: &str) -> [u8; BINDING] {
    let digest = Sha256::new().chain_update("argus cursor 1\n").chain_update(filter).chain_update("\n");
    let digest = digest.chain_update(id).finalize();
    let mut binding = [0; BINDING];
    binding.iter_mut().zip(digest).for_each(|(place, octet)| *place = octet);
    binding
}

#[cfg(test)]
mod tests {
    use argus_store::KeyId;

    use super::*;

    #[test]
    fn a_cursor_is_good_for_its_own_list_alone() {
        let id = KeyId::new(chrono::DateTime::UNIX_EPOCH);
        let cursor = write(&id, "keys organisation=acme");
        assert_eq!(read(&cursor, "keys organisation=acme"), Some(id));
        assert_eq!(read::<KeyId>(&cursor, "keys organisation=beta"), None);
        for other in ["", "x", "AAAAAAAAAAA", &format!("{cursor}A"), &id.to_string()] {
            assert_eq!(read::<KeyId>(other, "keys organisation=acme"), None, "{other}");
        }
    }
}
