//! Speaking to a server: the administration API, and a decision point.
//!
//! One address, and one key or certificate. What the server refuses becomes a [`Failure`] with the server's own words; what it can't be
//! asked becomes one that says how to mend that.

mod address;
mod answer;
mod caller;
mod conditions;
mod confirm;
mod curl;
mod duration;
mod in_force;
mod name;
mod secret_file;
mod table;
mod tls;
mod unset;
mod when;

use std::time::{Duration, Instant};

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderValue, IF_MATCH};
use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

pub(crate) use address::Server;
pub(crate) use caller::{Caller, read_credential};
pub(crate) use conditions::ConditionFlags;
pub(crate) use confirm::{confirm, confirm_number};
pub(crate) use curl::curl_for_verify;
pub(crate) use duration::{duration_in_words, read_duration};
pub(crate) use in_force::{Wait, in_force};
pub(crate) use name::{KeyName, Path, find_key, path_by_id};
pub(crate) use secret_file::{SecretFile, keep_secret};
pub(crate) use table::table;
pub(crate) use tls::read_certificate;
pub(crate) use unset::{Patch, age};
pub(crate) use when::{ago, date, days_until, to_the_second};

use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;

/// How long an answer may take. Acts wait for their turn, and for every decision point.
const PATIENCE: Duration = Duration::from_secs(30);

/// The longest that an answer may take that goes on coming.
const LONGEST_DOWNLOAD: Duration = Duration::from_hours(6);

/// A server that is spoken to.
pub(crate) struct Client {
    runtime: Runtime,
    http: reqwest::Client,
    server: Server,
    key: Option<HeaderValue>,
}

/// What a server answered.
struct Answer {
    value: Value,
    /// The tag of what it shows; empty where it has none.
    tag: String,
    took: Duration,
}

impl Client {
    /// The administration API that the flags and the surroundings name.
    pub(crate) fn administration(console: &Console) -> Result<Self, Failure> {
        Self::new(Server::administration(console)?, console)
    }

    /// A server, spoken to with the caller's key, or by his certificate alone.
    pub(crate) fn new(server: Server, console: &Console) -> Result<Self, Failure> {
        if !Caller::read(console)?.shows_key {
            server.ensure_tls()?;
            return Self::without_key(server, console);
        }
        let key = caller::read_key(console)?;
        let mut key = HeaderValue::from_str(&format!("Bearer {key}"))
            .map_err(|_| caller::refuse_key("the API key holds characters that no key has"))?;
        key.set_sensitive(true);
        Ok(Self { key: Some(key), ..Self::without_key(server, console)? })
    }

