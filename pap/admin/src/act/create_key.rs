//! Making a key with its first credential. The secret is in the answer, and nowhere else, ever.

use argus_credentials::{MintedKey, Secret, StoredHash as Hash};
use argus_engine::scope::{Action, Scope};
use argus_store::credential::{Material, NewCredential, StoredHash};
use argus_store::key::{self, Environment, Key, NewKey};
use argus_store::{
    Conditions, Conn, KeyId, Limit, OrganisationId, ProjectId, Record, StoreError, organisation, project,
};
use chrono::{DateTime, Utc};
use tracing::info;

use super::delegation::{Bound, Wanted, first_end};
use super::limits::account;
use super::plan::room;
use super::{no_organisation, no_project, read_whole};
use crate::body::{
    Body, Expiry, Fields, Kind, LONGEST_OWNER, Life, conditions, expiry, is_name, limits, line, name, scopes, tags,
};
use crate::repeat::{Keep, SecretOf};
use crate::resource::{HOST, Own};
use crate::view::{KeyView, Whole};
use crate::{Admin, AdminError, Call, FaultCode, Guidance};

/// A key that was just made. Its secret is shown this once.
#[derive(Debug)]
pub struct CreatedKey {
    /// The key.
    pub key: KeyView,
    /// What its holder presents.
    pub secret: Secret,
    /// What whoever integrates it has to know.
    pub guidance: Guidance,
}

/// What the body asks for, as far as it could be read.
pub(super) struct Draft {
    pub(super) organisation: String,
    pub(super) project: Option<String>,
    pub(super) name: Option<String>,
    pub(super) owner: Option<String>,
    pub(super) environment: Environment,
    pub(super) scopes: Vec<(String, Scope)>,
    pub(super) conditions: Conditions,
    pub(super) tags: Vec<String>,
    limits: Vec<Limit>,
    life: Life,
    durable: bool,
    pub(super) expiry: Expiry,
    /// Whether the body says when it ends.
    says_when: bool,
    lineage: Lineage,
}

/// What a new key is derived from.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Lineage {
    /// The key above it: the one that is named, else the caller's own where he is no owner of the organisation.
    parent: Option<KeyId>,
    /// Whether the caller may make keys of the organisation. If not, he derives from his own, which is one of the
    /// organisation and of no project.
    may_write: bool,
    /// The caller's own key where he is no owner of the organisation: it has to be among those above.
    below: Option<KeyId>,
}

/// Where the key will belong, and who answers for it where the body doesn't say.
pub(super) struct Place {
    organisation: OrganisationId,
    project: Option<ProjectId>,
    pub(super) owner: String,
    parent: Option<KeyId>,
}

/// How often a credential's id may be drawn that another has. Once is already chance beyond belief.
const DRAWS: usize = 3;

impl Admin {
    /// Makes a key. Needs `<organisation>/argus/keys:write`, but for deriving one from the caller's own key, where that
    /// is the organisation's.
    ///
    /// Who is no owner of the organisation hands out nothing that he hasn't: his keys are derived from his own.
    pub async fn create_key(&self, call: &Call, body: Body) -> Result<CreatedKey, AdminError> {
        let at = self.now();
        let mut fields = Fields::of(body);
        let organisation = name(&mut fields, "organisation", Kind::Organisation);
        let lineage = match &organisation {
            Some(organisation) => Lineage::read(&mut fields, call, organisation)?,
            None => Lineage::default(),
        };
        let draft = Draft::read(&mut fields, organisation.unwrap_or_default(), lineage, at);
        if !draft.organisation.is_empty() {
            draft.refuse_wide_scopes(&mut fields, call)?;
        }
        let (draft, place) = self.find_place(call, draft, fields).await?;
        let (whole, credential, sequence) = self.make(call, draft, place, at).await?;
        let guidance = whole.guidance(self.addresses());
        let key = KeyView::from(whole);
        info!(key.id = %key.id, credential.id = %credential.id, request.id = call.request_id(), "created key {}", key.path);
        self.settle(sequence).await;
        self.remember(&credential);
        Ok(CreatedKey { key, secret: credential.token, guidance })
    }

