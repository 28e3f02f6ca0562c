//! A decision point in process, over a store in a folder of its own, with a few keys.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use actix_web::body::to_bytes;
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, http::Method};
use argus_credentials::{Environment as Prefix, Hasher, Iterations, TagKey, TagKeys, TagVersion, mint};
use argus_pdp::{Pdp, PlaceFiles, Settings, TagKeySource};
use argus_store::credential::{self, Material, NewCredential, PublicMaterial, StoredHash};
use argus_store::key::{self, Environment, Key, NewKey, Rotation};
use argus_store::organisation::{self, NewOrganisation, OrganisationPolicy};
use argus_store::project::{self, NewProject};
use argus_store::{Act, Conditions, KeyId, OrganisationId, ProjectId, Store, audit};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long anything may take on a machine that builds meanwhile.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// The name of the installation as an issuer of tokens.
pub(crate) const ISSUER: &str = "https://argus.example";

/// What is presented, and what it presents.
pub(crate) struct TestKey {
    pub(crate) token: String,
    pub(crate) key: Key,
}

/// A decision point for the organisations `argus`, `acme` and `beta`.
pub(crate) struct Installation {
    pub(crate) pdp: Pdp,
    /// A key of `argus` that may do everything.
    pub(crate) boss: TestKey,
    /// The key of an enforcement point of `acme`.
    pub(crate) pep: TestKey,
    /// A key of `acme` that may read evidence.
    pub(crate) reader: TestKey,
    store: Store,
    tag_keys: Arc<TagKeys>,
    organisations: Vec<(&'static str, OrganisationId)>,
    // Last, so that it is there for as long as the store.
    pub(crate) folder: TempDir,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

/// What a key to be made is like, where it isn't like most.
pub(crate) type Change = fn(&mut NewKey, &mut NewCredential);

/// An installation with the policies inside the program.
pub(crate) fn installation() -> Installation {
    Installation::start(|_, _| {})
}

impl Installation {
    /// An installation whose settings are changed before it starts, given its folder.
    pub(crate) fn start(change: impl FnOnce(&mut Settings, &TempDir)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("argus.db")).unwrap();
        let tag_keys = Arc::new(TagKeys::new(&TagKey::generate(TagVersion::FIRST).unwrap(), &[]).unwrap());
        let organisations = ["argus", "acme", "beta"].map(|name| (name, add_organisation(&store, name))).to_vec();
        let make = |organisation, name, scope| {
            add_key(&store, &tag_keys, of(&organisations, organisation), (name, scope), |_, _| {})
        };
        let boss = make("argus", "boss", "*:admin");
        let pep = make("acme", "pep", "acme/argus/pdp:execute");
        let reader = make("acme", "reader", "acme/atlas/evidence:read");
        let mut settings = Settings::new(TagKeySource::Given(Arc::clone(&tag_keys)));
        settings.hasher = hasher();
        settings.tokens.issuer = Some(ISSUER.into());
        change(&mut settings, &folder);
        let pdp = Pdp::start(settings, store.clone()).unwrap();
        Self { pdp, boss, pep, reader, store, tag_keys, organisations, folder }
    }

    /// Makes a further key, which the decision point knows when this ends.
    pub(crate) fn add_key(&self, organisation: &str, name: &str, scope: &str, change: Change) -> TestKey {
        let organisation = of(&self.organisations, organisation);
        let made = add_key(&self.store, &self.tag_keys, organisation, (name, scope), change);
        self.pdp.apply_changes().unwrap();
        made
    }

    /// Makes an organisation with a project and a key that may read in it, the three with conditions of their own.
    pub(crate) fn add_bound_key(&self, name: &str, [of_organisation, of_project, of_key]: [Conditions; 3]) -> TestKey {
        let organisation = OrganisationId::new(yesterday());
        let project = ProjectId::new(yesterday());
        let (display_name, policy, time_zone) = (None, OrganisationPolicy::default(), "UTC".into());
        let new = NewOrganisation {
            id: organisation,
            name: name.into(),
            display_name,
            conditions: of_organisation,
            policy,
            time_zone,
        };
        let atlas = NewProject { id: project, name: "atlas".into(), conditions: of_project };
        let make = |conn: &mut argus_store::Conn| {
            organisation::create(conn, &act(organisation), &new)?;
            project::create(conn, &act(organisation), &atlas)
        };
        self.store.write(make).unwrap();
        let scope = format!("{name}/atlas:read");
        let made = add_key(&self.store, &self.tag_keys, organisation, ("bound", &scope), |key, _| {
            key.project_id = Some(project);
            key.conditions = of_key;
        });
        self.pdp.apply_changes().unwrap();
        made
    }

    /// Makes a key that is derived from another.
    pub(crate) fn add_key_below(&self, above: &TestKey, name: &str, scope: &str) -> TestKey {
        let organisation = of(&self.organisations, "acme");
        let parent = above.key.id;
        let change = |key: &mut NewKey, _: &mut NewCredential| key.parent_key_id = Some(parent);
        let made = add_key(&self.store, &self.tag_keys, organisation, (name, scope), change);
        self.pdp.apply_changes().unwrap();
        made
    }

    /// Changes something in the store, which the decision point knows when this ends.
    pub(crate) fn act<T>(&self, work: impl FnOnce(&mut argus_store::Conn, &Act) -> T) -> T {
        let act = act(of(&self.organisations, "acme"));
        let done = self.store.write(|conn| Ok(work(conn, &act))).unwrap();
        self.pdp.apply_changes().unwrap();
        done
    }

    /// Adds a credential to a key of `acme`, which the decision point knows when this ends, and gives its id.
    pub(crate) fn add_credential(&self, key: KeyId, public: PublicMaterial) -> String {
        let id = argus_credentials::CredentialId::generate().unwrap().to_string();
        let (material, not_before) = (Material::Public(public), yesterday());
        let new = NewCredential { id, material, not_before, expires_at: None };
        self.act(|conn, act| credential::create(conn, act, key, &new).unwrap().id)
    }

    pub(crate) fn find_key(&self, id: KeyId) -> Key {
        find_key(&self.store, id)
    }

    /// The hash that is stored of a key's only secret.
    pub(crate) fn stored_hash(&self, id: KeyId) -> String {
        let credentials = self.store.read(|conn| credential::list(conn, id)).unwrap();
        let [only] = credentials.try_into().unwrap();
        only.hash.unwrap().as_str().to_owned()
    }

    /// What the audit last told of this event.
    pub(crate) fn last_audit_entry(&self, event: &str) -> Value {
        let entries = self.store.read(|conn| audit::list_after(conn, 0, 10_000)).unwrap();
        let mut entries = entries.iter().rev().map(|record| serde_json::from_str::<Value>(&record.entry).unwrap());
        entries.find(|entry| entry["event"] == event).unwrap()
    }

    /// Waits until it has written down, as it runs, that a key and its credential were used.
    pub(crate) async fn wait_for_use(&self, id: KeyId) {
        let since = Instant::now();
        let credentials = || self.store.read(|conn| credential::list(conn, id)).unwrap();
        while self.find_key(id).last_used_at.is_none() || credentials().iter().all(|used| used.last_used_at.is_none()) {
            assert!(since.elapsed() < PATIENCE, "no use was written down");
            actix_web::rt::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Ends it, and waits until it has written down that these keys were used.
    pub(crate) fn stop_and_wait_for_uses(self, ids: &[KeyId]) -> Vec<DateTime<Utc>> {
        let Self { pdp, store, folder, .. } = self;
        drop(pdp);
        let since = Instant::now();
        loop {
            let uses: Option<Vec<_>> = ids.iter().map(|id| find_key(&store, *id).last_used_at).collect();
            if let Some(uses) = uses {
                drop(folder);
                return uses;
            }
            assert!(since.elapsed() < PATIENCE, "no use was written down");
            thread::yield_now();
        }
    }

    /// Gives a key a new secret, with an hour in which the older one is good beside it.
    pub(crate) fn rotate(&self, key: &TestKey) -> String {
        let minted = mint(&self.tag_keys, Prefix::Test).unwrap();
        let hash = hasher().hash(minted.token.expose()).unwrap();
        let rotation = Rotation {
            id: minted.id.to_string(),
            hash: StoredHash::new(hash.to_string()),
            grace_ends_at: Utc::now() + TimeDelta::hours(1),
        };
        let id = key.key.id;
        self.act(|conn, act| key::rotate(conn, act, id, &rotation, None)).unwrap();
        minted.token.expose().to_owned()
    }

    /// Ends it, and gives whether each secret of the reader was used, oldest first, and who presented an older one: from
    /// which address, and what he calls himself.
    pub(crate) fn stop_and_read_uses(self) -> (Vec<bool>, Vec<(String, String)>) {
        let Self { pdp, store, folder, reader, .. } = self;
        drop(pdp);
        let since = Instant::now();
        while find_key(&store, reader.key.id).last_used_at.is_none() {
            assert!(since.elapsed() < PATIENCE, "no use was written down");
            thread::yield_now();
        }
        let read = |conn: &mut argus_store::Conn| {
            let credentials = credential::list(conn, reader.key.id)?;
            let mut callers = Vec::new();
            for found in &credentials {
                let listed = credential::list_callers(conn, &found.id)?.into_iter();
                callers.extend(listed.map(|caller| (caller.address, caller.user_agent)));
            }
            callers.sort();
            Ok((credentials.iter().map(|found| found.last_used_at.is_some()).collect(), callers))
        };
        let uses = store.read(read).unwrap();
        drop(folder);
        uses
    }

    /// Sends a request.
    pub(crate) async fn send(&self, request: TestRequest) -> Answer {
        let app = init_service(App::new().configure(|config| self.pdp.configure(config))).await;
        let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 40_000));
        let answer: ServiceResponse = call_service(&app, request.peer_addr(peer).to_request()).await;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let text = String::from_utf8(to_bytes(answer.into_body()).await.unwrap().to_vec()).unwrap();
        Answer { status, headers, text }
    }

    /// Asks `POST /v1/verify` as an enforcement point.
    pub(crate) async fn verify(&self, caller: &TestKey, question: &Value) -> Answer {
        self.send(post("/v1/verify", &caller.token).set_json(question)).await
    }

    /// Asks `POST /pdp` in JSON.
    pub(crate) async fn decide(&self, caller: &TestKey, request: &Value) -> Answer {
        self.send(post("/pdp", &caller.token).set_json(request)).await
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{self:?}"))
    }

    /// The code of a problem, whose form is checked.
    pub(crate) fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        let problem = self.json();
        assert_eq!(problem["status"], self.status, "{self:?}");
        assert_eq!(problem["instance"], self.header("x-request-id"), "{self:?}");
        problem["type"].as_str().unwrap().strip_prefix("urn:argus:problem:").unwrap().to_owned()
    }

