//! An installation in a folder, and a decision point that grants what the scopes of its callers cover.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use argus_admin::audit::{AuditKeys, AuditTender};
use argus_admin::{
    ActiveToken, Addresses, Admin, Applied, Authority, Caller, Clock, Issuer, Parts, PastDecision, Replay, Ruling,
    Supposition, ThisNode, TlsClientAuth, Trial, Unauthenticated, Verdict, Waiting,
};
use argus_credentials::certificate::CertificateChain;
use argus_credentials::signing::SigningKeyKind;
use argus_credentials::{Environment, Hasher, Iterations, MasterKey, Secret, TagKey, TagKeys, TagVersion};
use argus_engine::scope::{Action, ResourcePath, Scope};
use argus_store::node::NodeRole;
use argus_store::organisation::{self, NewOrganisation, OrganisationPolicy};
use argus_store::{Act, Conditions, KeyId, NodeId, OrganisationId, Store};
use chrono::{DateTime, Utc};
use tempfile::TempDir;

/// A caller by what he has.
#[derive(Debug, Clone)]
pub(crate) struct TestCaller {
    pub(crate) key: KeyId,
    pub(crate) organisation: String,
    pub(crate) scopes: Vec<Scope>,
    /// Whether he calls with a token that leaves him these scopes of his key's.
    pub(crate) is_narrowed: bool,
    /// When his key ends.
    pub(crate) expires_at: Option<DateTime<Utc>>,
    /// The condition that he doesn't meet.
    pub(crate) unmet: Option<&'static str>,
}

impl Caller for TestCaller {
    fn key_id(&self) -> KeyId {
        self.key
    }

    fn organisation(&self) -> &str {
        &self.organisation
    }

    fn scopes(&self) -> Vec<Scope> {
        self.scopes.clone()
    }

    fn is_narrowed(&self) -> bool {
        self.is_narrowed
    }

    fn presents_secret(&self) -> bool {
        !self.is_narrowed
    }

    fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.expires_at
    }

    fn unmet_condition(&self) -> Option<&'static str> {
        self.unmet
    }

    fn may(&self, organisation: &str, path: &ResourcePath, action: Action) -> Ruling {
        let is_permitted = (self.organisation == "argus" || self.organisation == organisation)
            && path.organisation() == organisation
            && self.scopes.iter().any(|scope| scope.covers(path, action));
        Ruling { is_permitted, decision_id: format!("decided {path}:{action}") }
    }
}

/// Knows its callers by the text behind `Bearer`: `organisation scope scope…`, or `organisation@key scope…` for the holder
/// of a key, or what it was told of that text. Who says the same is the same.
#[derive(Debug, Default)]
pub(crate) struct TestAuthority {
    known: Mutex<HashMap<String, KeyId>>,
    pub(crate) settled: Mutex<Vec<i64>>,
    pub(crate) remembered: Mutex<usize>,
    pub(crate) clock_fault: Mutex<Option<String>>,
    /// Holders of keys by their secrets, and by assertions that they have signed.
    pub(crate) holders: Mutex<HashMap<String, TestCaller>>,
    /// Tokens that are good.
    pub(crate) tokens: Mutex<HashMap<String, ActiveToken>>,
}

pub(crate) fn caller(organisation: &str, scopes: &[&str]) -> Arc<dyn Caller> {
    caller_of(KeyId::new(noon()), organisation, scopes)
}

pub(crate) fn caller_of(key: KeyId, organisation: &str, scopes: &[&str]) -> Arc<dyn Caller> {
    let scopes = scopes.iter().map(|scope| Scope::parse(scope).unwrap()).collect();
    Arc::new(TestCaller {
        key,
        organisation: organisation.to_owned(),
        scopes,
        is_narrowed: false,
        expires_at: None,
        unmet: None,
    })
}

/// One who calls with a token of a key that leaves him no more than these scopes.
pub(crate) fn narrowed_caller(key: KeyId, organisation: &str, scopes: &[&str]) -> Arc<dyn Caller> {
    let scopes = scopes.iter().map(|scope| Scope::parse(scope).unwrap()).collect();
    Arc::new(TestCaller {
        key,
        organisation: organisation.to_owned(),
        scopes,
        is_narrowed: true,
        expires_at: None,
        unmet: None,
    })
}