    /// Looks up what the body names, and ends its reading.
    async fn find_place(&self, call: &Call, mut draft: Draft, fields: Fields) -> Result<(Draft, Place), AdminError> {
        let (caller, organisation) = (call.caller().key_id(), draft.organisation.clone());
        let found = self.with_store(move |store| {
            let place = store.read(|conn| Place::find(conn, &draft, caller))?;
            let place = place.refuse(fields, &mut draft)?;
            // As with the name, the transaction has the last word.
            store.read(|conn| draft.fit_plan(conn, &place))?;
            Ok((draft, place))
        });
        let found = found.await;
        if let Err(AdminError::NotPermitted { .. }) = found {
            // Says the same, and tells the audit.
            call.require(&organisation, Own::Keys, Action::Write)?;
        }
        found
    }

    async fn make(
        &self,
        call: &Call,
        draft: Draft,
        place: Place,
        at: DateTime<Utc>,
    ) -> Result<(Whole, MintedKey, i64), AdminError> {
        let environment = match draft.environment {
            Environment::Test => argus_credentials::Environment::Test,
            _ => argus_credentials::Environment::Live,
        };
        let act = call.act(place.organisation, at);
        let new = draft.into_key(place, at)?;
        for _ in 0..DRAWS {
            let (minted, hash) = self.mint(environment).await?;
            let first = credential(&minted, &hash, at);
            let (act, new) = (act.clone(), new.clone());
            let id = new.id;
            let work = move |conn: &mut Conn| write(conn, &act, &new, &first);
            match self.act(call, work, move |_| Keep::Secret(SecretOf::Key(id))).await {
                Err(AdminError::Store(StoreError::AlreadyExists { what: Record::Credential, .. })) => {}
                Err(error) => return Err(error),
                Ok((key, sequence)) => return Ok((key.ok_or(AdminError::Unfinished)?, minted, sequence)),
            }
        }
        Err(AdminError::NoRandomness(argus_credentials::NoRandomness))
    }
}

fn write(
    conn: &mut Conn,
    act: &argus_store::Act,
    new: &NewKey,
    first: &NewCredential,
) -> Result<Option<Whole>, StoreError> {
    room::for_key(conn, act.organisation, &new.limits, new.parent_key_id.is_some())?;
    key::create(conn, act, new, first)?;
    read_whole(conn, new.id)
}

pub(crate) fn credential(minted: &MintedKey, hash: &Hash, at: DateTime<Utc>) -> NewCredential {
    NewCredential {
        id: minted.id.to_string(),
        material: Material::Secret(StoredHash::new(hash.to_string())),
        not_before: at,
        expires_at: None,
    }
}

impl Draft {
    /// The key that it is derived from.
    pub(super) fn parent(&self) -> Option<KeyId> {
        self.lineage.parent
    }

    pub(super) fn read(fields: &mut Fields, organisation: String, lineage: Lineage, now: DateTime<Utc>) -> Self {
        // `null` says something of `expires_at` alone: that the key never ends.
        let says = |name| fields.has(name) && !fields.is_null(name);
        let says_when = fields.has("expires_at") || says("expires_in_seconds") || says("expiry_exception");
        Self {
            says_when,
            lineage,
            organisation,
            project: project_name(fields),
            name: name(fields, "name", Kind::Key),
            owner: line(fields, "owner", LONGEST_OWNER),
            environment: environment(fields),
            scopes: scopes(fields),
            conditions: conditions(fields),
            tags: tags(fields),
            limits: begun(limits(fields), now),
            life: Life::read(fields, now),
            durable: fields.flag("durable").unwrap_or_default(),
            expiry: expiry(fields, now),
        }
    }

    /// Refuses scopes that the caller doesn't hand out.
    pub(super) fn refuse_wide_scopes(&self, fields: &mut Fields, call: &Call) -> Result<(), AdminError> {
        refuse_reach(fields, call, &self.organisation, &self.scopes)
    }

    /// Gives the key the limit of its plan where it brings none, and refuses it where the plan has no room for it.
    pub(super) fn fit_plan(&mut self, conn: &mut Conn, place: &Place) -> Result<(), StoreError> {
        if self.limits.is_empty() {
            self.limits = room::standard_limits(conn, place.organisation)?;
        }
        room::for_key(conn, place.organisation, &self.limits, place.parent.is_some())
    }

