//! A service that somebody protects with Argus: it takes whatever key it is sent to the decision point, and answers by
//! what that says.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

use serde_json::{Value, json};

/// A service on a port of its own, for as long as the test runs.
pub(crate) struct Service {
    url: String,
}

/// A request, as far as it is looked at.
struct Request {
    method: String,
    path: String,
    key: String,
}

impl Service {
    /// Starts it. `decisions` is the decision point's address, `key` the service's own.
    pub(crate) fn start(decisions: &str, key: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (decisions, key) = (decisions.strip_prefix("http://").unwrap().parse().unwrap(), key.to_owned());
        thread::spawn(move || {
            for stream in listener.incoming() {
                serve(&mut stream.unwrap(), decisions, &key);
            }
        });
        Self { url }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

fn serve(stream: &mut TcpStream, decisions: SocketAddr, key: &str) {
    let Some(request) = read(stream) else { return };
    let action = match request.method.as_str() {
        "GET" => "read",
        "PUT" => "write",
        "POST" => "execute",
        _ => "delete",
    };
    let resource = request.path.trim_start_matches('/');
    let answer = ask(decisions, key, &json!({"credential": request.key, "action": action, "resource": resource}));
    let decision = answer["decision"].as_str().unwrap_or("none");
    let status = if decision == "Permit" { "200 OK" } else { "403 Forbidden" };
    let body = format!("{} {} is {decision}", request.method, request.path);
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    let _ = stream.write_all(format!("{head}{body}").as_bytes());
}

/// Reads a head: one `Authorization`, and no body.
fn read(stream: &TcpStream) -> Option<Request> {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let first = lines.next()?;
    let mut words = first.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let headers: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let values = |wanted: &str| {
        let of = |line: &String| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case(wanted).then(|| value.to_owned())
        };
        headers.iter().filter_map(of).collect::<Vec<_>>()
    };
    assert!(values("content-length").iter().all(|length| length == "0"), "{headers:?}");
    let [authorization] = <[String; 1]>::try_from(values("authorization")).expect("one Authorization");
    Some(Request { method, path, key: authorization.strip_prefix("Bearer ").unwrap().to_owned() })
}

fn ask(decisions: SocketAddr, key: &str, question: &Value) -> Value {
    let (mut stream, body) = (TcpStream::connect(decisions).unwrap(), question.to_string());
    let head = format!(
        "POST /v1/verify HTTP/1.1\r\nHost: argus\r\nConnection: close\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split_once("\r\n\r\n").and_then(|(_, body)| serde_json::from_str(body).ok()).unwrap_or_default()
}

/// Takes one request to the token endpoint, answers with a token, and gives what it was sent.
pub(crate) fn token_endpoint() -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let taken = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = String::new();
        let mut lines = BufReader::new(&stream);
        while !request.contains("\r\n\r\n") {
            assert!(lines.read_line(&mut request).unwrap() > 0, "{request}");
        }
        let length = request.to_ascii_lowercase();
        let length = length.split_once("content-length: ").unwrap().1.split_once("\r\n").unwrap().0.parse().unwrap();
        let mut body = vec![0; length];
        lines.read_exact(&mut body).unwrap();
        request.push_str(&String::from_utf8(body).unwrap());
        let token = r#"{"access_token":"t","token_type":"Bearer"}"#;
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";
        write!(stream, "{head}Content-Length: {}\r\n\r\n{token}", token.len()).unwrap();
        request
    });
    (url, taken)
}
