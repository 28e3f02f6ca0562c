//! What nobody honest sends. Each is answered, soon, in bounded memory, and the server goes on.

use std::time::{Duration, Instant};

use argus_tests::http::{Answer, Connection, post};
use argus_tests::process::resident_bytes;
use argus_tests::program::Server;
use argus_tests::walk::Keys;

const XML: &str = "application/xacml+xml";
const JSON: &str = "application/xacml+json";
const CORE: &str = "urn:oasis:names:tc:xacml:3.0:core:schema:wd-17";

/// No answer takes longer, in a debug build on a busy machine either.
const SOON: Duration = Duration::from_secs(10);
/// What the server may hold in the end, with all that it was sent.
const BOUND_BYTES: u64 = 400_000_000;

struct Hostile {
    name: &'static str,
    path: &'static str,
    content_type: &'static str,
    body: Vec<u8>,
    expect: &'static [u16],
}

fn xml_request(inner: &str) -> String {
    format!("<Request xmlns=\"{CORE}\" ReturnPolicyIdList=\"false\" CombinedDecision=\"false\">{inner}</Request>")
}

fn laughs() -> String {
    let mut text = String::from("<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY lol \"lol\">");
    for level in 1..10 {
        let of = if level == 1 { "lol".to_owned() } else { format!("lol{}", level - 1) };
        text += &format!("<!ENTITY lol{level} \"{}\">", format!("&{of};").repeat(10));
    }
    text + "]>" + &xml_request("<Attributes Category=\"&lol9;\"/>")
}