    /// Where it would belong and its name.
    pub(super) fn path(&self) -> Option<String> {
        let project = self.project.as_deref().map_or(String::new(), |project| format!("{project}/"));
        self.name.as_ref().map(|name| format!("{}/{project}{name}", self.organisation))
    }

    fn into_key(self, place: Place, at: DateTime<Utc>) -> Result<NewKey, AdminError> {
        Ok(NewKey {
            id: KeyId::new(at),
            project_id: place.project,
            name: self.name.ok_or(AdminError::Unfinished)?,
            owner: self.owner.unwrap_or(place.owner),
            environment: self.environment,
            scopes: self.scopes.into_iter().map(|(_, scope)| scope.to_string()).collect(),
            conditions: self.conditions,
            limits: self.limits,
            tags: self.tags,
            parent_key_id: place.parent,
            not_before: self.life.not_before,
            expires_at: self.expiry.at,
            expiry_exception: self.expiry.exception,
            rotation_interval_seconds: self.life.rotation_interval_seconds,
            grace_seconds: self.life.grace_seconds,
            durable: self.durable,
        })
    }
}

/// Limits whose accounts begin with the key.
fn begun(mut limits: Vec<Limit>, now: DateTime<Utc>) -> Vec<Limit> {
    account::begin(&mut limits, now);
    limits
}

/// Refuses scopes in other organisations from one who isn't of `argus`, scopes that would make the key an owner from one who
/// isn't an owner himself, and those that a token of the caller's doesn't grant, whatever his key does. `own` is the
/// organisation of the key.
pub(super) fn refuse_reach(
    fields: &mut Fields,
    call: &Call,
    own: &str,
    scopes: &[(String, Scope)],
) -> Result<(), AdminError> {
    let left = call.caller().is_narrowed().then(|| call.caller().scopes());
    for (at, scope) in scopes {
        if left.as_ref().is_some_and(|left| !left.iter().any(|left| left.covers_scope(scope))) {
            let detail = format!("`{scope}` is more than your token grants");
            let help = "ask with your key itself, or with a token that grants it".to_owned();
            fields.fault(at, FaultCode::ScopeTooWide, detail, Some(help));
            continue;
        }
        let first = scope.path().split('/').next().unwrap_or_default();
        if first != own && call.caller().organisation() != HOST {
            let detail = format!("`{scope}` reaches outside `{own}`, the organisation of the key");
            let help = format!("begin it with `{own}`");
            fields.fault(at, FaultCode::ScopeTooWide, detail, Some(help));
            continue;
        }
        let reached = if first == "*" { own } else { first };
        let owns = scope.covers(&Own::Organisation.path(reached)?, Action::Admin);
        if owns && !call.may(reached, Own::Organisation, Action::Admin)? {
            let detail = format!("`{scope}` administers all of `{reached}`, which only its owner hands out");
            let needed = Own::Organisation.needed_scope(reached, Action::Admin);
            let help = format!("name a project, or ask whoever holds `{needed}`");
            fields.fault(at, FaultCode::ScopeTooWide, detail, Some(help));
        }
    }
    Ok(())
}

/// What was found of what the body names.
pub(super) struct Found {
    organisation: Option<OrganisationId>,
    project: Option<ProjectId>,
    owner: String,
    name_is_taken: bool,
    /// The key that it is derived from, and those above that one.
    chain: Vec<Key>,
}

impl Place {
    pub(super) fn find(conn: &mut Conn, draft: &Draft, caller: KeyId) -> Result<Found, StoreError> {
        let owner = key::find(conn, caller)?.map_or_else(|| caller.to_string(), |key| key.owner);
        let organisation = organisation::find_by_name(conn, &draft.organisation)?.map(|found| found.id);
        let mut found = Found { organisation, project: None, owner, name_is_taken: false, chain: Vec::new() };
        let Some(organisation) = organisation else { return Ok(found) };
        if let Some(parent) = draft.lineage.parent {
            found.chain = key::list_chain(conn, parent)?;
        }
        if let Some(name) = &draft.project {
            found.project = project::find_by_name(conn, organisation, name)?.map(|project| project.id);
        }
        // The transaction has the last word; this one spares a derivation.
        if let Some(name) = &draft.name
            && found.project.is_some() == draft.project.is_some()
        {
            let other = key::find_by_name(conn, organisation, found.project, name)?;
            found.name_is_taken = other.is_some_and(|key| !key.state.has_ended());
        }
        Ok(found)
    }
}

