//! The first minute and what may go wrong in it: the program started, its commands run against it.

#![cfg(test)]
#![expect(clippy::string_slice, reason = "keys are ASCII")]

#[expect(dead_code, reason = "what the test that kills needs, too")]
#[path = "server/mod.rs"]
mod server;

use std::fs;
use std::net::TcpListener;

use serde_json::{Value, json};
use server::{Server, argus, here, on_a_terminal, run};

const READER: [&str; 7] =
    ["key", "create", "acme/atlas/reader", "--scope", "acme/atlas/evidence:read", "--secret-to", "reader.key"];

fn verify<'a>(action: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec!["verify", "--credential-file", "reader.key", "--action", action];
    arguments.extend(["--resource", "acme/atlas/evidence/42"]);
    arguments.extend(more);
    arguments
}

/// A server with `acme/atlas` and the key `reader`, whose secret is in `reader.key`.
fn with_reader() -> Server {
    let server = Server::start(&[]);
    for arguments in [&["org", "create", "acme"][..], &["project", "create", "acme/atlas"], &READER] {
        assert_eq!(server.run(arguments).code, 0, "{arguments:?}");
    }
    server
}

#[test]
fn a_key_is_made_permitted_denied_and_revoked() {
    let server = Server::start(&[]);
    assert_eq!(server.run(&["org", "create", "acme"]).stdout, "organisation acme\n");
    assert_eq!(server.run(&["project", "create", "acme/atlas"]).stdout, "project acme/atlas\n");
    let made = server.run(&READER);
    let words: Vec<&str> = made.stdout.lines().collect();
    assert!(words[0].starts_with("key acme/atlas/reader, expires 20"), "{made:?}");
    assert!(words[0].ends_with("(90 days); secret written to reader.key (0600), shown nowhere else"), "{made:?}");
    assert_eq!(
        words[1],
        "may read everything under acme/atlas/evidence; may do nothing else; no address, country or time rule"
    );

    let permitted = server.run(&verify("read", &["--expect", "Permit"]));
    assert_eq!(permitted.code, 0, "{permitted:?}");
    assert!(permitted.stdout.starts_with("Permit  scope `acme/atlas/evidence:read` covers it "), "{permitted:?}");
    let denied = server.run(&verify("delete", &[]));
    assert_eq!(denied.code, 0, "a Deny is an answer");
    assert!(denied.stdout.starts_with("Deny    scope_missing: no scope of this key covers "), "{denied:?}");
    assert_eq!(server.run(&verify("delete", &["--expect", "Permit"])).code, 1);

    let unasked = server.run(&["key", "revoke", "acme/atlas/reader"]);
    assert_eq!(unasked.code, 64, "nobody is there to say yes");
    assert!(unasked.stderr.contains("Revoke acme/atlas/reader (1 credential, 0 delegated keys, "), "{unasked:?}");
    assert!(unasked.stderr.contains("--yes"), "{unasked:?}");
    assert_eq!(server.run(&verify("read", &["--expect", "Permit"])).code, 0, "nothing was changed");

    let revoked = server.run(&["key", "revoke", "acme/atlas/reader", "--yes"]);
    assert_eq!(revoked.code, 0, "{revoked:?}");
    assert!(revoked.stdout.starts_with("revoked; applied by 1 of 1 decision points after "), "{revoked:?}");
    let denied = server.run(&verify("read", &["--expect", "Deny"]));
    assert_eq!(denied.code, 0, "{denied:?}");
    assert!(denied.stdout.starts_with("Deny    credential_revoked: revoked 20"), "{denied:?}");
    assert!(denied.stdout.contains("Z, reason manual"), "{denied:?}");
    let again = server.run(&["key", "revoke", "acme/atlas/reader"]);
    assert!(again.stdout.starts_with("it is revoked already, since 20"), "{again:?}");
}

