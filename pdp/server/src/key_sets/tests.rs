//! Sets of keys from a server on this machine that rotates, is slow, redirects, sends too much, or isn't reached at all.

use std::collections::VecDeque;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{IpAddr, TcpListener, TcpStream};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Found, KeySets};
use crate::outbound::{Lookup, Outbound, Reach, SystemLookup};

const NOW: i64 = 1_800_000_000;

/// A server that answers with what it is told, the last of it for ever, and counts.
struct Server {
    url: String,
    asked: Arc<AtomicUsize>,
    answers: Arc<Mutex<VecDeque<String>>>,
}

impl Server {
    fn start(address: &str, answers: &[String]) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let url = format!("http://{}/jwks.json", listener.local_addr().unwrap());
        let (asked, answers) =
            (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(answers.iter().cloned().collect::<VecDeque<_>>())));
        let (count, next) = (Arc::clone(&asked), Arc::clone(&answers));
        thread::spawn(move || {
            // Kept open: whoever is answered nothing waits.
            let mut silent = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                count.fetch_add(1, SeqCst);
                read_request(&stream);
                let mut answers = next.lock().unwrap();
                let answer = if answers.len() > 1 { answers.pop_front().unwrap() } else { answers[0].clone() };
                if answer.is_empty() {
                    silent.push(stream);
                } else {
                    let _ = stream.write_all(answer.as_bytes());
                }
            }
        });
        Self { url, asked, answers }
    }

    fn on_loopback(answers: &[String]) -> Self {
        Self::start("127.0.0.1:0", answers)
    }

    fn answer(&self, answer: String) {
        *self.answers.lock().unwrap() = VecDeque::from([answer]);
    }

    fn asked(&self) -> usize {
        self.asked.load(SeqCst)
    }
}

fn read_request(stream: &TcpStream) {
    let mut lines = BufReader::new(stream).lines();
    while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n{body}", body.len())
}

fn set(kids: &[&str]) -> String {
    let key = |kid: &&str| json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    answer("200 OK", "", &json!({"keys": kids.iter().map(key).collect::<Vec<Value>>()}).to_string())
}

fn reach() -> Reach {
    let patience = Duration::from_millis(300);
    Reach { networks: vec!["127.0.0.0/8".parse().unwrap()], plain_http_on_loopback: true, patience }
}

fn key_sets(reach: Reach) -> KeySets {
    with_lookup(reach, Arc::new(SystemLookup))
}

fn with_lookup(reach: Reach, lookup: Arc<dyn Lookup>) -> KeySets {
    KeySets::new(Outbound::start(reach, lookup).unwrap())
}

/// The names of the keys at an address, waiting where that takes it; `None` where they can't be had.
async fn names(sets: &KeySets, url: &str, now: i64) -> Option<String> {
    for _ in 0..3 {
        match sets.find(url, now) {
            Found::Set(known) => {
                let names: Vec<_> = known.keys.keys().iter().map(|key| key.key_id().unwrap()).collect();
                return Some(names.join(" "));
            }
            Found::Wait(flight) => flight.landed().await,
            Found::Away { retry_after_seconds } => {
                assert!((1..=30).contains(&retry_after_seconds));
                return None;
            }
        }
    }
    panic!("nothing came of waiting")
}

#[tokio::test]
async fn a_set_is_fetched_once_however_many_wait_for_it_and_goes_on_if_they_hang_up() {
    let server = Server::on_loopback(&[set(&["a"])]);
    let sets = key_sets(reach());
    // Nothing is answered before all of them wait.
    let gate = server.answers.lock().unwrap();
    let flights: Vec<_> = (0..50)
        .map(|_| match sets.find(&server.url, NOW) {
            Found::Wait(flight) => flight,
            other => panic!("{other:?}"),
        })
        .collect();
    drop(gate);
    // All but one hang up.
    let last = flights.into_iter().next_back().unwrap();
    last.landed().await;
    assert_eq!(names(&sets, &server.url, NOW).await.as_deref(), Some("a"));
    assert_eq!(names(&sets, &server.url, NOW + 200).await.as_deref(), Some("a"));
    assert_eq!(server.asked(), 1);
}