    /// A server, asked what anybody may know.
    pub(crate) fn without_key(server: Server, console: &Console) -> Result<Self, Failure> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::new(Exit::Bug, "internal", format!("no connection can be prepared: {error}")))?;
        let tls = Caller::read(console)?.tls;
        let mut http = reqwest::Client::builder().redirect(Policy::none()).timeout(PATIENCE);
        if server.is_this_machine() {
            // A proxy for the internet doesn't lead back here.
            http = http.no_proxy();
        }
        let http = tls.add_to(http)?.build().map_err(|error| tls.refuse(&error))?;
        Ok(Self { runtime, http, server, key: None })
    }

    /// Reads a thing or a list.
    pub(crate) fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, Failure> {
        self.send(self.request(Method::GET, path).query(query)).map(|(value, _)| value)
    }

    /// Reads a thing and the tag of what was read.
    pub(crate) fn get_tagged(&self, path: &str) -> Result<(Value, String), Failure> {
        let answer = self.exchange(self.request(Method::GET, path))?;
        Ok((answer.value, answer.tag))
    }

    /// Changes a thing (RFC 7396), as long as it is still what the tag says.
    pub(crate) fn patch(&self, path: &str, tag: &str, patch: &Value) -> Result<Value, Failure> {
        let request = self.request(Method::PATCH, path).header(IF_MATCH, tag).body(patch.to_string());
        let request = request.header(CONTENT_TYPE, "application/merge-patch+json");
        self.exchange(request).map(|answer| answer.value)
    }

    /// Carries out an act.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.post_timed(path, body).map(|(value, _)| value)
    }

    /// As [`Client::post`], with the time from the question to the whole answer.
    pub(crate) fn post_timed(&self, path: &str, body: &Value) -> Result<(Value, Duration), Failure> {
        self.send(self.request(Method::POST, path).json(body))
    }

    /// Reads an answer that may be as long as it will, a piece at a time. It has to go on, not to end, within the time
    /// that an answer may take.
    pub(crate) fn download(
        &self,
        path: &str,
        query: &[(&str, &str)],
        take: impl FnMut(&[u8]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.download_as("*/*", path, query, take)
    }

    /// The same in a form of the caller's choice.
    pub(crate) fn download_as(
        &self,
        media: &str,
        path: &str,
        query: &[(&str, &str)],
        mut take: impl FnMut(&[u8]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let unreachable = |error: reqwest::Error| self.server.unreachable(&error);
        // The client's own patience is with whole answers.
        let request = self.request(Method::GET, path).query(query).timeout(LONGEST_DOWNLOAD);
        let request = request.header(ACCEPT, media);
        self.runtime.block_on(async {
            let mut answer = request.send().await.map_err(unreachable)?;
            let status = answer.status().as_u16();
            if status != 200 {
                let octets = answer.bytes().await.map_err(unreachable)?;
                return answer::read(&self.server, status, &octets).map(drop);
            }
            loop {
                let piece = tokio::time::timeout(PATIENCE, answer.chunk()).await;
                let piece = piece.map_err(|_| self.server.silent())?.map_err(unreachable)?;
                match piece {
                    Some(piece) => take(&piece)?,
                    None => return Ok(()),
                }
            }
        })
    }

    /// Every page of a list as one: `{"items": […], "next_cursor": null}`.
    pub(crate) fn list(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, Failure> {
        let mut items = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let mut query = query.to_vec();
            query.push(("limit", "200"));
            if let Some(cursor) = &cursor {
                query.push(("cursor", cursor));
            }
            let mut page = self.get(path, &query)?;
            if let Some(more) = page.get_mut("items").and_then(Value::as_array_mut) {
                items.append(more);
            }
            let Some(next) = page.get("next_cursor").and_then(Value::as_str) else { break };
            cursor = Some(next.to_owned());
        }
        Ok(json!({ "items": items, "next_cursor": null }))
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, self.server.url(path));
        match &self.key {
            Some(key) => request.header(AUTHORIZATION, key.clone()),
            None => request,
        }
    }

    fn send(&self, request: RequestBuilder) -> Result<(Value, Duration), Failure> {
        self.exchange(request).map(|answer| (answer.value, answer.took))
    }

    fn exchange(&self, request: RequestBuilder) -> Result<Answer, Failure> {
        self.runtime.block_on(async {
            let since = Instant::now();
            let answer = request.send().await.map_err(|error| self.server.unreachable(&error))?;
            let status = answer.status().as_u16();
            let tag = answer.headers().get(ETAG).and_then(|tag| tag.to_str().ok()).unwrap_or_default().to_owned();
            let octets = answer.bytes().await.map_err(|error| self.server.unreachable(&error))?;
            let took = since.elapsed();
            answer::read(&self.server, status, &octets).map(|value| Answer { value, tag, took })
        })
    }
}

/// A text of an answer, empty where it isn't there.
pub(crate) fn text<'v>(value: &'v Value, member: &str) -> &'v str {
    value.get(member).and_then(Value::as_str).unwrap_or_default()
}

/// A number of an answer, 0 where it isn't there.
pub(crate) fn number(value: &Value, member: &str) -> u64 {
    value.get(member).and_then(Value::as_u64).unwrap_or_default()
}

/// The items of a list.
pub(crate) fn items(list: &Value) -> &[Value] {
    list.get("items").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
