//! Applying the fixes that change no decision.

use std::fs;
use std::path::Path;

use argus_engine::diagnostic::{Diagnostic, Edit};

use crate::failure::Failure;
use crate::source::Source;

/// Applies the safe fixes to the files. Gives how many; those that overlap another are left for the next round.
///
/// # Errors
/// Where a file can't be written.
pub(crate) fn apply(diagnostics: &[Diagnostic], sources: &[Source]) -> Result<usize, Failure> {
    let mut applied = 0;
    for (place, source) in sources.iter().enumerate() {
        let (text, count) = mended(source.text(), &edits_of(diagnostics, place));
        if count > 0 {
            replace(&source.path, &text)?;
            applied += count;
        }
    }
    Ok(applied)
}

// The safe fixes whose edits all are in this file.
fn edits_of(diagnostics: &[Diagnostic], file: usize) -> Vec<&[Edit]> {
    let safe = diagnostics.iter().filter_map(|diagnostic| diagnostic.fix.as_ref()).filter(|fix| fix.safe);
    safe.map(|fix| fix.edits.as_slice())
        .filter(|edits| !edits.is_empty() && edits.iter().all(|edit| edit.at.file as usize == file))
        .collect()
}

fn mended(text: &str, fixes: &[&[Edit]]) -> (String, usize) {
    let mut chosen: Vec<&Edit> = Vec::new();
    let mut count = 0;
    for edits in fixes {
        let apart = |edit: &Edit| chosen.iter().all(|one| one.at.end <= edit.at.start || edit.at.end <= one.at.start);
        if edits.iter().all(apart) {
            chosen.extend(edits.iter());
            count += 1;
        }
    }
    chosen.sort_by_key(|edit| edit.at.start);
    let mut mended = String::with_capacity(text.len());
    let mut done = 0;
    for edit in chosen {
        mended.push_str(text.get(done..edit.at.start as usize).unwrap_or_default());
        mended.push_str(&edit.text);
        done = edit.at.end as usize;
    }
    mended.push_str(text.get(done..).unwrap_or_default());
    (mended, count)
}

// Whole or not at all: the new text stands in a file of its own before it takes the old one's place.
fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let unwritable = |error| Failure::unwritable(format!("`{}`", path.display()), &error);
    let target = fs::canonicalize(path).map_err(unwritable)?;
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let new = target.with_file_name(name);
    let permissions = fs::metadata(&target).map_err(unwritable)?.permissions();
    let written = fs::write(&new, text)
        .and_then(|()| fs::set_permissions(&new, permissions))
        .and_then(|()| fs::rename(&new, &target));
    written.map_err(|error| {
        // What could not take its place is of no use to anybody.
        let _ = fs::remove_file(&new);
        unwritable(error)
    })
}

#[cfg(test)]
mod tests {
    use argus_engine::diagnostic::Span;

    use super::*;

    fn edit(start: u32, end: u32, text: &str) -> Edit {
        Edit { at: Span { file: 0, start, end }, text: text.to_owned() }
    }

    #[test]
    fn of_fixes_that_overlap_the_first_is_applied() {
        let (first, second, third) = ([edit(0, 2, "")], [edit(1, 3, "x")], [edit(4, 5, "E"), edit(3, 4, "D")]);
        assert_eq!(mended("abcdef", &[&first, &second, &third]), ("cDEf".to_owned(), 2));
    }
}
