//! What happened to a key, as an operator asks it, and as an auditor proves it without the server.

#![cfg(test)]
#![cfg(unix)]

#[path = "../../store/tests/support/postgres.rs"]
mod postgres;
#[expect(dead_code, reason = "what the other tests need, too")]
#[path = "server/mod.rs"]
mod server;

use std::fs;

use server::{Run, Server, argus, run};

fn make_and_revoke(server: &Server) {
    let key = ["key", "create", "acme/reader", "--scope", "acme/evidence:read", "--secret-to", "reader.key"];
    for arguments in [
        &["org", "create", "acme"][..],
        &key,
        &["key", "revoke", "acme/reader", "--reason", "found in a paste", "--yes"],
    ] {
        let made = server.run(arguments);
        assert_eq!(made.code, 0, "{made:?}");
    }
}

fn lines(run: &Run) -> Vec<&str> {
    assert_eq!(run.code, 0, "{run:?}");
    run.stdout.lines().collect()
}

#[test]
fn an_operator_reads_what_happened_to_a_key() {
    let server = Server::start(&[]);
    make_and_revoke(&server);
    let listed = server.run(&["audit", "list", "acme", "--target", "acme/reader"]);
    let lines = lines(&listed);
    assert_eq!(lines.len(), 3, "{listed:?}");
    assert!(lines[1].contains("key.created") && lines[2].contains("key.revoked"), "{listed:?}");
    assert!(lines[2].contains("argus/administrator (whoever runs this installation)"), "{listed:?}");
    assert!(lines[2].trim_end().ends_with("127.0.0.1"), "{listed:?}");
    let number = lines[2].split_whitespace().next().unwrap();
    let shown = server.run(&["audit", "show", number]);
    assert!(shown.stdout.contains("found in a paste") && shown.stdout.contains("decision  "), "{shown:?}");
    assert_eq!(server.run(&["audit", "show", "100000"]).code, 1);
    let refused = server.run_with_key("reader.key", &["audit", "list"]);
    assert_eq!(refused.code, 77, "{refused:?}");
}

#[test]
fn an_auditor_proves_it_without_the_server_and_sees_what_was_changed() {
    let server = Server::start(&[]);
    make_and_revoke(&server);
    let exported = server.run(&["audit", "export", "--to", "audit.jsonl"]);
    assert_eq!(exported.code, 0, "{exported:?}");
    let keys = server.run(&["audit", "keys"]);
    let key_id = keys.stdout.split(' ').next().unwrap().to_owned();
    let folder = server.stop_and_keep();
    let verify = |arguments: &[&str]| run(argus(folder.path()).args(["audit", "verify"]).args(arguments));
    let outside = "argus-data/audit-checkpoints.jsonl";
    let whole = verify(&["audit.jsonl", "--checkpoints", outside, "--key-id", &key_id]);
    assert!(whole.code == 0 && whole.stdout.starts_with("whole: the entries 1 to "), "{whole:?}");

    let export = fs::read_to_string(folder.path().join("audit.jsonl")).unwrap();
    let changed = export.replace("found in a paste", "lost in a paste!");
    let is_of_acme = |line: &&str| line.contains("organisation.created") && line.contains("\"path\":\"acme\"");
    let without: Vec<_> = export.lines().filter(|line| !is_of_acme(line)).collect();
    let cut: Vec<_> = export.lines().take(4).collect();
    let (without, cut) = (without.join("\n") + "\n", cut.join("\n") + "\n");
    let mut reordered: Vec<_> = export.lines().collect();
    reordered.swap(2, 3);
    let reordered = reordered.join("\n") + "\n";
    for (text, expected) in [
        (changed, "broken: altered "),
        (without, "broken: removed "),
        (cut, "broken: truncated "),
        (reordered, "broken: "),
    ] {
        fs::write(folder.path().join("other.jsonl"), text).unwrap();
        let broken = verify(&["other.jsonl"]);
        assert!(broken.code == 1 && broken.stdout.starts_with(expected), "{expected}: {broken:?}");
    }
    let other_key = verify(&["audit.jsonl", "--key-id", "another"]);
    assert!(other_key.code == 1 && other_key.stdout.starts_with("broken: forged "), "{other_key:?}");
    assert_eq!(verify(&["nowhere.jsonl"]).code, 66);
    // What was signed stands outside as well.
    let signed = fs::read_to_string(folder.path().join(outside)).unwrap();
    assert!(signed.contains("\"signature\""), "{signed}");
    assert!(export.contains("\"sealed\"") && !export.contains("whoever runs this installation"), "it names nobody");
}

