//! The administrator's key of a first start, and where it is shown: once, and never in a container's log.

use std::fs;
use std::io::{self, ErrorKind, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use argus_admin::installation::Administrator;
use argus_credentials::{Hasher, Secret, TagKeys};
use argus_store::key::{self, KeyFilter};
use argus_store::{Conn, PageSize, Store, StoreError, organisation};
use chrono::{DateTime, Utc};

use super::failure::{of_store, settings as failure};
use super::master_key::write_secret_file;
use super::settings::Settings;
use crate::failure::Failure;

/// An administrator's key that was made at this start.
#[derive(Debug)]
pub(super) struct Bootstrap {
    pub(super) secret: Secret,
    pub(super) shown: Shown,
}

/// Where it is shown.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// On standard output.
    Terminal,
    /// In this file.
    File(PathBuf),
}

/// What the start makes a key for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// There is no installation yet.
    FirstStart,
    /// It was asked for.
    Asked,
}

/// Makes an administrator's key where the installation has none yet, or where one is asked for.
pub(super) fn make(
    settings: &Settings,
    store: &Store,
    tag_keys: &TagKeys,
    hasher: Hasher,
    (is_asked_for, at): (bool, DateTime<Utc>),
) -> Result<Option<Bootstrap>, Failure> {
    let is_first = !store.read(has_administrator).map_err(|error| of_store(&error, settings))?;
    let cause = match (is_first, is_asked_for) {
        (true, _) => Cause::FirstStart,
        (false, true) => Cause::Asked,
        (false, false) => return Ok(None),
    };
    let shown = destination(settings)?;
    let ready = Administrator::prepare(tag_keys, hasher, at).map_err(|error| failure(error.to_string()))?;
    // First written, then kept: a start that is killed in between leaves a key that is good for nothing, never one
    // that nobody has.
    if let Shown::File(file) = &shown {
        write_secret_file(file, ready.secret().expose(), "--bootstrap-key-file (ARGUS_BOOTSTRAP_KEY_FILE)")?;
    }
    let kept = ready.keep(store, cause.in_words());
    let (_, secret) = kept.map_err(|error| of_store(&error, settings))?;
    Ok(Some(Bootstrap { secret, shown }))
}

/// Whether the organisation `argus` ever had a key: its first is an administrator's.
fn has_administrator(conn: &mut Conn) -> Result<bool, StoreError> {
    let Some(argus) = organisation::find_by_name(conn, argus_admin::resource::HOST)? else { return Ok(false) };
    let filter = KeyFilter { organisation: Some(argus.id), ..KeyFilter::default() };
    Ok(!key::list(conn, &filter, None, PageSize::default())?.items.is_empty())
}

impl Cause {
    const fn in_words(self) -> &'static str {
        match self {
            Self::FirstStart => "first start",
            Self::Asked => "argus serve --new-bootstrap-key",
        }
    }
}

fn destination(settings: &Settings) -> Result<Shown, Failure> {
    if let Some(file) = &settings.bootstrap_key_file {
        refuse_other_file(file)?;
        return Ok(Shown::File(file.clone()));
    }
    if io::stdout().is_terminal() {
        return Ok(Shown::Terminal);
    }
    Ok(Shown::File(settings.data_dir.join("bootstrap.key")))
}

/// An earlier key, or an empty file, is written over. Anything else was named by mistake.
fn refuse_other_file(file: &Path) -> Result<(), Failure> {
    let mut start = String::new();
    match fs::File::open(file).and_then(|opened| opened.take(6).read_to_string(&mut start)) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Ok(_) if start.is_empty() || start == "argus_" => Ok(()),
        Ok(_) => Err(failure(format!("`{}` holds something else than an administrator's key", file.display()))
            .help("name another file with --bootstrap-key-file (ARGUS_BOOTSTRAP_KEY_FILE)")),
        Err(error) => Err(failure(format!("can't use `{}`: {error}", file.display()))
            .help("name another file with --bootstrap-key-file (ARGUS_BOOTSTRAP_KEY_FILE)")),
    }
}
