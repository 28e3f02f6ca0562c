//! `argus master-key destroy`

use std::collections::BTreeSet;
use std::path::PathBuf;

use argus_store::destroy::{Sealed, count, destroy, find_destruction};
use argus_store::{Act, Store, StoreError, evidence, node, organisation, read_clock};
use chrono::{TimeDelta, Utc};
use clap::Args;
use serde_json::json;

use super::super::database::{Database, DatabaseFlags};
use super::super::serve::{FoundMasterKey, find_master_key, last_words, remove_master_key};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// How long a node that doesn't speak is taken to be running all the same.
const SILENCE: TimeDelta = TimeDelta::minutes(1);

/// Destroy, for good, all that is sealed under the master key, and the file with the key itself.
///
/// The keys of the installation, the private parts of its signing keys and the keys of people in the audit are written
/// over, in the database and in its files. No server starts on it again; the audit entries stay. Without --for-good it
/// says what there is to destroy. No server may be on the database. Copies elsewhere are not touched: of the master
/// key, of the database, and what a PostgreSQL server keeps in its write-ahead log until it uses the place again.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus master-key destroy --data-dir /var/lib/argus")]
pub(super) struct Destroy {
    /// Do it. Nobody can undo it.
    #[arg(long)]
    for_good: bool,
    /// The installation's master key (default: master.key in the data folder).
    #[arg(long, value_name = "FILE", env = "ARGUS_MASTER_KEY_FILE", hide_env = true)]
    master_key_file: Option<PathBuf>,
    #[command(flatten)]
    database: DatabaseFlags,
}

/// What became of the master key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MasterKeyIs {
    /// Its file was written over and removed.
    Destroyed,
    /// It stands in the environment, or in no file that was found.
    Elsewhere,
    /// What was found opens none of these envelopes, and was left alone.
    Another,
}

impl Destroy {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let database = Database::with_master_key(self.database, self.master_key_file)?;
        let store = database.open_existing()?;
        let failed = |error: StoreError| database.failed(&error);
        refuse_running_nodes(&store, &database)?;
        let found = store.read(count).map_err(failed)?;
        if found.total() == 0 {
            // What an earlier attempt has written over may still be in the files.
            if self.for_good && store.read(find_destruction).map_err(failed)?.is_some() {
                store.scrub().map_err(failed)?;
            }
            let detail = format!("`{}` holds nothing that is sealed under a master key", database.location());
            return Err(Failure::new(Exit::NoInput, "nothing-sealed", detail));
        }
        if !self.for_good {
            return Err(Failure::usage(format!("this destroys, for good, {}", in_words(found)))
                .help("add --for-good where that is to be done; nobody can undo it"));
        }
        let names = store.read(names).map_err(failed)?;
        let master = find_master_key(database.settings())?;
        let at = Utc::now();
        let host = store.read(|conn| organisation::find_by_name(conn, argus_admin::resource::HOST)).map_err(failed)?;
        let act = host.map(|host| Act::of_host(host.id, at, "argus master-key destroy"));
        let act =
            act.ok_or_else(|| Failure::new(Exit::NoInput, "nothing-sealed", "there is no organisation `argus`"))?;
        // The key that signs the audit is among what goes: it signs the entry that says so, and no more.
        let usable = master.as_ref().filter(|found| names.contains(found.key.name()));
        let audit = usable.map(|found| last_words(database.settings(), &store, &found.key, at)).transpose()?;
        let done = store.write(|conn| destroy(conn, &act)).map_err(failed)?;
        let is_signed = audit.is_some_and(|audit| audit.sign_now(Utc::now()).is_ok());
        let master_key = end_master_key(master.as_ref(), usable)?;
        store
            .scrub()
            .map_err(|error| failed(error).help("run it again: what was written over is still in the files"))?;
        if output == Output::Json {
            let sealed =
                json!({ "wrapped_keys": done.wrapped_keys, "signing_keys": done.signing_keys, "people": done.people });
            let told = json!({ "destroyed": sealed, "master_key": master_key.as_str(), "audit_signed": is_signed });
            console.print_json(&told)?;
        } else {
            console.print(format!("destroyed: {}\n", in_words(done)))?;
            console.say(&master_key.in_words(&database));
        }
        Ok(Exit::Done)
    }
}

/// A file's lock keeps others out. A server's database has none: those who are on it say so.
fn refuse_running_nodes(store: &Store, database: &Database) -> Result<(), Failure> {
    if database.location().file().is_some() {
        return Ok(());
    }
    let running = store.read(|conn| {
        let now = read_clock(conn)?.unwrap_or_else(Utc::now);
        Ok(node::list(conn)?.into_iter().find(|node| now - node.seen_at < SILENCE))
    });
    match running.map_err(|error| database.failed(&error))? {
        None => Ok(()),
        Some(node) => {
            let detail = format!("the data in `{}` is in use by the node at {}", database.location(), node.address);
            Err(Failure::new(Exit::Settings, "settings", detail)
                .help("stop it; one that was killed is taken to be gone after a minute"))
        }
    }
}

/// The names of the master keys that open something here.
fn names(conn: &mut argus_store::Conn) -> Result<BTreeSet<String>, StoreError> {
    let envelopes = evidence::list_envelopes(conn)?;
    let names = envelopes.values().flatten().filter_map(|envelope| argus_credentials::MasterKey::name_in(envelope));
    Ok(names.map(str::to_owned).collect())
}

fn end_master_key(found: Option<&FoundMasterKey>, usable: Option<&FoundMasterKey>) -> Result<MasterKeyIs, Failure> {
    match (usable.map(|found| found.file.as_deref()), found) {
        (Some(Some(file)), _) => remove_master_key(file).map(|()| MasterKeyIs::Destroyed),
        (Some(None), _) | (None, None) => Ok(MasterKeyIs::Elsewhere),
        (None, Some(_)) => Ok(MasterKeyIs::Another),
    }
}

fn in_words(sealed: Sealed) -> String {
    let Sealed { wrapped_keys, signing_keys, people } = sealed;
    format!("{wrapped_keys} keys of the installation, {signing_keys} signing keys, the keys of {people} people")
}

impl MasterKeyIs {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Destroyed => "destroyed",
            Self::Elsewhere => "elsewhere",
            Self::Another => "another",
        }
    }

    fn in_words(self, database: &Database) -> String {
        let of_file = match self {
            Self::Destroyed => format!("`{}` was written over and removed; ", database.master_key()),
            Self::Elsewhere => "the master key is in no file here; ".to_owned(),
            Self::Another => format!("`{}` is another master key, and was left alone; ", database.master_key()),
        };
        format!("{of_file}destroy its copies as well: they open every backup of this database\n")
    }
}
