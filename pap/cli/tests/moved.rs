//! What an operator keeps of an installation, and gets back: a backup that is restored, a move to another database.

#![cfg(test)]
#![cfg(unix)]

#[path = "../../store/tests/support/postgres.rs"]
mod postgres;
#[expect(dead_code, reason = "what the other tests need, too")]
#[path = "server/mod.rs"]
mod server;

use std::fs;
use std::path::Path;
use std::process::Command;

use postgres::PostgresServer;
use serde_json::Value;
use server::{Run, Server, argus, run};
use tempfile::TempDir;

/// A server with a reader's key in `reader.key`, and a key that was revoked in `revoked.key`.
fn installation(arguments: &[&str]) -> Server {
    let server = Server::start(arguments);
    let key = |name: &'static str, file: &'static str| {
        let made = server.run(&["key", "create", name, "--scope", "acme/evidence:read", "--secret-to", file]);
        assert_eq!(made.code, 0, "{made:?}");
    };
    assert_eq!(server.run(&["org", "create", "acme"]).code, 0);
    key("acme/reader", "reader.key");
    key("acme/revoked", "revoked.key");
    assert_eq!(server.run(&["key", "revoke", "acme/revoked", "--yes"]).code, 0);
    server
}

/// The decision, and its reason, about a key in a file.
fn verify(server: &Server, file: &Path) -> (String, String) {
    let file = file.to_str().unwrap();
    let asked = ["verify", "--credential-file", file, "--action", "read", "--resource", "acme/evidence/42"];
    let answer = server.run(&[&asked[..], &["--output", "json"]].concat());
    let answer: Value = serde_json::from_str(&answer.stdout).unwrap_or_else(|_| panic!("{answer:?}"));
    let text = |member: &str| answer[member].as_str().unwrap_or_default().to_owned();
    (text("decision"), text("reason"))
}

fn assert_is_the_same(server: &Server, keys: &Path) {
    assert_eq!(verify(server, &keys.join("reader.key")), ("Permit".to_owned(), String::new()));
    assert_eq!(verify(server, &keys.join("revoked.key")), ("Deny".to_owned(), "credential_revoked".to_owned()));
}

fn in_folder(folder: &Path, arguments: &[&str]) -> Run {
    run(argus(folder).args(arguments))
}

/// A folder with the master key of another, and its administrator's key.
fn folder_with_keys_of(other: &Path) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("argus-data")).unwrap();
    for file in ["master.key", "bootstrap.key"] {
        fs::copy(other.join("argus-data").join(file), folder.path().join("argus-data").join(file)).unwrap();
    }
    folder
}

#[test]
fn a_copy_made_while_the_server_runs_brings_an_installation_back_but_not_without_its_master_key() {
    let server = installation(&[]);
    let backup = in_folder(server.folder(), &["backup", "copy.db"]);
    assert_eq!(backup.code, 0, "{backup:?}");
    assert!(backup.stderr.contains("master.key"), "{backup:?}");
    let again = in_folder(server.folder(), &["backup", "copy.db"]);
    assert_eq!((again.code, again.stderr.contains("is already there")), (64, true), "{again:?}");
    // What happens later is not in it.
    let later = ["key", "create", "acme/later", "--scope", "acme/evidence:read", "--secret-to", "later.key"];
    assert_eq!(server.run(&later).code, 0);
    let was = server.kill_and_keep();

    let without = tempfile::tempdir().unwrap();
    fs::create_dir(without.path().join("argus-data")).unwrap();
    fs::copy(was.path().join("copy.db"), without.path().join("argus-data/argus.db")).unwrap();
    let useless = in_folder(without.path(), &["serve", "--pdp-listen", "127.0.0.1:0", "--pap-listen", "127.0.0.1:0"]);
    assert_eq!(useless.code, 78, "{useless:?}");
    assert!(useless.stderr.contains("the master key `./argus-data/master.key` is missing"), "{useless:?}");
    assert!(useless.stderr.contains("put it back from its backup"), "{useless:?}");
    let other_master = tempfile::tempdir().unwrap();
    let other = Server::start_in(other_master, &[]).stop_and_keep();
    fs::copy(other.path().join("argus-data/master.key"), without.path().join("argus-data/master.key")).unwrap();
    let useless = in_folder(without.path(), &["serve", "--pdp-listen", "127.0.0.1:0", "--pap-listen", "127.0.0.1:0"]);
    assert_eq!(useless.code, 78, "{useless:?}");

    let folder = folder_with_keys_of(was.path());
    fs::copy(was.path().join("copy.db"), folder.path().join("argus-data/argus.db")).unwrap();
    let restored = Server::start_in(folder, &[]);
    assert_is_the_same(&restored, was.path());
    assert_eq!(verify(&restored, &was.path().join("later.key")).1, "credential_unknown");
}

