//! `kill -9` while keys are being made: what was acknowledged is there, what is there is whole.

#![cfg(test)]

#[expect(dead_code, reason = "what the tests of the first minute need, too")]
#[path = "server/mod.rs"]
mod server;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use server::Server;

/// A few more of these run against the store itself, which is where it would break.
const ROUNDS: usize = 20;

/// Requests under way at once.
const CLIENTS: usize = 3;

#[test]
fn a_server_killed_while_it_makes_keys_has_lost_none_and_half_made_none() {
    let mut folder = tempfile::tempdir().unwrap();
    let first = Server::start_in(folder, &[]);
    assert_eq!(first.run(&["org", "create", "acme"]).code, 0);
    folder = first.stop_and_keep();
    let admin = std::fs::read_to_string(folder.path().join("argus-data/bootstrap.key")).unwrap().trim().to_owned();
    let mut made = 0;
    for round in 0..ROUNDS {
        let server = Server::start_in(folder, &[]);
        let address = server.administration().strip_prefix("http://").unwrap().to_owned();
        let (acknowledge, acknowledged) = channel();
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let (address, admin, acknowledge) = (address.clone(), admin.clone(), acknowledge.clone());
                thread::spawn(move || make_keys(&address, &admin, &format!("k{round}-{client}"), &acknowledge))
            })
            .collect();
        drop(acknowledge);
        // Killed at once when so many are acknowledged: the others are anywhere between their first and last step.
        let mut keys: Vec<(String, String)> = acknowledged.iter().take(round % 4 + 1).collect();
        folder = server.kill_and_keep();
        for client in clients {
            client.join().unwrap();
        }
        keys.extend(acknowledged.try_iter());

        let server = Server::start_in(folder, &[]);
        for (name, secret) in &keys {
            std::fs::write(server.folder().join("key"), secret).unwrap();
            let verify = ["verify", "--credential-file", "key", "--action", "read", "--resource", "acme/x/1"];
            let answer = server.run(&verify);
            assert!(answer.stdout.starts_with("Permit"), "{name}: {answer:?}");
        }
        made += keys.len();
        let listed = server.run(&["key", "list", "acme", "--output", "json"]);
        let listed: Value = serde_json::from_str(&listed.stdout).unwrap();
        let listed = listed["items"].as_array().unwrap();
        assert!(listed.len() >= made, "{} of {made}", listed.len());
        assert!(listed.iter().all(|key| key["credentials"].as_array().unwrap().len() == 1));
        folder = server.kill_and_keep();
    }
}

/// A client that heard nothing asks again under the same name: the key was made, once, or it was not and is now. A second
/// attempt at making one that is there would find its name taken.
#[test]
fn who_asks_again_after_the_server_was_killed_has_one_key_and_no_second_secret() {
    let mut folder = tempfile::tempdir().unwrap();
    let first = Server::start_in(folder, &[]);
    assert_eq!(first.run(&["org", "create", "acme"]).code, 0);
    folder = first.stop_and_keep();
    let admin = std::fs::read_to_string(folder.path().join("argus-data/bootstrap.key")).unwrap().trim().to_owned();
    let (mut made_before, mut made_now) = (0, 0);
    for round in 0..ROUNDS {
        let server = Server::start_in(folder, &[]);
        let address = server.administration().strip_prefix("http://").unwrap().to_owned();
        let (acknowledge, acknowledged) = channel();
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let (address, admin, acknowledge) = (address.clone(), admin.clone(), acknowledge.clone());
                thread::spawn(move || ask_until_killed(&address, &admin, &format!("r{round}-{client}"), &acknowledge))
            })
            .collect();
        drop(acknowledge);
        assert_eq!(acknowledged.iter().take(round % 3 + 1).count(), round % 3 + 1);
        folder = server.kill_and_keep();
        let unanswered: Vec<String> = clients.into_iter().map(|client| client.join().unwrap()).collect();

        let server = Server::start_in(folder, &[]);
        let address = server.administration().strip_prefix("http://").unwrap().to_owned();
        for name in unanswered {
            let answer = named_post(&address, &admin, &name).unwrap();
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            let body: Value = serde_json::from_str(body).unwrap();
            let listed = server.run(&["key", "show", &format!("acme/{name}"), "--output", "json"]);
            let key: Value = serde_json::from_str(&listed.stdout).unwrap();
            assert_eq!(key["credentials"].as_array().unwrap().len(), 1, "{key}");
            if head.starts_with("HTTP/1.1 201") {
                assert_eq!(body["id"], key["id"]);
                made_now += 1;
            } else {
                assert_eq!(
                    (&body["type"], &body["key_id"]),
                    (&json!("urn:argus:problem:secret-already-shown"), &key["id"])
                );
                made_before += 1;
            }
        }
        folder = server.kill_and_keep();
    }
    assert_eq!(made_now + made_before, ROUNDS * CLIENTS);
}

/// Makes keys until the server is gone, and says which one it was not answered about.
fn ask_until_killed(address: &str, admin: &str, name: &str, acknowledge: &Sender<()>) -> String {
    for n in 0.. {
        let name = format!("{name}-{n}");
        let answer = named_post(address, admin, &name).unwrap_or_default();
        let body = answer.split_once("\r\n\r\n").map(|(_, body)| serde_json::from_str::<Value>(body));
        if !matches!(body, Some(Ok(body)) if body["secret"].is_string()) {
            return name;
        }
        // Nobody counts any more once the server is being killed.
        let _ = acknowledge.send(());
    }
    unreachable!("a server that is killed answers for ever")
}

fn named_post(address: &str, admin: &str, name: &str) -> Option<String> {
    let body = json!({"organisation": "acme", "name": name, "scopes": ["acme/x:read"]}).to_string();
    post_with(address, admin, &format!("Idempotency-Key: {name}\r\n"), &body)
}

/// Makes keys until the server is gone.
fn make_keys(address: &str, admin: &str, name: &str, acknowledge: &Sender<(String, String)>) {
    for n in 0.. {
        let name = format!("{name}-{n}");
        let body = json!({"organisation": "acme", "name": name, "scopes": ["acme/x:read"]}).to_string();
        let Some(answer) = post(address, admin, &body) else { return };
        let Some((head, body)) = answer.split_once("\r\n\r\n") else { return };
        assert!(head.starts_with("HTTP/1.1 201"), "{head}");
        // A body that was cut off was not acknowledged.
        let Ok(body) = serde_json::from_str::<Value>(body) else { return };
        if acknowledge.send((name, body["secret"].as_str().unwrap().to_owned())).is_err() {
            return;
        }
    }
}

fn post(address: &str, key: &str, body: &str) -> Option<String> {
    post_with(address, key, "", body)
}

fn post_with(address: &str, key: &str, header: &str, body: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_mins(1))).ok()?;
    let head = format!(
        "POST /v1/keys HTTP/1.1\r\nHost: argus\r\nAuthorization: Bearer {key}\r\nConnection: close\r\n{header}\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}
