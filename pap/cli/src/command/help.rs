//! `argus help [TOPIC]`

use std::fmt::Write as _;

use argus_http::Metric;
use argus_pap::problem::KINDS;
use argus_pdp::PROBLEM_KINDS;
use argus_store::audit::{AuditEvent, Members, Told};
use clap::{Args, CommandFactory as _};

use super::serve::metrics::{of_administration, of_both};
use crate::cli::Cli;
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::limit;
use crate::nearest::nearest;

/// Explain a command or a topic: audit-events, authentication, backup, environment, exit-codes, limits, metrics, output, plans, problems, reasons, scopes.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus help exit-codes")]
pub(crate) struct Help {
    /// A topic, or the words of a command.
    #[arg(value_name = "TOPIC")]
    words: Vec<String>,
}

/// Writes a topic's text.
type Write = fn() -> String;

/// What is explained beside the commands.
static TOPICS: &[(&str, Write)] = &[
    ("audit-events", audit_events),
    ("authentication", || include_str!("../topic/authentication.txt").to_owned()),
    ("backup", || include_str!("../topic/backup.txt").to_owned()),
    ("environment", || include_str!("../topic/environment.txt").to_owned()),
    ("exit-codes", || include_str!("../topic/exit-codes.txt").to_owned()),
    ("limits", || include_str!("../topic/limits.txt").to_owned() + &limit::topic()),
    ("metrics", metrics),
    ("output", || include_str!("../topic/output.txt").to_owned()),
    ("plans", || include_str!("../topic/plans.txt").to_owned()),
    ("problems", problems),
    ("reasons", || include_str!("../topic/reasons.txt").to_owned()),
    ("scopes", || include_str!("../topic/scopes.txt").to_owned()),
];

/// Every event of the audit with what its entries tell, from the lists that entries are made by and held against.
fn audit_events() -> String {
    let mut text = "What entries of the audit tell of: `event` is one of these words. Each entry says besides when, who, from\n\
                    where, to what, and what it was before and is after, without secrets. `argus audit list --event` takes\n\
                    these words as well. Behind `before`, `after` and `details` stand the members that are told there, where\n\
                    there is something to tell; of what was changed, those alone that are another than before.\n"
        .to_owned();
    for event in AuditEvent::ALL {
        let _ = write!(text, "\n  {event}\n");
        for line in wrapped(event.meaning(), 96) {
            let _ = writeln!(text, "    {line}");
        }
        for line in members(event.told()).iter().flat_map(|members| wrapped(members, 94)) {
            let _ = writeln!(text, "      {line}");
        }
    }
    text
}

/// What an event's entries tell, a sentence for each place in them.
fn members(told: Told) -> Vec<String> {
    let place = if told.has_before { Some("before, after") } else { told.has_after.then_some("after") };
    let of_thing = match told.members {
        Members::Of(names) => names.join(", "),
        Members::DigestsByPath => "the digest of each document that came or went, by its path".to_owned(),
    };
    let of_thing = place.map(|place| format!("{place}: {of_thing}"));
    let details = (!told.details.is_empty()).then(|| format!("details: {}", told.details.join(", ")));
    of_thing.into_iter().chain(details).collect()
}

/// Every kind of problem of the administration, and those that only a decision point has: from the registries that the
/// servers answer by.
fn problems() -> String {
    let mut text =
        "What a server answers where it can't do as it is asked: `type` is `urn:argus:problem:` and a code of\n\
                    these (RFC 9457), `help` says what to do. `instance` is the id of the request.\n"
            .to_owned();
    let administration = KINDS.iter().map(|kind| (kind.code, kind.status, kind.meaning));
    let decisions = PROBLEM_KINDS.iter().map(|kind| (kind.code, kind.status, kind.meaning));
    let only = decisions.filter(|(code, _, _)| KINDS.iter().all(|kind| kind.code != *code));
    for (code, status, meaning) in administration.chain(only) {
        let _ = write!(text, "\n  {code} ({status})\n");
        for line in wrapped(meaning, 96) {
            let _ = writeln!(text, "    {line}");
        }
    }
    text
}

