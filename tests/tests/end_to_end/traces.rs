//! Traces: a collector gets the spans of a request, as parts of the trace that its caller has begun; and where there is
//! none, nobody waits for it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use argus_tests::flood::counter;
use argus_tests::http::{Connection, get, once, post};
use argus_tests::program::Server;
use argus_tests::walk::Keys;
use serde_json::Value;

/// How long anything may take on a machine that builds meanwhile.
const LONG: Duration = Duration::from_secs(30);

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const CALLER: &str = "b7ad6b7169203331";

/// A collector of OTLP over HTTP: it takes everything.
struct Collector {
    address: SocketAddr,
    taken: Arc<Mutex<Vec<Value>>>,
}

impl Collector {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, taken) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<Value>>>::default());
        let kept = Arc::clone(&taken);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let kept = Arc::clone(&kept);
                thread::spawn(move || while take(stream.as_ref().unwrap(), &kept).is_some() {});
            }
        });
        Self { address, taken }
    }

    /// The spans of a trace so far.
    fn spans(&self, trace: &str) -> Vec<Value> {
        let taken = self.taken.lock().unwrap();
        let exported = taken.iter().flat_map(|body| body["resourceSpans"].as_array().unwrap());
        let scopes = exported.flat_map(|resource| {
            assert_eq!(resource["resource"]["attributes"][0]["value"]["stringValue"], "argus");
            resource["scopeSpans"].as_array().unwrap()
        });
        let spans = scopes.flat_map(|scope| scope["spans"].as_array().unwrap());
        spans.filter(|span| span["traceId"] == trace).cloned().collect()
    }

    /// The same, when there are as many as have to come.
    fn wait_for(&self, trace: &str, count: usize) -> Vec<Value> {
        let begun = Instant::now();
        loop {
            let spans = self.spans(trace);
            if spans.len() >= count {
                return spans;
            }
            assert!(begun.elapsed() < LONG, "{count} spans have to come, and these have: {spans:#?}");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// One request of a connection, answered; `None` at its end.
fn take(mut stream: &TcpStream, kept: &Mutex<Vec<Value>>) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let (mut length, mut head) = (0, String::new());
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(given) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = given.trim().parse().unwrap();
        }
        head.push_str(&line);
        if line == "\r\n" {
            break;
        }
    }
    assert!(head.starts_with("POST /v1/traces HTTP/1.1\r\n"), "{head}");
    assert!(head.to_ascii_lowercase().contains("content-type: application/json\r\n"), "{head}");
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    kept.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}").ok()
}

fn start(folder: &tempfile::TempDir, collector: SocketAddr, share: &str) -> Server {
    Server::start_with(&folder.path().join("data"), |command| {
        command.env("ARGUS_OTLP_ENDPOINT", format!("http://{collector}")).env("ARGUS_TRACE_SHARE", share);
    })
    .unwrap()
}

/// A request as part of the caller's trace, which he keeps or doesn't.
fn traced(request: &[u8], trace: &str, flags: &str) -> Vec<u8> {
    let text = String::from_utf8(request.to_vec()).unwrap();
    let (line, rest) = text.split_once("\r\n").unwrap();
    format!("{line}\r\ntraceparent: 00-{trace}-{CALLER}-{flags}\r\n{rest}").into_bytes()
}

fn verification(keys: &Keys) -> Vec<u8> {
    let body = format!(r#"{{"credential":"{}","action":"read","resource":"acme/atlas/evidence/1"}}"#, keys.reader);
    post("/v1/verify", "application/json", Some(&keys.enforcement_point), body.as_bytes())
}

fn named<'s>(spans: &'s [Value], name: &str) -> &'s Value {
    let mut of_name = spans.iter().filter(|span| span["name"] == name);
    let span = of_name.next().unwrap_or_else(|| panic!("no {name} in {spans:#?}"));
    assert!(of_name.next().is_none(), "{name} is there twice");
    span
}

fn time(span: &Value, name: &str) -> u128 {
    span[name].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_collector_gets_the_spans_of_a_request_below_the_span_of_its_caller() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start());
    let server = start(&folder, collector.address, "0%");
    let keys = Keys::create(&server).await.unwrap();
    // So that both keys are warm: a cold one is asked about twice, before and after its secret is derived.
    once(server.pdp, &verification(&keys)).await.unwrap();
    let answer = once(server.pdp, &traced(&verification(&keys), TRACE, "01")).await.unwrap();
    assert_eq!(answer.json().unwrap()["decision"], "Permit", "{}", answer.text());
    let spans = collector.wait_for(TRACE, 4);
    let request = named(&spans, "POST /v1/verify");
    assert_eq!((&request["parentSpanId"], &request["kind"]), (&CALLER.into(), &2.into()));
    for part in ["authenticate", "evaluate", "limits"] {
        let span = named(&spans, part);
        assert_eq!((&span["parentSpanId"], &span["kind"]), (&request["spanId"], &1.into()), "{part}");
        assert!(time(request, "startTimeUnixNano") <= time(span, "startTimeUnixNano"), "{part}");
        assert!(time(span, "startTimeUnixNano") <= time(span, "endTimeUnixNano"), "{part}");
        assert!(time(span, "endTimeUnixNano") <= time(request, "endTimeUnixNano"), "{part}");
    }
    // The administration does the same, and names its request for the door.
    let other = "1af7651916cd43dd8448eb211c80319c";
    let list = String::from_utf8(get("/v1/organisations")).unwrap();
    let list = list.replace("\r\n\r\n", &format!("\r\nAuthorization: Bearer {}\r\n\r\n", server.key));
    let answer = once(server.pap, &traced(list.as_bytes(), other, "01")).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    let spans = collector.wait_for(other, 3);
    let request = named(&spans, "GET /v1/organisations");
    assert_eq!(request["parentSpanId"], CALLER);
    for part in ["authenticate", "act"] {
        assert_eq!(named(&spans, part)["parentSpanId"], request["spanId"], "{part}");
    }
    // No key, and no part of one, goes there.
    let all = serde_json::to_string(&*collector.taken.lock().unwrap()).unwrap();
    assert!(!all.contains("argus_live_") && !all.contains(keys.reader.get(30..).unwrap()), "{all}");
    assert_eq!(counter(&server, "argus_trace_spans_total{outcome=\"sent\"}").await.unwrap(), 7);
}

#[tokio::test]
async fn nobody_waits_for_a_collector_that_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    // A port that nobody listens on any more.
    let nowhere = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let server = start(&folder, nowhere, "100%");
    let keys = Keys::create(&server).await.unwrap();
    let mut connection = Connection::open(server.pdp).await.unwrap();
    for _ in 0..100 {
        let answer = connection.send(&verification(&keys)).await.unwrap();
        assert_eq!(answer.json().unwrap()["decision"], "Permit", "{}", answer.text());
    }
    let begun = Instant::now();
    let lost = async || {
        let of = async |outcome| counter(&server, &format!("argus_trace_spans_total{{outcome=\"{outcome}\"}}")).await;
        of("failed").await.unwrap() + of("dropped").await.unwrap()
    };
    while lost().await < 400 {
        assert!(begun.elapsed() < LONG, "four spans of each of a hundred requests are lost, and counted");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
