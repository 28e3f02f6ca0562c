//! A database of countries that is replaced under a running server.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use argus_tests::http::{get, once, post};
use argus_tests::program::{Server, stdout};
use serde_json::{Value, json};

/// How long a replaced file may take to be noticed on a machine that does other things meanwhile.
const PATIENCE: Duration = Duration::from_secs(30);

async fn wait_for(server: &Server, what: impl Fn(&Value) -> bool) -> Value {
    let since = Instant::now();
    loop {
        let ready = once(server.pdp, &get("/readyz")).await.unwrap().json().unwrap();
        if what(&ready) {
            return ready;
        }
        assert!(since.elapsed() < PATIENCE, "{ready}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Puts a file in the place of another, as those who update databases do.
fn replace(file: &Path, with: &Path) {
    let new = file.with_extension("new");
    fs::copy(with, &new).unwrap();
    fs::rename(new, file).unwrap();
}

#[tokio::test]
async fn a_replaced_database_is_used_without_a_restart_and_a_damaged_one_is_not() {
    let Some(geo) = std::env::var_os("ARGUS_GEO").map(std::path::PathBuf::from) else {
        assert!(std::env::var_os("CI").is_none(), "ARGUS_GEO names no folder of databases");
        println!("skipped: needs ARGUS_GEO, a folder of databases");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("country.mmdb");
    fs::copy(geo.join("GeoIP2-City-Test.mmdb"), &file).unwrap();
    let settings = |command: &mut std::process::Command| _ = command.env("ARGUS_GEOIP_DATABASE", &file);
    let server = Server::start_with(&folder.path().join("data"), settings).unwrap();
    let argus = |arguments: &[&str]| stdout(&server.argus_in(folder.path(), arguments)).unwrap();
    argus(&["org", "create", "acme"]);
    argus(&["project", "create", "acme/atlas", "--country", "GB"]);
    argus(&["key", "create", "acme/atlas/reader", "--scope", "acme/atlas:read", "--secret-to", "reader.key"]);
    let verify = |ip| {
        let asked = ["verify", "--credential-file", "reader.key", "--action", "read", "--resource", "acme/atlas/1"];
        argus(&[&asked[..], &["--ip", ip]].concat())
    };
    assert!(verify("81.2.69.142").starts_with("Permit"));
    assert!(verify("89.160.20.112").contains("condition_country"));

    replace(&file, &geo.join("GeoIP2-City-Test-Invalid-Node-Count.mmdb"));
    wait_for(&server, |ready| ready["geoip"]["problems"][0].is_string()).await;
    assert!(verify("81.2.69.142").starts_with("Permit"), "the old one goes on");
    assert!(server.printed().contains("keeping the database that was in use"), "{}", server.printed());

    replace(&file, &geo.join("GeoIP2-City-Test.mmdb"));
    let ready = wait_for(&server, |ready| ready["status"] == "ready").await;
    assert_eq!(ready["geoip"]["problems"], serde_json::json!([]));
    assert!(verify("81.2.69.142").starts_with("Permit"));
}

#[test]
fn a_server_does_not_start_on_a_damaged_database() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("country.mmdb");
    fs::write(&file, "no database").unwrap();
    let settings = |command: &mut std::process::Command| _ = command.env("ARGUS_GEOIP_DATABASE", &file);
    let refused = Server::start_with(&folder.path().join("data"), settings).unwrap_err();
    let refused = format!("{refused:#}");
    assert!(refused.contains("country.mmdb` is refused") && refused.contains("--geoip-database"), "{refused}");
}

/// A key that has always come from Germany, and then comes from Britain through a VPN.
#[tokio::test]
async fn a_new_country_through_an_anonymiser_is_told_as_grave() {
    let Some(geo) = std::env::var_os("ARGUS_GEO").map(std::path::PathBuf::from) else {
        assert!(std::env::var_os("CI").is_none(), "ARGUS_GEO names no folder of databases");
        println!("skipped: needs ARGUS_GEO, a folder of databases");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let settings = |command: &mut std::process::Command| {
        command.env("ARGUS_GEOIP_DATABASE", geo.join("GeoIP2-City-Test.mmdb"));
        command.env("ARGUS_GEOIP_ANONYMOUS_DATABASE", geo.join("GeoIP2-Anonymous-IP-Test.mmdb"));
    };
    let server = Server::start_with(&folder.path().join("data"), settings).unwrap();
    let argus = |arguments: &[&str]| stdout(&server.argus_in(folder.path(), arguments)).unwrap();
    argus(&["org", "create", "acme"]);
    argus(&["project", "create", "acme/atlas"]);
    argus(&["key", "create", "acme/atlas/reader", "--scope", "acme/atlas:read", "--secret-to", "reader.key"]);
    let secret = fs::read_to_string(folder.path().join("reader.key")).unwrap();
    let use_from = async |ip: &str| {
        let body =
            json!({"credential": secret.trim(), "action": "read", "resource": "acme/atlas/1", "context": {"ip": ip}});
        let asked = post("/v1/verify", "application/json", Some(&server.key), body.to_string().as_bytes());
        let answer = once(server.pdp, &asked).await.unwrap().json().unwrap();
        assert_eq!(answer["decision"], "Permit", "{answer}");
    };
    for _ in 0..60 {
        use_from("2a02:d180::1").await;
    }
    // What is counted has been told to the watcher: it learns the home first.
    let since = Instant::now();
    while !argus(&["usage", "acme"]).ends_with("60 decisions: 60 permitted, 0 denied, 0 errors\n") {
        assert!(since.elapsed() < PATIENCE, "{}", argus(&["usage", "acme"]));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    use_from("81.2.69.142").await;
    let list = ["anomaly", "list", "acme", "--detector", "new-country", "--output", "json"];
    let found = loop {
        let list: Value = serde_json::from_str(&argus(&list)).unwrap();
        if list["items"][0].is_object() {
            break list["items"][0].clone();
        }
        assert!(since.elapsed() < PATIENCE, "{list}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    assert_eq!(found["severity"], "high", "{found}");
    assert!(found["explanation"].as_str().unwrap().contains("GB, through an anonymiser"), "{found}");
}
