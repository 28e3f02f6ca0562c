//! The end of an installation: what was sealed under its master key is in none of its files any more, and nobody starts
//! on it again.

#![cfg(test)]
#![cfg(unix)]

#[path = "../../store/tests/support/postgres.rs"]
mod postgres;
#[expect(dead_code, reason = "what the other tests need, too")]
#[path = "server/mod.rs"]
mod server;

use std::fs;
use std::path::Path;

use argus_admin::audit::PublicKey;
use argus_credentials::MasterKey;
use argus_store::{Location, Store, audit, evidence};
use memchr::memmem;
use postgres::PostgresServer;
use serde_json::{Value, json};
use server::{Run, Server, argus, run};

/// A server that has issued a token, has withdrawn a signing key, and knows people.
fn installation(arguments: &[&str]) -> Server {
    let server = Server::start(&[&["--signing-key", "p-256"], arguments].concat());
    let done = |arguments: &[&str]| assert_eq!(server.run(arguments).code, 0, "{arguments:?}");
    done(&["org", "create", "acme"]);
    done(&["key", "create", "acme/reader", "--scope", "acme/x:read", "--owner", "ada", "--secret-to", "reader.key"]);
    done(&["signing-key", "rotate"]);
    server
}

fn envelopes(store: &Store) -> Vec<String> {
    let all = store.read(evidence::list_envelopes).unwrap();
    for purpose in ["tag", "audit", "signing_key", "person"] {
        assert!(!all[purpose].is_empty(), "{purpose}");
    }
    all.into_values().flatten().collect()
}

/// Whether a file, or any beneath a folder, holds a piece of an envelope, which may be broken over pages.
fn holds(place: &Path, envelopes: &[String]) -> bool {
    if place.is_dir() {
        return fs::read_dir(place).unwrap().any(|entry| holds(&entry.unwrap().path(), envelopes));
    }
    // A server removes its own files while it runs.
    let Ok(octets) = fs::read(place) else { return false };
    let mut pieces = envelopes.iter().flat_map(|envelope| envelope.as_bytes().rchunks_exact(24).take(3));
    pieces.any(|piece| memmem::find(&octets, piece).is_some())
}

fn destroy(folder: &Path, more: &[&str]) -> Run {
    run(argus(folder).args(["master-key", "destroy", "--output", "json"]).args(more))
}

fn assert_is_the_last_entry(store: &Store) {
    let last = store.read(audit::find_head).unwrap();
    let entries = store.read(|conn| audit::list_after(conn, last.sequence - 1, 10)).unwrap();
    let entry: Value = serde_json::from_str(&entries[0].entry).unwrap();
    assert_eq!((&entry["event"], &entry["actor"]["kind"]), (&json!("keys.destroyed"), &json!("host")));
    let checkpoint = store.read(audit::find_last_checkpoint).unwrap().unwrap();
    assert_eq!((checkpoint.sequence, checkpoint.hash), (last.sequence, last.hash), "it is signed, too");
}

