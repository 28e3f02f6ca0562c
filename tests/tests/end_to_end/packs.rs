//! Packs of evidence: made by the server, checked without one, and refused where any octet is another.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use argus_tests::program::{Server, stdout};
use argus_tests::walk::{create, create_key};
use chrono::{SecondsFormat, Utc};
use serde_json::{Value, json};

use super::compliance::Sql;

const FILES: [&str; 7] =
    ["query.json", "report.html", "report.json", "report.csv", "audit.jsonl", "manifest.json", "manifest.sig.json"];

/// Where the content of each file begins in an archive, and how long it is, by the headers before them.
fn contents(archive: &[u8]) -> BTreeMap<String, (usize, usize)> {
    let number = |at: usize, octets: usize| {
        archive[at..at + octets].iter().rev().fold(0_usize, |sum, octet| sum << 8 | usize::from(*octet))
    };
    let (mut all, mut at) = (BTreeMap::new(), 0);
    while archive[at..].starts_with(b"PK\x03\x04") {
        assert_eq!((number(at + 8, 2), number(at + 28, 2)), (0, 0), "stored, with nothing extra");
        let (size, name) = (number(at + 18, 4), number(at + 26, 2));
        let begins = at + 30 + name;
        all.insert(String::from_utf8(archive[at + 30..begins].to_vec()).unwrap(), (begins, size));
        at = begins + size;
    }
    all
}

/// Says that a pack is broken, and why.
fn refused(server: &Server, archive: &[u8], file: &Path) -> String {
    fs::write(file, archive).unwrap();
    let checked = server.argus(&["compliance", "verify", file.to_str().unwrap()]);
    assert_eq!(checked.status.code(), Some(1), "{checked:?}");
    String::from_utf8(checked.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_is_checked_without_a_server_and_no_octet_of_it_can_be_another() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(&data).unwrap();
    for name in ["acme", "globex"] {
        create(&server, "/v1/organisations", &json!({"name": name})).await.unwrap();
    }
    create(&server, "/v1/projects", &json!({"organisation": "acme", "name": "atlas"})).await.unwrap();
    create_key(&server, "reader", "acme/atlas:read").await.unwrap();
    let file = folder.path().join("pack.zip");
    let path = file.to_str().unwrap();
    let pack = |framework: &str, more: &[&str]| {
        let packed = server.argus(&[&["compliance", framework], more, &["--format", "pack", "--file", path]].concat());
        assert!(packed.status.success(), "{packed:?}");
        fs::read(&file).unwrap()
    };
    let verify = |more: &[&str]| server.argus(&[&["compliance", "verify", path], more].concat());
    let keys: Value =
        serde_json::from_str(&stdout(&server.argus(&["audit", "keys", "--output", "json"])).unwrap()).unwrap();
    let key_id = keys["keys"][0]["kid"].as_str().unwrap().to_owned();
    for framework in ["soc2", "iso27001", "pci-dss", "gdpr"] {
        pack(framework, &["acme"]);
        let words = stdout(&verify(&["--key-id", &key_id])).unwrap();
        assert!(words.starts_with(&format!("whole: {framework} of acme, from ")) && words.contains(&key_id), "{words}");
    }
    pack("fips", &[]);
    assert!(stdout(&verify(&[])).unwrap().starts_with("whole: fips of the whole installation, from "));
    pack("breach", &["acme/atlas/reader"]);
    assert!(stdout(&verify(&[])).unwrap().starts_with("whole: breach of acme/atlas/reader, from "));

    // What came before the time of the report isn't in it: it begins at the checkpoint before.
    let from = Utc::now().to_rfc3339_opts(SecondsFormat::Micros, true);
    create_key(&server, "writer", "acme/atlas:write").await.unwrap();
    let archive = pack("soc2", &["acme", "--from", &from]);
    let mut sql = Sql::open(&data);
    let [first, last] = ["min", "max"].map(|which| {
        sql.texts(&format!(
            "SELECT CAST({which}(sequence) AS TEXT) AS text FROM audit_entries WHERE event = 'key.created' \
            AND at >= '{}'",
            from.replace('T', " ").replace('Z', "")
        ))
        .remove(0)
    });
    let words = stdout(&verify(&[])).unwrap();
    assert!(words.contains(&format!("the entries {first} to {last}")), "{words}: {first} to {last}");
    let checked: Value = serde_json::from_str(&stdout(&verify(&["--output", "json"])).unwrap()).unwrap();
    assert_eq!((&checked["is_whole"], &checked["signed_by"]), (&json!(true), &json!(key_id)));

    let found = contents(&archive);
    let order: Vec<_> = FILES.iter().map(|name| found[*name].0).collect();
    assert!(found.len() == FILES.len() && order.is_sorted(), "{found:?}");
    let content = |name: &str| &archive[found[name].0..found[name].0 + found[name].1];
    let manifest: Value = serde_json::from_slice(content("manifest.json")).unwrap();
    let query: Value = serde_json::from_slice(content("query.json")).unwrap();
    assert_eq!(
        (&query["framework"], &query["organisation"], &query["from"]),
        (&json!("soc2"), &json!("acme"), &json!(from))
    );
    assert_eq!((&manifest["query"], &manifest["key_id"]), (&query, &json!(key_id)));
    assert!(content("report.html").starts_with(b"<!DOCTYPE html>") && content("report.csv").starts_with(b"framework,"));
    let export = folder.path().join("audit.jsonl");
    fs::write(&export, content("audit.jsonl")).unwrap();
    let whole = stdout(&server.argus(&["audit", "verify", export.to_str().unwrap()])).unwrap();
    assert!(whole.starts_with(&format!("whole: the entries {first} to {last}")), "{whole}");

    for (name, (begins, size)) in &found {
        for place in [*begins, begins + size / 2, begins + size - 1] {
            let mut other = archive.clone();
            other[place] ^= 1;
            let why = refused(&server, &other, &file);
            let named = name.starts_with("manifest") || why.contains(&format!("`{name}` is not what was signed"));
            assert!(why.starts_with("broken: ") && named, "{name}: {why}");
        }
        // The header before it, and the name in it.
        for place in [begins - 1, begins - name.len() - 20] {
            let mut other = archive.clone();
            other[place] ^= 1;
            assert!(refused(&server, &other, &file).starts_with("broken: "), "the header of {name}");
        }
    }
    for other in [&archive[..archive.len() - 1], &[&archive[..], b"\0"].concat(), &archive[1..], b""] {
        assert!(refused(&server, other, &file).starts_with("broken: "));
    }
    fs::write(&file, &archive).unwrap();
    let another = verify(&["--key-id", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]);
    assert_eq!(another.status.code(), Some(1), "{another:?}");
    assert!(String::from_utf8_lossy(&another.stdout).contains("signed by another key"), "{another:?}");
}
