//! Notices on their way, over a real store: who carries, what becomes of an answer, and what two carriers do together.

#![cfg(test)]

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use argus_credentials::{MasterKey, WebhookSecret};
use argus_insight::anomaly::{Alert, Detector, Finding, Severity, State, Suggestion};
use argus_insight::notify::{Carrier, Channels, Post, Posting, QuotaUse, tell_anomaly, tell_quota};
use argus_store::contact::{self, ContactKind, ContactState, NewContact};
use argus_store::credential::{Material, NewCredential, StoredHash};
use argus_store::delivery::{self, Delivery, DeliveryFilter, DeliveryState};
use argus_store::key::{self, Environment, NewKey};
use argus_store::organisation::{self, NewOrganisation, OrganisationPolicy};
use argus_store::outbox::{self, NoticeFilter, NoticeKind};
use argus_store::{Act, Conditions, ContactId, KeyId, OrganisationId, PageSize, Store};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::watch;

/// What answers: a status by the path of the address, and all that it was sent.
#[derive(Default)]
struct Receiver(Mutex<Vec<Posting>>);

impl Post for Receiver {
    fn post(&self, posting: Posting) -> Pin<Box<dyn Future<Output = Result<u16, String>> + Send>> {
        let status = posting.url.rsplit('/').next().unwrap().parse().map_err(|_| "nobody answers".to_owned());
        self.0.lock().unwrap().push(posting);
        Box::pin(async move { status })
    }
}

struct Fixture {
    store: Store,
    acme: OrganisationId,
    key: KeyId,
    master: Arc<MasterKey>,
    receiver: Arc<Receiver>,
    _folder: TempDir,
}

fn begun() -> DateTime<Utc> {
    Utc::now() - TimeDelta::minutes(1)
}

fn fixture() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().join("argus.db").as_path()).unwrap();
    let acme = OrganisationId::new(begun());
    let new = NewOrganisation {
        id: acme,
        name: "acme".into(),
        display_name: None,
        conditions: Conditions::default(),
        policy: OrganisationPolicy::default(),
        time_zone: "UTC".into(),
    };
    let of_key = NewKey {
        id: KeyId::new(begun()),
        project_id: None,
        name: "reader".into(),
        owner: "ada@acme.example".into(),
        environment: Environment::Live,
        scopes: vec!["acme/x:read".into()],
        conditions: Conditions::default(),
        limits: Vec::new(),
        tags: Vec::new(),
        parent_key_id: None,
        not_before: None,
        expires_at: None,
        expiry_exception: None,
        rotation_interval_seconds: None,
        grace_seconds: None,
        durable: false,
    };
    let material = Material::Secret(StoredHash::new("$pbkdf2-sha256$i=600000,l=32$c2FsdA$aGFzaA".into()));
    let credential = NewCredential { id: "000000000001".into(), material, not_before: begun(), expires_at: None };
    let act = Act::of_host(acme, begun(), "a test");
    store
        .write(|conn| {
            organisation::create(conn, &act, &new)?;
            key::create(conn, &act, &of_key, &credential)
        })
        .unwrap();
    let (master, receiver) = (Arc::new(MasterKey::generate().unwrap()), Arc::default());
    Fixture { store, acme, key: of_key.id, master, receiver, _folder: folder }
}

impl Fixture {
    /// A webhook that answers with a status.
    fn add(&self, answer: &str) -> ContactId {
        let id = ContactId::new(begun());
        let secret = WebhookSecret::generate().unwrap();
        let new = NewContact {
            id,
            kind: ContactKind::Webhook,
            address: format!("https://hooks.acme.example/{answer}"),
            owner: None,
            events: Vec::new(),
            envelope: Some(secret.wrap(&self.master, &id.to_string(), 1).unwrap()),
        };
        let act = Act::of_host(self.acme, begun(), "a test");
        self.store.write(|conn| contact::create(conn, &act, &new)).unwrap().id
    }