#[test]
fn a_dump_of_postgresql_brings_an_installation_back() {
    let Some(postgres) = PostgresServer::shared() else { return };
    let url = postgres.new_database();
    let server = installation(&["--database-url", &url]);
    let dump = server.folder().join("argus.dump");
    let tool = |name: &str, arguments: &[&str]| {
        let output = Command::new(postgres.program(name)).args(arguments).output().unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    };
    tool("pg_dump", &["--format=custom", &format!("--file={}", dump.display()), &url]);
    let refused = in_folder(server.folder(), &["backup", "copy.db", "--database-url", &url]);
    assert_eq!((refused.code, refused.stderr.contains("pg_dump")), (64, true), "{refused:?}");
    let was = server.stop_and_keep();

    let restored = postgres.new_database();
    tool("pg_restore", &[&format!("--dbname={restored}"), dump.to_str().unwrap()]);
    let folder = folder_with_keys_of(was.path());
    assert_is_the_same(&Server::start_in(folder, &["--database-url", &restored]), was.path());
}

#[test]
fn an_installation_moves_to_postgresql_and_back_and_its_keys_are_good_all_the_while() {
    let Some(postgres) = PostgresServer::shared() else { return };
    let server = installation(&[]);
    let busy = in_folder(server.folder(), &["migrate", "export", "busy.export"]);
    assert_eq!(busy.code, 78, "{busy:?}");
    assert!(busy.stderr.contains(&format!("is in use by process {}", server.id())), "{busy:?}");
    assert!(!server.folder().join("busy.export").exists());
    let was = server.stop_and_keep();
    let done = |run: Run| {
        assert_eq!(run.code, 0, "{run:?}");
        run.stdout
    };
    let first = done(in_folder(was.path(), &["migrate", "export", "first.export"]));
    assert!(first.contains("2 organisations, 3 keys with 3 credentials"), "{first}");

    let url = postgres.new_database();
    let to_server = ["--database-url", url.as_str()];
    assert_eq!(done(in_folder(was.path(), &[&["migrate", "import", "first.export"], &to_server[..]].concat())), first);
    let there = Server::start_in(folder_with_keys_of(was.path()), &to_server);
    assert_is_the_same(&there, was.path());
    let running =
        in_folder(was.path(), &[&["migrate", "import", "first.export", "--replace", "--yes"], &to_server[..]].concat());
    assert_eq!((running.code, running.stderr.contains("works on this database")), (78, true), "{running:?}");
    drop(there.stop_and_keep());
    let full = in_folder(was.path(), &[&["migrate", "import", "first.export"], &to_server[..]].concat());
    assert_eq!((full.code, full.stderr.contains("isn't empty")), (78, true), "{full:?}");
    let unasked =
        in_folder(was.path(), &[&["migrate", "import", "first.export", "--replace"], &to_server[..]].concat());
    assert_eq!((unasked.code, unasked.stderr.contains("--yes")), (64, true), "{unasked:?}");

    let second = done(in_folder(was.path(), &[&["migrate", "export", "second.export"], &to_server[..]].concat()));
    assert!(second.contains("2 organisations, 3 keys with 3 credentials"), "{second}");
    let back = folder_with_keys_of(was.path());
    fs::copy(was.path().join("second.export"), back.path().join("second.export")).unwrap();
    assert_eq!(done(in_folder(back.path(), &["migrate", "import", "second.export"])), second);
    let again = done(in_folder(back.path(), &["migrate", "export", "third.export"]));
    assert_eq!(again, second);
    let same = |a: &str, b: &str| fs::read(back.path().join(a)).unwrap() == fs::read(back.path().join(b)).unwrap();
    assert!(same("second.export", "third.export"));
    assert_is_the_same(&Server::start_in(back, &[]), was.path());
}
