//! Why a server doesn't start: one line that says which setting, and the flag that changes it.

use argus_pdp::{StartError, TlsFault};
use argus_store::StoreError;

use super::settings::Settings;
use crate::exit::Exit;
use crate::failure::Failure;

/// A setting is wrong, or what it names can't be used.
pub(super) fn settings(message: impl Into<String>) -> Failure {
    Failure::new(Exit::Settings, "settings", message)
}

/// The store can't be opened or written.
pub(super) fn of_store(error: &StoreError, settings_in_use: &Settings) -> Failure {
    let data = settings_in_use.data_dir.display();
    match error {
        StoreError::Locked { pid, .. } => {
            let holder = pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"));
            settings(format!("the data in `{data}` is in use by {holder}"))
                .help("stop it, or choose another folder with --data-dir (ARGUS_DATA_DIR)")
        }
        StoreError::Open { path, source } if settings_in_use.database.file().is_none() => {
            settings(format!("can't use `{}`: {source}", path.display()))
                .help("name certificates in PEM with --database-ca-file (ARGUS_DATABASE_CA_FILE)")
        }
        StoreError::Open { path, source } => settings(format!("can't open `{}`: {source}", path.display()))
            .help("let this user write there, or choose another folder with --data-dir (ARGUS_DATA_DIR)"),
        StoreError::Corrupt { .. } => {
            settings(format!("{error} (`{}`)", settings_in_use.database)).help("restore it from a backup")
        }
        StoreError::Full => settings(error.to_string()).help("make room, or choose another folder with --data-dir"),
        StoreError::Away(_) => settings(error.to_string())
            .help("start the server, or name another database with --database-url (ARGUS_DATABASE_URL)"),
        _ => settings(error.to_string()),
    }
}

/// A file for TLS can't be used.
pub(super) fn of_tls(fault: &TlsFault, flags: &str) -> Failure {
    settings(fault.to_string()).help(format!("name other files with {flags}"))
}

/// The decision point doesn't start.
pub(super) fn of_start(error: &StartError, settings_in_use: &Settings) -> Failure {
    match error {
        StartError::Store(error) => of_store(error, settings_in_use),
        StartError::Policies(fault) => {
            let problems: Vec<String> = fault.problems.iter().map(ToString::to_string).collect();
            let folder = settings_in_use.policies.display();
            Failure::new(Exit::PolicyRefused, "policy-refused", problems.join("\n       "))
                .help(format!("argus check {folder} shows the lines; --policies (ARGUS_POLICIES) names another folder"))
        }
        StartError::Places(fault) => settings(fault.to_string())
            .help("name another file with --geoip-database, --geoip-asn-database or --geoip-anonymous-database, or leave it out"),
        StartError::Journal(fault) => {
            settings(fault.to_string()).help("name another folder with --journal (ARGUS_JOURNAL)")
        }
        StartError::SelfTest(_) | StartError::Thread(_) => Failure::new(Exit::Bug, "internal", error.to_string()),
        _ => settings(error.to_string()),
    }
}
