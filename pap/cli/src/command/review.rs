//! `argus review start|list|show|decide|sign`

use chrono::Utc;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use crate::client::{Client, ago, confirm, find_key, items, number, table, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Look at what the keys of an organisation grant, say of each whether it is kept, and sign that.
#[derive(Debug, Args)]
#[command(after_help = "Example, a quarter's review from its start to its signature:\n  \
    argus review start acme\n  \
    argus review show acme\n  \
    argus review decide acme acme/atlas/reader --verdict narrow --reason 'reads one folder alone'\n  \
    argus review decide acme --rest --reason 'in use, and its owner was asked'\n  \
    argus review sign acme --statement 'third quarter of 2026'\n\n\
    No key is touched by a review. argus review show lists what is still to be done, with the command that does it.\n\
    To look takes read on ORG/argus/reviews, to start and decide write, to sign admin.")]
pub(crate) struct Review {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Start a review: every key that hasn't ended is written down with its scopes, its owner and its last use.
    #[command(after_help = "Example:\n  argus review start acme")]
    Start {
        /// The organisation.
        #[arg(value_name = "ORG")]
        organisation: String,
        /// Start it in the place of an open one, of which nothing is kept but what was said.
        #[arg(long)]
        replace: bool,
        /// Don't ask before an open one is replaced.
        #[arg(long, requires = "replace")]
        yes: bool,
    },
    /// List reviews, the newest first.
    #[command(after_help = "Example:\n  argus review list acme --state signed")]
    List {
        /// Only those of this organisation (default: all that your key may read).
        #[arg(value_name = "ORG")]
        organisation: Option<String>,
        /// Only those in this state: open, signed or replaced.
        #[arg(long, value_name = "STATE")]
        state: Option<String>,
    },
    /// Show a review with its keys, what was said of each, and what is still to be done.
    #[command(after_help = "Examples:\n  argus review show acme\n  argus review show 01980a3c-… --verdict revoke")]
    Show {
        /// Its id; or an organisation, for its open review, else its newest.
        #[arg(value_name = "REVIEW")]
        review: String,
        /// Only keys of which this was said.
        #[arg(long, value_name = "VERDICT")]
        verdict: Option<Verdict>,
    },
    /// Say whether a key is kept, narrowed or revoked, as it is now; or that all the rest is kept.
    #[command(
        after_help = "Examples:\n  argus review decide acme acme/atlas/reader --verdict revoke --reason 'the job \
        is gone'\n  argus review decide acme --rest --reason 'in use, and its owner was asked'"
    )]
    Decide {
        /// Its id; or an organisation, for its open review.
        #[arg(value_name = "REVIEW")]
        review: String,
        /// The key, by name or id.
        #[arg(value_name = "KEY", required_unless_present = "rest", conflicts_with = "rest", requires = "verdict")]
        key: Option<String>,
        /// Keep all keys of which nothing was said yet.
        #[arg(long, conflicts_with = "verdict")]
        rest: bool,
        /// What is to become of the key.
        #[arg(long, value_name = "VERDICT")]
        verdict: Option<Verdict>,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Sign a review in which something was said of each key: it changes no more.
    #[command(after_help = "Example:\n  argus review sign acme --statement 'third quarter of 2026'")]
    Sign {
        /// Its id; or an organisation, for its open review.
        #[arg(value_name = "REVIEW")]
        review: String,
        /// What you have to say.
        #[arg(long, value_name = "TEXT")]
        statement: Option<String>,
        /// Don't ask.
        #[arg(long)]
        yes: bool,
    },
}

/// What is to become of a key.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Verdict {
    /// It grants what it has to.
    Keep,
    /// It grants too much.
    Narrow,
    /// It is needed no more.
    Revoke,
}

impl Review {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        let (answer, words) = match self.verb {
            Verb::Start { organisation, replace, yes } => {
                if replace && !may_replace(console, &client, &organisation, yes)? {
                    return Ok(Exit::No);
                }
                let body = json!({ "organisation": organisation, "replaces_open": replace });
                described(client.post("/v1/reviews", &body)?)
            }
            Verb::List { organisation, state } => {
                let asked = [("organisation", &organisation), ("state", &state)];
                let query: Vec<_> = asked.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?))).collect();
                let list = client.list("/v1/reviews", &query)?;
                let words = if items(&list).is_empty() { "there are no reviews\n".to_owned() } else { listed(&list) };
                (list, words)
            }
            Verb::Show { review, verdict } => shown(&client, &find(&client, &review)?, verdict)?,
            Verb::Decide { review, key, rest, verdict, reason } => {
                let path = path(&find(&client, &review)?);
                let key = key.map(|named| find_key(&client, &named)).transpose()?;
                let verdict = verdict.map_or("keep", Verdict::as_str);
                let body = match &key {
                    Some(key) => json!({ "key": text(key, "id"), "verdict": verdict, "reason": reason }),
                    None => json!({ "rest": rest, "verdict": verdict, "reason": reason }),
                };
                let (answer, words) = described(client.post(&format!("{path}/decide"), &body)?);
                let said = key.map_or_else(|| "the rest is kept\n".to_owned(), |key| said(verdict, &key));
                (answer, said + &words)
            }
            Verb::Sign { review, statement, yes } => {
                let found = find(&client, &review)?;
                let act = format!("Sign the review of {}: {}", text(&found, "organisation"), numbers(&found));
                if !confirm(console, &act, yes)? {
                    console.say("nothing was signed\n");
                    return Ok(Exit::No);
                }
                described(client.post(&format!("{}/sign", path(&found)), &json!({ "statement": statement }))?)
            }
        };
        match output {
            Output::Json => console.print_json(&answer)?,
            _ => console.print(words)?,
        }
        Ok(Exit::Done)
    }
}

