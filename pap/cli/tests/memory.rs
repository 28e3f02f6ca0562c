//! The memory of a server a second after it was asked, searched for what it should have wiped (FIPS 140-2 §4.7.6).
//!
//! Whoever reads the memory of a running server finds the master key and the key that signs: it works with them.
//! Nothing else of a secret is to be there but in buffers of the HTTP library: requests that it keeps until another
//! takes their place, and what it freed and nobody has written over. These are told by what stands before the secret:
//! the head of a request or an answer, or the syntax of a body, of which our own copies are wiped. A build with the
//! feature `fips` wipes whatever is freed: there, only the heads excuse.
//!
//! What was freed may lose that head to the next that is allocated there, and its secret stays: by chance, in one run
//! in ten. A copy of ours stays in every run. So several servers are looked at before one is accused.

#![cfg(test)]
#![cfg(target_os = "linux")]
#![expect(clippy::string_slice, reason = "keys are ASCII")]

#[expect(dead_code, reason = "what the other tests need, too")]
#[path = "server/mod.rs"]
mod server;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use argus_credentials::{MasterKey, Place};
use argus_store::{Store, signing_key};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use memchr::memmem;
use serde_json::{Value, json};
use server::Server;

/// When the acceptance of zeroisation looks.
const AFTER: Duration = Duration::from_secs(1);

/// How many servers have to keep the same secret before it is no chance.
const SERVERS: usize = 4;

const PAGE: usize = 4_096;

/// The longest request that is looked back over for its head.
const LONGEST_REQUEST: usize = 64 * 1_024;

/// Where a request and an answer begin.
const HEADS: [&str; 2] = [" HTTP/1.1\r\n", "HTTP/1.1 20"];

/// What stands before a secret in a body.
const BODIES: [&str; 6] =
    ["\"secret\":\"", "\"access_token\":\"", "\"credential\":\"", "\"keys\":[\"", "client_secret=", "token="];

/// What is written in the memory of a process, without the pages in which nothing is.
struct Dump(Vec<u8>);

impl Dump {
    /// Has the memory written down by gdb.
    fn take(server: &Server) -> Self {
        let prefix = server.folder().join("core");
        let gcore = Command::new("gcore").arg("-o").arg(&prefix).arg(server.id().to_string()).output().unwrap();
        let path = prefix.with_extension(server.id().to_string());
        assert!(path.is_file(), "{}", String::from_utf8_lossy(&gcore.stderr));
        let dump = Self::read(&path);
        fs::remove_file(path).unwrap();
        dump
    }

    fn read(path: &Path) -> Self {
        let mut file = File::open(path).unwrap();
        let (mut page, mut octets, mut is_gap) = ([0; PAGE], Vec::new(), false);
        loop {
            let mut length = 0;
            while length < PAGE {
                match file.read(&mut page[length..]).unwrap() {
                    0 => break,
                    more => length += more,
                }
            }
            if length == 0 {
                return Self(octets);
            }
            let is_empty = page[..length] == [0; PAGE][..length];
            // One octet stands for all the empty pages between two others: nothing runs over it.
            match (is_empty, is_gap) {
                (true, true) => {}
                (true, false) => octets.push(0),
                (false, _) => octets.extend_from_slice(&page[..length]),
            }
            is_gap = is_empty;
        }
    }

    fn find(&self, octets: &[u8]) -> Vec<usize> {
        memmem::find_iter(&self.0, octets).collect()
    }

    /// Whether what stands at a place is part of a request or an answer as it goes over the wire.
    fn is_on_the_wire(&self, at: usize) -> bool {
        let before = &self.0[at.saturating_sub(LONGEST_REQUEST)..at];
        let text = before.rsplit(|octet| *octet == 0).next().unwrap();
        let holds = |mark: &&str| memmem::find(text, mark.as_bytes()).is_some();
        HEADS.iter().any(holds) || !cfg!(feature = "fips") && BODIES.iter().any(holds)
    }

    /// Where it is beside the wire, with what stands around it.
    fn beside_the_wire(&self, octets: &[u8]) -> Vec<String> {
        let places = self.find(octets).into_iter().filter(|at| !self.is_on_the_wire(*at));
        let around = places.map(|at| &self.0[at.saturating_sub(64)..(at + octets.len() + 32).min(self.0.len())]);
        around.map(|around| around.escape_ascii().to_string()).collect()
    }
}

/// Whether this machine has gdb, whose `gcore` writes memories down; CI must have it.
fn has_gdb() -> bool {
    let has_gdb = Command::new("gcore").output().is_ok();
    if !has_gdb {
        assert!(std::env::var_os("CI").is_none(), "CI has gdb");
        println!("skipped: needs gdb");
    }
    has_gdb
}

