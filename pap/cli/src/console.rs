//! Standard output and standard error: the answer on the one, everything else on the other.
//!
//! A reader that goes away (`argus check … | head -1`) is no failure: what it no longer wants is dropped, and the exit
//! code stays true.

use std::env;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use argus_credentials::redact;
use clap::{Args, ValueEnum};
use serde_json::Value;

use crate::failure::Failure;

/// In what form a command answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Output {
    /// For people; may change in any version.
    #[default]
    Human,
    /// For programs; only grows.
    Json,
    /// One line a problem (`check`).
    Short,
    /// SARIF 2.1.0 (`check`).
    Sarif,
    /// JUnit XML (`test`).
    Junit,
}

/// When colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum When {
    /// On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`; anywhere where `CLICOLOR_FORCE` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The flags that every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalFlags {
    /// Form of the answer: human or json; `check` also short and sarif, `test` also junit.
    #[arg(long, global = true, value_enum, default_value_t, hide_possible_values = true, value_name = "FORM")]
    output: Output,
    /// Use colours: auto, always or never.
    #[arg(long, global = true, value_enum, default_value_t, hide_possible_values = true, value_name = "WHEN")]
    color: When,
    /// Leave out warnings, summaries and progress.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Say more.
    #[arg(short, long, global = true)]
    verbose: bool,
    /// Address of the administration API.
    #[arg(long, global = true, env = "ARGUS_URL", hide_env = true, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// File that holds the API key of the caller (else `ARGUS_KEY`).
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// Authorities in PEM, believed besides the system's where a server shows its certificate.
    #[arg(long, global = true, env = "ARGUS_CA_FILE", hide_env = true, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Certificate of the caller in PEM: without an API key, it says who he is.
    #[arg(long, global = true, env = "ARGUS_CLIENT_CERTIFICATE", hide_env = true, value_name = "FILE")]
    client_certificate: Option<PathBuf>,
    /// Its private key, in PEM.
    #[arg(long, global = true, env = "ARGUS_CLIENT_KEY", hide_env = true, value_name = "FILE")]
    client_key: Option<PathBuf>,
}

/// Where a command writes, and how.
#[derive(Debug)]
pub(crate) struct Console {
    flags: GlobalFlags,
}

impl Console {
    /// The console that the flags ask for.
    pub(crate) fn new(flags: GlobalFlags) -> Self {
        Self { flags }
    }

    /// The form of the answer, where the command has it.
    ///
    /// # Errors
    /// A wrong usage, where the command does not have the form that was asked for.
    pub(crate) fn output(&self, forms: &[Output]) -> Result<Output, Failure> {
        let asked = self.flags.output;
        if forms.contains(&asked) {
            return Ok(asked);
        }
        let names: Vec<String> = forms.iter().map(|form| format!("`{}`", name(*form))).collect();
        Err(Failure::usage(format!("this command has no `--output {}`", name(asked)))
            .help(format!("it has {}", names.join(", "))))
    }

    /// Whether the answer is for a program.
    pub(crate) fn is_json(&self) -> bool {
        self.flags.output == Output::Json
    }

    /// Whether warnings, summaries and progress are left out.
    pub(crate) fn is_quiet(&self) -> bool {
        self.flags.quiet
    }

    /// Whether more is to be said.
    pub(crate) fn is_verbose(&self) -> bool {
        self.flags.verbose
    }

    /// The address of the administration API, where one is named.
    pub(crate) fn url(&self) -> Option<&str> {
        self.flags.url.as_deref()
    }

    /// The file that holds the caller's key, where one is named.
    pub(crate) fn key_file(&self) -> Option<&Path> {
        self.flags.key_file.as_deref()
    }

    /// The authorities that servers are believed by besides the system's, where they are named.
    pub(crate) fn ca_file(&self) -> Option<&Path> {
        // An empty variable is one that was taken back.
        self.flags.ca_file.as_deref().filter(|file| !file.as_os_str().is_empty())
    }

    /// The caller's certificate, where one is named.
    pub(crate) fn client_certificate(&self) -> Option<&Path> {
        self.flags.client_certificate.as_deref()
    }

    /// The private key of the caller's certificate, where it is named.
    pub(crate) fn client_key(&self) -> Option<&Path> {
        self.flags.client_key.as_deref()
    }

    /// Whether standard output is coloured.
    pub(crate) fn colours_output(&self) -> bool {
        self.colours(io::stdout().is_terminal())
    }

    /// Whether standard error is coloured.
    pub(crate) fn colours_errors(&self) -> bool {
        self.colours(io::stderr().is_terminal())
    }

    fn colours(&self, is_terminal: bool) -> bool {
        let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
        match self.flags.color {
            When::Always => true,
            When::Never => false,
            When::Auto if set("NO_COLOR") => false,
            When::Auto if set("CLICOLOR_FORCE") && env::var_os("CLICOLOR_FORCE").is_some_and(|v| v != "0") => true,
            When::Auto => is_terminal && env::var_os("TERM").is_none_or(|term| term != "dumb"),
        }
    }

    /// Writes a part of the answer.
    ///
    /// # Errors
    /// Where standard output can't be written, a reader that went away excepted.
    #[expect(clippy::unused_self, reason = "the streams are reached through the console alone")]
    pub(crate) fn print(&self, text: impl AsRef<[u8]>) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        match stdout.write_all(text.as_ref()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure::unwritable("standard output", &error))
            }
            _ => Ok(()),
        }
    }

    /// Writes an object as the answer.
    ///
    /// # Errors
    /// As [`Console::print`].
    pub(crate) fn print_json(&self, answer: &Value) -> Result<(), Failure> {
        self.print(format!("{answer:#}\n"))
    }

    /// Says something beside the answer. A standard error that can't be written has nobody to be told.
    #[expect(clippy::unused_self, reason = "the streams are reached through the console alone")]
    pub(crate) fn say(&self, text: &str) {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    /// Says why there is no answer. A key given in a wrong place would be quoted: its secret isn't.
    pub(crate) fn fail(&self, failure: &Failure) {
        let text = if self.is_json() { format!("{:#}\n", failure.to_json()) } else { failure.to_text() };
        self.say(&redact(&text));
    }
}

fn name(form: Output) -> String {
    form.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}
