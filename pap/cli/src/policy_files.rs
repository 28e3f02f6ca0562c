//! Policies from files and folders: read, checked together, and compiled from a root. Nothing is printed here.
//!
//! A [`PolicyFiles`] owns the texts, [`CheckedFiles`] borrows them. Each document can be taken for a root: what it does
//! not reach neither refuses it nor is part of its program.
//!
//! ```text
//! let mut files = PolicyFiles::new();
//! files.add_file(root)?;                                        // place 0
//! files.add_folder(folder, 1)?;                                 // what it may refer to
//! let texts = files.texts();
//! let checked = CheckedFiles::check(&texts, &Options::evaluating(limits), None);
//! let program = checked.compile(0)?;                            // or Refused, with the errors
//! ```

mod folder;

use std::collections::BTreeSet;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use argus_engine::check::checked::{Checked, Child, Node};
use argus_engine::check::{self, Options};
use argus_engine::compile::{self, Program};
use argus_engine::diagnostic::{Diagnostic, Severity};
use argus_engine::read::Source as Text;

use crate::failure::Failure;
use crate::progress::Progress;
use crate::source::Source;

pub(crate) use folder::files_below;

/// Documents that are checked together.
#[derive(Debug, Default)]
pub(crate) struct PolicyFiles {
    sources: Vec<Source>,
    // What was read already, by its place on the disk.
    seen: BTreeSet<PathBuf>,
}

impl PolicyFiles {
    /// No documents.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds a file, unless it is there already. Gives its place.
    ///
    /// # Errors
    /// Where it can't be read.
    pub(crate) fn add_file(&mut self, path: &Path) -> Result<Option<usize>, Failure> {
        let Some(source) = self.read(path)? else { return Ok(None) };
        self.sources.push(source);
        Ok(Some(self.sources.len() - 1))
    }

    /// Adds the documents of a folder and of all folders below it: every `*.xml` but requests and responses, which
    /// often lie beside policies. A copy of one of the first `roots` documents, byte for byte, is no second document.
    ///
    /// # Errors
    /// Where the folder or a document can't be read.
    pub(crate) fn add_folder(&mut self, folder: &Path, roots: usize) -> Result<(), Failure> {
        for path in folder::files_below(folder, ".xml")? {
            self.add_found(&path, roots)?;
        }
        Ok(())
    }

    /// The same for the folder alone, without those below it.
    ///
    /// # Errors
    /// Where the folder or a document can't be read.
    pub(crate) fn add_siblings(&mut self, folder: &Path, roots: usize) -> Result<(), Failure> {
        for path in folder::files_in(folder, ".xml")? {
            self.add_found(&path, roots)?;
        }
        Ok(())
    }

    fn add_found(&mut self, path: &Path, roots: usize) -> Result<(), Failure> {
        let Some(source) = self.read(path)? else { return Ok(()) };
        let is_copy = self.sources.iter().take(roots).any(|root| root.bytes() == source.bytes());
        if !is_copy && !folder::is_request_or_response(source.text()) {
            self.sources.push(source);
        }
        Ok(())
    }

    fn read(&mut self, path: &Path) -> Result<Option<Source>, Failure> {
        let unreadable = |error| Failure::unreadable(path, &error);
        if !self.seen.insert(fs::canonicalize(path).map_err(unreadable)?) {
            return Ok(None);
        }
        Ok(Some(Source::new(path.to_owned(), fs::read(path).map_err(unreadable)?)))
    }

    /// The documents, in the order in which they were added; a span's file is a place here.
    pub(crate) fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Whether a document that was added lies below a folder.
    pub(crate) fn holds_below(&self, folder: &Path) -> bool {
        fs::canonicalize(folder).is_ok_and(|folder| self.seen.iter().any(|path| path.starts_with(&folder)))
    }

    /// The texts alone, for whoever shows what is wrong in them.
    pub(crate) fn into_sources(self) -> Vec<Source> {
        self.sources
    }

    /// The documents as the engine reads them.
    pub(crate) fn texts(&self) -> Vec<Text<'_>> {
        self.sources.iter().map(|source| Text::from_bytes(&source.name, source.bytes())).collect()
    }
}

/// The codes of what is answered, not refused: an evaluated part of this kind is Indeterminate.
static ANSWERED: &[&str] = &["bad-regex", "bad-xpath", "unsupported-function", "xpath-prefix"];