impl Verdict {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Narrow => "narrow",
            Self::Revoke => "revoke",
        }
    }
}

/// Whether an open review may give way; there is nothing to ask where none is open.
fn may_replace(console: &Console, client: &Client, organisation: &str, yes: bool) -> Result<bool, Failure> {
    let list = client.list("/v1/reviews", &[("organisation", organisation), ("state", "open")])?;
    let Some(open) = items(&list).first() else { return Ok(true) };
    let act =
        format!("Replace the open review of {organisation}, started {}: {}", day(open, "started_at"), numbers(open));
    let goes_on = confirm(console, &act, yes)?;
    if !goes_on {
        console.say("nothing was changed\n");
    }
    Ok(goes_on)
}

/// A review by its id, or by its organisation: the open one, else the newest.
fn find(client: &Client, named: &str) -> Result<Value, Failure> {
    // An id is one segment, whatever was typed; no name of an organisation is as long and as regular.
    if named.len() == 36 && named.bytes().all(|c| c.is_ascii_hexdigit() || c == b'-') {
        return client.get(&format!("/v1/reviews/{named}"), &[]);
    }
    let list = client.list("/v1/reviews", &[("organisation", named)])?;
    let all = items(&list);
    let open = all.iter().find(|review| text(review, "state") == "open");
    open.or(all.first()).cloned().ok_or_else(|| {
        Failure::usage(format!("no review of {named} was ever started"))
            .help(format!("argus review start {named} begins one"))
    })
}

fn path(review: &Value) -> String {
    format!("/v1/reviews/{}", text(review, "id"))
}

fn shown(client: &Client, review: &Value, verdict: Option<Verdict>) -> Result<(Value, String), Failure> {
    let verdict = verdict.map(Verdict::as_str);
    let query: Vec<_> = verdict.iter().map(|verdict| ("verdict", *verdict)).collect();
    let list = client.list(&format!("{}/keys", path(review)), &query)?;
    let rows = items(&list).iter().map(|key| {
        let used = ago(text(key, "last_used_at"), Utc::now()).unwrap_or_else(|| "never".to_owned());
        let verdict = match text(key, "verdict") {
            "" => "–",
            said => said,
        };
        let cell = |name| text(key, name).to_owned();
        [cell("key_path"), cell("owner"), scopes(key, "scopes"), used, verdict.to_owned(), cell("reason")]
    });
    let mut words = described(review.clone()).1;
    words += &table(["KEY", "OWNER", "SCOPES", "USED", "VERDICT", "WHY"], rows.collect());
    let to_do: Vec<String> =
        items(&list).iter().filter(|key| text(key, "carried_out") == "pending").map(to_do).collect();
    if !to_do.is_empty() {
        words += "still to be done:\n";
        words += &to_do.concat();
    }
    let mut answer = review.clone();
    if let (Value::Object(answer), Value::Array(keys)) = (&mut answer, list.get("items").cloned().unwrap_or_default()) {
        answer.insert("items".to_owned(), keys.into());
    }
    Ok((answer, words))
}

/// The command that carries a verdict out.
fn to_do(key: &Value) -> String {
    let path = text(key, "key_path");
    if text(key, "verdict") == "revoke" {
        return format!("  argus key revoke {path}\n");
    }
    format!(
        "  argus key update {path} --scope SCOPE   (it grants {}; argus key advise {path})\n",
        scopes(key, "scopes_now")
    )
}

fn said(verdict: &str, key: &Value) -> String {
    format!("{verdict} {}: it grants {}\n", text(key, "path"), scopes(key, "scopes"))
}

fn scopes(key: &Value, member: &str) -> String {
    let all = key.get(member).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let all: Vec<&str> = all.iter().filter_map(Value::as_str).collect();
    if all.is_empty() { "nothing".to_owned() } else { all.join(" ") }
}

fn numbers(review: &Value) -> String {
    let count = |member| number(review, member);
    format!(
        "{} keys: {} keep, {} narrow, {} revoke, {} undecided",
        count("keys"),
        count("keep"),
        count("narrow"),
        count("revoke"),
        count("undecided")
    )
}

fn day<'v>(review: &'v Value, member: &str) -> &'v str {
    text(review, member).split('T').next().unwrap_or_default()
}

fn listed(list: &Value) -> String {
    let rows = items(list).iter().map(|one| {
        let cell = |name| text(one, name).to_owned();
        let [started, ended] = ["started_at", "ended_at"].map(|member| day(one, member).to_owned());
        [
            cell("organisation"),
            started,
            cell("state"),
            ended,
            numbers(one),
            number(one, "pending").to_string(),
            cell("id"),
        ]
    });
    table(["ORG", "STARTED", "STATE", "ENDED", "KEYS", "TO DO", "ID"], rows.collect())
}

fn described(review: Value) -> (Value, String) {
    let by = |member: &str| text(&review, member).to_owned();
    let state = match text(&review, "state") {
        "open" if number(&review, "undecided") == 0 => "something was said of each key: it can be signed".to_owned(),
        "open" => "open".to_owned(),
        state => format!("{state} {} by {}", day(&review, "ended_at"), by("ended_by")),
    };
    let statement = match by("statement") {
        none if none.is_empty() => none,
        statement => format!("{statement}\n"),
    };
    let words = format!(
        "review {} of {}, started {} by {}\n{}\n{state}\n{statement}",
        by("id"),
        by("organisation"),
        day(&review, "started_at"),
        by("started_by"),
        numbers(&review)
    );
    (review, words)
}
