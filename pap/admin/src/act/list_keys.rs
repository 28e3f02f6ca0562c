//! Listing keys, or finding one by its name.

use std::collections::HashMap;

use argus_engine::scope::Action;
use argus_store::key::{self, Key, KeyFilter};
use argus_store::{Conn, KeyId, Store, StoreError, project};
use chrono::{DateTime, Utc};

use super::{find_filtered, named_organisation, no_project, read_whole};
use crate::cursor::{self, Stretch};
use crate::resource::{HOST, Own};
use crate::risk::is_unexplained;
use crate::view::{KeyView, Listed};
use crate::{Admin, AdminError, Call, FaultCode, Query};

/// How many stretches of the store one request looks through for keys that the caller may read. A page may therefore
/// have fewer items than were asked for, and a cursor all the same.
const STRETCHES: usize = 10;

impl Admin {
    /// A page of keys, narrowed by `organisation`, `project`, `state`, `owner`, `tag`, `environment`, `parent_key_id`,
    /// `created_from`, `created_before` and `risk`. With `name`, the key of that name in the
    /// project, or without `project` among the organisation's own: the one in use, else the newest that is revoked.
    ///
    /// Needs `<organisation>/argus/keys:read`. Without `organisation` these are the keys of the caller's own, and for
    /// a caller of `argus` of every organisation whose keys he may read.
    pub async fn list_keys(&self, call: &Call, mut query: Query) -> Result<Listed<KeyView>, AdminError> {
        let own = call.caller().organisation();
        let everywhere = own == HOST && !query.has("organisation");
        let organisation = named_organisation(&mut query, own)?;
        if !everywhere {
            call.require(&organisation, Own::Keys, Action::Read)?;
        }
        let asked = Asked {
            organisation: (!everywhere).then_some(organisation),
            project: query.take("project"),
            name: query.take("name"),
            at_risk: query.take_word("risk", "`true` and `false`").unwrap_or(false),
            now: self.now(),
            narrow: narrow(&mut query),
        };
        let call = call.clone();
        self.with_store(move |store| asked.read(store, &call, query)).await
    }
}

struct Asked {
    organisation: Option<String>,
    project: Option<String>,
    name: Option<String>,
    /// But for where they belong.
    narrow: KeyFilter,
    /// Whether only keys are asked for that deserve a second look.
    at_risk: bool,
    now: DateTime<Utc>,
}

impl Asked {
    fn read(self, store: &Store, call: &Call, mut query: Query) -> Result<Listed<KeyView>, AdminError> {
        let filter = store.read(|conn| self.filter(conn, &mut query))?;
        let bound = format!("keys {filter:?} {}", self.at_risk);
        let stretch = query.finish(&bound)?;
        if let Some(name) = &self.name {
            return self.find(store, &filter, name);
        }
        let (keys, last) = collect(store, call, &filter, stretch)?;
        let items = store.read(|conn| self.views(conn, keys))?;
        Ok(Listed { items, next_cursor: last.map(|last| cursor::write(&last, &bound)) })
    }

    fn filter(&self, conn: &mut Conn, query: &mut Query) -> Result<KeyFilter, StoreError> {
        let mut filter = self.narrow.clone();
        let Some(organisation) = &self.organisation else {
            for (parameter, value) in [("project", &self.project), ("name", &self.name)] {
                if value.is_some() {
                    let detail = format!("`{parameter}` is looked for in one organisation: name it in `organisation`");
                    query.fault(parameter, FaultCode::InvalidField, detail, None);
                }
            }
            return Ok(filter);
        };
        filter.organisation = find_filtered(conn, query, organisation)?;
        if let (Some(id), Some(name)) = (filter.organisation, &self.project) {
            filter.project = project::find_by_name(conn, id, name)?.map(|project| project.id);
            if filter.project.is_none() {
                query.fault("project", FaultCode::NotFound, no_project(organisation, name), None);
            }
        }
        Ok(filter)
    }

    fn find(&self, store: &Store, filter: &KeyFilter, name: &str) -> Result<Listed<KeyView>, AdminError> {
        let Some(organisation) = filter.organisation else { return Err(AdminError::Unfinished) };
        let items = store.read(|conn| {
            let found = key::find_by_name(conn, organisation, filter.project, name)?;
            let found = found.filter(|key| lets_through(filter, key));
            self.views(conn, found)
        })?;
        Ok(Listed { items, next_cursor: None })
    }

    /// What is shown of keys. Of a key at risk the levels above decide, so it is known only here.
    fn views(&self, conn: &mut Conn, keys: impl IntoIterator<Item = Key>) -> Result<Vec<KeyView>, StoreError> {
        let mut views = Vec::new();
        for key in keys {
            let whole = read_whole(conn, key.id)?;
            let asked = whole.filter(|whole| !self.at_risk || is_unexplained(&whole.key, &whole.above, self.now));
            views.extend(asked.map(KeyView::from));
        }
        Ok(views)
    }
}

/// Reads the parameters that narrow a list, but for where keys belong.
fn narrow(query: &mut Query) -> KeyFilter {
    KeyFilter {
        state: query.take_word("state", "`pending`, `active`, `rotating`, `expired`, `suspended` and `revoked`"),
        owner: query.take("owner"),
        tag: query.take("tag"),
        environment: query.take_word("environment", "`live` and `test`"),
        parent: query.take_word("parent_key_id", "the ids of keys"),
        created_from: query.take_time("created_from"),
        created_before: query.take_time("created_before"),
        ..KeyFilter::default()
    }
}

/// Whether a key that was found by its name is among those asked for.
fn lets_through(filter: &KeyFilter, key: &Key) -> bool {
    filter.state.is_none_or(|state| key.state == state)
        && filter.owner.as_ref().is_none_or(|owner| key.owner == *owner)
        && filter.tag.as_ref().is_none_or(|tag| key.tags.contains(tag))
        && filter.environment.is_none_or(|environment| key.environment == environment)
        && filter.parent.is_none_or(|parent| key.parent_key_id == Some(parent))
        && filter.created_from.is_none_or(|from| key.created_at >= from)
        && filter.created_before.is_none_or(|before| key.created_at < before)
}

/// The next keys that the caller may read, and where to go on. The policy is asked once for each organisation.
fn collect(
    store: &Store,
    call: &Call,
    filter: &KeyFilter,
    stretch: Stretch<KeyId>,
) -> Result<(Vec<Key>, Option<KeyId>), AdminError> {
    let mut readable: HashMap<String, bool> = HashMap::new();
    let mut after = stretch.after;
    let mut keys = Vec::new();
    for _ in 0..STRETCHES {
        let page = store.read(|conn| key::list(conn, filter, after, stretch.size))?;
        let more = page.more;
        for key in page.items {
            if keys.len() == stretch.size.items() {
                return Ok((keys, after));
            }
            after = Some(key.id);
            let name = key.organisation_name.as_str();
            let may_read = match readable.get(name) {
                Some(known) => *known,
                None => *readable.entry(name.to_owned()).or_insert(call.may(name, Own::Keys, Action::Read)?),
            };
            if may_read {
                keys.push(key);
            }
        }
        if !more {
            return Ok((keys, None));
        }
        if keys.len() == stretch.size.items() {
            break;
        }
    }
    Ok((keys, after))
}