impl Authority for TestAuthority {
    fn authenticate<'a>(
        &'a self,
        authorization: &'a [&'a str],
        _: Option<&'a CertificateChain>,
        _: Option<IpAddr>,
    ) -> Waiting<'a, Result<Arc<dyn Caller>, Unauthenticated>> {
        let Some(text) = authorization.first().and_then(|text| text.strip_prefix("Bearer ")) else {
            return Box::pin(std::future::ready(Err(Unauthenticated::Missing)));
        };
        if let Some(holder) = self.holders.lock().unwrap().get(text) {
            return Box::pin(std::future::ready(Ok(Arc::new(holder.clone()) as Arc<dyn Caller>)));
        }
        let mut words = text.split(' ');
        let result = match words.next() {
            Some("refused") => Err(Unauthenticated::Refused),
            None | Some("two") => Err(Unauthenticated::Malformed),
            Some("busy") => Err(Unauthenticated::Busy { retry_after_seconds: 2 }),
            Some(secret) if secret.starts_with("argus_") => Err(Unauthenticated::Refused),
            Some(named) => {
                let (organisation, key) = named.split_once('@').unwrap_or((named, ""));
                let mut known = self.known.lock().unwrap();
                let fresh = || key.parse().unwrap_or_else(|_| KeyId::new(noon()));
                let key = *known.entry(text.to_owned()).or_insert_with(fresh);
                Ok(caller_of(key, organisation, &words.collect::<Vec<_>>()))
            }
        };
        Box::pin(std::future::ready(result))
    }

    fn authenticate_assertion<'a>(
        &'a self,
        assertion: &'a str,
        _: &'a [String],
        _: Option<IpAddr>,
    ) -> Waiting<'a, Result<Arc<dyn Caller>, Unauthenticated>> {
        let holder = self.holders.lock().unwrap().get(assertion).cloned();
        let holder = holder.map(|holder| Arc::new(holder) as Arc<dyn Caller>);
        Box::pin(std::future::ready(holder.ok_or(Unauthenticated::Refused)))
    }

    fn authenticate_certificate(
        &self,
        client: KeyId,
        _: TlsClientAuth,
        _: &CertificateChain,
        _: Option<IpAddr>,
    ) -> Result<Arc<dyn Caller>, Unauthenticated> {
        Ok(caller_of(client, "argus", &[]))
    }

    fn inspect_token(&self, token: &str) -> Option<ActiveToken> {
        self.tokens.lock().unwrap().get(token).cloned()
    }

    fn settle(&self, sequence: i64) -> Waiting<'_, Applied> {
        self.settled.lock().unwrap().push(sequence);
        Box::pin(std::future::ready(Applied { by: 1, of: 1, after: Duration::from_millis(3) }))
    }

    fn clock_beyond_use(&self) -> Option<String> {
        self.clock_fault.lock().unwrap().clone()
    }

    fn suppose(&self, key: &Supposition, trials: &[Trial]) -> Vec<Verdict> {
        let verdict = |trial: &Trial| {
            let scope = key.scopes.iter().find(|scope| scope.covers(&trial.resource, trial.action));
            let is_known = key.conditions.networks.is_empty() || trial.surroundings.ip.is_some();
            let refused = match scope {
                None => Some("scope_missing"),
                Some(_) if !is_known => Some("condition_ip"),
                Some(_) => None,
            };
            Verdict { refused, matched_scope: scope.map(ToString::to_string) }
        };
        trials.iter().map(verdict).collect()
    }

    /// Permits by the policies of the time, and denies by those of now.
    fn replay(&self, past: &PastDecision<'_>) -> Result<Replay, String> {
        let (decision, policy_set) = match &past.policies {
            Some(then) => ("Permit", then.digest.clone()),
            None => ("Deny", "sha256:now".to_owned()),
        };
        let status = r#""Status":{"StatusCode":{"Value":"urn:oasis:names:tc:xacml:1.0:status:ok"}}"#;
        // A policy that tells an address, where the request wants one told.
        let told = r#","AssociatedAdvice":[{"Id":"urn:acme:told","AttributeAssignment":[{"AttributeId":"urn:acme:by",
            "Value":"198.51.100.77"}]}]"#;
        let told = if past.request.contains("urn:acme:tell") { told } else { "" };
        Ok(Replay {
            response: format!(r#"{{"Response":[{{"Decision":"{decision}",{status}{told}}}]}}"#),
            policy_id: "urn:argus:policy:root".to_owned(),
            policy_version: "1.0".to_owned(),
            policy_set,
        })
    }

    fn remember(&self, _: &Secret) {
        *self.remembered.lock().unwrap() += 1;
    }
}

