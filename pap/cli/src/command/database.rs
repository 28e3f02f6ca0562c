//! The database that a command works on without a server: the one that `argus serve` would use.

use std::path::PathBuf;

use argus_store::{Location, Store};
use clap::Args;

use super::serve::{DatabaseSettings, database_settings, of_store};
use crate::failure::Failure;

/// The flags of `argus serve` that say where the database is.
#[derive(Debug, Args)]
pub(super) struct DatabaseFlags {
    /// Folder of the data (default: ./argus-data).
    #[arg(long, value_name = "DIR", env = "ARGUS_DATA_DIR", hide_env = true)]
    pub(super) data_dir: Option<PathBuf>,
    /// Database, as sqlite://FILE or postgres://USER@HOST/NAME (default: argus.db in the data folder). Best not given as
    /// a flag where it holds a password.
    #[arg(long, value_name = "URL", env = "ARGUS_DATABASE_URL", hide_env = true)]
    pub(super) database_url: Option<String>,
    /// Certificate authorities of the database server, as PEM (default: those of this machine).
    #[arg(long, value_name = "FILE", env = "ARGUS_DATABASE_CA_FILE", hide_env = true)]
    pub(super) database_ca_file: Option<PathBuf>,
    /// Settings file (default: argus.toml, where it exists).
    #[arg(long, value_name = "FILE", env = "ARGUS_CONFIG", hide_env = true)]
    pub(super) config: Option<PathBuf>,
}

/// A database, and where it is.
pub(super) struct Database {
    settings: DatabaseSettings,
}

impl Database {
    pub(super) fn named(flags: DatabaseFlags) -> Result<Self, Failure> {
        Self::with_master_key(flags, None)
    }

    /// The same, whose master key may be elsewhere than in the data folder.
    pub(super) fn with_master_key(flags: DatabaseFlags, file: Option<PathBuf>) -> Result<Self, Failure> {
        Ok(Self { settings: database_settings(flags, file)? })
    }

    /// The settings that it was found by.
    pub(super) fn settings(&self) -> &DatabaseSettings {
        &self.settings
    }

    pub(super) fn location(&self) -> &Location {
        self.settings.location()
    }

    /// The master key's place, which is no part of the database.
    pub(super) fn master_key(&self) -> String {
        self.settings.master_key()
    }

    /// Opens it, or says what keeps it: a server that runs on the same file, for one.
    pub(super) fn open(&self) -> Result<Store, Failure> {
        Store::open(self.location()).map_err(|error| self.failed(&error))
    }

    /// Opens one that is there already.
    pub(super) fn open_existing(&self) -> Result<Store, Failure> {
        match self.location().file() {
            Some(file) if !file.exists() => {
                let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
                Err(Failure::unreadable(file, &missing).help("name the data folder with --data-dir (ARGUS_DATA_DIR)"))
            }
            _ => self.open(),
        }
    }

    pub(super) fn failed(&self, error: &argus_store::StoreError) -> Failure {
        of_store(error, &self.settings)
    }
}