#[test]
fn a_key_is_shown_with_its_limits_its_rotation_and_its_credentials() {
    let server = with_reader();
    let limits = ["--limit", "rpm=60/1m", "--rotate-every", "30d"];
    let made = ["key", "create", "acme/atlas/job", "--scope", "acme/atlas/evidence:read", "--secret-to", "job.key"];
    assert_eq!(server.run(&[&made[..], &limits].concat()).code, 0);
    let rotate = ["key", "rotate", "acme/atlas/job", "--secret-to", "next.key", "--grace", "1h"];
    assert_eq!(server.run(&rotate).code, 0);
    let shown = server.run(&["key", "show", "acme/atlas/job"]);
    let lines: Vec<&str> = shown.stdout.lines().collect();
    assert_eq!(lines.len(), 7, "{shown:?}");
    assert!(lines[0].starts_with("key acme/atlas/job, rotating, expires 20"), "{shown:?}");
    assert!(lines[3].starts_with("rotated every 30d, next 20"), "{shown:?}");
    assert_eq!(lines[4], "limit rpm, 60 in 1m (sliding window)");
    let older = ["credential ", ", secret, active, made 20", ", good until 20", "Z, never used"];
    assert!(older.iter().all(|part| lines[5].contains(part)), "{shown:?}");
    assert!(lines[6].starts_with("credential ") && !lines[6].contains("good until"), "{shown:?}");
}

#[test]
fn programs_get_one_object_for_each_command() {
    let server = with_reader();
    let json = |arguments: &[&str]| -> Value {
        let run = server.run(&[arguments, &["--output", "json"]].concat());
        serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"))
    };
    let shown = json(&["key", "show", "acme/atlas/reader"]);
    assert_eq!((&shown["path"], &shown["state"]), (&json!("acme/atlas/reader"), &json!("active")));
    assert_eq!(json(&["key", "show", shown["id"].as_str().unwrap()]), shown, "by its id as well");
    let listed = json(&["key", "list", "acme/atlas"]);
    assert_eq!(listed, json!({"items": [shown], "next_cursor": null}));
    assert_eq!(json(&["org", "list"])["items"].as_array().unwrap().len(), 2);
    assert_eq!(json(&["project", "show", "acme/atlas"])["path"], "acme/atlas");
    let answer = json(&verify("read", &[]));
    assert_eq!((&answer["decision"], &answer["key"]["id"]), (&json!("Permit"), &shown["id"]));

    let made = json(&["key", "create", "acme/other", "--scope", "acme/x:read", "--secret-to", "other.key"]);
    assert_eq!((made.get("secret"), &made["secret_file"]), (None, &json!("other.key")));
    let failed = server.run(&["key", "show", "acme/atlas/redaer", "--output", "json"]);
    let problem: Value = serde_json::from_str(&failed.stderr).unwrap();
    assert_eq!((failed.code, &problem["type"]), (1, &json!("urn:argus:problem:not-found")));
    assert_eq!(problem["help"], "did you mean `acme/atlas/reader`?");
}

#[test]
fn a_secret_is_shown_alone_on_its_line_where_no_file_is_named() {
    let server = with_reader();
    let made = server.run(&["key", "create", "acme/shown", "--scope", "acme/x:read"]);
    let secrets: Vec<&str> = made.stdout.lines().filter(|line| line.starts_with("argus_live_")).collect();
    assert_eq!((secrets.len(), secrets[0].len()), (1, 81), "{made:?}");
}

#[test]
fn a_secret_is_not_written_over_another_file() {
    let server = with_reader();
    let before = fs::read(server.folder().join("reader.key")).unwrap();
    let refused = server.run(&["key", "create", "acme/x", "--scope", "acme/x:read", "--secret-to", "reader.key"]);
    assert_eq!(refused.code, 64, "{refused:?}");
    assert_eq!(fs::read(server.folder().join("reader.key")).unwrap(), before);
    assert_eq!(server.run(&["key", "show", "acme/x"]).code, 1, "and no key is made");
    let refused = server.run(&["key", "create", "acme/x", "--scope", "nonsense", "--secret-to", "x.key"]);
    assert_eq!((refused.code, server.folder().join("x.key").exists()), (64, false), "{refused:?}");
}