#[tokio::test]
async fn a_set_that_lacks_a_key_is_fetched_again_once_in_half_a_minute() {
    let server = Server::on_loopback(&[set(&["a"]), set(&["a", "b"]), set(&["b"])]);
    let sets = key_sets(reach());
    assert_eq!(names(&sets, &server.url, NOW).await.as_deref(), Some("a"));
    let version = sets.version(&server.url, NOW);
    assert!(sets.find_newer(&server.url, NOW + 29).is_none());
    sets.find_newer(&server.url, NOW + 30).unwrap().landed().await;
    assert_eq!(names(&sets, &server.url, NOW + 30).await.as_deref(), Some("a b"));
    assert!(sets.version(&server.url, NOW + 30) > version, "what the old set verified is verified again");
    assert!(sets.find_newer(&server.url, NOW + 31).is_none());
    assert_eq!(server.asked(), 2);
    // A key that was taken back is gone when the set has to be fetched again.
    assert_eq!(names(&sets, &server.url, NOW + 330).await.as_deref(), Some("b"));
}

#[tokio::test]
async fn a_set_that_has_not_changed_keeps_its_version() {
    let server = Server::on_loopback(&[set(&["a", "b"]), set(&["b", "a"])]);
    let sets = key_sets(reach());
    names(&sets, &server.url, NOW).await;
    let version = sets.version(&server.url, NOW);
    assert_eq!(sets.version(&server.url, NOW + 300), None, "it is being fetched");
    names(&sets, &server.url, NOW + 300).await;
    assert_eq!((sets.version(&server.url, NOW + 300), server.asked()), (version, 2));
}

#[tokio::test]
async fn a_set_is_good_for_as_long_as_it_says_within_bounds() {
    for (header, good_until) in [
        ("Cache-Control: public, max-age=60\r\n", 60),
        ("Cache-Control: max-age=86400\r\n", 300),
        ("Cache-Control: no-store\r\n", 30),
    ] {
        let server = Server::on_loopback(&[
            set(&["a"]).replace("Connection: close\r\n", &format!("Connection: close\r\n{header}"))
        ]);
        let sets = key_sets(reach());
        names(&sets, &server.url, NOW).await;
        // In its last fifth it would be fetched beside its use.
        assert!(matches!(sets.find(&server.url, NOW + good_until * 4 / 5 - 1), Found::Set(_)), "{header}");
        let Found::Wait(flight) = sets.find(&server.url, NOW + good_until) else { panic!("{header}") };
        flight.landed().await;
    }
}

#[tokio::test]
async fn an_old_set_is_used_for_a_day_while_no_new_one_can_be_had() {
    let server = Server::on_loopback(&[set(&["a"])]);
    let sets = key_sets(reach());
    assert_eq!(names(&sets, &server.url, NOW).await.as_deref(), Some("a"));
    server.answer(answer("500 Internal Server Error", "", ""));
    assert_eq!(names(&sets, &server.url, NOW + 300).await.as_deref(), Some("a"));
    assert_eq!(names(&sets, &server.url, NOW + 24 * 3_600 - 1).await.as_deref(), Some("a"));
    assert_eq!(names(&sets, &server.url, NOW + 24 * 3_600 + 60).await, None);
    server.answer(set(&["b"]));
    assert_eq!(names(&sets, &server.url, NOW + 24 * 3_600 + 61).await, None, "not tried again at once");
    assert_eq!(names(&sets, &server.url, NOW + 24 * 3_600 + 120).await.as_deref(), Some("b"));
}

