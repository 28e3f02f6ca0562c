//! The handle that acts are methods of: the store, the decision point, and what new secrets are made with.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use argus_credentials::certificate::CertificateChain;
use argus_credentials::{
    CredentialId, Environment, Hasher, MintedKey, PresentedKey, StoredHash, TagKeys, mint, mint_for,
};
use argus_store::Store;
use chrono::{DateTime, Utc};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::act::LastVitals;
use crate::audit::AuditTender;
use crate::oauth::{OauthCounts, Signing};
use crate::refusals::{Refusal, Refusals, Refused};
use crate::repeat::UnderWay;
use crate::{Addresses, AdminError, Authority, Call, Caller, Issuer, ThisNode, Unauthenticated};

/// What tells the time.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// What an [`Admin`] is made of.
pub struct Parts {
    /// Where everything is kept.
    pub store: Store,
    /// The decision point that is asked, and told.
    pub authority: Arc<dyn Authority>,
    /// What new keys are tagged with.
    pub tag_keys: Arc<TagKeys>,
    /// What new secrets are hashed with.
    pub hasher: Hasher,
    /// The clock of all acts.
    pub clock: Clock,
    /// Where those who integrate find the installation.
    pub addresses: Addresses,
    /// What this process is to the others on the same database.
    pub node: ThisNode,
    /// Under what name tokens are issued, and with what.
    pub issuer: Issuer,
    /// Who tends the audit; none where there is no master key to sign with.
    pub audit: Option<Arc<AuditTender>>,
}

/// The administrative acts. Cheap to clone.
#[derive(Clone)]
pub struct Admin(Arc<Inner>);

struct Inner {
    parts: Parts,
    refusals: Refusals,
    signing: Signing,
    oauth_counts: OauthCounts,
    /// Acts and lists that may use a blocking thread at once.
    threads: Semaphore,
    /// Secrets that may be derived at once: each takes a core.
    derivations: Semaphore,
    under_way: UnderWay,
    last_vitals: LastVitals,
}

const THREADS: usize = 16;

/// How long an act waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);

