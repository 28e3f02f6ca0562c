//! What the acts upon a key that exists have in common: who may, one transaction, and the decision points' word.

use argus_engine::scope::Action;
use argus_store::key::{self, Key};
use argus_store::{Act, Conn, KeyId, StoreError, change};

use super::read_key;
use crate::resource::Own;
use crate::view::KeyView;
use crate::{Admin, AdminError, Applied, Call};

impl Admin {
    /// The key that a caller may write. One that he may not even read is not there.
    pub(super) async fn writable_key(&self, call: &Call, id: &str) -> Result<Key, AdminError> {
        let id: KeyId = id.parse().map_err(|_| AdminError::NotFound)?;
        let found = self.with_store(move |store| Ok(store.read(|conn| key::find(conn, id))?)).await?;
        let found = found.ok_or(AdminError::NotFound)?;
        let organisation = &found.organisation_name;
        if !call.may(organisation, Own::Keys, Action::Write)? {
            call.require_sight(organisation, Own::Keys)?;
        }
        call.require(organisation, Own::Keys, Action::Write)?;
        Ok(found)
    }

    /// Does one act upon a key, in a transaction, and waits for the decision points. `None` of the act means that the
    /// key is gone.
    pub(super) async fn act_on_key<T: Send + 'static>(
        &self,
        call: &Call,
        key: &Key,
        work: impl FnOnce(&mut Conn, &Act) -> Result<Option<T>, StoreError> + Send + 'static,
    ) -> Result<(KeyView, T, Applied), AdminError> {
        let (id, act) = (key.id, call.act(key.organisation_id, self.now()));
        let write = move |store: &argus_store::Store| {
            Ok(store.write(|conn| {
                let Some(done) = work(conn, &act)? else { return Ok(None) };
                let Some(view) = read_key(conn, id)? else { return Ok(None) };
                Ok(Some((view, done, change::find_latest_sequence(conn)?)))
            })?)
        };
        let (view, done, sequence) = self.with_store(write).await?.ok_or(AdminError::NotFound)?;
        Ok((view, done, self.settle(sequence).await))
    }
}
