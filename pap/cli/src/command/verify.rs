//! `argus verify (--credential-file FILE|--certificate FILE) --action ACTION --resource PATH`

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serde_json::{Map, Value, json};

use crate::client::{Caller, Client, Server, curl_for_verify, read_certificate, read_credential, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Ask a decision point whether a credential may do something, and why. `ARGUS_KEY` is the enforcement point's key.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus verify --credential-file reader.key --action read \\\n      \
    --resource acme/atlas/evidence/42")]
pub(crate) struct Verify {
    /// The file that holds the credential; `-` is standard input.
    #[arg(long, value_name = "FILE|-", required_unless_present = "certificate")]
    credential_file: Option<PathBuf>,
    /// The certificate in PEM that the client has shown. Without a credential, it says whose key is used.
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
    /// What it is to do: read, write, delete, execute or admin.
    #[arg(long, value_name = "ACTION")]
    action: String,
    /// What it is to be done to: a path such as acme/atlas/evidence/42.
    #[arg(long, value_name = "PATH")]
    resource: String,
    /// The address that the client comes from.
    #[arg(long, value_name = "ADDRESS")]
    ip: Option<String>,
    /// The type of network that the client is in, such as corporate.
    #[arg(long, value_name = "TYPE")]
    network: Option<String>,
    /// Whether the client's device is compliant.
    #[arg(long, value_name = "true|false", num_args = 0..=1, default_missing_value = "true", hide_possible_values = true)]
    compliant: Option<bool>,
    /// What the client calls itself, as in `User-Agent`.
    #[arg(long, value_name = "TEXT")]
    user_agent: Option<String>,
    /// End with 1 unless this is the decision: Permit or Deny.
    #[arg(long, value_name = "DECISION", value_parser = ["Permit", "Deny"], hide_possible_values = true)]
    expect: Option<String>,
    /// Address of the decision point.
    #[arg(long, value_name = "URL", env = "ARGUS_PDP_URL", hide_env = true)]
    pdp_url: Option<String>,
}

impl Verify {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let server = Server::decisions(self.pdp_url.as_deref())?;
        let question = self.question()?;
        if console.is_verbose() {
            let url = format!("{}/v1/verify", server.as_str());
            console.say(&curl_for_verify(&url, self.credential_file.as_deref(), Caller::read(console)?, &question));
        }
        let client = Client::new(server, console)?;
        let (answer, took) = client.post_timed("/v1/verify", &question)?;
        if output == Output::Json {
            console.print_json(&answer)?;
        } else {
            console.print(in_words(&answer, &question, took, console.colours_output()))?;
            if console.is_verbose() {
                console.print(besides(console, &answer))?;
            }
        }
        Ok(self.exit(&answer))
    }

    fn question(&self) -> Result<Value, Failure> {
        let mut context = Map::new();
        if let Some(ip) = &self.ip {
            context.insert("ip".to_owned(), json!(ip));
        }
        if let Some(network) = &self.network {
            context.insert("network".to_owned(), json!(network));
        }
        if let Some(compliant) = self.compliant {
            context.insert("device".to_owned(), json!({ "compliant": compliant }));
        }
        if let Some(user_agent) = &self.user_agent {
            context.insert("user_agent".to_owned(), json!(user_agent));
        }
        if let Some(certificate) = &self.certificate {
            context.insert("client_certificate".to_owned(), json!(read_certificate(certificate)?));
        }
        let mut question = Map::new();
        if let Some(file) = &self.credential_file {
            question.insert("credential".to_owned(), json!(read_credential(file)?));
        }
        question.insert("action".to_owned(), json!(self.action));
        question.insert("resource".to_owned(), json!(self.resource));
        if !context.is_empty() {
            question.insert("context".to_owned(), Value::Object(context));
        }
        Ok(Value::Object(question))
    }

    fn exit(&self, answer: &Value) -> Exit {
        let is_expected = self.expect.as_ref().is_none_or(|expected| expected == text(answer, "decision"));
        if is_expected { Exit::Done } else { Exit::No }
    }
}

/// Decision, why, id, time: one line, its parts in columns where they fit.
fn in_words(answer: &Value, question: &Value, took: Duration, colours: bool) -> String {
    let decision = text(answer, "decision");
    let why = why(answer, question);
    let (id, milliseconds) = (text(answer, "decision_id"), took.as_secs_f64() * 1_000.0);
    format!("{}  {why:76}  {id}  {milliseconds:.1} ms\n", painted(decision, colours))
}

fn why(answer: &Value, question: &Value) -> String {
    let reason = text(answer, "reason");
    if !reason.is_empty() {
        return format!("{reason}: {}", text(answer, "detail"));
    }
    match text(answer, "matched_scope") {
        "" => format!("the policies permit `{}:{}`", text(question, "resource"), text(question, "action")),
        scope => format!("scope `{scope}` covers it"),
    }
}

fn painted(decision: &str, colours: bool) -> String {
    let word = format!("{decision:6}");
    match (colours, decision) {
        (true, "Permit") => format!("\u{1b}[32m{word}\u{1b}[0m"),
        (true, _) => format!("\u{1b}[31m{word}\u{1b}[0m"),
        (false, _) => word,
    }
}

/// What the key may do besides, where the caller may read the key: nobody else is told.
fn besides(console: &Console, answer: &Value) -> String {
    let mut words = String::new();
    let id = answer.get("key").map_or("", |key| text(key, "id"));
    let key = Client::administration(console).ok().filter(|_| !id.is_empty());
    if let Some(key) = key.and_then(|client| client.get(&format!("/v1/keys/{id}"), &[]).ok()) {
        let _ = writeln!(words, "key {}: {}", text(&key, "path"), text(&key, "summary"));
    }
    words
}
