//! `argus-credentials`: from what a caller presents to a verified principal.
//!
//! A key is minted ([`mint`]), shown once, and stored as a hash ([`Hasher`]). Later somebody presents it, and a
//! [`Verifier`] says whether it is right and may be used. Small secrets of the installation itself are wrapped under
//! its [`MasterKey`], and so is the [`SigningKey`](signing::SigningKey) that access tokens are signed with. [`self_test()`] is called at start,
//! before any of it.
//!
//! What is not here: no file, no database, no socket, no HTTP, no wall clock. The caller reads key files, holds the
//! records ([`Records`], a snapshot that never changes) and passes the time. Nor is there a decision: scopes,
//! conditions and limits are looked at behind this crate, and only for a credential that it verified.
//!
//! ```
//! # use std::{collections::HashMap, sync::Arc};
//! # use argus_credentials::*;
//! struct Credential { hash: StoredHash, state: State }
//!
//! impl Record for Credential {
//!     fn generation(&self) -> u64 { 1 }
//!     fn state(&self) -> State { self.state }
//!     fn not_before(&self) -> Option<i64> { None }
//!     fn expires_at(&self) -> Option<i64> { None }
//!     fn hash(&self) -> &StoredHash { &self.hash }
//! }
//!
//! struct Snapshot { tag_keys: TagKeys, credentials: HashMap<CredentialId, Arc<Credential>> }
//!
//! impl Records for Snapshot {
//!     type Record = Credential;
//!     fn tag_keys(&self) -> &TagKeys { &self.tag_keys }
//!     fn find(&self, id: &CredentialId) -> Option<&Arc<Credential>> { self.credentials.get(id) }
//! }
//!
//! struct InForce(Arc<Snapshot>);
//!
//! impl Snapshots for InForce {
//!     type Records = Snapshot;
//!     fn current(&self) -> Arc<Snapshot> { Arc::clone(&self.0) }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
//! self_test()?;
//! let tag_keys = TagKeys::new(&TagKey::generate(TagVersion::FIRST)?, &[])?;
//! let key = mint(&tag_keys, Environment::Test)?;
//! let hash = Hasher::new(Iterations::new(1_000, Environment::Test)?).hash(key.token.expose())?;
//! let credentials = HashMap::from([(key.id, Arc::new(Credential { hash, state: State::Active }))]);
//! let snapshot = Arc::new(Snapshot { tag_keys, credentials });
//!
//! let verifier = Verifier::new(Settings::default(), InForce(Arc::clone(&snapshot)))?;
//! let now = 1_790_000_000;
//! let Checked::NeedsDerivation(pending) = verifier.check(key.token.expose(), &snapshot, now) else { panic!() };
//! assert_eq!(pending.derive(None).await?.state, State::Active);
//! assert!(matches!(verifier.check(key.token.expose(), &snapshot, now), Checked::Verified(_)));
//! # Ok(())
//! # })
//! # }
//! ```
//!
//! # What this defends against
//!
//! **A stolen store.** Only salted PBKDF2 hashes are kept, 600,000 rounds each, and no fast digest beside them. Since a
//! secret has 256 random bits, no number of rounds decides whether it can be guessed; the rounds are a promise to
//! auditors, and the rest of this list is about not paying for them with availability.
//!
//! **Making the server work.** One derivation costs 60 ms of a core. Credential ids are no secrets, and a checksum can
//! be computed by anyone: a server that derives for every well-formed key with a known id is stopped by sixteen requests
//! a second. Here a derivation starts only for a key with our issuer tag ([`TagKeys::verify`]), which nobody else can
//! make: a forgery is refused for less than a right key costs. Behind the tag stand, for the day on which a tag key
//! leaks, a small pool of threads of its own with a queue that ends, one derivation for all who present one key at once,
//! a memory of wrong keys, and a limit on failures for each source and each credential.
//!
//! **Locking a holder out.** A memory or a limit that is keyed by the credential's id alone lets a guesser turn the
//! holder away. The memory of wrong keys is keyed by the whole key. The limit on failures is asked only when a derivation
//! is about to start: a key that is warm never meets it.
//!
//! **A revocation that doesn't hold.** A cache of verified keys must not outlive the record it was verified against. No
//! entry says that a key may be used, only that it matched the stored secret when its record had some generation. State
//! and validity are read from the snapshot each time, an entry of an older generation counts for nothing, and after a
//! derivation the record is read again before anything is remembered or answered: a derivation under way when a key is
//! revoked can't bring it back.
//!
//! **Telling strangers how far they got.** Tags, digests and hashes are compared in constant time. Malformed, forged,
//! unknown and wrong keys are one answer outwardly ([`Refusal::is_outwardly_unknown`]). Until the tag is known to be ours
//! nothing is looked up, so that the time of the answer doesn't depend on whether an id exists.
//!
//! **Secrets that linger.** [`Secret`] can't be printed, cloned or serialised, and is wiped when dropped, as are keys,
//! digests and derived octets. What the cache holds is a digest under a key that is drawn at start and never leaves the
//! process. [`redact`] hides keys in text that comes from elsewhere, and [`KEY_PATTERN`] lets scanners find one that
//! got away.
//!
//! # Decisions
//!
//! **The whole key is hashed, not its secret part alone.** The stored hash is thereby bound to the credential's id and
//! environment: a row copied to another credential verifies nothing. And an auditor can recompute it from the key as it
//! is shown, with any PBKDF2. It costs one more compression in 1.2 million.
//!
//! **A secret is 43 characters, not 32 octets in base62.** Each is drawn evenly, by throwing away the octets that would
//! bias it: 256.03 bits, and every 43 characters are a possible secret. Octets written in base62 would leave texts that
//! decode to more than 2²⁵⁶, a case to be refused that no longer exists.
//!
//! **Hash states are wiped, which costs a derivation 15 %** (63 ms instead of 54; 62 in aws-lc-rs, which wipes too). The
//! feature is one for the whole build, so it is all derivations or no tag key. The short HMACs pay nothing measurable.
//! What would change our mind: cold keys in such numbers that a sixth more of them matters.
//!
//! **The cache's digest has its own key**, though the issuer tag's digest, already computed, would serve as well and
//! save an eighth of a microsecond. The tag key is shared by all nodes and lives for years; a digest in a memory dump
//! should be worth nothing anywhere else.
//!
//! **A map for verified keys, moka for wrong ones.** The first is read on every request, and each read of a general
//! cache keeps books (0.8 µs at 100,000 entries). It may forget what is unused longest by a walk through one shard,
//! because it is written only after 60 ms of work. The second is read before a derivation only.
//!
//! **A flight belongs to the pool, not to the request that started it.** In a cache that computes on demand, a client
//! that hangs up hands its computation to the next waiter, who starts anew. Here it goes on, and whoever was turned away
//! or gave up finds the key warm when he returns.
//!
//! **Too many failures are answered as [`Refusal::Busy`]**, with the time until the next is allowed: the key was not
//! looked at, so nothing true can be said about it. It also hides whether the limit is the source's or the credential's.
//!
//! **Times of memory are counted on the clock that the caller passes.** An entry's age is at least zero whatever that
//! clock does, a debt of failures at most one burst. A clock that steps back may thus let a secret be remembered for
//! longer than an hour; it revives nothing, for revocation does not depend on age.

