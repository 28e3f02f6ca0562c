//! What a server says when it is ready: where it is, where its data are, what is in force, and how to begin.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use argus_pdp::{Origin, Report};
use serde_json::{Map, Value, json};

use super::bootstrap::{Bootstrap, Shown};
use super::listen::Addresses;
use super::settings::Settings;

/// All that is said.
pub(super) struct Banner<'a> {
    pub(super) settings: &'a Settings,
    pub(super) addresses: &'a Addresses,
    pub(super) report: &'a Report,
    pub(super) bootstrap: Option<&'a Bootstrap>,
    pub(super) is_new: bool,
    pub(super) took: Duration,
}

impl Banner<'_> {
    /// For people.
    pub(super) fn in_words(&self) -> String {
        let mut words = format!("argus {}: {}\n", env!("CARGO_PKG_VERSION"), self.kind());
        let mut line = |name: &str, value: &str, remark: &str| {
            let _ = writeln!(words, "{}", format!("  {name:14}  {value:30}  {remark}").trim_end());
        };
        if let Some(address) = self.addresses.decisions {
            line("decisions", &address.url(), "XACML, /v1/verify");
        }
        if let Some(address) = self.addresses.administration {
            line("administration", &address.url(), "/v1/organisations, /v1/projects, /v1/keys");
        }
        let data = format!("{}{}", self.settings.data_dir.display(), if self.is_new { " (new)" } else { "" });
        line("data", &data, &self.backup());
        line("policies", &self.policies(), &self.in_force());
        if let Some(bootstrap) = self.bootstrap {
            words.push_str(&self.first_steps(bootstrap));
        }
        let _ = writeln!(words, "ready in {:.2} s", self.took.as_secs_f64());
        words
    }

    /// For programs. The key itself is not told: where it isn't in a file, a person is watching.
    pub(super) fn to_json(&self) -> Value {
        let mut answer = Map::new();
        if let Some(address) = self.addresses.decisions {
            answer.insert("decisions".to_owned(), json!(address.url()));
        }
        if let Some(address) = self.addresses.administration {
            answer.insert("administration".to_owned(), json!(address.url()));
        }
        answer.insert("data_dir".to_owned(), json!(self.settings.data_dir.display().to_string()));
        answer.insert("policy_documents".to_owned(), json!(self.report.policy_documents));
        if let Some(Bootstrap { shown: Shown::File(file), .. }) = self.bootstrap {
            answer.insert("bootstrap_key_file".to_owned(), json!(file.display().to_string()));
        }
        answer.insert("ready_in_seconds".to_owned(), json!(self.took.as_secs_f64()));
        Value::Object(answer)
    }

    fn kind(&self) -> String {
        match self.settings.database.file() {
            Some(_) => "one process, one SQLite file".to_owned(),
            None => format!("a node on {}", self.settings.database),
        }
    }

    fn backup(&self) -> String {
        if self.settings.tag_key_file.is_some() {
            return String::new();
        }
        let file = &self.settings.master_key_file;
        format!("back up {} apart from the data", shown(file))
    }

    fn policies(&self) -> String {
        match self.report.policy_origin {
            Origin::Folder => self.settings.policies.display().to_string(),
            Origin::Store => "as kept in the database".to_owned(),
            Origin::Shipped => "as shipped with argus".to_owned(),
        }
    }

    fn in_force(&self) -> String {
        let documents = self.report.policy_documents;
        let (id, version) = &self.report.policy_root;
        let root = id.rsplit(':').next().unwrap_or_default();
        match &self.report.policy_fault {
            None => format!("{documents} imported, 0 errors; in force: {root} {version}"),
            Some(fault) => {
                let folder = self.settings.policies.display();
                format!("{documents} kept; in force: {root} {version}; those in {folder} are refused: {fault}")
            }
        }
    }

    fn first_steps(&self, bootstrap: &Bootstrap) -> String {
        let whose = if self.is_new { "First administrator's key" } else { "New administrator's key" };
        let mut words = match &bootstrap.shown {
            Shown::Terminal => format!(
                "{whose}, shown this once. It is stored only as a hash:\n  export ARGUS_KEY={}\n",
                bootstrap.secret.expose()
            ),
            Shown::File(file) => {
                let file = shown(file);
                format!("{whose}, written to {file} (0600), shown nowhere else:\n  export ARGUS_KEY=$(cat {file})\n")
            }
        };
        if self.is_new && self.addresses.administration.is_some() {
            words.push_str(&self.next_commands());
        }
        words
    }

    fn next_commands(&self) -> String {
        let mut words = "Then try, in another terminal:\n".to_owned();
        for (variable, address, usual) in
            [("ARGUS_URL", self.addresses.administration, 8181), ("ARGUS_PDP_URL", self.addresses.decisions, 8180)]
        {
            if let Some(address) = address.filter(|address| address.port() != usual) {
                let _ = writeln!(words, "  export {variable}={}", address.url());
            }
        }
        words.push_str(
            "  argus org create acme && argus project create acme/atlas\n  \
             argus key create acme/atlas/reader --scope acme/atlas/evidence:read --secret-to reader.key\n  \
             argus verify --credential-file reader.key --action read --resource acme/atlas/evidence/42\n",
        );
        words
    }
}

/// A path as a person writes it: without the `./` that a setting may begin with.
fn shown(path: &Path) -> String {
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}
