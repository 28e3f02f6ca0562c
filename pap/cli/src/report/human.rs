//! A diagnostic for people: the message, the lines it speaks of, notes and help.

use annotate_snippets::renderer::{AnsiColor, Effects, Style};
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};
use argus_engine::diagnostic::{Diagnostic, Note, Severity};

use crate::source::{Source, location, source_of};

/// A diagnostic with the lines that it points to, ready to be printed.
pub(crate) fn render(diagnostic: &Diagnostic, sources: &[Source], in_colour: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code);
    let mut group = match snippet(diagnostic, sources) {
        Some(snippet) => title.element(snippet),
        None => Group::with_title(title),
    };
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(note_text(note, sources)));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let rendered = renderer(in_colour).render(&[group]);
    format!("{rendered}\n")
}

fn snippet<'a>(diagnostic: &'a Diagnostic, sources: &'a [Source]) -> Option<Snippet<'a, Annotation<'a>>> {
    let source = source_of(sources, diagnostic.at)?;
    let span = diagnostic.at.start as usize..diagnostic.at.end as usize;
    // The lines concerned alone: a document may have hundreds of megabytes.
    let (start, text, line) = source.lines_around(span.clone());
    let inside = |byte: usize| byte.saturating_sub(start).min(text.len());
    let annotation = AnnotationKind::Primary.span(inside(span.start)..inside(span.end));
    let annotation = if diagnostic.label.is_empty() { annotation } else { annotation.label(&diagnostic.label) };
    Some(Snippet::source(text).line_start(line).path(source.name.as_str()).annotation(annotation))
}

/// A note, with its place where it has one: `first use at leave.xml:18:17`, `opened at leave.xml:9:3`,
/// `travel.xml:2:1 is version 1.4`.
fn note_text(note: &Note, sources: &[Source]) -> String {
    let Some(place) = note.at.map(|at| location(sources, at)) else { return note.message.clone() };
    if note.message.starts_with("is ") {
        return format!("{place} {}", note.message);
    }
    let what = note.message.strip_suffix(" here").unwrap_or(&note.message);
    format!("{what} at {place}")
}

// The eight colours that every terminal has, no background.
fn renderer(in_colour: bool) -> Renderer {
    if !in_colour {
        return Renderer::plain();
    }
    let bold = |colour: AnsiColor| Style::new().fg_color(Some(colour.into())).effects(Effects::BOLD);
    Renderer::styled()
        .error(bold(AnsiColor::Red))
        .warning(bold(AnsiColor::Yellow))
        .info(bold(AnsiColor::Blue))
        .note(bold(AnsiColor::Green))
        .help(bold(AnsiColor::Cyan))
        .line_num(bold(AnsiColor::Blue))
        .context(bold(AnsiColor::Blue))
        .emphasis(Style::new().effects(Effects::BOLD))
}
