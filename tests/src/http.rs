//! A small HTTP/1.1 client: what a test sends goes out byte for byte, also where it is not HTTP at all.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedReadHalf;
use tokio::time::timeout;

/// No answer takes longer than this, however busy the machine is.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// A kept-alive connection.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    // What was read beyond the last answer, and the answer being read.
    buffer: Vec<u8>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Names, in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// Reads an answer at the start of these bytes, once it is there as a whole.
    pub fn read(bytes: &[u8]) -> Result<Option<Self>> {
        Ok(complete(bytes)?.map(|(answer, _)| answer))
    }

    /// The first header of this name, which is given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> Result<serde_json::Value> {
        serde_json::from_slice(&self.body).with_context(|| format!("{} is not JSON: {}", self.status, self.text()))
    }
}

/// What a form is sent as.
const FORM: &str = "application/x-www-form-urlencoded";

/// The bytes of a request with a body. The answer is wanted in the same form, that to a form in JSON.
pub fn post(path: &str, content_type: &str, key: Option<&str>, body: &[u8]) -> Vec<u8> {
    let accept = if content_type == FORM { "application/json" } else { content_type };
    let authorization = key.map(|key| format!("Authorization: Bearer {key}\r\n")).unwrap_or_default();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: argus\r\n{authorization}Content-Type: {content_type}\r\n\
         Accept: {accept}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// The bytes of a request without one.
pub fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: argus\r\n\r\n").into_bytes()
}

/// One request over a connection of its own.
pub async fn once(address: SocketAddr, request: &[u8]) -> Result<Answer> {
    Connection::open(address).await?.send(request).await
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = timeout(PATIENCE, TcpStream::connect(address)).await??;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(4096) })
    }

    /// Sends these bytes and waits for one answer.
    pub async fn send(&mut self, request: &[u8]) -> Result<Answer> {
        timeout(PATIENCE, self.exchange(request)).await.context("no answer in time")?
    }

    /// Sends these bytes, as far as the other side takes them, and waits for one answer: a server may well answer,
    /// and close, before it has read a body that is too large.
    pub async fn send_what_is_taken(self, request: &[u8]) -> Result<Answer> {
        let (reading, mut writing) = self.stream.into_split();
        let write = async {
            let _ = writing.write_all(request).await;
            std::future::pending().await
        };
        let answer = async {
            tokio::select! {
                answer = receive(reading) => answer,
                never = write => never,
            }
        };
        timeout(PATIENCE, answer).await.context("no answer in time")?
    }

    async fn exchange(&mut self, request: &[u8]) -> Result<Answer> {
        self.stream.write_all(request).await?;
        loop {
            if let Some((answer, length)) = complete(&self.buffer)? {
                self.buffer.drain(..length);
                return Ok(answer);
            }
            let count = self.stream.read_buf(&mut self.buffer).await?;
            ensure!(count > 0, "the connection was closed without an answer");
        }
    }
}

/// One answer. An error in reading ends it too: the system resets a connection that is closed with bytes unread, and
/// what was answered came before.
async fn receive(mut reading: OwnedReadHalf) -> Result<Answer> {
    let mut received = Vec::with_capacity(4096);
    while let Ok(1..) = reading.read_buf(&mut received).await {
        if let Some((answer, _)) = complete(&received)? {
            return Ok(answer);
        }
    }
    bail!("the connection was closed without an answer")
}

/// The answer at the start of these bytes and its length, once it is there as a whole.
fn complete(bytes: &[u8]) -> Result<Option<(Answer, usize)>> {
    let Some(end) = find(bytes, b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&bytes[..end]).context("the head of the answer is not text")?;
    let mut lines = head.split("\r\n");
    let status_line = lines.next().unwrap_or_default();
    let Some(status) = status_line.split(' ').nth(1).and_then(|status| status.parse().ok()) else {
        bail!("`{status_line}` is no status line");
    };
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let mut answer = Answer { status, headers, body: Vec::new() };
    let start = end + 4;
    if answer.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        let Some((body, length)) = unchunked(&bytes[start..])? else { return Ok(None) };
        answer.body = body;
        return Ok(Some((answer, start + length)));
    }
    let length: usize = answer.header("content-length").map_or(Ok(0), str::parse)?;
    let Some(body) = bytes.get(start..start + length) else { return Ok(None) };
    answer.body = body.to_vec();
    Ok(Some((answer, start + length)))
}

fn unchunked(bytes: &[u8]) -> Result<Option<(Vec<u8>, usize)>> {
    let (mut body, mut at) = (Vec::new(), 0);
    loop {
        let Some(end) = find(&bytes[at..], b"\r\n") else { return Ok(None) };
        let size = usize::from_str_radix(std::str::from_utf8(&bytes[at..at + end])?.trim(), 16)?;
        at += end + 2;
        let Some(chunk) = bytes.get(at..at + size + 2) else { return Ok(None) };
        body.extend_from_slice(&chunk[..size]);
        at += size + 2;
        if size == 0 {
            return Ok(Some((body, at)));
        }
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_complete_when_its_body_is() {
        let whole = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP";
        for end in 0..whole.len() - 4 {
            assert!(complete(&whole[..end]).unwrap().is_none());
        }
        let (answer, length) = complete(whole).unwrap().unwrap();
        assert_eq!((answer.status, answer.text().as_str(), length), (200, "abc", whole.len() - 4));
    }

    #[test]
    fn chunks_are_put_together() {
        let whole = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n";
        for end in 0..whole.len() {
            assert!(complete(&whole[..end]).unwrap().is_none());
        }
        let (answer, length) = complete(whole).unwrap().unwrap();
        assert_eq!((answer.text().as_str(), length), ("abc0123456789", whole.len()));
    }
}