    /// The one decision of an answer in JSON.
    pub(crate) fn decision(&self) -> String {
        assert_eq!(self.status, 200, "{self:?}");
        let results = &self.json()["Response"];
        assert_eq!(results.as_array().unwrap().len(), 1, "{self:?}");
        results[0]["Decision"].as_str().unwrap().to_owned()
    }

    /// The reason that an answer's advice gives.
    pub(crate) fn advised_reason(&self) -> Value {
        self.json()["Response"][0]["AssociatedAdvice"][0]["AttributeAssignment"][0]["Value"].clone()
    }
}

pub(crate) fn get(path: &str) -> TestRequest {
    TestRequest::default().method(Method::GET).uri(path)
}

pub(crate) fn post(path: &str, token: &str) -> TestRequest {
    let authorization = (AUTHORIZATION, format!("Bearer {token}"));
    TestRequest::default().method(Method::POST).uri(path).insert_header(authorization)
}

pub(crate) fn post_text(path: &str, token: &str, media: &str, text: impl Into<String>) -> TestRequest {
    post(path, token).insert_header((CONTENT_TYPE, media.to_owned())).set_payload(text.into())
}

/// May the holder of a credential do this to that?
pub(crate) fn request(credential: Option<&str>, action: &str, resource: &str) -> Value {
    let attribute = |id: &str, value: &str| json!({"AttributeId": id, "Value": value});
    let credential = credential.map(|token| attribute("urn:argus:attribute:credential", token));
    json!({"Request": {
        "AccessSubject": {"Attribute": credential.into_iter().collect::<Vec<_>>()},
        "Resource": {"Attribute": [attribute("urn:oasis:names:tc:xacml:1.0:resource:resource-id", resource)]},
        "Action": {"Attribute": [attribute("urn:oasis:names:tc:xacml:1.0:action:action-id", action)]},
    }})
}

