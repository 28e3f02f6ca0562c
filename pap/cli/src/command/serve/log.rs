//! The log: to standard error, for people or one JSON object a line.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::EnvFilter;

use super::LogForm;
use super::failure::settings as failure;
use super::settings::Settings;
use crate::failure::Failure;

/// Begins to log, for as long as the process lives.
pub(super) fn begin(settings: &Settings) -> Result<(), Failure> {
    let to_a_person = settings.log == LogForm::Human && io::stderr().is_terminal();
    let level = settings.log_level.as_deref().unwrap_or(if to_a_person { "warn" } else { "info,actix_server=warn" });
    let filter = EnvFilter::try_new(level).map_err(|error| {
        failure(format!("`{level}` is no log level: {error}"))
            .help("write error, warn, info or debug in --log-level (ARGUS_LOG_LEVEL)")
    })?;
    let log = tracing_subscriber::fmt().with_writer(io::stderr).with_env_filter(filter);
    // A second subscriber in one process would be a fault of ours, and is one that nobody suffers from.
    let _ = match settings.log {
        LogForm::Json => log.json().flatten_event(true).with_current_span(false).try_init(),
        LogForm::Human => log.with_target(false).with_ansi(to_a_person).try_init(),
    };
    Ok(())
}
