//! The first steps with a new server: an organisation, a project, and keys in it, all by the program's own commands.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::program::{Server, stdout};

/// The keys that most tests need.
#[derive(Debug, Clone)]
pub struct Keys {
    /// Of an enforcement point: may ask for decisions of `acme`.
    pub enforcement_point: String,
    /// Of a reader: may read `acme/atlas/evidence`.
    pub reader: String,
}

impl Keys {
    /// Makes the organisation `acme` with its project `atlas`, and the keys.
    pub fn create(server: &Server, folder: &Path) -> Result<Self> {
        stdout(&server.argus(&["org", "create", "acme"]))?;
        stdout(&server.argus(&["project", "create", "acme/atlas"]))?;
        Ok(Self {
            enforcement_point: create_key(server, folder, "acme/atlas/gate", "acme/argus/pdp:execute")?,
            reader: create_key(server, folder, "acme/atlas/reader", "acme/atlas/evidence:read")?,
        })
    }
}

/// Makes a key with one scope and gives its secret.
pub fn create_key(server: &Server, folder: &Path, name: &str, scope: &str) -> Result<String> {
    let file = folder.join(name.replace('/', "-"));
    let path = file.to_str().context("a folder whose name is no text")?;
    stdout(&server.argus(&["key", "create", name, "--scope", scope, "--secret-to", path]))?;
    let secret = fs::read_to_string(&file).with_context(|| format!("no secret in {path}"))?;
    Ok(secret.trim().to_owned())
}