/// The same in XML, its credential to be included in the result.
pub(crate) fn request_in_xml(credential: &str, action: &str, resource: &str) -> String {
    let category = |category: &str, id: &str, value: &str| {
        format!(
            r#"<Attributes Category="{category}"><Attribute AttributeId="{id}" IncludeInResult="true"><AttributeValue
             DataType="http://www.w3.org/2001/XMLSchema#string">{value}</AttributeValue></Attribute></Attributes>"#
        )
    };
    let subject = "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject";
    let [of_resource, of_action] =
        ["resource", "action"].map(|name| format!("urn:oasis:names:tc:xacml:3.0:attribute-category:{name}"));
    format!(
        r#"<Request xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" ReturnPolicyIdList="false"
         CombinedDecision="false">{}{}{}</Request>"#,
        category(subject, "urn:argus:attribute:credential", credential),
        category(&of_resource, "urn:oasis:names:tc:xacml:1.0:resource:resource-id", resource),
        category(&of_action, "urn:oasis:names:tc:xacml:1.0:action:action-id", action),
    )
}

/// The body of `POST /v1/verify`.
pub(crate) fn question(credential: &TestKey, action: &str, resource: &str) -> Value {
    json!({"credential": credential.token, "action": action, "resource": resource})
}

/// Databases of places; none where the machine has none.
pub(crate) fn databases() -> Option<PlaceFiles> {
    let Some(folder) = std::env::var_os("ARGUS_GEO").map(PathBuf::from) else {
        assert!(std::env::var_os("CI").is_none(), "ARGUS_GEO names no folder of databases");
        println!("skipped: needs ARGUS_GEO, a folder of databases");
        return None;
    };
    let file = |name: &str| Some(folder.join(name));
    Some(PlaceFiles {
        country: file("GeoIP2-City-Test.mmdb"),
        asn: file("GeoLite2-ASN-Test.mmdb"),
        anonymous: file("GeoIP2-Anonymous-IP-Test.mmdb"),
    })
}

