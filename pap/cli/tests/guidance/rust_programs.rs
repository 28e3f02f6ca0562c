//! The programs in Rust: kept beside this file, compiled with the tests, compared with what is printed, and run by this
//! test program as a child of itself.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

use crate::programs::command_without_settings;

/// Set in the child.
const IS_CHILD: &str = "ARGUS_TEST_RUNS_SNIPPET";

/// What stands in the kept programs for the key, and for where the servers are.
const KEY: &str = "00000000-0000-7000-8000-000000000000";
const DECISIONS: &str = "http://127.0.0.1:8180";
const ADMINISTRATION: &str = "http://127.0.0.1:8181";

macro_rules! programs {
    ($($kind:ident),+) => {$(
        mod $kind {
            include!(concat!("snippets/", stringify!($kind), ".rs"));

            #[test]
            fn ends_well() {
                if env::var_os(super::IS_CHILD).is_some() {
                    assert_eq!(main().unwrap(), ExitCode::SUCCESS);
                }
            }
        }
    )+};
}

programs!(service, write, decision, administration, preview);

/// Runs the kept program, which is the printed one but for the key's id and the addresses.
pub(crate) fn command(kind: &str, printed: &str, environment: &[(&str, &str)]) -> Command {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/guidance/snippets/{kind}.rs"));
    let (text, variable, address) = settled(printed);
    assert_eq!(fs::read_to_string(&kept).unwrap_or_default(), text, "{} is not what is printed", kept.display());
    let mut command = command_without_settings(env::current_exe().unwrap());
    command.args(["--exact", &format!("rust_programs::{kind}::ends_well"), "--nocapture"]).env(IS_CHILD, "1");
    if !environment.iter().any(|(name, _)| *name == variable) {
        command.env(variable, address);
    }
    command
}

/// The program with what differs from run to run settled, and the variable and the address of the server it names.
fn settled(printed: &str) -> (String, &'static str, String) {
    let id = printed.split_whitespace().find(|word| word.len() == KEY.len() && word.contains('-')).unwrap();
    let text = printed.replace(id, KEY);
    let Some((_, rest)) = printed.split_once("http://127.0.0.1:") else { return (text, "SERVICE_URL", String::new()) };
    let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let address = format!("http://127.0.0.1:{port}");
    let (variable, kept) =
        if printed.contains("ARGUS_PDP_URL") { ("ARGUS_PDP_URL", DECISIONS) } else { ("ARGUS_URL", ADMINISTRATION) };
    (text.replace(&address, kept), variable, address)
}

#[test]
fn what_is_kept_holds_no_id_of_a_real_key() {
    for kept in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guidance/snippets")).unwrap() {
        assert!(fs::read_to_string(kept.unwrap().path()).unwrap().contains(KEY));
    }
}
