//! The log: to standard error, for people or one JSON object a line, and no key in it.
//!
//! Secrets have a type of their own that prints nothing. What is written here goes through a second net all the same: a
//! key may stand in a text from elsewhere, such as the message of a library.

use std::io::{self, IsTerminal as _, Write};

use argus_credentials::redact;
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
    let log = tracing_subscriber::fmt().with_writer(|| Redacted(io::stderr())).with_env_filter(filter);
    // A second subscriber in one process would be a fault of ours, and is one that nobody suffers from.
    let _ = match settings.log {
        LogForm::Json => log.json().flatten_event(true).with_current_span(false).try_init(),
        LogForm::Human => log.with_target(false).with_ansi(to_a_person).try_init(),
    };
    Ok(())
}

/// Writes what it is given without the keys in it. An event comes in one piece, so that no key is cut in two.
struct Redacted<W>(W);

impl<W: Write> Write for Redacted<W> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(octets);
        self.0.write_all(redact(&text).as_bytes())?;
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing::subscriber::with_default;
    use tracing::{error, info_span};

    use super::*;

    const KEY: &str = "argus_live_4fT0nWq9ZxLkHq8sT3vYc2Lm5Np7Rt9Wx1Za3Cd5Ef7Gh9Jk1Mn3Pq5Rs7Tu9Vw1Xy3Za5";

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(octets)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Written {
        fn writer(&self) -> impl Fn() -> Redacted<Self> + Send + Sync + 'static {
            let written = self.clone();
            move || Redacted(written.clone())
        }

        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    fn log_a_key() {
        let _span = info_span!("asked", header = KEY).entered();
        error!(token = KEY, debugged = ?Some(KEY), "a library complains of {KEY}, and of `{KEY}`");
    }

    fn assert_is_redacted(text: &str) {
        assert!(text.contains("argus_live_4fT0nWq9ZxLk…"), "{text}");
        assert!(!text.contains("Hq8sT3vY"), "{text}");
        assert_eq!(text.matches('…').count(), 5, "{text}");
    }

    #[test]
    fn a_key_in_a_line_for_people_comes_out_without_its_secret() {
        for in_colour in [false, true] {
            let written = Written::default();
            let log = tracing_subscriber::fmt().with_writer(written.writer()).with_ansi(in_colour).finish();
            with_default(log, log_a_key);
            assert_is_redacted(&written.text());
        }
    }

    #[test]
    fn a_key_in_a_line_for_programs_comes_out_without_its_secret() {
        let written = Written::default();
        let log = tracing_subscriber::fmt().with_writer(written.writer()).json().flatten_event(true).finish();
        with_default(log, || error!(token = KEY, debugged = ?Some(KEY), also = %KEY, "of {KEY}, and of `{KEY}`"));
        assert_is_redacted(&written.text());
        let line: serde_json::Value = serde_json::from_str(&written.text()).unwrap();
        assert_eq!(line["token"], "argus_live_4fT0nWq9ZxLk…");
    }
}