/// A copy of the shipped policies.
pub(crate) fn policy_folder(folder: &TempDir) -> PathBuf {
    let policies = folder.path().join("policies");
    fs::create_dir(&policies).unwrap();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    for entry in fs::read_dir(shipped).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "xml") {
            fs::copy(&path, policies.join(path.file_name().unwrap())).unwrap();
        }
    }
    policies
}

// The verifier is what is tested, not the patience of whoever tests.
fn hasher() -> Hasher {
    Hasher::new(Iterations::new(1_000, Prefix::Test).unwrap())
}

// All keys are some time old, so that no test depends on the second in which it runs.
fn yesterday() -> DateTime<Utc> {
    Utc::now() - TimeDelta::days(1)
}

fn find_key(store: &Store, id: KeyId) -> Key {
    store.read(|conn| key::find(conn, id)).unwrap().unwrap()
}

fn of(organisations: &[(&'static str, OrganisationId)], name: &str) -> OrganisationId {
    organisations.iter().find(|(other, _)| *other == name).unwrap().1
}

fn act(organisation: OrganisationId) -> Act {
    Act::of_host(organisation, yesterday(), "a request")
}

fn add_organisation(store: &Store, name: &str) -> OrganisationId {
    let id = OrganisationId::new(yesterday());
    let new = NewOrganisation {
        id,
        name: name.into(),
        display_name: None,
        conditions: Conditions::default(),
        policy: OrganisationPolicy::default(),
        time_zone: "UTC".into(),
    };
    store.write(|conn| organisation::create(conn, &act(id), &new)).unwrap().id
}

fn add_key(
    store: &Store,
    tag_keys: &TagKeys,
    organisation: OrganisationId,
    (name, scope): (&str, &str),
    change: impl FnOnce(&mut NewKey, &mut NewCredential),
) -> TestKey {
    let minted = mint(tag_keys, Prefix::Test).unwrap();
    let hash = hasher().hash(minted.token.expose()).unwrap();
    let mut credential = NewCredential {
        id: minted.id.to_string(),
        material: Material::Secret(StoredHash::new(hash.to_string())),
        not_before: yesterday(),
        expires_at: None,
    };
    let mut new = NewKey {
        id: KeyId::new(yesterday()),
        project_id: None,
        name: name.into(),
        owner: "ada@acme.example".into(),
        environment: Environment::Test,
        scopes: vec![scope.into()],
        conditions: Conditions::default(),
        limits: Vec::new(),
        tags: Vec::new(),
        parent_key_id: None,
        not_before: None,
        expires_at: Some(Utc::now() + TimeDelta::days(1)),
        expiry_exception: None,
        rotation_interval_seconds: None,
        grace_seconds: None,
        durable: false,
    };
    change(&mut new, &mut credential);
    let key = store.write(|conn| key::create(conn, &act(organisation), &new, &credential)).unwrap();
    TestKey { token: minted.token.expose().to_owned(), key }
}