impl Admin {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let derivations = Semaphore::new((cores / 2).max(1));
        let (refusals, signing) = (Refusals::begin(parts.store.clone()), Signing::default());
        let under_way = UnderWay::default();
        let threads = Semaphore::new(THREADS);
        let oauth_counts = OauthCounts::default();
        let last_vitals = LastVitals::default();
        Self(Arc::new(Inner { parts, refusals, signing, oauth_counts, threads, derivations, under_way, last_vitals }))
    }

    /// Verifies the key in the `Authorization` headers of a request, or, without any, the certificate that was shown.
    /// Whoever is refused stands in the audit, and so does every act that is refused to whoever isn't.
    pub async fn authenticate(
        &self,
        authorization: &[&str],
        certificate: Option<&CertificateChain>,
        peer: Option<IpAddr>,
        request_id: String,
    ) -> Result<Call, Unauthenticated> {
        let caller = self.0.parts.authority.authenticate(authorization, certificate, peer).await;
        self.admit(caller, (peer, request_id), || self.credential_in(authorization))
    }

    /// The call of whoever was verified, in whatever way; whoever was refused is told of. `credential` is the id of what
    /// was presented, where that is known to be one of ours.
    pub(crate) fn admit(
        &self,
        caller: Result<Arc<dyn Caller>, Unauthenticated>,
        (peer, request_id): (Option<IpAddr>, String),
        credential: impl FnOnce() -> Option<String>,
    ) -> Result<Call, Unauthenticated> {
        match caller {
            Ok(caller) => {
                let call = Call::new(caller, request_id).from(peer);
                Ok(call.told_to(self.0.refusals.clone(), Arc::clone(&self.0.parts.clock)))
            }
            Err(refused) => {
                if refused == Unauthenticated::Refused {
                    let what = Refused::Caller { credential: credential() };
                    self.0.refusals.tell(Refusal { at: self.now(), request_id, source: peer, what });
                }
                Err(refused)
            }
        }
    }

    /// The id of the credential that was presented, where it bears our tag. Anybody else's word is not written down.
    fn credential_in(&self, authorization: &[&str]) -> Option<String> {
        let (_, token) = authorization.first()?.split_once(' ')?;
        let key = PresentedKey::parse(token.trim_start()).ok()?;
        self.0.parts.tag_keys.verify(&key).then(|| key.id().to_string())
    }

    /// The decision point, for a thread of its own.
    pub(crate) fn shared_authority(&self) -> Arc<dyn Authority> {
        Arc::clone(&self.0.parts.authority)
    }

    pub(crate) fn authority(&self) -> &dyn Authority {
        &*self.0.parts.authority
    }

    pub(crate) fn addresses(&self) -> &Addresses {
        &self.0.parts.addresses
    }

    /// What was counted at the endpoints of OAuth.
    pub fn oauth_counts(&self) -> &OauthCounts {
        &self.0.oauth_counts
    }

    pub(crate) fn last_vitals(&self) -> &LastVitals {
        &self.0.last_vitals
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.parts.store
    }

    pub(crate) fn under_way(&self) -> &UnderWay {
        &self.0.under_way
    }

    pub(crate) fn node(&self) -> &ThisNode {
        &self.0.parts.node
    }

    /// Whether no other process can be on the same database.
    pub(crate) fn is_alone(&self) -> bool {
        self.0.parts.store.location().file().is_some()
    }

    /// Refuses to issue anything by a clock that is far from that of the other nodes: it would live too long, or be
    /// dead where it is presented.
    pub(crate) fn require_clock(&self) -> Result<(), AdminError> {
        self.authority().clock_beyond_use().map_or(Ok(()), |fault| Err(AdminError::ClockOff { fault }))
    }

    pub(crate) fn issuer(&self) -> &Issuer {
        &self.0.parts.issuer
    }

    pub(crate) fn signing(&self) -> &Signing {
        &self.0.signing
    }

    pub(crate) fn audit(&self) -> Result<Arc<AuditTender>, AdminError> {
        self.0.parts.audit.clone().ok_or(AdminError::NoMasterKey)
    }

    pub(crate) fn hasher(&self) -> Hasher {
        self.0.parts.hasher
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.0.parts.clock)()
    }

    /// Runs `work` with the store, off the threads that serve requests.
    pub(crate) async fn with_store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, AdminError> + Send + 'static,
    ) -> Result<T, AdminError> {
        let _turn = turn(&self.0.threads).await?;
        let store = self.0.parts.store.clone();
        spawn_blocking(move || work(&store)).await.map_err(|_| AdminError::Unfinished)?
    }

    /// Mints a key and derives its stored secret, which takes 60 ms of a core.
    pub(crate) async fn mint(&self, environment: Environment) -> Result<(MintedKey, StoredHash), AdminError> {
        self.require_clock()?;
        let (tag_keys, hasher) = (Arc::clone(&self.0.parts.tag_keys), self.0.parts.hasher);
        self.derive(move || {
            let key = mint(&tag_keys, environment)?;
            let hash = hasher.hash(key.token.expose())?;
            Ok((key, hash))
        })
        .await
    }

    /// The same for a credential that has its id already.
    pub(crate) async fn mint_for(
        &self,
        environment: Environment,
        id: CredentialId,
    ) -> Result<(MintedKey, StoredHash), AdminError> {
        self.require_clock()?;
        let (tag_keys, hasher) = (Arc::clone(&self.0.parts.tag_keys), self.0.parts.hasher);
        self.derive(move || {
            let key = mint_for(&tag_keys, environment, id)?;
            let hash = hasher.hash(key.token.expose())?;
            Ok((key, hash))
        })
        .await
    }

    /// Runs `work` that takes a core for a while, when there is one for it.
    pub(crate) async fn derive<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, AdminError> + Send + 'static,
    ) -> Result<T, AdminError> {
        let _turn = turn(&self.0.derivations).await?;
        spawn_blocking(work).await.map_err(|_| AdminError::Unfinished)?
    }

    pub(crate) fn tag_keys(&self) -> &TagKeys {
        &self.0.parts.tag_keys
    }

    pub(crate) fn remember(&self, key: &MintedKey) {
        self.0.parts.authority.remember(&key.token);
    }
}

async fn turn(semaphore: &Semaphore) -> Result<tokio::sync::SemaphorePermit<'_>, AdminError> {
    match timeout(PATIENCE, semaphore.acquire()).await {
        Ok(Ok(permit)) => Ok(permit),
        _ => Err(AdminError::Busy { retry_after_seconds: 1 }),
    }
}

impl fmt::Debug for Admin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admin").field("store", &self.0.parts.store).finish_non_exhaustive()
    }
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts").field("store", &self.store).finish_non_exhaustive()
    }
}