#[test]
fn nothing_of_an_envelope_is_left_in_the_files_of_sqlite() {
    let server = installation(&[]);
    let keys = server.run(&["audit", "keys", "--output", "json"]);
    let keys: Value = serde_json::from_str(&keys.stdout).unwrap();
    assert_eq!(server.run(&["backup", "first.db"]).code, 0);
    assert_eq!(server.run(&["signing-key", "rotate", "--emergency", "--yes"]).code, 0);
    assert_eq!(server.run(&["backup", "second.db"]).code, 0);
    let refused = destroy(server.folder(), &["--for-good"]);
    assert!(refused.code == 78 && refused.stderr.contains("in use"), "{refused:?}");
    // Killed, so that the log is left as it was.
    let folder = server.kill_and_keep();
    let data = folder.path().join("argus-data");
    let sealed: Vec<String> = ["first.db", "second.db"]
        .iter()
        .flat_map(|copy| envelopes(&Store::open(&folder.path().join(copy)).unwrap()))
        .collect();
    assert!(holds(&data.join("argus.db"), &sealed) || holds(&data.join("argus.db-wal"), &sealed));
    let master = fs::read_to_string(data.join("master.key")).unwrap();

    let unasked = destroy(folder.path(), &[]);
    assert!(unasked.code == 64 && unasked.stderr.contains("--for-good"), "{unasked:?}");
    assert!(data.join("master.key").exists());
    let done = destroy(folder.path(), &["--for-good"]);
    let told: Value = serde_json::from_str(&done.stdout).unwrap_or_else(|_| panic!("{done:?}"));
    assert_eq!((done.code, &told["master_key"], &told["audit_signed"]), (0, &json!("destroyed"), &json!(true)));
    assert!(["wrapped_keys", "signing_keys", "people"].iter().all(|kind| told["destroyed"][kind].as_u64() > Some(0)));
    assert!(!holds(&data, &sealed), "an envelope is still there");
    assert!(!data.join("master.key").exists());
    let checkpoints = fs::read_to_string(data.join("audit-checkpoints.jsonl")).unwrap();
    let again = destroy(folder.path(), &["--for-good"]);
    assert_eq!(again.code, 66, "{again:?}");

    // With the key from a backup, too, nobody begins on what is left.
    fs::write(data.join("master.key"), &master).unwrap();
    let started =
        run(argus(folder.path()).args(["serve", "--pdp-listen", "127.0.0.1:0", "--pap-listen", "127.0.0.1:0"]));
    assert!(started.code == 78 && started.stderr.contains("were destroyed"), "{started:?}");
    let store = Store::open(&data.join("argus.db")).unwrap();
    assert_is_the_last_entry(&store);
    let last = store.read(audit::find_last_checkpoint).unwrap().unwrap();
    let public = keys["keys"].as_array().unwrap().iter().filter_map(PublicKey::of_jwk);
    assert!(public.into_iter().any(|key| key.has_signed(&last)), "{keys:#}");
    assert!(checkpoints.contains(&last.signature));
    assert!(MasterKey::parse(&master).is_ok());
}

#[test]
fn another_master_key_is_left_alone() {
    let folder = installation(&[]).stop_and_keep();
    let other = MasterKey::generate().unwrap();
    fs::write(folder.path().join("other.key"), other.to_text().expose()).unwrap();
    let done = destroy(folder.path(), &["--for-good", "--master-key-file", "other.key"]);
    let told: Value = serde_json::from_str(&done.stdout).unwrap_or_else(|_| panic!("{done:?}"));
    assert_eq!((&told["master_key"], &told["audit_signed"]), (&json!("another"), &json!(false)));
    assert!(folder.path().join("other.key").exists() && folder.path().join("argus-data/master.key").exists());
}

#[test]
fn nothing_of_an_envelope_is_left_in_the_tables_of_postgresql() {
    let Some(postgres) = PostgresServer::shared() else { return };
    let url = postgres.new_database();
    let server = installation(&["--database-url", &url]);
    let of_url = ["--for-good", "--database-url", &url];
    let refused = destroy(server.folder(), &of_url);
    assert!(refused.code == 78 && refused.stderr.contains("in use by the node"), "{refused:?}");
    let sealed = envelopes(&Store::open(Location::parse(&url).unwrap()).unwrap());
    let folder = server.stop_and_keep();
    let tables = postgres.folder().join("data/base");
    postgres.sql(&url, "CHECKPOINT");
    assert!(holds(&tables, &sealed));
    let done = destroy(folder.path(), &of_url);
    let told: Value = serde_json::from_str(&done.stdout).unwrap_or_else(|_| panic!("{done:?}"));
    assert_eq!((done.code, &told["master_key"], &told["audit_signed"]), (0, &json!("destroyed"), &json!(true)));
    postgres.sql(&url, "CHECKPOINT");
    assert!(!holds(&tables, &sealed), "an envelope is still in a table");
    assert_is_the_last_entry(&Store::open(Location::parse(&url).unwrap()).unwrap());
}