/// Documents that were checked.
#[derive(Debug)]
pub(crate) struct CheckedFiles<'t> {
    /// What they say.
    pub(crate) checked: Checked<'t>,
    /// What is wrong, by file and position.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// A root that can't be evaluated: what is wrong in it and in what it reaches.
#[derive(Debug)]
pub(crate) struct Refused<'d> {
    /// The errors, at least one.
    pub(crate) errors: Vec<&'d Diagnostic>,
}

impl<'t> CheckedFiles<'t> {
    /// Checks the documents of [`PolicyFiles::texts`] together.
    pub(crate) fn check(texts: &'t [Text<'t>], options: &Options, progress: Option<&Progress>) -> Self {
        let mut read = || progress.into_iter().for_each(Progress::step);
        let (checked, diagnostics) = check::check_telling(texts, options, &mut read);
        Self { checked, diagnostics }
    }

    /// Checks the documents, and compiles the one of a file with all that it reaches: in less memory than one after the
    /// other, and nothing is left inside of [`Self::checked`].
    pub(crate) fn load(
        texts: &'t [Text<'t>],
        options: &Options,
        file: usize,
        progress: &Progress,
    ) -> (Self, Option<Program>) {
        let (loaded, diagnostics) = compile::load_telling(texts, options, &mut || progress.step());
        let root = u32::try_from(file).ok().and_then(|file| loaded.checked.document_of(file));
        let (mut programs, checked) = loaded.programs(root.as_slice());
        (Self { checked, diagnostics }, programs.pop().flatten())
    }

    /// Compiles the document of a file with all that it reaches.
    ///
    /// # Errors
    /// The errors of these documents. Those of others refuse nothing.
    pub(crate) fn compile(&self, file: usize) -> Result<Program, Refused<'_>> {
        let evaluable = self.document_of(file).filter(|root| self.checked.is_evaluable(*root));
        if let Some(program) = evaluable.and_then(|root| compile::compile(&self.checked, root)) {
            return Ok(program);
        }
        Err(self.refused(file))
    }

    /// Why the document of a file can't be compiled.
    pub(crate) fn refused(&self, file: usize) -> Refused<'_> {
        let is_error = |diagnostic: &&Diagnostic| diagnostic.severity == Severity::Error;
        let mut errors: Vec<&Diagnostic> = self.reached_diagnostics(file).filter(is_error).collect();
        if errors.is_empty() {
            errors = self.diagnostics.iter().filter(is_error).collect();
        }
        Refused { errors }
    }

    /// What is wrong in a root, and in what it reaches, and is answered all the same, as the standard says.
    pub(crate) fn answered(&self, file: usize) -> impl Iterator<Item = &Diagnostic> {
        self.reached_diagnostics(file).filter(|diagnostic| ANSWERED.contains(&diagnostic.code))
    }

    /// The documents that a file's document reaches, itself included.
    pub(crate) fn reached(&self, file: usize) -> Vec<usize> {
        self.document_of(file).map(|root| self.checked.reach(root)).unwrap_or_default()
    }

    /// The files that the documents of some files reach, these included even where they hold no document.
    pub(crate) fn files_from(&self, files: Range<usize>) -> BTreeSet<usize> {
        let mut reached: BTreeSet<usize> = files.clone().collect();
        let documents = self.checked.documents.iter().filter(|document| files.contains(&(document.file as usize)));
        let mut waiting: Vec<&Node<'_>> = documents.map(|document| &document.node).collect();
        while let Some(node) = waiting.pop() {
            let Node::PolicySet(set) = node else { continue };
            for child in &set.children {
                match child {
                    Child::Node(node) => waiting.push(node),
                    Child::Compiled(_) => {}
                    Child::Reference { document, .. } => {
                        let target = document.and_then(|place| self.checked.documents.get(place));
                        waiting.extend(target.filter(|t| reached.insert(t.file as usize)).map(|t| &t.node));
                    }
                }
            }
        }
        reached
    }

    fn document_of(&self, file: usize) -> Option<usize> {
        self.checked.document_of(u32::try_from(file).ok()?)
    }

    fn reached_diagnostics(&self, file: usize) -> impl Iterator<Item = &Diagnostic> {
        let files = self.files_from(file..file + 1);
        self.diagnostics.iter().filter(move |diagnostic| files.contains(&(diagnostic.at.file as usize)))
    }
}
