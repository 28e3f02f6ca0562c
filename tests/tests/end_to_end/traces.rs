//! Traces: a collector gets the spans of a request, as parts of the trace that its caller has begun; and where there is
//! none, nobody waits for it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use argus_tests::flood::counter;
use argus_tests::http::{Connection, get, once};
use argus_tests::program::Server;
use argus_tests::walk::Keys;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use prost::Message as _;
use serde_json::json;

/// How long anything may take on a machine that builds meanwhile.
const LONG: Duration = Duration::from_secs(30);

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const CALLER: &str = "b7ad6b7169203331";

/// A collector of OTLP over HTTP: it takes everything.
struct Collector {
    address: SocketAddr,
    taken: Arc<Mutex<Vec<Taken>>>,
}

/// A request to it.
struct Taken {
    head: String,
    body: ExportTraceServiceRequest,
}

impl Collector {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, taken) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<Taken>>>::default());
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
    fn spans(&self, trace: &str) -> Vec<Span> {
        let taken = self.taken.lock().unwrap();
        let exported = taken.iter().flat_map(|taken| &taken.body.resource_spans);
        let scopes = exported.flat_map(|resource| {
            let described = resource.resource.as_ref().unwrap();
            assert_eq!(text(described, "service.name"), "argus");
            assert!(text(described, "service.version").contains('.'));
            assert_eq!(text(described, "deployment.environment.name"), "test");
            &resource.scope_spans
        });
        let spans = scopes.flat_map(|scope| {
            assert_eq!(scope.scope.as_ref().unwrap().name, "argus");
            &scope.spans
        });
        spans.filter(|span| hexadecimal(&span.trace_id) == trace).cloned().collect()
    }

    /// The same, when there are as many as have to come.
    fn wait_for(&self, trace: &str, count: usize) -> Vec<Span> {
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
fn take(mut stream: &TcpStream, kept: &Mutex<Vec<Taken>>) -> Option<()> {
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
    assert!(head.to_ascii_lowercase().contains("content-type: application/x-protobuf\r\n"), "{head}");
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = ExportTraceServiceRequest::decode(&*body).unwrap();
    kept.lock().unwrap().push(Taken { head, body });
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n").ok()
}

fn start(folder: &tempfile::TempDir, collector: SocketAddr, share: &str) -> Server {
    Server::start_with(&folder.path().join("data"), |command| {
        command.env("ARGUS_OTLP_ENDPOINT", format!("http://{collector}")).env("ARGUS_TRACE_SHARE", share);
        command.env("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=acme");
        command.env("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test");
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
    keys.verification(&json!({"credential": keys.reader, "action": "read", "resource": "acme/atlas/evidence/1"}))
}

fn named<'s>(spans: &'s [Span], name: &str) -> &'s Span {
    let mut of_name = spans.iter().filter(|span| span.name == name);
    let span = of_name.next().unwrap_or_else(|| panic!("no {name} in {spans:#?}"));
    assert!(of_name.next().is_none(), "{name} is there twice");
    span
}

/// What stands under a name.
fn value<'a>(attributes: &'a [KeyValue], key: &str) -> Option<&'a Value> {
    let AnyValue { value } = attributes.iter().find(|one| one.key == key)?.value.as_ref()?;
    value.as_ref()
}

fn text(resource: &Resource, key: &str) -> String {
    match value(&resource.attributes, key) {
        Some(Value::StringValue(text)) => text.clone(),
        other => panic!("{key} is {other:?}"),
    }
}

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect::<Vec<_>>().concat()
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
    assert_eq!((&*hexadecimal(&request.parent_span_id), request.kind()), (CALLER, SpanKind::Server));
    assert_eq!(value(&request.attributes, "http.response.status_code"), Some(&Value::IntValue(200)));
    assert!(value(&request.attributes, "argus.decision_id").is_some(), "{request:#?}");
    for part in ["authenticate", "evaluate", "limits"] {
        let span = named(&spans, part);
        assert_eq!((&span.parent_span_id, span.kind()), (&request.span_id, SpanKind::Internal), "{part}");
        let times = [request.start_time_unix_nano, span.start_time_unix_nano, span.end_time_unix_nano];
        assert!(times.is_sorted() && span.end_time_unix_nano <= request.end_time_unix_nano, "{part}: {times:?}");
    }
    // The administration does the same, and names its request for the door.
    let other = "1af7651916cd43dd8448eb211c80319c";
    let list = String::from_utf8(get("/v1/organisations")).unwrap();
    let list = list.replace("\r\n\r\n", &format!("\r\nAuthorization: Bearer {}\r\n\r\n", server.key));
    let answer = once(server.pap, &traced(list.as_bytes(), other, "01")).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    let spans = collector.wait_for(other, 3);
    let request = named(&spans, "GET /v1/organisations");
    assert_eq!(hexadecimal(&request.parent_span_id), CALLER);
    for part in ["authenticate", "act"] {
        assert_eq!(named(&spans, part).parent_span_id, request.span_id, "{part}");
    }
    // No key, and no part of one, goes there.
    let bodies: Vec<_> = collector.taken.lock().unwrap().iter().map(|taken| taken.body.clone()).collect();
    let all = format!("{bodies:?}");
    assert!(!all.contains("argus_live_") && !all.contains(keys.reader.get(30..).unwrap()), "{all}");
    assert_eq!(counter(&server, "argus_trace_spans_total{outcome=\"sent\"}").await.unwrap(), 7);
    let taken = collector.taken.lock().unwrap();
    assert!(taken.iter().all(|taken| taken.head.contains("x-tenant: acme\r\n")), "{}", taken[0].head);
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