#[tokio::test]
async fn what_is_no_set_of_keys_is_none() {
    let elsewhere = Server::on_loopback(&[set(&["evil"])]);
    let many: Vec<String> = (0..101).map(|number| number.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let large = format!("{{\"keys\": [], \"more\": \"{}\"}}", "x".repeat(2 << 20));
    let unannounced = format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{large}");
    for (what, given) in [
        ("a redirect", answer("302 Found", &format!("Location: {}\r\n", elsewhere.url), "")),
        ("a status", answer("404 Not Found", "", "{}")),
        ("two megabytes", answer("200 OK", "", &large)),
        ("two megabytes without a length", unannounced),
        ("silence", String::new()),
        ("no HTTP", "SSH-2.0\r\n\r\n".to_owned()),
        ("no JSON", answer("200 OK", "", "<keys/>")),
        ("no set", answer("200 OK", "", "{\"keys\": {}}")),
        ("no key", answer("200 OK", "", "{\"keys\": []}")),
        ("too many keys", set(&many)),
    ] {
        let server = Server::on_loopback(&[given]);
        let sets = key_sets(reach());
        assert_eq!(names(&sets, &server.url, NOW).await, None, "{what}");
        assert!(matches!(sets.find(&server.url, NOW + 29), Found::Away { .. }), "{what}");
        assert_eq!(server.asked(), 1, "{what}");
    }
    assert_eq!(elsewhere.asked(), 0);
}

#[tokio::test]
async fn nothing_private_is_asked_unless_it_is_allowed() {
    let server = Server::on_loopback(&[set(&["a"])]);
    let port = server.url.rsplit_once(':').unwrap().1;
    for (reach, url) in [
        (Reach { networks: Vec::new(), ..reach() }, server.url.clone()),
        (Reach { plain_http_on_loopback: false, ..reach() }, server.url.clone()),
        (Reach { networks: Vec::new(), ..reach() }, format!("http://localhost:{port}")),
        (Reach { networks: Vec::new(), ..reach() }, format!("http://[::ffff:127.0.0.1]:{port}")),
        (Reach { networks: Vec::new(), ..reach() }, format!("https://2130706433:{port}")),
        (reach(), format!("http://user:password@127.0.0.1:{port}")),
        (reach(), format!("ftp://127.0.0.1:{port}")),
    ] {
        assert_eq!(names(&key_sets(reach), &url, NOW).await, None, "{url}");
    }
    assert_eq!(server.asked(), 0);
}

/// Answers each look-up with the next of its answers, the last for ever.
#[derive(Debug)]
struct Changing(Mutex<VecDeque<Vec<IpAddr>>>);

impl Lookup for Changing {
    fn look_up(&self, _: &str) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
        let mut answers = self.0.lock().unwrap();
        let answer = if answers.len() > 1 { answers.pop_front().unwrap() } else { answers[0].clone() };
        Box::pin(async move { Ok(answer) })
    }
}

#[tokio::test]
async fn a_name_that_leads_elsewhere_the_second_time_gains_nothing() {
    // Of these two, the first may be reached: it stands for the public one.
    let public = Server::start("127.0.0.2:0", &[set(&["public"]), set(&["public"]), answer("500 No", "", "")]);
    let port = public.url.rsplit_once(':').unwrap().1.split_once('/').unwrap().0;
    let private = Server::start(&format!("127.0.0.1:{port}"), &[set(&["private"])]);
    let [first, second] = ["127.0.0.2", "127.0.0.1"].map(|address| address.parse::<IpAddr>().unwrap());
    let lookup = Changing(Mutex::new(VecDeque::from([vec![first], vec![second, first], vec![second]])));
    let allowed = Reach { networks: vec!["127.0.0.2/32".parse().unwrap()], ..reach() };
    let sets = with_lookup(allowed, Arc::new(lookup));
    let url = format!("http://localhost:{port}/jwks.json");
    assert_eq!(names(&sets, &url, NOW).await.as_deref(), Some("public"));
    // Of several addresses, only those that may be reached are.
    assert_eq!(names(&sets, &url, NOW + 300).await.as_deref(), Some("public"));
    assert_eq!(public.asked(), 2);
    assert_eq!(names(&sets, &url, NOW + 25 * 3_600).await, None);
    assert_eq!((public.asked(), private.asked()), (2, 0));
}

#[tokio::test]
async fn the_set_that_is_unused_longest_makes_room() {
    let sets = key_sets(Reach { networks: Vec::new(), ..reach() });
    for number in 0..=i64::try_from(super::MOST_SETS).unwrap() {
        let _ = sets.entry(&format!("https://{number}.example/"), NOW + number);
    }
    let entries = sets.lock();
    assert_eq!(entries.len(), super::MOST_SETS);
    assert!(!entries.contains_key("https://0.example/") && entries.contains_key("https://1000.example/"));
}
