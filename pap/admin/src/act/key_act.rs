//! What the acts upon a key that exists have in common: who may, one transaction, and the decision points' word.

use argus_engine::scope::Action;
use argus_store::key::{self, Key};
use argus_store::{Act, Conn, KeyId, StoreError};

use super::change_key::commands;
use super::read_key;
use crate::repeat::Keep;
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

    /// Refuses a way to present a key to a caller who could have more of it than he has himself: it takes an owner of the
    /// organisation, the holder of a key above it, or the key's own holder, with nothing less than that key.
    pub(super) async fn require_command(&self, call: &Call, key: &Key) -> Result<(), AdminError> {
        let id = key.id;
        let chain = self.with_store(move |store| Ok(store.read(|conn| key::list_chain(conn, id))?)).await?;
        let is_holder = call.caller().key_id() == id && !call.caller().is_narrowed();
        if is_holder || commands(call, key, &chain)? {
            return Ok(());
        }
        let needed_scope = Own::Organisation.needed_scope(&key.organisation_name, Action::Admin);
        Err(AdminError::NotPermitted { needed_scope })
    }

    /// Does one act upon a key, in a transaction, and waits for the decision points. `None` of the act means that the
    /// key is gone. `keep` says what is kept of the answer for whoever repeats the request.
    pub(super) async fn act_on_key<T: Send + 'static>(
        &self,
        call: &Call,
        key: &Key,
        work: impl FnOnce(&mut Conn, &Act) -> Result<Option<T>, StoreError> + Send + 'static,
        keep: impl FnOnce(&KeyView, &T) -> Keep + Send + 'static,
    ) -> Result<(KeyView, T, Applied), AdminError> {
        let (id, act) = (key.id, call.act(key.organisation_id, self.now()));
        let work = move |conn: &mut Conn| {
            let Some(done) = work(conn, &act)? else { return Ok(None) };
            Ok(read_key(conn, id)?.map(|view| (view, done)))
        };
        let keep = |done: &Option<(KeyView, T)>| match done {
            Some((view, done)) => keep(view, done),
            None => Keep::Nothing,
        };
        let (done, sequence) = self.act(call, work, keep).await?;
        let (view, done) = done.ok_or(AdminError::NotFound)?;
        Ok((view, done, self.settle(sequence).await))
    }
}