fn hostile() -> Vec<Hostile> {
    let pdp = |name, content_type, body: Vec<u8>, expect| Hostile { name, path: "/pdp", content_type, body, expect };
    let xml = |name, body: String, expect| pdp(name, XML, body.into_bytes(), expect);
    let json = |name, body: String, expect| pdp(name, JSON, body.into_bytes(), expect);
    let verify = |name, body: &str, expect| Hostile {
        name,
        path: "/v1/verify",
        content_type: "application/json",
        body: body.as_bytes().to_vec(),
        expect,
    };
    let resource = |value: &str| {
        format!(r#"{{"Request":{{"Resource":{{"Attribute":[{{"AttributeId":"urn:acme:n","Value":{value}}}]}}}}}}"#)
    };
    let attributes = "<Attributes Category=\"urn:c\"/>";
    vec![
        xml("ten megabytes of XML", xml_request(&" ".repeat(10_000_000)), &[413]),
        json("ten megabytes of JSON", resource(&format!("\"{}\"", "a".repeat(10_000_000))), &[413]),
        xml("a hundred thousand elements, one in the other", xml_request(&"<Attributes>".repeat(100_000)), &[400, 413]),
        xml("the same, closed", xml_request(&["<a>".repeat(30_000), "</a>".repeat(30_000)].concat()), &[400, 413]),
        json("a hundred thousand arrays, one in the other", "[".repeat(100_000), &[400, 413]),
        json("deep objects", resource(&"{\"a\":".repeat(50_000)), &[400, 413]),
        xml("more elements than a request may have", xml_request(&"<a/>".repeat(150_000)), &[400, 413]),
        xml("a billion laughs", laughs(), &[400]),
        xml(
            "an external entity",
            format!("<!DOCTYPE r [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>{}", xml_request("&e;")),
            &[400],
        ),
        xml("an undeclared entity", xml_request("&nbsp;"), &[400]),
        pdp("XML that is not UTF-8", XML, [xml_request(attributes).as_bytes(), b"\xff\xfe"].concat(), &[400]),
        pdp("JSON that is not UTF-8", JSON, b"{\"Request\":{\"Resource\":\"\xc3\x28\"}}".to_vec(), &[400]),
        pdp("UTF-16", XML, xml_request(attributes).encode_utf16().flat_map(u16::to_le_bytes).collect(), &[400]),
        pdp("another content type", "text/plain", b"hello".to_vec(), &[415]),
        pdp("YAML", "application/yaml", b"a: b".to_vec(), &[415]),
        json("a number of a hundred thousand digits", resource(&"9".repeat(100_000)), &[200, 400, 413]),
        json("a number beyond every range", resource("1e999999999999"), &[200, 400]),
        xml("the same attribute twice", xml_request("<Attributes Category=\"a\" Category=\"b\"/>"), &[400]),
        json("the same member twice", r#"{"Request":{"Action":{},"Action":{}}}"#.to_owned(), &[400]),
        xml("another namespace", xml_request(attributes).replace("wd-17", "wd-18"), &[400]),
        xml("XML cut off", xml_request(attributes).replace("</Request>", ""), &[400]),
        json("JSON cut off", resource("1").replace("}}", ""), &[400]),
        xml("JSON called XML", resource("1"), &[400]),
        json("XML called JSON", xml_request(attributes), &[400]),
        xml("nothing at all", String::new(), &[400]),
        json("nothing but blanks", "   ".to_owned(), &[400]),
        json("a null character", "{\"Request\":\u{0}}".to_owned(), &[400]),
        json("a lone surrogate", resource(r#""\ud800""#), &[200, 400]),
        xml("a character that XML does not have", xml_request("&#x0;"), &[400]),
        json("more results than a request may have", many_results(), &[400, 413]),
        verify("an unknown member", r#"{"credential":"x","action":"read","resource":"a/b","colour":"red"}"#, &[400]),
        verify("a missing member", r#"{"credential":"x","action":"read"}"#, &[400]),
        verify("a number for a text", r#"{"credential":7,"action":"read","resource":"a/b"}"#, &[400]),
        verify("a negative cost", r#"{"credential":"x","action":"read","resource":"acme/b","cost":-1}"#, &[400]),
        verify(
            "a cost beyond every range",
            r#"{"credential":"x","action":"read","resource":"acme/b","cost":1e99}"#,
            &[400],
        ),
        verify("a path that climbs", r#"{"credential":"x","action":"read","resource":"acme/../b"}"#, &[400]),
        verify(
            "no address",
            r#"{"credential":"x","action":"read","resource":"acme/b","context":{"ip":"1.2.3"}}"#,
            &[400],
        ),
        verify("an array", "[]", &[400]),
    ]
}

/// Two categories, each forty times: 1,600 individual requests.
fn many_results() -> String {
    let entity = r#"{"Attribute":[{"AttributeId":"urn:a","Value":"x"}]}"#;
    let many = vec![entity; 40].join(",");
    format!(r#"{{"Request":{{"Resource":[{many}],"Action":[{many}]}}}}"#)
}

#[tokio::test]
async fn hostile_requests_are_refused_soon_and_the_server_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(&folder.path().join("data")).unwrap();
    let keys = Keys::create(&server).await.unwrap();
    let mut wrong = Vec::new();
    for hostile in hostile() {
        let request = post(hostile.path, hostile.content_type, Some(&keys.enforcement_point), &hostile.body);
        let begun = Instant::now();
        let answer = Connection::open(server.pdp).await.unwrap().send_what_is_taken(&request).await;
        let taken = begun.elapsed();
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                wrong.push(format!("{}: {error:#}", hostile.name));
                continue;
            }
        };
        if let Some(fault) = fault(&hostile, &answer) {
            wrong.push(format!("{}: {fault}: {} {}", hostile.name, answer.status, answer.text()));
        }
        if taken > SOON {
            wrong.push(format!("{}: took {taken:?}", hostile.name));
        }
        assert!(server.is_running(), "{} ended the server", hostile.name);
    }
    let resident = resident_bytes(server.pid()).unwrap();
    println!("after all of it the server holds {resident} bytes");
    assert!(resident < BOUND_BYTES, "the server holds {resident} bytes");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let right = argus_tests::flood::verify(&keys.enforcement_point, &keys.reader);
    let answer = argus_tests::http::once(server.pdp, &right).await.unwrap();
    assert_eq!(answer.json().unwrap()["decision"], "Permit", "{}", answer.text());
}

fn fault(hostile: &Hostile, answer: &Answer) -> Option<&'static str> {
    if !hostile.expect.contains(&answer.status) {
        return Some("another status was expected");
    }
    let is_problem = answer.header("content-type").is_some_and(|kind| kind.starts_with("application/problem+json"));
    if answer.status >= 400 && !is_problem {
        return Some("what is refused gets a problem");
    }
    // The shipped root answers Permit or Deny; nothing here may be permitted.
    (answer.status == 200 && answer.text().contains("Permit")).then_some("it was permitted")
}

#[tokio::test]
async fn what_is_not_even_http_does_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(&folder.path().join("data")).unwrap();
    let keys = Keys::create(&server).await.unwrap();
    let long_header = format!("GET / HTTP/1.1\r\nHost: argus\r\nX: {}\r\n\r\n", "a".repeat(1 << 20));
    let lying = "POST /pdp HTTP/1.1\r\nHost: argus\r\nContent-Length: 18446744073709551616\r\n\r\n{}".to_owned();
    let two_lengths =
        "POST /pdp HTTP/1.1\r\nHost: argus\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}".to_owned();
    for text in [long_header, lying, two_lengths, "\u{16}\u{3}\u{1}\r\n\r\n".to_owned(), "GET\r\n\r\n".to_owned()] {
        let answer = Connection::open(server.pdp).await.unwrap().send_what_is_taken(text.as_bytes()).await;
        // Refused, or the connection is closed: either will do.
        if let Ok(answer) = answer {
            assert!((400..600).contains(&answer.status), "{}", answer.text());
        }
        assert!(server.is_running());
    }
    let right = argus_tests::flood::verify(&keys.enforcement_point, &keys.reader);
    let answer = argus_tests::http::once(server.pdp, &right).await.unwrap();
    assert_eq!(answer.json().unwrap()["decision"], "Permit", "{}", answer.text());
}

#[tokio::test]
async fn an_enforcement_point_without_a_right_key_is_challenged() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("data")).unwrap();
    let keys = Keys::create(&server).await.unwrap();
    let body = argus_tests::flood::question(&keys.reader);
    let forged = argus_tests::forge::forged(&keys.enforcement_point, 1);
    let cases = [
        ("no key", None, 401, "Bearer"),
        ("no key at all", Some("hello"), 401, "error=\"invalid_token\""),
        ("a forged key", Some(forged.as_str()), 401, "error=\"invalid_token\""),
        ("a key without the grant", Some(keys.reader.as_str()), 403, "error=\"insufficient_scope\""),
    ];
    for (name, key, status, challenge) in cases {
        let request = post("/v1/verify", "application/json", key, body.as_bytes());
        let answer = argus_tests::http::once(server.pdp, &request).await.unwrap();
        assert_eq!(answer.status, status, "{name}: {}", answer.text());
        let given = answer.header("www-authenticate").unwrap_or_default();
        assert!(given.starts_with("Bearer") && given.contains(challenge), "{name}: {given}");
    }
}
