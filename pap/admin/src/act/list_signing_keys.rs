//! Showing the keys that sign tokens: to administrators with their lives, to everybody with their public parts.

use argus_engine::scope::Action;
use argus_store::signing_key;
use serde_json::value::RawValue;

use crate::cursor::{self, Stretch};
use crate::resource::{HOST, Own};
use crate::view::{Listed, SigningKeyView};
use crate::{Admin, AdminError, Call, Query};

const FILTER: &str = "signing keys";

impl Admin {
    /// A page of the keys that are published, oldest first. Needs `argus/argus/signing-keys:read`.
    pub async fn list_signing_keys(&self, call: &Call, query: Query) -> Result<Listed<SigningKeyView>, AdminError> {
        call.require(HOST, Own::SigningKeys, Action::Read)?;
        let Stretch { after, size } = query.finish::<String>(FILTER)?;
        let keys = self.with_store(|store| Ok(store.read(signing_key::list)?)).await?;
        // There are a hundred at most, so the page is cut here.
        let passed = after.and_then(|after| keys.iter().position(|key| key.kid == after)).map_or(0, |place| place + 1);
        let is_last = keys.len() <= passed + size.items();
        let items: Vec<_> = keys.into_iter().skip(passed).take(size.items()).map(SigningKeyView::from).collect();
        let last = items.last().filter(|_| !is_last);
        Ok(Listed { next_cursor: last.map(|last| cursor::write(&last.kid, FILTER)), items })
    }

    /// The set of public keys that verifies every token that is still good (RFC 7517 §5), as JSON. The first key is made
    /// when it is first asked for.
    pub async fn show_key_set(&self) -> Result<String, AdminError> {
        if self.issuer().master_key.is_some() {
            self.signing_key().await?;
        }
        let keys = self.with_store(|store| Ok(store.read(signing_key::list)?)).await?;
        let jwks = keys.into_iter().map(|key| RawValue::from_string(key.public_jwk));
        let jwks: Vec<_> = jwks.collect::<Result<_, _>>().map_err(|_| AdminError::Unfinished)?;
        serde_json::to_string(&serde_json::json!({ "keys": jwks })).map_err(|_| AdminError::Unfinished)
    }
}
