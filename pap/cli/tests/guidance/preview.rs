//! `argus key preview` and `argus key list --risk`, against a server with the shipped policies.

use serde_json::{Value, json};

use crate::server::Server;
use crate::{create, with_atlas};

const READER: [&str; 5] = ["acme/atlas/reader", "--scope", "acme/atlas/evidence:read", "--network", "10.0.0.0/8"];

fn preview(server: &Server, flags: &[&str]) -> Value {
    let run = server.run(&[&["key", "preview", "--output", "json"], flags].concat());
    serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"))
}

#[test]
fn the_policies_in_force_decide_about_a_key_that_is_not_there() {
    let server = with_atlas();
    let flags = ["--country", "DE", "--window", "Mon-Fri 08:00-18:00 Europe/Berlin", "--network-type", "corporate"];
    let preview = preview(&server, &[&READER[..], &flags, &["--device-compliant"]].concat());
    let decided: Vec<_> = preview["decisions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|decision| (decision["about"].as_str().unwrap(), decision["reason"].as_str().unwrap_or("Permit")))
        .collect();
    assert_eq!(
        decided,
        [
            ("as the scope acme/atlas/evidence:read says", "Permit"),
            ("from an address outside", "condition_ip"),
            ("from an address that is not known", "condition_ip"),
            ("from another country", "condition_country"),
            ("from a country that is not known", "condition_country"),
            ("at another time", "condition_time"),
            ("in another type of network", "condition_network"),
            ("on a device that is not known to comply", "condition_device"),
            ("another action", "scope_missing"),
            ("a neighbour whose name begins alike", "scope_missing"),
            ("another organisation", "credential_unknown"),
            ("the keys of the organisation", "scope_missing"),
        ]
    );
    assert_eq!(server.run(&["key", "show", "acme/atlas/reader"]).code, 1, "no key was made");
}

#[test]
fn what_was_foretold_of_a_key_is_decided_about_it() {
    let server = with_atlas();
    let preview = preview(&server, &READER);
    let made = server.run(&[&["key", "create", "--secret-to", "reader.key"], &READER[..]].concat());
    assert_eq!(made.code, 0, "{made:?}");
    for decision in preview["decisions"].as_array().unwrap() {
        let text = |member: &str| decision[member].as_str().unwrap();
        // Acts of administration are asked for elsewhere.
        if text("resource").starts_with("acme/argus/") {
            continue;
        }
        let mut asked = vec!["verify", "--credential-file", "reader.key", "--output", "json"];
        asked.extend(["--action", text("action"), "--resource", text("resource")]);
        asked.extend(decision["context"]["ip"].as_str().iter().flat_map(|ip| ["--ip", ip]));
        let answer: Value = serde_json::from_str(&server.run(&asked).stdout).unwrap();
        assert_eq!(
            (&answer["decision"], &answer["reason"]),
            (&decision["decision"], &decision["reason"]),
            "{decision}"
        );
    }
}

#[test]
fn a_preview_for_people_ends_with_one_where_the_key_would_not_be_made() {
    let server = with_atlas();
    let good = server.run(&[&["key", "preview"], &READER[..]].concat());
    assert_eq!(good.code, 0, "{good:?}");
    assert!(good.stdout.starts_with("key acme/atlas/reader, not made, expires 20"), "{good:?}");
    assert!(good.stdout.contains("\nmay read everything under acme/atlas/evidence; may do nothing else; "), "{good:?}");
    assert!(good.stdout.contains("\nDeny      condition_ip        acme/atlas/evidence:read "), "{good:?}");
    let bad = server.run(&["key", "preview", "acme/zeus/reader", "--scope", "acme/x:fly", "--expires", "400d"]);
    assert_eq!(bad.code, 1, "{bad:?}");
    let errors: Vec<_> = bad.stdout.lines().filter(|line| line.starts_with("error: ")).collect();
    assert_eq!(errors.len(), 3, "{bad:?}");
    assert!(errors[0].starts_with("error: /scopes/0: "), "{bad:?}");
}

#[test]
fn a_fresh_install_holds_no_key_at_risk_that_nobody_has_explained() {
    let server = with_atlas();
    let listed = |server: &Server| -> Value {
        let run = server.run(&["key", "list", "--risk", "--output", "json"]);
        serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"))
    };
    assert_eq!(listed(&server)["items"], json!([]), "the administrator's key has its exception");
    let said = server.run(&["key", "list", "--risk"]).stdout;
    assert_eq!(said, "every key expires and asks for a network, or has a recorded exception\n");
    create(&server, READER[0], &READER[1..]);
    create(&server, "acme/anywhere", &["--scope", "acme/x:read"]);
    let listed = listed(&server);
    let paths: Vec<_> = listed["items"].as_array().unwrap().iter().map(|key| &key["path"]).collect();
    assert_eq!(paths, ["acme/anywhere"]);
    let said = server.run(&["key", "list", "--risk"]).stdout;
    assert!(said.lines().nth(1).unwrap().starts_with("acme/anywhere  any_address  20"), "{said}");
}
