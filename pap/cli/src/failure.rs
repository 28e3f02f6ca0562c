//! Why a command could not give its answer: what went wrong, and what to do.

use std::io;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::exit::Exit;
use crate::source::shown;

/// A failure, as the user reads it on standard error.
#[derive(Debug)]
pub(crate) struct Failure {
    /// How the program ends.
    pub(crate) exit: Exit,
    /// What a program tells it apart by, such as `no-such-file`.
    code: &'static str,
    /// What went wrong and where: lower case, no full stop.
    message: String,
    /// What to do.
    help: Option<String>,
    /// What else a program is told.
    members: Map<String, Value>,
}

impl Failure {
    /// A failure with a code of its own.
    pub(crate) fn new(exit: Exit, code: &'static str, message: impl Into<String>) -> Self {
        Self { exit, code, message: message.into(), help: None, members: Map::new() }
    }

    /// The command line is wrong in a way that the parser of arguments can't see.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, "usage", message)
    }

    /// A file or folder could not be read.
    pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Self {
        let (code, cause) = match error.kind() {
            io::ErrorKind::NotFound => ("no-such-file", "no such file or folder".to_owned()),
            io::ErrorKind::PermissionDenied => ("unreadable-file", "permission denied".to_owned()),
            io::ErrorKind::IsADirectory => ("unreadable-file", "it is a folder".to_owned()),
            _ => ("unreadable-file", error.to_string()),
        };
        Self::new(Exit::NoInput, code, format!("can't read `{}`: {cause}", shown(path)))
    }

    /// A file or stream could not be written.
    pub(crate) fn unwritable(what: impl std::fmt::Display, error: &io::Error) -> Self {
        Self::new(Exit::Bug, "unwritable", format!("can't write to {what}: {error}"))
    }

    /// The same with what to do.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with a further member of the problem object.
    pub(crate) fn with(mut self, name: &str, value: Value) -> Self {
        self.members.insert(name.to_owned(), value);
        self
    }

    /// What went wrong.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// For people: two lines at most.
    pub(crate) fn to_text(&self) -> String {
        match &self.help {
            Some(help) => format!("error: {}\nhelp: {help}\n", self.message),
            None => format!("error: {}\n", self.message),
        }
    }

    /// For programs: a problem object (RFC 9457).
    pub(crate) fn to_json(&self) -> Value {
        let mut problem = Map::new();
        problem.insert("type".to_owned(), json!(format!("urn:argus:problem:{}", self.code)));
        problem.insert("title".to_owned(), json!(self.code.replace('-', " ")));
        problem.insert("detail".to_owned(), json!(self.message));
        if let Some(help) = &self.help {
            problem.insert("help".to_owned(), json!(help));
        }
        problem.extend(self.members.clone());
        Value::Object(problem)
    }
}
