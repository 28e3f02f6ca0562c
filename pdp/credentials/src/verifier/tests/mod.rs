//! The verifier against a small world of records, whose snapshot can be changed and held at any moment.

mod busy;
mod flight;
mod memory;
mod order;
mod strengthen;

use std::{
    collections::HashMap,
    sync::{Arc, Condvar, Mutex},
    time::Duration,
};

use super::*;
use crate::{
    CredentialId, Environment, Hasher, Iterations, MintedKey, State, StoredHash, Stronger, TagKey, TagKeys, TagVersion,
};

/// A Friday in 2026.
const NOW: i64 = 1_790_000_000;

pub(super) struct TestRecord {
    pub(super) generation: u64,
    pub(super) state: State,
    pub(super) not_before: Option<i64>,
    pub(super) expires_at: Option<i64>,
    pub(super) hash: StoredHash,
}

impl Record for TestRecord {
    fn generation(&self) -> u64 {
        self.generation
    }

    fn state(&self) -> State {
        self.state
    }

    fn not_before(&self) -> Option<i64> {
        self.not_before
    }

    fn expires_at(&self) -> Option<i64> {
        self.expires_at
    }

    fn hash(&self) -> &StoredHash {
        &self.hash
    }
}

pub(super) struct TestRecords {
    tag_keys: Arc<TagKeys>,
    records: HashMap<CredentialId, Arc<TestRecord>>,
}

impl Records for TestRecords {
    type Record = TestRecord;

    fn tag_keys(&self) -> &TagKeys {
        &self.tag_keys
    }

    fn find(&self, id: &CredentialId) -> Option<&Arc<TestRecord>> {
        self.records.get(id)
    }
}

/// The snapshot in force, and a gate before it: a derivation that asks for the snapshot while the gate is shut waits.
pub(super) struct World {
    tag_keys: Arc<TagKeys>,
    snapshot: Mutex<Arc<TestRecords>>,
    gate: Mutex<Gate>,
    moved: Condvar,
    pub(super) stronger: Mutex<Vec<Stronger>>,
}

#[derive(Default)]
struct Gate {
    shut: bool,
    waiting: usize,
}

impl Snapshots for Arc<World> {
    type Records = TestRecords;

    fn current(&self) -> Arc<TestRecords> {
        let mut gate = self.gate.lock().unwrap();
        gate.waiting += 1;
        self.moved.notify_all();
        gate = self.moved.wait_while(gate, |gate| gate.shut).unwrap();
        gate.waiting -= 1;
        drop(gate);
        self.snapshot()
    }

    fn take_stronger(&self, stronger: Stronger) {
        self.stronger.lock().unwrap().push(stronger);
    }
}

impl World {
    pub(super) fn new() -> Arc<Self> {
        let tag_keys = Arc::new(TagKeys::new(&TagKey::generate(TagVersion::FIRST).unwrap(), &[]).unwrap());
        let snapshot = TestRecords { tag_keys: Arc::clone(&tag_keys), records: HashMap::new() };
        Arc::new(Self {
            tag_keys,
            snapshot: Mutex::new(Arc::new(snapshot)),
            gate: Mutex::default(),
            moved: Condvar::new(),
            stronger: Mutex::default(),
        })
    }

    pub(super) fn snapshot(&self) -> Arc<TestRecords> {
        Arc::clone(&self.snapshot.lock().unwrap())
    }

    /// A new key, hashed and in force.
    pub(super) fn key(&self) -> MintedKey {
        let key = self.unknown_key();
        self.put(key.id, Some(active(key.token.expose())));
        key
    }

    /// A key that Argus minted and has no record of.
    pub(super) fn unknown_key(&self) -> MintedKey {
        crate::mint(&self.tag_keys, Environment::Test).unwrap()
    }