mod address;
mod base62;
pub mod certificate;
mod hash;
mod json;
pub mod jwt;
mod key;
mod mac;
mod master;
mod module;
mod peer;
mod proxy;
mod random;
mod record;
mod refusal;
mod secret;
mod self_test;
pub mod signing;
mod tag;
mod verifier;
mod webhook;

pub use address::stands_in_address;
pub use hash::{HashError, Hasher, Iterations, IterationsError, StoredHash};
pub use json::read_json;
pub use key::{
    CredentialId, CredentialIdError, Environment, KEY_LENGTH, KEY_PATTERN, KeyFormError, MintedKey, PresentedKey,
    UnknownEnvironment, mint, mint_for, redact,
};
pub use master::{MasterKey, MasterKeyError, Place};
pub use module::CryptographicModule;
pub use peer::PeerPrefix;
pub use proxy::{
    CertificateHeader, CertificateHeaderFault, ForwardedError, NotAHeaderName, NotANetwork, TrustedProxies,
};
pub use random::NoRandomness;
pub use record::{Record, RecordOf, Records, Snapshots, State, Stronger};
pub use refusal::Refusal;
pub use secret::Secret;
pub use self_test::{SelfTestError, self_test, self_tests};
pub use tag::{TagKey, TagKeyError, TagKeys, TagVersion};
pub use verifier::{Checked, Counts, FailureLimit, Pending, Settings, Verifier, VerifierError};
pub use webhook::WebhookSecret;
