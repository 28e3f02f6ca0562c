//! The commands. Each is a file with an `Args` struct, whose doc comments are the help, and a `run`.

mod anomaly;
mod audit;
mod backup;
mod check;
mod completions;
mod compliance;
mod contact;
mod cost;
mod database;
mod decisions;
mod delivery;
mod eval;
mod functions;
mod help;
mod key;
mod limit;
mod master_key;
mod migrate;
mod org;
mod outbox;
mod person;
mod plan;
mod project;
mod replay;
mod review;
mod serve;
mod signing_key;
mod status;
mod test;
mod usage;
mod verify;

use clap::Subcommand;

use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;

/// Makes the enum of all commands and the way from each to its `run`.
macro_rules! commands {
    ($($command:ident in $module:ident),* $(,)?) => {
        /// One of the commands.
        #[derive(Debug, Subcommand)]
        pub(crate) enum Command {
            $($command($module::$command),)*
        }

        impl Command {
            /// Carries it out.
            ///
            /// # Errors
            /// Where it has no answer to give.
            pub(crate) fn run(self, console: &Console) -> Result<Exit, Failure> {
                match self {
                    $(Self::$command(command) => command.run(console),)*
                }
            }
        }
    };
}

// In the order of the help.
commands! {
    Eval in eval,
    Check in check,
    Test in test,
    Functions in functions,
    Serve in serve,
    Verify in verify,
    Status in status,
    Org in org,
    Plan in plan,
    Project in project,
    Key in key,
    Limit in limit,
    Cost in cost,
    SigningKey in signing_key,
    Usage in usage,
    Anomaly in anomaly,
    Decisions in decisions,
    Replay in replay,
    Outbox in outbox,
    Contact in contact,
    Delivery in delivery,
    Audit in audit,
    Review in review,
    Compliance in compliance,
    Person in person,
    Backup in backup,
    Migrate in migrate,
    MasterKey in master_key,
    Completions in completions,
    Help in help,
}
