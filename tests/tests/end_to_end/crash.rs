//! The process is killed in the midst of its work, again and again: what it acknowledged stays, what it did not finish
//! is not seen.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use argus_tests::flood::verify;
use argus_tests::http::{Connection, once, post};
use argus_tests::program::{Server, binary, is_release, repository};
use argus_tests::walk::Keys;
use serde_json::{Value, json};
use tokio::time::timeout;

/// How often the process is killed: 50 times the release build; a debug build takes seconds to start.
pub(crate) fn rounds() -> u64 {
    if is_release() { 50 } else { 6 }
}

/// The longest that a round works before the kill.
const WORK_MILLIS: u64 = 250;

struct Acknowledged {
    id: String,
    name: String,
    secret: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn no_kill_loses_an_acknowledged_key_or_shows_half_of_one() {
    let folder = tempfile::tempdir().unwrap();
    let (data, policies) = (folder.path().join("data"), folder.path().join("policies"));
    copy(&repository().join("policies"), &policies).unwrap();
    fs::create_dir_all(policies.join("organisations/acme")).unwrap();
    let start = || {
        Server::start_with(&data, |command| {
            command.env("ARGUS_POLICIES", &policies);
        })
    };
    let keys = Keys::create(&start().unwrap()).await.unwrap();
    let mut acknowledged = Vec::new();
    for round in 0..=rounds() {
        let mut server = start().unwrap();
        whole(&server, &keys, &acknowledged).await.unwrap();
        // A different moment in each round, the same in each run.
        let millis = round * 89 % WORK_MILLIS;
        let work = async { tokio::try_join!(create_keys(&server, round, &mut acknowledged), import(&policies, round)) };
        if let Ok(ended) = timeout(Duration::from_millis(millis), work).await {
            panic!("work that has no end ended: {ended:?}");
        }
        server.kill().unwrap();
    }
    println!("{} kills, {} keys acknowledged, none lost", rounds() + 1, acknowledged.len());
    assert!(!acknowledged.is_empty(), "no key was ever acknowledged");
}

/// Makes keys, one after the other, until it is stopped.
async fn create_keys(server: &Server, round: u64, acknowledged: &mut Vec<Acknowledged>) -> Result<()> {
    let mut connection = Connection::open(server.pap).await?;
    for number in 0_u32.. {
        let name = format!("k-{round}-{number}");
        let body =
            json!({"organisation": "acme", "project": "atlas", "name": &name, "scopes": ["acme/atlas/evidence:read"]});
        let request = post("/v1/keys", "application/json", Some(&server.key), body.to_string().as_bytes());
        let answer = connection.send(&request).await?;
        ensure!(answer.status == 201, "{} {}", answer.status, answer.text());
        let key = answer.json()?;
        let text = |field: &str| key[field].as_str().map(str::to_owned).context("no such field");
        acknowledged.push(Acknowledged { id: text("id")?, name, secret: text("secret")? });
    }
    Ok(())
}

/// Changes a policy, one version after the other, until it is stopped.
async fn import(policies: &Path, round: u64) -> Result<()> {
    for number in 0_u32.. {
        let text = format!(
            r#"<Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="urn:acme:guard" Version="1.{round}.{number}"
  RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:permit-overrides">
  <Target/><Rule RuleId="all" Effect="Permit"/></Policy>"#
        );
        let (next, file) = (policies.join("next"), policies.join("organisations/acme/guard.xml"));
        fs::write(&next, text)?;
        fs::rename(&next, &file)?;
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Whether the server shows every acknowledged key, and no key by halves.
async fn whole(server: &Server, keys: &Keys, acknowledged: &[Acknowledged]) -> Result<()> {
    let listed = list_keys(server).await?;
    for one in acknowledged {
        let key = listed.get(&one.id).with_context(|| format!("{} is lost", one.name))?;
        ensure!(key["name"] == one.name.as_str(), "{} became {}", one.name, key["name"]);
    }
    for key in listed.values() {
        let count = |field: &str| key[field].as_array().map(Vec::len);
        ensure!(count("credentials") == Some(1) && count("scopes") == Some(1), "half a key: {key}");
        ensure!(key["state"] == "active", "{key}");
    }
    if let Some(last) = acknowledged.last() {
        let answer = once(server.pdp, &verify(&keys.enforcement_point, &last.secret)).await?;
        ensure!(answer.json()?["decision"] == "Permit", "{} was acknowledged: {}", last.name, answer.text());
    }
    Ok(())
}

async fn list_keys(server: &Server) -> Result<HashMap<String, Value>> {
    let mut connection = Connection::open(server.pap).await?;
    let mut listed = HashMap::new();
    let mut cursor = String::new();
    loop {
        let request = format!(
            "GET /v1/keys?organisation=acme&limit=200{cursor} HTTP/1.1\r\nHost: argus\r\nAuthorization: Bearer {}\r\n\r\n",
            server.key
        );
        let answer = connection.send(request.as_bytes()).await?;
        ensure!(answer.status == 200, "{} {}", answer.status, answer.text());
        let page = answer.json()?;
        for key in page["items"].as_array().context("a page without items")? {
            listed.insert(key["id"].as_str().context("a key without an id")?.to_owned(), key.clone());
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(listed),
        }
    }
}

#[tokio::test]
async fn a_first_start_that_is_killed_leaves_nothing_that_keeps_the_next_from_starting() {
    let folder = tempfile::tempdir().unwrap();
    let (data, policies) = (folder.path().join("data"), folder.path().join("policies"));
    copy(&repository().join("policies"), &policies).unwrap();
    for organisation in 0..20 {
        let folder = policies.join(format!("organisations/o{organisation}"));
        fs::create_dir_all(&folder).unwrap();
        for number in 0..10 {
            let text = format!(
                r#"<Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="urn:o{organisation}:p{number}"
  Version="1.0" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:permit-overrides"><Target/></Policy>"#
            );
            fs::write(folder.join(format!("p{number}.xml")), text).unwrap();
        }
    }
    for round in 0..rounds() {
        let mut child = tokio::process::Command::new(binary())
            .arg("serve")
            .env("ARGUS_DATA_DIR", &data)
            .env("ARGUS_PDP_LISTEN", "127.0.0.1:0")
            .env("ARGUS_PAP_LISTEN", "127.0.0.1:0")
            .env("ARGUS_POLICIES", &policies)
            .env("ARGUS_BOOTSTRAP_KEY_FILE", data.with_extension("bootstrap"))
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let early = timeout(Duration::from_millis(round * 7 % 150), child.wait()).await;
        assert!(early.is_err(), "the server ended by itself: {early:?}");
        child.kill().await.unwrap();
    }
    // The administrator's key may have been lost with the process that was to show it; one can be made anew.
    let server = Server::start_with(&data, |command| {
        command.env("ARGUS_POLICIES", &policies).arg("--new-bootstrap-key");
    })
    .unwrap();
    let keys = Keys::create(&server).await.unwrap();
    let answer = once(server.pdp, &verify(&keys.enforcement_point, &keys.reader)).await.unwrap();
    assert_eq!(answer.json().unwrap()["decision"], "Permit", "{}", answer.text());
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
