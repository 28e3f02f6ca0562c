//! The first minute on a PostgreSQL database, with a second node beside the first.

#![cfg(test)]
#![cfg(unix)]

#[path = "../../store/tests/support/postgres.rs"]
mod postgres;
#[expect(dead_code, reason = "what the other tests need, too")]
#[path = "server/mod.rs"]
mod server;

use std::time::{Duration, Instant};

use postgres::PostgresServer;
use server::{Server, argus, run};

#[test]
fn a_key_made_on_one_node_is_good_on_another_until_it_is_revoked() {
    let Some(postgres) = PostgresServer::shared() else { return };
    let url = postgres.new_database();
    let first = Server::start(&["--database-url", &url]);
    let master = first.data().join("master.key");
    let second = Server::start(&["--database-url", &url, "--master-key-file", master.to_str().unwrap()]);
    assert!(second.ready()["bootstrap_key_file"].is_null(), "the first administrator is there already");

    let key = ["key", "create", "acme/reader", "--scope", "acme/evidence:read", "--secret-to", "reader.key"];
    for arguments in [&["org", "create", "acme"][..], &key] {
        assert_eq!(first.run(arguments).code, 0, "{arguments:?}");
    }
    let secret = first.folder().join("reader.key");
    let verify = |expected: &str| {
        let mut verify = argus(second.folder());
        verify.args(["verify", "--action", "read", "--resource", "acme/evidence/42", "--credential-file"]);
        let administrator = first.data().join("bootstrap.key");
        verify.arg(&secret).arg("--key-file").arg(administrator).args(["--expect", expected]);
        run(second.client(&mut verify)).code
    };
    wait_until(|| verify("Permit") == 0);
    assert_eq!(first.run(&["key", "revoke", "acme/reader", "--reason", "a test", "--yes"]).code, 0);
    wait_until(|| verify("Deny") == 0);
}

fn wait_until(holds: impl Fn() -> bool) {
    let since = Instant::now();
    while !holds() {
        assert!(since.elapsed() < Duration::from_secs(20), "the nodes don't wake each other, nor look by themselves");
    }
}
