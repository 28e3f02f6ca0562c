//! Texts that diagnostics point into, by their place in a list: name, text, lines.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use argus_engine::diagnostic::Span;

/// A file that was read.
#[derive(Debug)]
pub(crate) struct Source {
    /// The path as the user may write it.
    pub(crate) name: String,
    /// Where it is.
    pub(crate) path: PathBuf,
    content: Content,
    lines: OnceLock<Vec<usize>>,
}

// Text where it is UTF-8, so that it is looked at once only; else the bytes, of which the first ones are text.
#[derive(Debug)]
enum Content {
    Text(String),
    Bytes { bytes: Vec<u8>, text_bytes: usize },
}

/// A place in a text, both from 1; the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

impl Source {
    /// A file with what it holds.
    pub(crate) fn new(path: PathBuf, bytes: Vec<u8>) -> Self {
        let content = String::from_utf8(bytes).map_or_else(
            |error| {
                let text_bytes = error.utf8_error().valid_up_to();
                Content::Bytes { bytes: error.into_bytes(), text_bytes }
            },
            Content::Text,
        );
        Self { name: shown(&path), path, content, lines: OnceLock::new() }
    }

    /// What the file holds.
    pub(crate) fn bytes(&self) -> &[u8] {
        match &self.content {
            Content::Text(text) => text.as_bytes(),
            Content::Bytes { bytes, .. } => bytes,
        }
    }

    /// Its text, up to the first byte that is not UTF-8.
    pub(crate) fn text(&self) -> &str {
        match &self.content {
            Content::Text(text) => text,
            Content::Bytes { bytes, text_bytes } => {
                bytes.get(..*text_bytes).and_then(|good| std::str::from_utf8(good).ok()).unwrap_or("")
            }
        }
    }

    /// Line and column of a byte.
    pub(crate) fn place(&self, byte: usize) -> Place {
        let line = self.line_of(byte);
        let before = self.text().get(self.line_start(line)..byte).unwrap_or("");
        Place { line: line + 1, column: before.chars().count() + 1 }
    }

    /// The whole lines that hold these bytes: where they begin, their text and the first one's number.
    pub(crate) fn lines_around(&self, bytes: std::ops::Range<usize>) -> (usize, &str, usize) {
        let (first, last) = (self.line_of(bytes.start), self.line_of(bytes.end));
        let (start, end) = (self.line_start(first), self.line_start(last + 1));
        (start, self.text().get(start..end).unwrap_or(""), first + 1)
    }

    // From 0.
    fn line_of(&self, byte: usize) -> usize {
        self.line_starts().partition_point(|start| *start <= byte).saturating_sub(1)
    }

    fn line_start(&self, line: usize) -> usize {
        self.line_starts().get(line).copied().unwrap_or(self.text().len())
    }

    fn line_starts(&self) -> &[usize] {
        self.lines.get_or_init(|| {
            let ends = self.text().bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect()
        })
    }
}

/// A path as it is shown: `./` in front says nothing.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}

/// The source of a span.
pub(crate) fn source_of(sources: &[Source], span: Span) -> Option<&Source> {
    sources.get(span.file as usize)
}

/// A span's first place as it is written: `leave.xml:18:3`.
pub(crate) fn location(sources: &[Source], span: Span) -> String {
    source_of(sources, span)
        .map(|source| format!("{}:{}", source.name, source.place(span.start as usize)))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_count_from_one() {
        let source = Source::new("./a.xml".into(), "<a>\n\té→x\n".into());
        assert_eq!(source.name, "a.xml");
        assert_eq!(source.place(0), Place { line: 1, column: 1 });
        assert_eq!(source.place("<a>\n\té→".len()), Place { line: 2, column: 4 });
        assert_eq!(source.place(100), Place { line: 3, column: 1 });
        assert_eq!(source.lines_around(5..6), (4, "\té→x\n", 2));
    }
}
