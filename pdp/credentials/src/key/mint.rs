//! Making a key: the only place where one is put together.

use super::{CHECKED, CredentialId, Environment, KEY_LENGTH, SECRET, TAG, TAGGED, checksum};
use crate::{base62, random::NoRandomness, secret::Secret, tag::TagKeys};

/// A new key: its id, for the record, and its text, to be shown once and hashed.
#[derive(Debug)]
pub struct MintedKey {
    /// The id of its credential.
    pub id: CredentialId,
    /// The whole key. Shown to its owner once; only its hash is kept.
    pub token: Secret,
}

/// Makes a key under the tag key that mints. Its secret holds 43 × log₂ 62 = 256.03 bits.
pub fn mint(keys: &TagKeys, environment: Environment) -> Result<MintedKey, NoRandomness> {
    mint_for(keys, environment, CredentialId::generate()?)
}

/// Makes a key for a credential that has its id already, such as one that waits to be collected.
pub fn mint_for(keys: &TagKeys, environment: Environment, id: CredentialId) -> Result<MintedKey, NoRandomness> {
    let secret = base62::draw::<SECRET>()?;
    let version = [keys.minting_version().character()];
    // Made at its final size: text that grew would leave copies behind that nobody wipes.
    let mut token = String::with_capacity(KEY_LENGTH);
    token.push_str(environment.prefix());
    token.push_str(id.as_str());
    push(&mut token, secret.as_slice());
    push(&mut token, &version);
    debug_assert_eq!(token.len(), TAGGED);
    let tag = base62::encode::<TAG>(keys.tag(token.as_bytes()));
    push(&mut token, &tag);
    debug_assert_eq!(token.len(), CHECKED);
    let sum = checksum(token.as_bytes());
    push(&mut token, &sum);
    Ok(MintedKey { id, token: Secret::new(token) })
}

fn push(token: &mut String, characters: &[u8]) {
    token.extend(characters.iter().copied().map(char::from));
}
