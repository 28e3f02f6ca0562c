//! `--limit NAME=NUMBER`: the bounds of the engine, set by whoever runs it.

use std::collections::BTreeMap;

use argus_engine::limits::{LIMITS, Limit, Limits};
use clap::Args;

use crate::nearest::nearest;

/// The bounds that are given by flag or variable.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct LimitFlags {
    /// A bound of documents, requests and evaluations, such as request_bytes=4194304 (`argus help limits`).
    #[arg(
        long,
        value_name = "NAME=NUMBER",
        env = "ARGUS_LIMITS",
        hide_env = true,
        value_delimiter = ',',
        value_parser = read
    )]
    limit: Vec<Given>,
}

/// A bound with its value; nothing for an empty variable, which is how one of an image is taken back.
#[derive(Debug, Clone, Copy)]
struct Given(Option<(&'static Limit, usize)>);

fn read(text: &str) -> Result<Given, String> {
    if text.is_empty() {
        return Ok(Given(None));
    }
    let (name, value) = text.split_once('=').ok_or("expected NAME=NUMBER")?;
    let value = value.parse().map_err(|_| format!("`{value}` is no whole number"))?;
    Ok(Given(Some((find(name)?, value))))
}

/// The bound of this name.
///
/// # Errors
/// What to write instead.
fn find(name: &str) -> Result<&'static Limit, String> {
    Limit::find(name).ok_or_else(|| match nearest(name, LIMITS.iter().map(|limit| limit.name)) {
        Some(near) => format!("there is no limit `{name}`; did you mean `{near}`?"),
        None => format!("there is no limit `{name}`; `argus help limits` names them"),
    })
}

impl LimitFlags {
    /// The bounds, those that aren't given as they are by default.
    pub(crate) fn limits(&self) -> Limits {
        self.over(Limits::default())
    }

    /// The same over those of a settings file.
    ///
    /// # Errors
    /// Where the file names what is no bound.
    pub(crate) fn over_file(&self, file: &BTreeMap<String, usize>) -> Result<Limits, String> {
        let mut limits = Limits::default();
        for (name, value) in file {
            find(name)?.set(&mut limits, *value);
        }
        Ok(self.over(limits))
    }

    fn over(&self, mut limits: Limits) -> Limits {
        for (limit, value) in self.limit.iter().filter_map(|given| given.0) {
            limit.set(&mut limits, value);
        }
        limits
    }
}

/// What `argus help limits` says.
pub(crate) fn topic() -> String {
    let line = |limit: &Limit| format!("  {:<18}{:<62}({})\n", limit.name, limit.of, limit.default());
    let lines: Vec<String> = LIMITS.iter().map(line).collect();
    format!(
        "Bounds of documents, requests and evaluations. What passes one is refused or Indeterminate, and says which.\n\n\
         {}\n\
         Set them with --limit NAME=NUMBER (eval, check, test, serve), with ARGUS_LIMITS=NAME=NUMBER,… or in the table\n\
         [limits] of argus.toml.\n",
        lines.concat()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_go_before_the_file_one_by_one() {
        let flags = LimitFlags { limit: vec![read("depth=7").unwrap(), read("").unwrap()] };
        let file = [("depth".to_owned(), 5), ("results".to_owned(), 6)].into();
        let limits = flags.over_file(&file).unwrap();
        assert_eq!((limits.depth, limits.results), (7, 6));
        assert_eq!(limits.request_bytes, Limits::DEFAULT.request_bytes);
    }

    #[test]
    fn what_is_no_bound_is_told() {
        assert_eq!(read("dept=1").unwrap_err(), "there is no limit `dept`; did you mean `depth`?");
        assert_eq!(read("depth=-1").unwrap_err(), "`-1` is no whole number");
        assert_eq!(read("depth").unwrap_err(), "expected NAME=NUMBER");
        let file = [("deep".to_owned(), 5)].into();
        assert!(LimitFlags::default().over_file(&file).is_err());
    }

    #[test]
    fn every_bound_is_explained() {
        let topic = topic();
        assert!(LIMITS.iter().all(|limit| topic.contains(limit.name)), "{topic}");
    }
}