fn post(server: &Server, at: &str, path: &str, key: &str, body: &str) -> Value {
    let address = server.ready()[at].as_str().unwrap().strip_prefix("http://").unwrap();
    let kind = if body.starts_with('{') { "application/json" } else { "application/x-www-form-urlencoded" };
    let authorization = if key.is_empty() { String::new() } else { format!("Authorization: Bearer {key}\r\n") };
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: argus\r\n{authorization}If-Match: *\r\nContent-Type: {kind}\r\n\
         Connection: close\r\nContent-Length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 20"), "{path}: {answer}");
    serde_json::from_str(body).unwrap_or_default()
}

/// The private part of the key that signs, as PKCS #8, as whoever has the database and the master key reads it.
fn read_signing_key(server: &Server, master: &str, copy: &str) -> Vec<u8> {
    assert_eq!(server.run(&["backup", copy]).code, 0);
    let store = Store::open(&server.folder().join(copy)).unwrap();
    let key = store.read(signing_key::find_signing).unwrap().unwrap();
    let place = Place { table: "signing_keys", row: &key.kid, version: 1 };
    let master = MasterKey::parse(master).unwrap();
    master.unwrap(&key.envelope.unwrap(), place).unwrap().to_vec()
}

/// The numbers of an RSA private key that only its holder knows: d, p, q and what is derived of them (RFC 8017 §A.1.2).
fn private_numbers(pkcs8: &[u8]) -> Vec<Vec<u8>> {
    let mut numbers = Vec::new();
    let mut rest = pkcs8;
    while let [tag, length, after @ ..] = rest {
        let (length, after) = match *length {
            short @ 0..0x80 => (usize::from(short), after),
            long => {
                let (length, after) = after.split_at(usize::from(long & 0x7f));
                (length.iter().fold(0, |length, octet| length << 8 | usize::from(*octet)), after)
            }
        };
        // Sequences and the octet string around the key are gone into.
        rest = match tag {
            0x02 => {
                numbers.push(after[..length].to_vec());
                &after[length..]
            }
            0x30 | 0x04 if after.len() >= length && length > 100 => after,
            _ => &after[length..],
        };
    }
    // Two versions, n and e go before.
    assert_eq!(numbers.len(), 10, "no RSA key");
    numbers.split_off(4)
}

/// Thirty-two octets from the middle of a number, as it is written and as the words of this machine hold it.
fn both_ways(number: &[u8]) -> [Vec<u8>; 2] {
    let middle = &number[number.len() / 2 - 16..][..32];
    [middle.to_vec(), middle.iter().rev().copied().collect()]
}

/// What a server was asked with.
struct Asked {
    keys: Vec<(&'static str, String)>,
    tokens: Vec<String>,
    master: String,
    /// Private parts of the key that signed first, and of the one that signs now.
    signed: Vec<u8>,
    signs: Vec<u8>,
}

/// Issues keys and tokens, verifies them, rotates and revokes them.
fn ask(server: &Server) -> Asked {
    let read = |file: &str| fs::read_to_string(server.data().join(file)).unwrap().trim().to_owned();
    let (administrator, master) = (read("bootstrap.key"), read("master.key"));
    let administration =
        |path: &str, body: &Value| post(server, "administration", path, &administrator, &body.to_string());
    let oauth = |path: &str, form: &str| post(server, "administration", path, "", form);
    let secret = |answer: &Value| answer["secret"].as_str().unwrap().to_owned();
    administration("/v1/organisations", &json!({"name": "acme"}));
    let make = |name: &str, scope: &str| {
        administration("/v1/keys", &json!({"organisation": "acme", "name": name, "scopes": [scope]}))
    };
    let (pep, reader) = (secret(&make("pep", "acme/argus/pdp:execute")), make("reader", "acme/atlas:read"));
    let (id, first) = (reader["id"].as_str().unwrap(), secret(&reader));
    let verify = |credential: &str, expected: &str| {
        let question = json!({"credential": credential, "action": "read", "resource": "acme/atlas/canary"});
        let answer = post(server, "decisions", "/v1/verify", &pep, &question.to_string());
        assert_eq!(answer["decision"], expected, "{answer}");
    };
    let wrong = format!("{}{}", &first[..23], first[23..].chars().rev().collect::<String>());
    verify(&first, "Permit");
    verify(&wrong, "Deny");
    let second = secret(&administration(&format!("/v1/keys/{id}/rotate"), &json!({})));
    let client = format!("client_id={id}&client_secret={second}");
    let issue = || {
        let answer = oauth("/oauth/token", &format!("grant_type=client_credentials&{client}"));
        answer["access_token"].as_str().unwrap().to_owned()
    };
    let token = issue();
    verify(&token, "Permit");
    oauth("/oauth/introspect", &format!("token={token}&{client}"));
    let signed = read_signing_key(server, &master, "signed.db");
    administration("/v1/signing-keys/rotate", &json!({"emergency": true}));
    let tokens = vec![token, issue()];
    let signs = read_signing_key(server, &master, "signs.db");
    oauth("/oauth/revoke", &format!("token={}&{client}", tokens[1]));
    administration("/v1/leaks", &json!({"keys": [first, second, wrong]}));
    administration(&format!("/v1/keys/{id}/revoke"), &json!({"reason": "manual"}));
    verify(&second, "Deny");
    let keys = vec![
        ("administrator", administrator.clone()),
        ("pep", pep.clone()),
        ("first", first),
        ("second", second),
        ("wrong", wrong),
    ];
    Asked { keys, tokens, master, signed, signs }
}

#[test]
fn nothing_of_a_secret_is_in_memory_a_second_after_its_use() {
    if !has_gdb() {
        return;
    }
    let mut kept = look();
    for _ in 1..SERVERS {
        if kept.is_empty() {
            return;
        }
        println!("by chance or not: {kept:#?}");
        let again = look();
        kept.retain(|name, _| again.contains_key(name));
    }
    assert!(kept.is_empty(), "{kept:#?}");
}

/// The secrets that a server keeps beside the wire, by name, with what stands around them.
fn look() -> BTreeMap<&'static str, Vec<String>> {
    let server = Server::start(&["--signing-key", "rsa-2048", "--core-dumps", "on"]);
    let asked = ask(&server);
    thread::sleep(AFTER);
    let dump = Dump::take(&server);
    assert!(!dump.find(b"acme").is_empty(), "this is another memory");
    assert_master_key_at_work(&dump, &asked.master);
    assert_signing_key_at_work(&dump, &asked);
    find_secrets(&dump, &asked)
}

