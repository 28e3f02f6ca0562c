//! The master key of the installation, and the tag keys that are wrapped under it.
//!
//! The file is made at the first start, when there is nothing yet that it could be missing for. Later, without it, the
//! server doesn't start: a new one would open nothing.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::{env, io};

use argus_admin::installation::host;
use argus_credentials::{MasterKey, Secret, TagKey, TagKeys, TagVersion};
use argus_pdp::{TAG_PURPOSE, TagKeySource, wrap_tag_key};
use argus_store::{Act, Conn, Store, destroy, wrapped_key};
use chrono::{DateTime, Utc};
use tracing::warn;

use super::failure::{of_store, settings as failure};
use super::settings::Settings;
use crate::client::SecretFile;
use crate::failure::Failure;

/// The variable that may hold the master key itself.
pub(super) const VARIABLE: &str = "ARGUS_MASTER_KEY";

/// Opens the tag keys of an installation; at its first start they are made, and the master key with them.
pub(super) fn open_tag_keys(settings: &Settings, store: &Store, at: DateTime<Utc>) -> Result<TagKeySource, Failure> {
    let destroyed = store.read(destroy::find_destruction).map_err(|error| of_store(&error, settings))?;
    if let Some(at) = destroyed {
        let data = &settings.database;
        return Err(failure(format!("the keys of the installation in `{data}` were destroyed on {}", at.date_naive()))
            .help("nothing opens its data; begin anew in an empty folder (--data-dir) or database (--database-url)"));
    }
    if let Some(file) = &settings.tag_key_file {
        let text = read_secret(file, "--tag-key-file (ARGUS_TAG_KEY_FILE)")?;
        let keys = TagKeys::parse(text.expose()).map_err(|error| failure(format!("`{}`: {error}", file.display())))?;
        return Ok(TagKeySource::Given(Arc::new(keys)));
    }
    let kept = store.read(|conn| wrapped_key::list(conn, TAG_PURPOSE)).map_err(|error| of_store(&error, settings))?;
    let master = open_master_key(settings, !kept.is_empty())?;
    if kept.is_empty() {
        make_first(settings, store, &master, at)?;
    }
    Ok(TagKeySource::Wrapped(Arc::new(master)))
}

fn open_master_key(settings: &Settings, is_needed: bool) -> Result<MasterKey, Failure> {
    let file = &settings.master_key_file;
    if let Some(text) = env::var(VARIABLE).ok().filter(|text| !text.is_empty()).map(Secret::new) {
        return MasterKey::parse(text.expose())
            .map_err(|error| failure(format!("{VARIABLE} holds no master key: {error}")));
    }
    match fs::metadata(file) {
        Ok(_) => {
            let text = read_secret(file, "--master-key-file (ARGUS_MASTER_KEY_FILE)")?;
            MasterKey::parse(text.expose()).map_err(|error| failure(format!("`{}`: {error}", file.display())))
        }
        Err(error) if error.kind() == ErrorKind::NotFound && is_needed => Err(missing(settings)),
        Err(error) if error.kind() == ErrorKind::NotFound => make_master_key(file),
        Err(error) => Err(unreadable(file, &error, "--master-key-file (ARGUS_MASTER_KEY_FILE)")),
    }
}

fn missing(settings: &Settings) -> Failure {
    let (file, data) = (settings.master_key_file.display(), settings.data_dir.display());
    failure(format!("the master key `{file}` is missing, and nothing else opens the data in `{data}`"))
        .help("put it back from its backup, or name it with --master-key-file (ARGUS_MASTER_KEY_FILE)")
}

fn make_master_key(file: &Path) -> Result<MasterKey, Failure> {
    let master = MasterKey::generate().map_err(|error| failure(error.to_string()))?;
    write_secret_file(file, master.to_text().expose(), "--master-key-file (ARGUS_MASTER_KEY_FILE)")?;
    Ok(master)
}

fn make_first(settings: &Settings, store: &Store, master: &MasterKey, at: DateTime<Utc>) -> Result<(), Failure> {
    let key = TagKey::generate(TagVersion::FIRST).map_err(|error| failure(error.to_string()))?;
    let first = wrap_tag_key(&key, 1, master, at).map_err(|error| failure(error.to_string()))?;
    let make = |conn: &mut Conn| {
        let act = Act::of_host(host(conn, at)?, at, "first start");
        wrapped_key::create(conn, &act, &first)
    };
    store.write(make).map(drop).map_err(|error| of_store(&error, settings))
}

pub(super) fn read_secret(file: &Path, setting: &str) -> Result<Secret, Failure> {
    let text = fs::read_to_string(file).map_err(|error| unreadable(file, &error, setting))?;
    warn_of_readers(file);
    Ok(Secret::new(text))
}

pub(super) fn unreadable(file: &Path, error: &io::Error, setting: &str) -> Failure {
    failure(format!("can't use `{}`: {error}", file.display()))
        .help(format!("let this user read it, or name another file with {setting}"))
}

/// A secret that a container platform mounts may be readable by others, and can't be changed: told, not refused.
fn warn_of_readers(file: &Path) {
    #[cfg(unix)]
    if let Ok(metadata) = fs::metadata(file) {
        use std::os::unix::fs::PermissionsExt as _;
        if metadata.permissions().mode() & 0o077 != 0 {
            warn!("`{}` can be read by others: chmod 600 it", file.display());
        }
    }
    #[cfg(not(unix))]
    let _ = file;
}

/// Writes a file whole, for its owner alone, in place of what was there: afterwards it is the one or the other.
pub(super) fn write_secret_file(file: &Path, secret: &str, setting: &str) -> Result<(), Failure> {
    let mut beside = file.as_os_str().to_owned();
    beside.push(".new");
    let beside = Path::new(&beside);
    // Left behind by a start that was killed.
    let _ = fs::remove_file(beside);
    let mut made = SecretFile::create(beside)?;
    let written = made.write(secret).and_then(|()| fs::rename(beside, file)).and_then(|()| sync_folder(file));
    written.map_err(|error| unreadable(file, &error, setting))
}

/// A file that is synced can still lose its name with the power.
pub(super) fn sync_folder(file: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}