/// The lines of an export that hold entries.
fn entries(export: &str) -> impl Iterator<Item = &str> {
    export.lines().filter(|line| line.contains("\"event\":"))
}

#[test]
fn entries_of_another_installation_are_seen_whatever_numbers_they_bear() {
    let exports = [(); 2].map(|()| {
        let server = Server::start(&[]);
        make_and_revoke(&server);
        assert_eq!(server.run(&["audit", "export", "--to", "audit.jsonl"]).code, 0);
        let folder = server.stop_and_keep();
        let export = fs::read_to_string(folder.path().join("audit.jsonl")).unwrap();
        (folder, export)
    });
    let [(folder, one), (_, other)] = &exports;
    let (mine, theirs) = (entries(one).nth(2).unwrap(), entries(other).nth(2).unwrap());
    fs::write(folder.path().join("spliced.jsonl"), one.replace(mine, theirs)).unwrap();
    let broken = run(argus(folder.path()).args(["audit", "verify", "spliced.jsonl"]));
    assert!(broken.code == 1 && broken.stdout.starts_with("broken: "), "{broken:?}");
}

/// Whether the export of now is whole, and what it holds.
fn export_and_verify(server: &Server) -> String {
    let exported = server.run(&["audit", "export", "--to", "now.jsonl"]);
    assert_eq!(exported.code, 0, "{exported:?}");
    let whole = server.run(&["audit", "verify", "now.jsonl"]);
    assert!(whole.code == 0 && whole.stdout.starts_with("whole: "), "{whole:?}");
    let export = fs::read_to_string(server.folder().join("now.jsonl")).unwrap();
    fs::remove_file(server.folder().join("now.jsonl")).unwrap();
    export
}

fn forget_and_verify(server: &Server) {
    make_and_revoke(server);
    let owned = ["key", "create", "acme/hers", "--owner", "ada@acme.example", "--scope", "acme/evidence:read"];
    for arguments in [&owned[..], &["key", "revoke", "acme/hers", "--yes"]] {
        let done = server.run(arguments);
        assert_eq!(done.code, 0, "{done:?}");
    }
    let before = export_and_verify(server);
    let shown = || server.run(&["audit", "list", "acme", "--output", "json"]).stdout;
    assert!(shown().contains("ada@acme.example"));
    let forgotten = server.run(&["audit", "forget", "acme", "ada@acme.example", "--yes"]);
    assert!(forgotten.code == 0 && forgotten.stdout.contains("1 ended keys"), "{forgotten:?}");
    assert!(!shown().contains("ada@acme.example"));
    let after = export_and_verify(server);
    let after: Vec<_> = entries(&after).collect();
    assert!(entries(&before).all(|entry| after.contains(&entry)), "no entry is another than before");
}

#[test]
fn an_export_is_whole_before_and_after_somebody_was_forgotten() {
    forget_and_verify(&Server::start(&[]));
}

#[test]
fn the_same_holds_on_postgres() {
    let Some(postgres) = postgres::PostgresServer::shared() else { return };
    forget_and_verify(&Server::start(&["--database-url", &postgres.new_database()]));
}

#[test]
fn a_forgotten_owner_is_asked_about_first() {
    let server = Server::start(&[]);
    make_and_revoke(&server);
    let asked = server.run(&["audit", "forget", "acme", "somebody"]);
    assert!(asked.code == 64 && asked.stderr.contains("--yes"), "{asked:?}");
    let unknown = server.run(&["audit", "forget", "acme", "somebody", "--yes"]);
    assert_eq!(unknown.code, 1, "{unknown:?}");
}

#[test]
fn the_administration_needs_the_master_key() {
    let server = Server::start(&[]);
    let folder = server.stop_and_keep();
    fs::write(folder.path().join("tag.key"), "nothing").unwrap();
    let refused = run(argus(folder.path()).args(["serve", "--tag-key-file", "tag.key"]));
    assert_eq!(refused.code, 78, "{refused:?}");
}