    fn tell(&self, used: u64, days: i64) -> bool {
        let quota = QuotaUse { name: "monthly", used, limit: 100, is_lacking: false, resets_at: at_noon(days) };
        self.store.write(|conn| tell_quota(conn, Utc::now(), self.key, &quota)).unwrap()
    }

    fn carrier(&self) -> Carrier {
        let client: Arc<dyn Post> = Arc::clone(&self.receiver) as Arc<dyn Post>;
        let channels = Channels { mailer: None, webhooks: Some((Arc::clone(&self.master), client)) };
        Carrier::new(self.store.clone(), channels).unwrap()
    }

    fn deliveries(&self) -> Vec<Delivery> {
        let filter = DeliveryFilter::default();
        self.store.read(|conn| delivery::list(conn, filter, None, PageSize::new(200).unwrap())).unwrap().items
    }

    /// Lets carriers carry until it holds.
    async fn carry_until(&self, carriers: usize, holds: impl Fn() -> bool) {
        let (end, ended) = watch::channel(false);
        let running: Vec<_> = (0..carriers).map(|_| tokio::spawn(self.carrier().run(ended.clone()))).collect();
        let since = Instant::now();
        while !holds() {
            assert!(since.elapsed() < Duration::from_secs(30), "{:?}", self.deliveries());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        end.send(true).unwrap();
        for carrier in running {
            carrier.await.unwrap();
        }
    }
}

fn at_noon(days: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap() + TimeDelta::days(days)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_that_fails_is_tried_again_one_that_is_gone_never_and_neither_holds_up_another() {
    let fixture = fixture();
    let [good, failing, gone, silent] = ["204", "500", "410", "nobody"].map(|answer| fixture.add(answer));
    assert!(fixture.tell(80, 1));
    fixture
        .carry_until(1, || fixture.deliveries().len() == 4 && fixture.deliveries().iter().all(|d| d.attempts > 0))
        .await;
    let of = |contact| fixture.deliveries().into_iter().find(|delivery| delivery.contact_id == contact).unwrap();
    assert_eq!((of(good).state, of(good).fault), (DeliveryState::Delivered, None));
    for (contact, fault) in [(failing, "it answers with status 500"), (silent, "nobody answers")] {
        let delivery = of(contact);
        assert_eq!((delivery.state, delivery.fault.as_deref()), (DeliveryState::Waiting, Some(fault)));
        assert!(delivery.due_at > Utc::now() && delivery.due_at < Utc::now() + TimeDelta::seconds(7), "{delivery:?}");
    }
    assert_eq!((of(gone).state, of(gone).fault.as_deref()), (DeliveryState::Dead, Some("it answered 410: gone")));
    assert_eq!(of(gone).attempts, 1);
    let disabled = fixture.store.read(|conn| contact::find(conn, gone)).unwrap().unwrap();
    assert_eq!(
        (disabled.state, disabled.disabled_reason.as_deref()),
        (ContactState::Disabled, Some("it answered 410: gone"))
    );
    let counts: Vec<_> = fixture.carrier().counted().deliveries().collect();
    assert_eq!((counts.len(), counts.last().copied()), (6, Some(("webhook", "dead", 0))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_carriers_share_the_work_and_each_notice_is_sent_once_under_its_id_and_signed() {
    let fixture = fixture();
    let hook = fixture.add("204");
    for day in 0..20 {
        assert!(fixture.tell(100, day));
        assert!(!fixture.tell(100, day), "once until it is whole again");
    }
    fixture
        .carry_until(2, || {
            let deliveries = fixture.deliveries();
            deliveries.len() == 20 && deliveries.iter().all(|delivery| delivery.state == DeliveryState::Delivered)
        })
        .await;
    let contact = fixture.store.read(|conn| contact::find(conn, hook)).unwrap().unwrap();
    let envelope = contact.envelope.unwrap();
    let secret = WebhookSecret::unwrap(&envelope, &fixture.master, &hook.to_string(), 1).unwrap();
    let sent = fixture.receiver.0.lock().unwrap();
    let header = |posting: &Posting, name: &str| {
        posting.headers.iter().find(|(header, _)| *header == name).map(|(_, value)| value.clone()).unwrap()
    };
    let ids: BTreeSet<_> = sent.iter().map(|posting| header(posting, "webhook-id")).collect();
    let notices = fixture.deliveries().into_iter().map(|delivery| delivery.notice_id.to_string()).collect();
    assert_eq!((sent.len(), ids), (20, notices));
    for posting in sent.iter() {
        let seconds = header(posting, "webhook-timestamp").parse().unwrap();
        let expected = secret.sign(&header(posting, "webhook-id"), seconds, &posting.body);
        assert_eq!(header(posting, "webhook-signature"), expected);
        let body: Value = serde_json::from_str(&posting.body).unwrap();
        assert_eq!((&body["type"], &body["data"]["owner"]), (&"quota.used".into(), &"ada@acme.example".into()));
        assert_eq!((&body["data"]["path"], &body["data"]["limit"]), (&"acme/reader".into(), &100.into()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_a_secret_is_replaced_both_sign_and_afterwards_the_new_one_alone() {
    for (minutes, signs) in [(1, 2), (-1, 1)] {
        let fixture = fixture();
        let hook = fixture.add("204");
        let secret = |envelope: &str, version| {
            WebhookSecret::unwrap(envelope, &fixture.master, &hook.to_string(), version).unwrap()
        };
        let before = fixture.store.read(|conn| contact::find(conn, hook)).unwrap().unwrap().envelope.unwrap();
        let after = WebhookSecret::generate().unwrap().wrap(&fixture.master, &hook.to_string(), 2).unwrap();
        let (act, until) = (Act::of_host(fixture.acme, begun(), "a test"), Utc::now() + TimeDelta::minutes(minutes));
        fixture.store.write(|conn| contact::rotate(conn, &act, hook, (&after, 2), until)).unwrap().unwrap();
        assert!(fixture.tell(80, 1));
        fixture.carry_until(1, || fixture.deliveries().iter().any(|one| one.state == DeliveryState::Delivered)).await;
        let sent = fixture.receiver.0.lock().unwrap();
        let header = |name: &str| sent[0].headers.iter().find(|(header, _)| *header == name).unwrap().1.clone();
        let (id, seconds) = (header("webhook-id"), header("webhook-timestamp").parse().unwrap());
        let expected: Vec<_> = [secret(&after, 2), secret(&before, 1)]
            .iter()
            .take(signs)
            .map(|secret| secret.sign(&id, seconds, &sent[0].body))
            .collect();
        assert_eq!(header("webhook-signature"), expected.join(" "));
    }
}

#[test]
fn an_alert_is_told_once_with_what_was_seen() {
    let fixture = fixture();
    let finding = Finding {
        detector: Detector::NewCountry,
        severity: Severity::Medium,
        score: 2.0,
        baseline: 0.0,
        observed: 1.0,
        explanation: "the first use from FR".to_owned(),
        suggestion: Suggestion::Notify,
    };
    let alert = |since| Alert {
        finding: finding.clone(),
        since,
        last: since,
        times: 1,
        requests: vec!["r1".to_owned()],
        state: State::Open,
    };
    let tell = |key, since| fixture.store.write(|conn| tell_anomaly(conn, Utc::now(), key, &alert(since))).unwrap();
    assert_eq!([tell(fixture.key, 7), tell(fixture.key, 7), tell(fixture.key, 8)], [true, false, true]);
    assert!(!tell(KeyId::new(begun()), 7), "nobody answers for a key that isn't there");
    let filter = NoticeFilter { kind: Some(NoticeKind::AnomalyDetected), ..NoticeFilter::default() };
    let told = fixture.store.read(|conn| outbox::list(conn, filter, None, PageSize::default())).unwrap().items;
    let data: Value = serde_json::from_str(&told[0].payload).unwrap();
    assert_eq!((told.len(), &data["detector"], &data["path"]), (2, &"new-country".into(), &"acme/reader".into()));
    assert_eq!(
        (&data["explanation"], &data["since"]),
        (&"the first use from FR".into(), &"1970-01-01T00:00:07Z".into())
    );
}