#[test]
fn who_may_not_is_told_the_scope_and_ends_with_77() {
    let server = with_reader();
    let refused = server.run_with_key("reader.key", &["key", "list", "acme"]);
    assert_eq!(refused.code, 77, "{refused:?}");
    assert!(refused.stderr.contains("`acme/argus/keys:read`"), "{refused:?}");
    let refused = server.run_with_key("reader.key", &verify("read", &[]));
    assert_eq!(refused.code, 77, "{refused:?}");
    assert!(refused.stderr.contains("`acme/argus/pdp:execute`"), "{refused:?}");

    server.run(&["key", "create", "acme/pep", "--scope", "acme/argus/pdp:execute", "--secret-to", "pep.key"]);
    assert_eq!(server.run_with_key("pep.key", &verify("read", &["--expect", "Permit"])).code, 0);
    let hidden = server.run_with_key("pep.key", &["key", "show", "acme/atlas/reader"]);
    assert_eq!(hidden.code, 77, "{hidden:?}");

    server.run(&["org", "create", "beta"]);
    server.run(&["key", "create", "beta/boss", "--scope", "*:admin", "--secret-to", "beta.key"]);
    assert_eq!(server.run_with_key("beta.key", &["key", "list", "beta"]).code, 0);
    for arguments in [&["key", "list", "acme"][..], &["org", "list"], &["project", "create", "acme/x"]] {
        assert_eq!(server.run_with_key("beta.key", arguments).code, 77, "{arguments:?}");
    }
    assert_eq!(server.run_with_key("beta.key", &verify("read", &[])).code, 77);
    let nobody = run(argus(server.folder()).env("ARGUS_URL", server.administration()).args(["org", "list"]));
    assert_eq!(nobody.code, 77, "{nobody:?}");
    assert!(nobody.stderr.contains("ARGUS_KEY"), "{nobody:?}");
}

#[test]
fn conditions_are_asked_for_by_flag_and_hold() {
    let server = with_reader();
    let made = server.run(&[
        "key",
        "create",
        "acme/atlas/office",
        "--scope",
        "acme/atlas/evidence:read",
        "--network",
        "10.0.0.0/8",
        "--network-type",
        "corporate",
        "--device-compliant",
        "--expires",
        "12h",
        "--secret-to",
        "office.key",
    ]);
    assert!(
        made.stdout.contains("only from 10.0.0.0/8, only in networks of the type corporate, only on compliant devices"),
        "{made:?}"
    );
    let verify = |more: &[&str]| {
        let basis = ["verify", "--credential-file", "office.key", "--action", "read", "--resource"];
        server.run(&[&basis[..], &["acme/atlas/evidence/1"], more].concat()).stdout
    };
    let all = ["--ip", "10.1.2.3", "--network", "corporate", "--compliant"];
    assert!(verify(&all).starts_with("Permit"), "{}", verify(&all));
    assert!(
        verify(&["--ip", "192.0.2.1", "--network", "corporate", "--compliant"]).starts_with("Deny    condition_ip")
    );
    assert!(verify(&["--network", "corporate", "--compliant"]).starts_with("Deny    condition_ip"), "unknown is no");
    assert!(verify(&["--ip", "10.1.2.3", "--network", "home", "--compliant"]).starts_with("Deny    condition_network"));
    let not_compliant = ["--ip", "10.1.2.3", "--network", "corporate", "--compliant", "false"];
    assert!(verify(&not_compliant).starts_with("Deny    condition_device"), "{}", verify(&not_compliant));
}

