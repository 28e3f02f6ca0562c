//! What the end of an installation needs of its settings: its master key, and the key that signs its audit.

use std::env;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use argus_admin::audit::AuditTender;
use argus_credentials::{MasterKey, Secret};
use argus_store::Store;
use chrono::{DateTime, Utc};

use super::DatabaseSettings;
use super::audit;
use super::failure::settings as failure;
use super::master_key::{VARIABLE, read_secret, sync_folder, unreadable};
use crate::failure::Failure;

const SETTING: &str = "--master-key-file (ARGUS_MASTER_KEY_FILE)";

/// A master key, and the file that it stands in.
pub(crate) struct FoundMasterKey {
    pub(crate) key: Arc<MasterKey>,
    /// `None` where it comes from the environment.
    pub(crate) file: Option<PathBuf>,
}

/// The master key, where it is at hand.
pub(crate) fn find_master_key(settings: &DatabaseSettings) -> Result<Option<FoundMasterKey>, Failure> {
    let settings = &settings.0;
    let found = |key, file| FoundMasterKey { key: Arc::new(key), file };
    if let Some(text) = env::var(VARIABLE).ok().filter(|text| !text.is_empty()).map(Secret::new) {
        let key = MasterKey::parse(text.expose());
        let key = key.map_err(|error| failure(format!("{VARIABLE} holds no master key: {error}")))?;
        return Ok(Some(found(key, None)));
    }
    let file = &settings.master_key_file;
    if !file.exists() {
        return Ok(None);
    }
    let text = read_secret(file, SETTING)?;
    let key = MasterKey::parse(text.expose()).map_err(|error| failure(format!("`{}`: {error}", file.display())))?;
    Ok(Some(found(key, Some(file.clone()))))
}

/// What signs the audit once more when its key is gone from the database.
pub(crate) fn last_words(
    settings: &DatabaseSettings,
    store: &Store,
    master: &Arc<MasterKey>,
    at: DateTime<Utc>,
) -> Result<AuditTender, Failure> {
    audit::tender(&settings.0, store, master, at)
}

/// Writes over the file of a master key, and removes it.
pub(crate) fn remove_master_key(file: &Path) -> Result<(), Failure> {
    let overwrite = || -> io::Result<()> {
        let length = usize::try_from(fs::metadata(file)?.len()).unwrap_or_default();
        let mut opened = fs::OpenOptions::new().write(true).open(file)?;
        opened.write_all(&vec![0; length])?;
        opened.sync_all()?;
        fs::remove_file(file)?;
        sync_folder(file)
    };
    overwrite()
        .map_err(|error| unreadable(file, &error, SETTING).help("all else is destroyed: remove the file yourself"))
}
