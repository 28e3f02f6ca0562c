//! From documents to programs: checked all together, compiled once for the domains that add nothing, once for each that
//! does.

use std::sync::Arc;

use argus_engine::check::Options;
use argus_engine::check::checked::Checked;
use argus_engine::compile::{Loaded, Program, load_telling};
use argus_engine::diagnostic::{Diagnostic, Severity};
use argus_engine::limits::Limits;
use argus_engine::read::Source;
use tracing::warn;

use super::document::{ADMIN, Document, DocumentSet, ROOT};
use super::fault::{PolicyFault, locate};
use super::import::Identity;
use super::organisation::gather;
use super::{DomainPolicy, InForce, Origin};

/// Checks and compiles a set. Gives what comes of it, and what each document turned out to be. `read` is called for each
/// policy and policy set when it was read.
pub(crate) fn build(
    set: &DocumentSet,
    origin: Origin,
    limits: Limits,
    read: &mut dyn FnMut(),
) -> Result<(InForce, Vec<Identity>), PolicyFault> {
    let options = Options::evaluating(limits);
    let common: Vec<Source<'_>> = set.common().map(source).collect();
    let loaded = load_all(&common, &options, read)?;
    let mut identities = Identity::list(&loaded.checked, &common);
    let has_admin = find(&loaded.checked, &common, ADMIN).is_some();
    let (shared, admin) = if has_admin {
        compile_domain(loaded, &common, Some(ADMIN))?
    } else {
        let (shared, _) = compile_domain(loaded, &common, None)?;
        (shared, Some(build_shipped_admin(&options)?))
    };
    let (shared, admin) = (Arc::new(shared), admin.ok_or_else(|| missing(ADMIN))?);
    let mut own = rustc_hash::FxHashMap::default();
    for (organisation, documents) in set.by_organisation() {
        let (policy, of_documents) = build_own(&common, &documents, &options, read)?;
        identities.extend(of_documents);
        own.insert(organisation.into(), Arc::new(policy));
    }
    let (admin, version) = (Arc::new(admin), Arc::new(set.version()));
    let in_force = InForce { shared, own, admin, version, documents: set.documents.len(), origin };
    Ok((in_force, identities))
}

/// A domain whose organisation adds documents: its own check, because references may find them there alone.
fn build_own(
    common: &[Source<'_>],
    documents: &[&Document],
    options: &Options,
    read: &mut dyn FnMut(),
) -> Result<(DomainPolicy, Vec<Identity>), PolicyFault> {
    let mut sources = common.to_vec();
    sources.extend(documents.iter().map(|document| source(document)));
    let gathered = {
        let loaded = load_all(&sources, options, &mut || {})?;
        gather(&loaded.checked, common.len())
    };
    if let Some(set) = &gathered {
        sources.push(Source::new("the set made of an organisation's documents", set));
    }
    let loaded = load_all(&sources, options, read)?;
    let identities = Identity::list(&loaded.checked, &sources);
    let (policy, _) = compile_domain(loaded, &sources, None)?;
    let own = |identity: &Identity| documents.iter().any(|document| document.path == identity.path);
    Ok((policy, identities.into_iter().filter(own).collect()))
}

/// A folder that doesn't say who may administer leaves that to the shipped policy.
fn build_shipped_admin(options: &Options) -> Result<Program, PolicyFault> {
    let set = DocumentSet::shipped();
    let sources: Vec<Source<'_>> = set.common().map(source).collect();
    let loaded = load_all(&sources, options, &mut || {})?;
    let place = find(&loaded.checked, &sources, ADMIN).ok_or_else(|| missing(ADMIN))?;
    let (mut programs, _) = loaded.programs(&[place]);
    programs.pop().flatten().ok_or_else(|| unresolved(ADMIN))
}

fn load_all<'s>(
    sources: &'s [Source<'s>],
    options: &Options,
    read: &mut dyn FnMut(),
) -> Result<Loaded<'s>, PolicyFault> {
    let (loaded, diagnostics) = load_telling(sources, options, read);
    if let Some(fault) = PolicyFault::of_check(&diagnostics, sources) {
        return Err(fault);
    }
    warn_of(&diagnostics, sources);
    Ok(loaded)
}

fn warn_of(diagnostics: &[Diagnostic], sources: &[Source<'_>]) {
    for found in diagnostics.iter().filter(|found| found.severity == Severity::Warning) {
        let problem = locate(found, sources);
        let (line, column) = problem.place.unwrap_or((1, 1));
        warn!(policy.file = %problem.file, policy.code = found.code, "{}:{line}:{column}: {}", problem.file, found.message);
    }
}

/// The policy of a domain, and the program of another document beside it.
fn compile_domain(
    loaded: Loaded<'_>,
    sources: &[Source<'_>],
    beside: Option<&str>,
) -> Result<(DomainPolicy, Option<Program>), PolicyFault> {
    let names: Vec<&str> = [ROOT].into_iter().chain(beside).collect();
    let place = |name: &&str| find(&loaded.checked, sources, name).ok_or_else(|| missing(name));
    let roots: Vec<usize> = names.iter().map(place).collect::<Result<_, _>>()?;
    let (programs, checked) = loaded.programs(&roots);
    let mut programs = programs.into_iter().zip(&names).map(|(program, name)| program.ok_or_else(|| unresolved(name)));
    let program = programs.next().ok_or_else(|| missing(ROOT))??;
    let beside = programs.next().transpose()?;
    let root = roots.first().and_then(|place| checked.documents.get(*place)).ok_or_else(|| missing(ROOT))?;
    Ok((DomainPolicy { program, id: root.node.id().into(), version: root.node.version().into() }, beside))
}

fn unresolved(name: &str) -> PolicyFault {
    PolicyFault::of_file(name, "a reference was not resolved")
}

fn find(checked: &Checked<'_>, sources: &[Source<'_>], name: &str) -> Option<usize> {
    let is_it = |file: u32| sources.get(file as usize).is_some_and(|source| source.name == name);
    checked.documents.iter().position(|document| is_it(document.file))
}

fn missing(name: &str) -> PolicyFault {
    PolicyFault::of_file(name, "there is no such policy document, and nothing decides without it")
}

fn source(document: &Document) -> Source<'_> {
    Source::from_bytes(&document.path, &document.bytes)
}
