//! `argus check PATH…`

use std::path::PathBuf;

use argus_engine::check::{self, Explanation, Options};
use argus_engine::diagnostic::{Diagnostic, Severity};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fix;
use crate::limit::LimitFlags;
use crate::nearest::nearest;
use crate::policy_files::{CheckedFiles, PolicyFiles};
use crate::progress::Progress;
use crate::report::{self, Tally, counted};
use crate::source::Source;

/// Find what is wrong in policies: every problem, with its place, its cause and what to do.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus check policies/ --deny-lints")]
pub(crate) struct Check {
    /// Policy documents, and folders with all `*.xml` below them.
    #[arg(value_name = "PATH", required_unless_present = "explain")]
    paths: Vec<PathBuf>,
    /// Folder of further documents that references may name.
    #[arg(long, value_name = "DIR")]
    policies: Vec<PathBuf>,
    /// End with 1 where there are warnings, too.
    #[arg(long)]
    deny_lints: bool,
    /// Warn of this, too.
    #[arg(long, value_name = "LINT")]
    lint: Vec<Lint>,
    /// Mend what can be mended without changing a decision.
    #[arg(long)]
    fix: bool,
    /// Say what a code means, and what to write instead.
    #[arg(long, value_name = "CODE", conflicts_with_all = ["paths", "fix"])]
    explain: Option<String>,
    #[command(flatten)]
    limits: LimitFlags,
}

/// Warnings that are given on request only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Lint {
    /// Times without a zone.
    TimeWithoutZone,
    /// XPaths without an `XPathVersion` in force.
    MissingXpathVersion,
}

/// What a run found.
struct Found {
    files: PolicyFiles,
    /// How many files were named, references not counted.
    checked: usize,
    diagnostics: Vec<Diagnostic>,
}

impl Check {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json, Output::Short, Output::Sarif])?;
        if let Some(code) = &self.explain {
            return explain(code, output, console);
        }
        let mut found = self.find(console)?;
        if self.fix {
            found = self.mend(found, console)?;
        }
        print(&found, output, console)?;
        let tally = Tally::of(&found.diagnostics);
        Ok(if tally.errors > 0 || (self.deny_lints && tally.warnings > 0) { Exit::No } else { Exit::Done })
    }

    fn find(&self, console: &Console) -> Result<Found, Failure> {
        let mut files = PolicyFiles::new();
        for path in &self.paths {
            let before = files.sources().len();
            if path.is_dir() {
                files.add_folder(path, 0)?;
            } else {
                files.add_file(path)?;
            }
            if path.is_dir() && files.sources().len() == before && !files.holds_below(path) {
                return Err(Failure::new(Exit::NoInput, "no-policy", format!("`{}` holds no policy", path.display()))
                    .help("policies are looked for in files named `*.xml`"));
            }
        }
        let checked = files.sources().len();
        for folder in &self.policies {
            files.add_folder(folder, checked)?;
        }
        let diagnostics = self.diagnostics(&files, checked, &Progress::new(console, "reading", "policies"));
        Ok(Found { files, checked, diagnostics })
    }

    // Those of the files named, and of what these refer to.
    fn diagnostics(&self, files: &PolicyFiles, named: usize, progress: &Progress) -> Vec<Diagnostic> {
        let options = Options {
            time_without_zone: self.lint.contains(&Lint::TimeWithoutZone),
            missing_xpath_version: self.lint.contains(&Lint::MissingXpathVersion),
            ..Options::authoring(self.limits.limits())
        };
        let texts = files.texts();
        let checked = CheckedFiles::check(&texts, &options, Some(progress));
        let shown = checked.files_from(0..named);
        let is_shown = |diagnostic: &Diagnostic| shown.contains(&(diagnostic.at.file as usize));
        let mut diagnostics: Vec<Diagnostic> = checked.diagnostics.into_iter().filter(is_shown).collect();
        diagnostics.sort_by_key(|diagnostic| (diagnostic.at.file, diagnostic.at.start));
        diagnostics
    }

    // A fix may make room for the next: a variable that only an unused one named.
    fn mend(&self, mut found: Found, console: &Console) -> Result<Found, Failure> {
        const MOST_ROUNDS: usize = 20;
        let mut mended = 0;
        for _ in 0..MOST_ROUNDS {
            let applied = fix::apply(&found.diagnostics, found.files.sources())?;
            if applied == 0 {
                break;
            }
            mended += applied;
            found = self.find(console)?;
        }
        if mended > 0 && !console.is_quiet() {
            console.say(&format!("fixed {}\n", counted(mended, "problem")));
        }
        Ok(found)
    }
}

fn print(found: &Found, output: Output, console: &Console) -> Result<(), Failure> {
    let sources = found.files.sources();
    let shown: Vec<&Diagnostic> = found
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error || !console.is_quiet())
        .collect();
    match output {
        Output::Json => console.print_json(&as_json(&found.diagnostics, sources)),
        Output::Sarif => console.print_json(&report::sarif(&found.diagnostics, sources)),
        Output::Short => {
            console.print(shown.iter().map(|one| report::short(one, sources)).collect::<String>())?;
            if !console.is_quiet() {
                console.say(&summary(found));
            }
            Ok(())
        }
        _ => {
            let in_colour = console.colours_output();
            let blocks = shown.iter().map(|one| report::human(one, sources, in_colour) + "\n");
            console.print(blocks.collect::<String>())?;
            if console.is_quiet() { Ok(()) } else { console.print(summary(found)) }
        }
    }
}

fn summary(found: &Found) -> String {
    let tally = Tally::of(&found.diagnostics);
    format!("checked {}: {}\n", counted(found.checked, "file"), tally.to_text())
}

fn as_json(diagnostics: &[Diagnostic], sources: &[Source]) -> Value {
    let tally = Tally::of(diagnostics);
    let diagnostics: Vec<Value> = diagnostics.iter().map(|one| report::json(one, sources)).collect();
    json!({ "diagnostics": diagnostics, "errors": tally.errors, "warnings": tally.warnings })
}

fn explain(code: &str, output: Output, console: &Console) -> Result<Exit, Failure> {
    let Some(explanation) = check::explain(code) else {
        let codes = check::explanations().iter().map(|explanation| explanation.code);
        let help = match nearest(code, codes.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the codes are {}", codes.collect::<Vec<_>>().join(", ")),
        };
        return Err(Failure::usage(format!("no check has the code `{code}`")).help(help));
    };
    let Explanation { code, refuses, because, example, instead, .. } = explanation;
    if output == Output::Json {
        let explained = json!({
            "code": code, "refuses": refuses, "because": because, "example": example, "instead": instead,
        });
        console.print_json(&explained)?;
    } else {
        let example = indented(example);
        let instead = indented(instead);
        console.print(format!("{code}\n\n{refuses}\n\n{because}\n\nExample:\n{example}\nInstead:\n{instead}"))?;
    }
    Ok(Exit::Done)
}

fn indented(text: &str) -> String {
    text.lines().flat_map(|line| ["  ", line, "\n"]).collect()
}