#[test]
fn the_first_administrators_key_is_in_its_file_and_nowhere_else() {
    let server = Server::start(&["--log-level", "trace"]);
    let file = server.data().join("bootstrap.key");
    let key = fs::read_to_string(&file).unwrap().trim().to_owned();
    server.run(&["org", "create", "acme"]);
    let made = server.run(&["key", "create", "acme/k", "--scope", "acme/x:read", "--secret-to", "k.key"]);
    let other = fs::read_to_string(server.folder().join("k.key")).unwrap().trim().to_owned();
    server.run(&["key", "list"]);
    server.run(&["verify", "--credential-file", "k.key", "--action", "read", "--resource", "acme/x"]);
    server.run(&["key", "revoke", "acme/k", "--yes"]);
    let (said, folder) = server.stop();
    let folder = folder.path();
    assert_eq!(said.code, 0, "{said:?}");

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        for file in [&file, &folder.join("argus-data/master.key"), &folder.join("k.key")] {
            assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600, "{}", file.display());
        }
    }
    for secret in [&key[23..66], &other[23..66]] {
        // Pieces, because a page of the database or a line of a log might break a secret.
        for piece in [&secret[..14], &secret[14..28], &secret[28..]] {
            for text in [&said.stdout, &said.stderr, &made.stdout, &made.stderr] {
                assert!(!text.contains(piece));
            }
            let data = folder.join("argus-data");
            let entries = fs::read_dir(&data).unwrap().chain(fs::read_dir(data.join("journal")).unwrap());
            for path in entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
                let octets = fs::read(&path).unwrap();
                let holds = octets.windows(piece.len()).any(|window| window == piece.as_bytes());
                assert_eq!(holds, path == file && key.contains(piece), "{}", path.display());
            }
        }
    }
    assert!(said.stderr.contains("created key acme/k"), "the log is there: {}", said.stderr);
}

#[test]
fn a_later_start_knows_everything_and_makes_no_key() {
    let server = with_reader();
    let told = server.run(&["audit", "list", "--output", "json"]);
    let told: Value = serde_json::from_str(&told.stdout).unwrap();
    let entries = told["items"].as_array().unwrap();
    assert_eq!(entries[0]["event"], "organisation.created");
    assert!(entries.iter().all(|entry| entry["organisation"]["name"].is_string()), "{told}");
    let key = fs::read(server.data().join("bootstrap.key")).unwrap();
    let folder = server.stop_and_keep();
    fs::remove_file(folder.path().join("argus-data/bootstrap.key")).unwrap();
    fs::write(folder.path().join("first.key"), &key).unwrap();

    let server = Server::start_in(folder, &[]);
    assert_eq!(server.ready()["bootstrap_key_file"], Value::Null);
    assert_eq!(server.run_with_key("first.key", &verify("read", &["--expect", "Permit"])).code, 0);
    let folder = server.stop_and_keep();

    let server = Server::start_in(folder, &["--new-bootstrap-key"]);
    let new = fs::read(server.data().join("bootstrap.key")).unwrap();
    assert_ne!(new, key);
    assert_eq!(server.run(&["key", "list", "argus"]).stdout.lines().count(), 3, "both administrators and the heads");
    assert_eq!(server.run_with_key("first.key", &["org", "list"]).code, 0, "the first goes on");
}

#[test]
fn what_keeps_a_server_from_starting_is_said_in_a_line_with_its_flag() {
    let server = with_reader();
    let start = |arguments: &[&str]| {
        let run = run(argus(server.folder()).args([&["serve"], arguments].concat()));
        assert_eq!((run.code, run.stdout.as_str()), (78, ""), "{run:?}");
        run.stderr
    };
    let anywhere = ["--pdp-listen", "127.0.0.1:0", "--pap-listen", "127.0.0.1:0"];
    let in_use = start(&anywhere);
    assert!(in_use.contains(&format!("is in use by process {}", server.id())), "{in_use}");
    assert!(in_use.contains("--data-dir (ARGUS_DATA_DIR)"), "{in_use}");

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refused = start(&["--data-dir", "other", "--pdp-listen", &address, "--pap-listen", "127.0.0.1:0"]);
    assert!(refused.starts_with(&format!("error: argus can't listen on {address}: ")), "{refused}");
    assert!(refused.contains("--pdp-listen (ARGUS_PDP_LISTEN)"), "{refused}");

    fs::write(server.folder().join("argus.toml"), "data_dir = 'x'\ncolour = 1\n").unwrap();
    assert!(start(&anywhere).starts_with("error: argus.toml:2: "));
    fs::remove_file(server.folder().join("argus.toml")).unwrap();
    for url in ["mysql://u:s3cret@db/x", "postgres://u:s3cret@127.0.0.1:1/x"] {
        let refused = start(&["--database-url", url]);
        assert!(refused.contains("--database-url (ARGUS_DATABASE_URL)") && !refused.contains("s3cret"), "{refused}");
    }
    assert!(start(&[&anywhere[..], &["--data-dir", "o", "--log-level", "a=b=c"]].concat()).contains("ARGUS_LOG_LEVEL"));

    let folder = server.stop_and_keep();
    fs::rename(folder.path().join("argus-data/master.key"), folder.path().join("saved.key")).unwrap();
    let lost = run(argus(folder.path()).arg("serve").args(anywhere));
    assert_eq!(lost.code, 78, "{lost:?}");
    assert!(lost.stderr.contains("master.key` is missing"), "{lost:?}");
    assert!(lost.stderr.contains("ARGUS_MASTER_KEY_FILE"), "{lost:?}");
    let server = Server::start_in(folder, &["--master-key-file", "saved.key"]);
    assert_eq!(server.run(&verify("read", &["--expect", "Permit"])).code, 0);
}