    /// A key with the right tag and a wrong secret: what only a holder of the tag key could make.
    pub(super) fn wrong_key(&self, id: CredentialId) -> Secret {
        crate::key::mint_for(&self.tag_keys, Environment::Test, id).unwrap().token
    }

    pub(super) fn put(&self, id: CredentialId, record: Option<TestRecord>) {
        self.change(|records| match record {
            Some(record) => _ = records.insert(id, Arc::new(record)),
            None => _ = records.remove(&id),
        });
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut HashMap<CredentialId, Arc<TestRecord>>)) {
        let mut snapshot = self.snapshot.lock().unwrap();
        let mut records = snapshot.records.clone();
        change(&mut records);
        *snapshot = Arc::new(TestRecords { tag_keys: Arc::clone(&self.tag_keys), records });
    }

    /// Takes the tag key out of use, for one of the next version.
    pub(super) fn replace_tag_key(&self) {
        let mut snapshot = self.snapshot.lock().unwrap();
        let next = TagKey::generate(TagVersion::FIRST.next()).unwrap();
        let tag_keys = Arc::new(TagKeys::new(&next, &[]).unwrap());
        *snapshot = Arc::new(TestRecords { tag_keys, records: snapshot.records.clone() });
    }

    pub(super) fn shut_gate(&self) {
        self.gate.lock().unwrap().shut = true;
    }

    pub(super) fn open_gate(&self) {
        self.gate.lock().unwrap().shut = false;
        self.moved.notify_all();
    }

    /// Returns when a derivation stands before the gate.
    pub(super) fn wait_for_derivation(&self) {
        let gate = self.gate.lock().unwrap();
        let patience = Duration::from_mins(1);
        let (gate, waited) = self.moved.wait_timeout_while(gate, patience, |gate| gate.waiting == 0).unwrap();
        assert!(!waited.timed_out() && gate.waiting > 0, "no derivation came");
    }

    pub(super) fn verifier(self: &Arc<Self>, settings: Settings) -> Verifier<Arc<Self>> {
        Verifier::new(settings, Arc::clone(self)).unwrap()
    }
}

/// The outcome of [`Verifier::check`], in a form that can be compared.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Verified,
    Refused(Refusal),
    NeedsDerivation,
}

pub(super) fn check(world: &World, verifier: &Verifier<Arc<World>>, token: &str, now: i64) -> Answer {
    match verifier.check(token, &world.snapshot(), now) {
        Checked::Verified(_) => Answer::Verified,
        Checked::Refused(refusal) => Answer::Refused(refusal),
        Checked::NeedsDerivation(_) => Answer::NeedsDerivation,
    }
}

/// Checks and, where needed, derives.
pub(super) async fn verify(world: &World, verifier: &Verifier<Arc<World>>, token: &Secret) -> Result<(), Refusal> {
    verify_from(world, verifier, token, None).await
}

pub(super) async fn verify_from(
    world: &World,
    verifier: &Verifier<Arc<World>>,
    token: &Secret,
    source: Option<crate::PeerPrefix>,
) -> Result<(), Refusal> {
    let pending = match verifier.check(token.expose(), &world.snapshot(), NOW) {
        Checked::Verified(_) => return Ok(()),
        Checked::Refused(refusal) => return Err(refusal),
        Checked::NeedsDerivation(pending) => pending,
    };
    pending.derive(source).await.map(|_| ())
}

/// An active record whose stored secret is that of this key, made with few rounds.
pub(super) fn active(token: &str) -> TestRecord {
    let iterations = Iterations::new(Iterations::LOWEST_IN_TESTS, Environment::Test).unwrap();
    TestRecord {
        generation: 1,
        state: State::Active,
        not_before: None,
        expires_at: None,
        hash: Hasher::new(iterations).hash(token).unwrap(),
    }
}

/// One thread, and patience for a slow machine.
pub(super) fn settings() -> Settings {
    Settings { threads: 1, longest_wait: Duration::from_mins(1), ..Settings::default() }
}
