//! OAuth and notices against clients, a mail server and a webhook that we did not write, unmodified, and against a real
//! server.
//!
//! They are looked for in the folder that `ARGUS_CLIENTS` names: `bin/python` with what `tests/clients/python` asks for,
//! and `node_modules` with what `tests/clients/node` does.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a panic is a failed test; what the clients say is to be seen"
)]

mod certificates;
mod certified;
mod curl;
mod gateways;
mod installation;
mod notices;
mod over_tls;
#[path = "../../../pap/store/tests/support/postgres.rs"]
mod postgres;
mod proxied;
mod tokens;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use argus_tests::http::{get, once};
use argus_tests::program::repository;
use installation::Installation;
use tempfile::TempDir;

/// The folder of the clients, where they are installed.
fn clients(part: &str) -> Option<PathBuf> {
    let folder = env::var_os("ARGUS_CLIENTS").map(PathBuf::from).filter(|folder| folder.join(part).exists());
    if folder.is_none() {
        assert!(env::var_os("CI").is_none(), "CI runs clients that we did not write, and finds {part} nowhere");
        println!("skipped: needs {part} in ARGUS_CLIENTS");
    }
    folder
}

fn run(command: &mut Command, installation: &Installation) {
    said_well(installation.tell(command));
}

/// Runs a program to its end, which has to be a good one.
fn said_well(command: &mut Command) {
    let output = command.output().unwrap();
    let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}{complained}");
    print!("{said}");
}

fn python(program: &str) {
    let Some(folder) = clients("bin/python") else { return };
    let installation = Installation::start();
    let program = repository().join("tests/clients/python").join(program);
    run(Command::new(folder.join("bin/python")).arg("-B").arg(program), &installation);
}

fn node(program: &str) {
    let Some(beside) = node_programs() else { return };
    let installation = Installation::start();
    run(Command::new("node").arg(beside.path().join(program)), &installation);
}

/// The programs for Node. Modules are looked for beside a program, and nowhere else.
fn node_programs() -> Option<TempDir> {
    let folder = clients("node_modules")?;
    let beside = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(repository().join("tests/clients/node")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, beside.path().join(path.file_name().unwrap())).unwrap();
    }
    link(&folder.join("node_modules"), &beside.path().join("node_modules"));
    Some(beside)
}

#[cfg(unix)]
fn link(there: &Path, here: &Path) {
    std::os::unix::fs::symlink(there.canonicalize().unwrap(), here).unwrap();
}

#[cfg(windows)]
fn link(there: &Path, here: &Path) {
    std::os::windows::fs::symlink_dir(there.canonicalize().unwrap(), here).unwrap();
}

#[test]
fn authlib_gets_introspects_and_revokes_tokens() {
    python("authlib_client.py");
}

#[test]
fn pyjwt_verifies_tokens_by_the_published_keys() {
    python("pyjwt_client.py");
}

#[test]
fn requests_oauthlib_gets_tokens() {
    python("requests_oauthlib_client.py");
}

#[test]
fn oauth4webapi_and_jose_get_verify_introspect_and_revoke_tokens() {
    node("oauth4webapi_client.mjs");
}

#[tokio::test]
async fn oauth4webapi_finds_an_issuer_with_a_path_by_its_name() {
    let Some(programs) = node_programs() else { return };
    let issuer = "https://argus.example/keys/atlas";
    let installation = Installation::start_with(|command| {
        command.env("ARGUS_ISSUER", issuer);
    });
    let program = programs.path().join("issuer_with_path.mjs");
    run(Command::new("node").arg(program).env("ISSUER_WITH_PATH", issuer), &installation);
    for (path, status) in [("", 200), ("/keys/atlas", 200), ("/keys", 404), ("/keys/atlas/x", 404), ("/", 404)] {
        let request = get(&format!("/.well-known/oauth-authorization-server{path}"));
        assert_eq!(once(installation.server.pap, &request).await.unwrap().status, status, "{path}");
    }
}

#[test]
fn openid_client_finds_the_endpoints_and_uses_them() {
    node("openid_client.mjs");
}

#[test]
fn simple_oauth2_gets_tokens() {
    node("simple_oauth2_client.mjs");
}