/// An installation that lasts as long as its folder.
pub(crate) struct Installation {
    pub(crate) admin: Admin,
    pub(crate) authority: Arc<TestAuthority>,
    pub(crate) store: Store,
    #[allow(dead_code, reason = "each of the tests that include this file uses a part of it")]
    pub(crate) tender: Arc<AuditTender>,
    pub(crate) folder: TempDir,
}

pub(crate) fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

/// Where the installation says that it is found.
pub(crate) fn addresses() -> Addresses {
    Addresses::new(Some("http://127.0.0.1:8180"), Some("http://127.0.0.1:8181"), Some("http://127.0.0.1:8181")).unwrap()
}

/// Under what name the installation issues tokens. Its keys are of a kind that takes no time to make.
pub(crate) fn issuer() -> Issuer {
    let master_key = Arc::new(MasterKey::generate().unwrap());
    Issuer { key_kind: SigningKeyKind::P256, ..Issuer::new(Some("http://127.0.0.1:8181".to_owned()), Some(master_key)) }
}

/// An installation whose clock stands still at noon.
pub(crate) fn installation() -> Installation {
    let folder = tempfile::tempdir().unwrap();
    on(Store::open(&folder.path().join("argus.db")).unwrap(), folder)
}

/// One that administers a store that is there, and tends its audit.
pub(crate) fn on(store: Store, folder: TempDir) -> Installation {
    // Nodes of one installation have one.
    let master = Arc::new(MasterKey::parse(&"07".repeat(32)).unwrap());
    let host = OrganisationId::new(noon());
    let keys = Arc::new(AuditKeys::open(&store, &master, host, noon()).unwrap());
    store.hide_people_by(keys.clone());
    let tender = AuditTender::new(store.clone(), keys, host).writing_to(folder.path().join("audit-checkpoints.jsonl"));
    let tender = Arc::new(tender);
    let (admin, authority) = tended(&store, Arc::new(noon), issuer(), Some(Arc::clone(&tender)));
    Installation { admin, authority, store, tender, folder }
}

/// A node of an installation, with a clock and as an issuer of its own.
pub(crate) fn node(store: &Store, clock: Clock, issuer: Issuer) -> (Admin, Arc<TestAuthority>) {
    tended(store, clock, issuer, None)
}

fn tended(store: &Store, clock: Clock, issuer: Issuer, audit: Option<Arc<AuditTender>>) -> (Admin, Arc<TestAuthority>) {
    let authority = Arc::new(TestAuthority::default());
    let tag_keys = TagKeys::new(&TagKey::generate(TagVersion::FIRST).unwrap(), &[]).unwrap();
    let admin = Admin::new(Parts {
        store: store.clone(),
        authority: authority.clone(),
        tag_keys: Arc::new(tag_keys),
        hasher: Hasher::new(Iterations::new(1_000, Environment::Test).unwrap()),
        clock,
        addresses: addresses(),
        node: ThisNode { id: NodeId::new(noon()), role: NodeRole::All, address: "127.0.0.1:8180".to_owned() },
        issuer,
        audit,
    });
    (admin, authority)
}

/// Makes the organisation `argus`, as the first start does.
pub(crate) fn add_host(store: &Store) {
    let id = OrganisationId::new(noon());
    let host = NewOrganisation {
        id,
        name: "argus".to_owned(),
        display_name: None,
        conditions: Conditions::default(),
        policy: OrganisationPolicy::default(),
        time_zone: "UTC".into(),
    };
    store.write(|conn| organisation::create(conn, &Act::of_host(id, noon(), "first start"), &host)).unwrap();
}