#[test]
fn faulty_policies_at_a_first_start_end_with_2_and_their_lines() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("policies")).unwrap();
    fs::write(folder.path().join("policies/root.xml"), "<PolicySet>").unwrap();
    let listen = ["--pdp-listen", "127.0.0.1:0", "--pap-listen", "127.0.0.1:0"];
    let refused = run(argus(folder.path()).arg("serve").args(listen));
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.stderr.contains("root.xml:1:"), "{refused:?}");
}

#[test]
fn a_server_says_how_it_is_to_anybody() {
    let server = with_reader();
    let status = run(server.client(argus(server.folder()).arg("status")));
    assert_eq!(status.code, 0, "{status:?}");
    assert!(status.stdout.contains("ready: 12 policy documents (shipped), change "), "{status:?}");
}

#[test]
fn a_terminal_shows_the_first_administrators_key_and_no_file_holds_it() {
    if !here("script") {
        println!("skipped: needs script");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let said = on_a_terminal(folder.path(), "serve --pdp-listen 127.0.0.1:0 --pap-listen 127.0.0.1:0", "ready in ");
    let key =
        said.lines().find_map(|line| line.trim().strip_prefix("export ARGUS_KEY=")).unwrap_or_else(|| panic!("{said}"));
    assert_eq!(key.trim().len(), 81, "{said}");
    assert!(said.contains("First administrator's key, shown this once. It is stored only as a hash:"), "{said}");
    assert!(said.contains("back up argus-data/master.key apart from the data"), "{said}");
    assert!(said.contains("  argus org create acme && argus project create acme/atlas"), "{said}");
    assert!(!folder.path().join("argus-data/bootstrap.key").exists());
}

#[test]
fn a_server_that_is_not_there_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{free}");
    let lost = run(argus(folder.path()).env("ARGUS_URL", &url).env("ARGUS_KEY", "x").args(["org", "list"]));
    assert_eq!(lost.code, 69, "{lost:?}");
    assert_eq!(
        lost.stderr,
        format!(
            "error: argus can't reach {url}: connection refused\nhelp: start it with argus serve, or set ARGUS_URL\n"
        )
    );
    let wrong = run(argus(folder.path()).env("ARGUS_KEY", "x").args(["org", "list", "--url", "localhost:8181"]));
    assert_eq!(wrong.code, 64, "{wrong:?}");
}

#[test]
fn the_shell_line_of_verify_asks_the_same() {
    let server = with_reader();
    let asked = server.run(&verify("read", &["-v", "--ip", "192.0.2.7"]));
    let line = &asked.stderr;
    assert!(line.starts_with("curl -sS http://127.0.0.1:") && !line.contains("argus_live_"), "{line}");
    assert!(asked.stdout.contains("key acme/atlas/reader: may read everything under acme/atlas/evidence"), "{asked:?}");
    if !here("curl") {
        println!("skipped: needs curl");
        return;
    }
    let answer = server.shell(line);
    let answer: Value = serde_json::from_str(&answer).unwrap_or_else(|_| panic!("{answer}"));
    assert_eq!(answer["decision"], "Permit");
}
