//! A test that runs once more in a process of its own, which is killed in the midst of its work.

use std::env;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};

use argus_store::{Location, Store};

/// A test whose process is killed.
pub(crate) struct Victim {
    /// Its name.
    pub(crate) test: &'static str,
    /// The variable that tells it that it is the victim, and over which database.
    pub(crate) variable: &'static str,
    /// Begins its lines: its standard output is shared with the test harness.
    pub(crate) mark: &'static str,
}

impl Victim {
    /// The database, where this process is to be killed.
    pub(crate) fn database(&self) -> Option<String> {
        let url = env::var(self.variable).ok()?;
        // Ends the line that the harness may have begun.
        println!();
        Some(url)
    }

    /// Starts it with further variables, kills it after so many of its lines, and gives all that it said.
    pub(crate) fn said_before_the_kill(&self, url: &str, more: &[(&str, String)], lines: usize) -> Vec<String> {
        let mut victim = Command::new(env::current_exe().unwrap())
            .args([self.test, "--exact", "--nocapture"])
            .env(self.variable, url)
            .envs(more.iter().cloned())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(victim.stdout.take().unwrap());
        let mut text = String::new();
        while text.lines().filter(|line| line.starts_with(self.mark)).count() < lines {
            assert_ne!(output.read_line(&mut text).unwrap(), 0, "the victim died by itself: {text}");
        }
        victim.kill().unwrap();
        victim.wait().unwrap();
        output.read_to_string(&mut text).unwrap();
        // A line without its end was cut off by the kill: what it was to tell had not happened, or was not told.
        let whole = text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
        whole.filter_map(|line| line.strip_prefix(self.mark)).map(str::to_owned).collect()
    }
}

/// On SQLite, and on PostgreSQL where there is one.
pub(crate) fn on_each_database(test: impl Fn(&str)) {
    let folder = tempfile::tempdir().unwrap();
    test(&format!("sqlite://{}", folder.path().join("argus.db").display()));
    #[cfg(unix)]
    if let Some(server) = crate::server::PostgresServer::shared() {
        test(&server.new_database());
    }
}

pub(crate) fn open(url: &str) -> Store {
    Store::open(Location::parse(url).unwrap()).unwrap()
}
