//! Showing a key.

use argus_store::{KeyId, key};

use super::read_key;
use crate::resource::Own;
use crate::view::KeyView;
use crate::{Admin, AdminError, Call};

impl Admin {
    /// Shows a key. Whoever lacks `<organisation>/argus/keys:read` finds nothing.
    pub async fn show_key(&self, call: &Call, id: &str) -> Result<KeyView, AdminError> {
        let id: KeyId = id.parse().map_err(|_| AdminError::NotFound)?;
        let organisation = self.organisation_of_key(id).await?;
        call.require_sight(&organisation, Own::Keys)?;
        let view = self.with_store(move |store| Ok(store.read(|conn| read_key(conn, id))?)).await?;
        view.ok_or(AdminError::NotFound)
    }

    /// The organisation that a key belongs to, for good.
    pub(super) async fn organisation_of_key(&self, id: KeyId) -> Result<String, AdminError> {
        let found = self.with_store(move |store| Ok(store.read(|conn| key::find(conn, id))?)).await?;
        found.map(|key| key.organisation_name).ok_or(AdminError::NotFound)
    }
}