/// Every metric, from the tables that the servers write them by.
fn metrics() -> String {
    let mut text = "What `GET /metrics` tells in Prometheus' text form, on the port of decisions and on that of the\n\
                    administration. Names and labels stay as they are; there may be more in a later version. No label\n\
                    is a key, an organisation, a person or an address. `examples/prometheus` has rules for alerts,\n\
                    `examples/grafana` a dashboard.\n"
        .to_owned();
    let both = of_both().iter().copied();
    list(&mut text, "Decisions", argus_pdp::metrics().chain(both.clone()));
    list(&mut text, "Administration", argus_pap::metrics().chain(both).chain(of_administration().iter().copied()));
    text
}

fn list(text: &mut String, of: &str, metrics: impl Iterator<Item = &'static Metric>) {
    let _ = write!(text, "\n{of}\n");
    for metric in metrics {
        let labels = if metric.labels.is_empty() { String::new() } else { format!("{{{}}}", metric.labels.join(",")) };
        let _ = write!(text, "\n  {}{labels} ({})\n", metric.name, metric.kind.as_str());
        for line in wrapped(metric.help, 96) {
            let _ = writeln!(text, "    {line}");
        }
    }
}

/// Lines of at most `width` characters.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

impl Help {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        if let [topic] = self.words.as_slice()
            && let Some((_, text)) = TOPICS.iter().find(|(name, _)| name == topic)
        {
            console.print(text())?;
            return Ok(Exit::Done);
        }
        console.print(command_help(&self.words)?)?;
        Ok(Exit::Done)
    }
}

// What `argus WORDS --help` says, to the letter.
fn command_help(words: &[String]) -> Result<String, Failure> {
    let tree = Cli::tree();
    let mut command = &tree;
    for word in words {
        command = command.find_subcommand(word).ok_or_else(|| unknown(word, &tree))?;
    }
    let line = std::iter::once("argus").chain(words.iter().map(String::as_str)).chain(["--help"]);
    let help = Cli::command().try_get_matches_from(line).err();
    Ok(help.map(|help| help.render().to_string()).unwrap_or_default())
}

fn unknown(word: &str, tree: &clap::Command) -> Failure {
    let topics: Vec<&str> = TOPICS.iter().map(|(name, _)| *name).collect();
    let commands: Vec<&str> = tree.get_subcommands().map(clap::Command::get_name).collect();
    let help = match nearest(word, topics.iter().chain(&commands).copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("topics: {}; commands: {}", topics.join(", "), commands.join(", ")),
    };
    Failure::usage(format!("no command and no topic is named `{word}`")).help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_explained_with_what_its_entries_tell() {
        let text = audit_events();
        for event in AuditEvent::ALL {
            let explained = text.split("\n\n").find(|part| part.starts_with(&format!("  {event}\n")));
            let explained = explained.unwrap_or_else(|| panic!("{event} is not explained"));
            let told = event.told();
            let names = match told.members {
                Members::Of(names) => names,
                Members::DigestsByPath => &["by its path"][..],
            };
            assert_eq!(explained.contains("\n      before"), told.has_before, "{explained}");
            assert!(names.iter().chain(told.details).all(|name| explained.contains(name)), "{explained}");
        }
        assert!(
            text.contains("  token.issued\n    A client got an access token.\n      details: jti, scope,"),
            "{text}"
        );
        assert!(text.lines().all(|line| line.chars().count() <= 110));
    }

    #[test]
    fn a_problem_is_the_same_whoever_answers_it() {
        for kind in PROBLEM_KINDS {
            if let Some(other) = KINDS.iter().find(|other| other.code == kind.code) {
                assert_eq!((kind.status, kind.title), (other.status, other.title), "{}", kind.code);
            }
        }
        let text = problems();
        assert!(text.contains("  secret-already-shown (409)\n    A request with this"), "{text}");
        assert!(text.contains("  not-acceptable (406)\n") && text.lines().all(|line| line.chars().count() <= 100));
    }
}