fn find_secrets(dump: &Dump, asked: &Asked) -> BTreeMap<&'static str, Vec<String>> {
    let mut kept = BTreeMap::<_, Vec<_>>::new();
    let mut on_the_wire = 0;
    let mut search = |name: &'static str, part: &str| {
        let found = dump.beside_the_wire(part.as_bytes());
        if !found.is_empty() {
            kept.entry(name).or_default().extend(found);
        }
    };
    for (name, key) in &asked.keys {
        for part in [key.as_str(), &key[23..66], &key[23..44], &key[44..66]] {
            search(name, part);
        }
        on_the_wire += dump.find(&key.as_bytes()[23..66]).len();
    }
    for token in &asked.tokens {
        search("token", &token.rsplit('.').next().unwrap()[..64]);
    }
    println!("{on_the_wire} secrets in buffers of the HTTP library, {} elsewhere", kept.len());
    kept
}

/// It is there once, and as octets. Nobody needs the text that it was read from.
fn assert_master_key_at_work(dump: &Dump, master: &str) {
    let octets = STANDARD.decode(master).unwrap();
    assert_eq!(dump.find(&octets).len(), 1, "the master key");
    let hexadecimal: String = octets
        .iter()
        .flat_map(|octet| [octet >> 4, octet & 15])
        .map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)]))
        .collect();
    for text in [master.trim_end_matches('='), &hexadecimal, &hexadecimal.to_uppercase()] {
        assert_eq!(dump.find(text.as_bytes()), [] as [usize; 0], "the master key as text");
    }
}

/// It is there in words of the library's. Of the one before nothing is left, and of neither as it is wrapped.
fn assert_signing_key_at_work(dump: &Dump, asked: &Asked) {
    let is_there = |number: &Vec<u8>| both_ways(number).map(|octets| !dump.find(&octets).is_empty());
    for number in private_numbers(&asked.signed) {
        assert_eq!(is_there(&number), [false, false], "a private key that was withdrawn");
    }
    let signs = private_numbers(&asked.signs);
    assert!(signs.iter().all(|number| !is_there(number)[0]), "a private key as it is wrapped");
    assert!(signs.iter().any(|number| is_there(number)[1]), "the search finds no private key");
}

#[test]
fn what_is_left_in_memory_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("core");
    let mut written = vec![0; 3 * PAGE];
    written[PAGE - 3..PAGE + 3].copy_from_slice(b"secret");
    written.extend_from_slice(b"POST / HTTP/1.1\r\nAuthorization: Bearer secret\0\0Bearer secret");
    fs::write(&file, written).unwrap();
    let dump = Dump::read(&file);
    assert_eq!((dump.find(b"secret").len(), dump.beside_the_wire(b"secret").len()), (3, 2));
}