impl Found {
    pub(super) fn refuse(self, mut fields: Fields, draft: &mut Draft) -> Result<Place, AdminError> {
        self.refuse_widening(&mut fields, draft)?;
        let named = draft.organisation.as_str();
        if self.organisation.is_none() && !named.is_empty() {
            fields.fault("organisation", FaultCode::NotFound, no_organisation(named), None);
        }
        if let (Some(_), None, Some(project)) = (self.organisation, self.project, &draft.project) {
            fields.fault("project", FaultCode::NotFound, no_project(named, project), None);
        }
        fields.finish()?;
        if self.name_is_taken {
            return Err(AdminError::AlreadyExists { what: "key", name: draft.name.clone().unwrap_or_default() });
        }
        let organisation = self.organisation.ok_or(AdminError::Unfinished)?;
        // A key of `argus` bounds what is made with it elsewhere, and is above nothing there.
        let parent = self.chain.first().filter(|key| key.organisation_id == organisation).map(|key| key.id);
        Ok(Place { organisation, project: self.project, owner: self.owner, parent })
    }

    fn refuse_widening(&self, fields: &mut Fields, draft: &mut Draft) -> Result<(), AdminError> {
        let (Some(organisation), Some(_)) = (self.organisation, draft.lineage.parent) else { return Ok(()) };
        let needed =
            || AdminError::NotPermitted { needed_scope: Own::Keys.needed_scope(&draft.organisation, Action::Write) };
        let Some(parent) = self.chain.first() else { return Err(needed()) };
        let is_of_organisation = parent.organisation_id == organisation;
        if !draft.lineage.may_write && (parent.project_id.is_some() || !is_of_organisation) {
            return Err(needed());
        }
        // To derive from another's key is to have what that one grants.
        if draft.lineage.below.is_some_and(|own| self.chain.iter().all(|key| key.id != own)) {
            let needed_scope = Own::Organisation.needed_scope(&draft.organisation, Action::Admin);
            return Err(AdminError::NotPermitted { needed_scope });
        }
        if !draft.says_when {
            draft.expiry.at = [draft.expiry.at, first_end(&self.chain)].into_iter().flatten().min();
        }
        let wanted = Wanted {
            scopes: &draft.scopes,
            conditions: &draft.conditions,
            limits: &draft.limits,
            expires_at: draft.expiry.at,
            present: None,
        };
        wanted.refuse_widening(fields, self.chain.iter().map(Bound::above));
        // No decision about a key elsewhere asks for the rules of a key of `argus`: it has to bring them itself.
        for above in self.chain.iter().filter(|_| !is_of_organisation) {
            wanted.refuse_dropping(fields, above);
        }
        Ok(())
    }
}

impl Lineage {
    pub(super) fn read(fields: &mut Fields, call: &Call, organisation: &str) -> Result<Self, AdminError> {
        let own = call.caller().key_id();
        let named = fields.text("parent_key_id").and_then(|text| {
            let id = text.parse().ok();
            if id.is_none() {
                let detail = format!("`{}` is no key id", text.escape_debug());
                fields.fault("parent_key_id", FaultCode::InvalidField, detail, None);
            }
            id
        });
        let may_write = call.may(organisation, Own::Keys, Action::Write)?;
        if named != Some(own) {
            call.require(organisation, Own::Keys, Action::Write)?;
        }
        let is_owner = call.may(organisation, Own::Organisation, Action::Admin)?;
        let parent = if is_owner || named.is_some() { named } else { Some(own) };
        Ok(Self { parent, may_write, below: (!is_owner).then_some(own) })
    }
}

fn project_name(fields: &mut Fields) -> Option<String> {
    let text = fields.text("project")?;
    if !is_name(&text) {
        fields.fault("project", FaultCode::InvalidField, format!("`{}` is no name", text.escape_debug()), None);
    }
    Some(text)
}

fn environment(fields: &mut Fields) -> Environment {
    let Some(text) = fields.text("environment") else { return Environment::Live };
    text.parse().unwrap_or_else(|_| {
        let detail = format!("`{}` is neither `live` nor `test`", text.escape_debug());
        fields.fault("environment", FaultCode::InvalidField, detail, None);
        Environment::Live
    })
}
