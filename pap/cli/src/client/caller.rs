//! Who asks. Secrets that a command is given come in a file, a variable or on standard input, never as the value of a
//! flag.

use std::env;
use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use super::tls::TlsFiles;
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;

/// More than any key or token has; a wrong file is not read whole.
const LONGEST: u64 = 64 * 1024;

/// What a caller shows a server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller<'c> {
    pub(super) key_file: Option<&'c Path>,
    /// Whether a key is shown: whenever there is one, and without a certificate in any case.
    pub(super) shows_key: bool,
    pub(super) tls: TlsFiles<'c>,
}

impl<'c> Caller<'c> {
    /// Reads what the flags and the surroundings name, not yet what is in the files.
    pub(crate) fn read(console: &'c Console) -> Result<Self, Failure> {
        let tls = TlsFiles::read(console)?;
        let has_key = console.key_file().is_some() || env::var("ARGUS_KEY").is_ok_and(|key| !key.trim().is_empty());
        Ok(Self { key_file: console.key_file(), shows_key: has_key || tls.shown.is_none(), tls })
    }
}

/// The caller's key: of `--key-file`, else of `ARGUS_KEY`.
pub(super) fn read_key(console: &Console) -> Result<String, Failure> {
    if let Some(file) = console.key_file() {
        return read_credential(file);
    }
    match env::var("ARGUS_KEY") {
        Ok(key) if !key.trim().is_empty() => Ok(key.trim().to_owned()),
        _ => Err(refuse_key("this is done with an API key, and there is none")),
    }
}

pub(super) fn refuse_key(message: &str) -> Failure {
    Failure::new(Exit::NotPermitted, "credential-missing", message)
        .help("export ARGUS_KEY=…, or name a file that holds it with --key-file, or show a --client-certificate")
}

/// What a file or standard input (`-`) holds, without blanks and line ends around it.
pub(crate) fn read_credential(file: &Path) -> Result<String, Failure> {
    let read = if file == Path::new("-") {
        io::stdin().lock().take(LONGEST).read_to_end_string()
    } else {
        fs::File::open(file).and_then(|opened| opened.take(LONGEST).read_to_end_string())
    };
    let text = read.map_err(|error| Failure::unreadable(file, &error))?;
    let text = text.trim();
    if text.is_empty() || text.contains(['\n', '\r']) {
        let what = if text.is_empty() { "is empty" } else { "holds more than one line" };
        return Err(Failure::new(Exit::NoInput, "unreadable-file", format!("`{}` {what}", file.display()))
            .help("it has to hold one credential, and nothing else"));
    }
    Ok(text.to_owned())
}

trait ReadText {
    fn read_to_end_string(self) -> io::Result<String>;
}

impl<R: io::Read> ReadText for R {
    fn read_to_end_string(mut self) -> io::Result<String> {
        let mut text = String::new();
        self.read_to_string(&mut text).map(|_| text)
    }
}
