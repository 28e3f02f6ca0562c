//! The same tokens before implementations that we did not write: PyJWT, joserfc and jose. They believe every right one,
//! and nothing forged but what is forged in a way that is none of their business.

#![allow(clippy::print_stdout, reason = "what the others say is to be seen")]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use serde_json::{Value, json};

use super::forged::{self, Forged};
use super::support::{ARGUS, AUDIENCE, CURVE, Class, EDWARDS, LEEWAY_SECONDS, NOW};
use crate::jwt::JwtFault as Fault;

/// What each of the others says of each token.
type Verdicts = BTreeMap<String, Vec<bool>>;

/// The folder of the clients, where they are installed.
fn clients() -> Option<PathBuf> {
    let folder = env::var_os("ARGUS_CLIENTS").map(PathBuf::from).filter(|folder| folder.join("bin/python").exists());
    if folder.is_none() {
        assert!(env::var_os("CI").is_none(), "CI asks others about forged tokens, and finds them nowhere");
        println!("skipped: needs bin/python and node_modules in ARGUS_CLIENTS");
    }
    folder
}

/// A token with the keys and rules of its class.
fn case(class: Class, token: &str) -> Value {
    let (issuer, keys) = class.issuer();
    let audiences = match class {
        Class::Access => vec![AUDIENCE, ARGUS],
        Class::Bearer => vec![AUDIENCE],
        Class::Assertion => vec![ARGUS],
        Class::Issuer => vec!["https://argus.example/"],
    };
    let algorithms = if class == Class::Issuer { vec!["RS256"] } else { vec!["RS256", "ES256", "EdDSA"] };
    json!({"token": token, "keys": keys.map(|pair| pair.jwk.clone()), "issuer": issuer, "audiences": audiences,
           "algorithms": algorithms, "required": class.required()})
}

fn ask(command: &mut Command, asked: &str) -> Verdicts {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(asked.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{command:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What they all say of tokens.
fn verdicts(clients: &Path, cases: &[Value]) -> Verdicts {
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/clients");
    let asked = json!({"now": NOW, "leeway_seconds": LEEWAY_SECONDS, "cases": cases}).to_string();
    let python = programs.join("python/forged_tokens.py");
    let mut all = ask(Command::new(clients.join("bin/python")).arg("-B").arg(python), &asked);
    // Modules are looked for beside a program; one that is no file stands in the folder that it is run in.
    let node = fs::read_to_string(programs.join("node/forged_tokens.mjs")).unwrap();
    all.extend(ask(Command::new("node").args(["--input-type=module", "--eval", &node]).current_dir(clients), &asked));
    assert_eq!(all.len(), 3);
    all
}

/// What every implementation has to see, whatever it is used for.
fn is_everybodys_business(forged: &Forged) -> bool {
    matches!(
        forged.fault,
        Fault::Algorithm
            | Fault::Signature
            | Fault::UnknownKey
            | Fault::Parts
            | Fault::Issuer
            | Fault::Missing(_)
            | Fault::Expired
            | Fault::NotYetValid
    )
}

#[test]
fn pyjwt_joserfc_and_jose_believe_what_we_believe_and_refuse_what_anybody_has_to() {
    let Some(clients) = clients() else { return };
    let mut right: Vec<_> = Class::ALL.map(|class| case(class, &class.token())).into();
    right.push(case(
        Class::Access,
        &CURVE.sign(r#"{"alg":"ES256","typ":"at+jwt"}"#, &Class::Access.claims().to_string()),
    ));
    right.push(case(Class::Bearer, &EDWARDS.sign(r#"{"alg":"EdDSA"}"#, &Class::Bearer.claims().to_string())));
    for (peer, believed) in verdicts(&clients, &right) {
        assert!(believed.iter().all(|it| *it), "{peer} refuses a right token: {believed:?}");
    }

    let all = forged::all();
    let cases: Vec<_> = all.iter().map(|forged| case(forged.class, &forged.token)).collect();
    for (peer, believed) in verdicts(&clients, &cases) {
        assert_eq!(believed.len(), all.len());
        let believed: Vec<_> = all.iter().zip(believed).filter(|(_, is_believed)| *is_believed).collect();
        let words = |forged: &Forged| format!("{} ({:?}, {:?})", forged.what, forged.class, forged.fault);
        println!("{peer} refuses {} of {} forged tokens", all.len() - believed.len(), all.len());
        let wrong: Vec<_> =
            believed.iter().filter(|(forged, _)| is_everybodys_business(forged)).map(|(it, _)| words(it)).collect();
        assert!(wrong.is_empty(), "{peer} believes {wrong:#?}");
    }
}
