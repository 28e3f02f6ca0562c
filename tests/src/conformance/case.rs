//! One line of the manifest.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// An outcome that counts as right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// An answer equal to the response file.
    Response,
    /// The policy is refused when it is loaded.
    PolicyError,
    /// The request is refused.
    RequestError,
    /// Any answer.
    Answered,
}

/// A case.
#[derive(Debug)]
pub struct Case {
    /// Its name.
    pub id: String,
    /// `core`, `deprecated`, `model` or `json`.
    pub group: String,
    /// The section of the suite; empty where it has none.
    pub section: String,
    /// The root policy; absent where any will do.
    pub policy: Option<PathBuf>,
    /// A folder of documents that references may find.
    pub policies: Option<PathBuf>,
    /// The request; absent where the policy alone is what matters, and any will do.
    pub request: Option<PathBuf>,
    /// The expected response.
    pub response: Option<PathBuf>,
    /// What counts as right.
    pub expects: Vec<Expected>,
}

/// The folder of the cases, where one is named.
pub fn folder() -> Option<PathBuf> {
    std::env::var_os("ARGUS_CONFORMANCE").map(PathBuf::from)
}

/// All cases of the folder.
pub fn manifest(folder: &Path) -> Result<Vec<Case>> {
    let path = folder.join("manifest.json");
    let text = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let cases: Vec<Value> = serde_json::from_slice(&text)?;
    cases.iter().map(|case| read(folder, case).with_context(|| format!("in the case {}", case["id"]))).collect()
}

fn read(folder: &Path, case: &Value) -> Result<Case> {
    let text = |name: &str| case[name].as_str().map(str::to_owned);
    let file = |name: &str| case[name].as_str().map(|path| folder.join(path));
    let expects = case["expect"].as_array().context("`expect` is missing")?;
    Ok(Case {
        id: text("id").context("`id` is missing")?,
        group: text("group").context("`group` is missing")?,
        section: text("section").unwrap_or_default(),
        policy: file("policy"),
        policies: file("policies"),
        request: file("request"),
        response: file("response"),
        expects: expects.iter().map(expected).collect::<Result<_>>()?,
    })
}

fn expected(value: &Value) -> Result<Expected> {
    Ok(match value.as_str() {
        Some("response") => Expected::Response,
        Some("policy-error") => Expected::PolicyError,
        Some("request-error") => Expected::RequestError,
        Some("answered") => Expected::Answered,
        _ => bail!("{value} is no outcome"),
    })
}

/// The XML files of a folder, by name.
pub(super) fn xml_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "xml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
