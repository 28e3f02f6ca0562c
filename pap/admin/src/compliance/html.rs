//! A report as one page of HTML that needs nothing besides: on a screen, and on paper.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::report::{ControlReport, ControlStanding, Excerpt, Listing};
use super::{ComplianceReport, Framework};

/// How it looks.
const STYLE: &str = include_str!("report.css");

/// The longest word that stays on one line.
const SHORT: usize = 32;

/// `2026-11-27 21:52:12`.
const MOMENT: usize = 19;

/// Around the rows of a table that may be wider than a screen.
const OPEN: &str = "<div class=\"scroll\" tabindex=\"0\">\n<table class=\"listing\">";
const CLOSE: &str = "</tbody>\n</table>\n</div>\n";

/// Text as the content of an element or of a quoted attribute.
struct Escaped<'t>(&'t str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                // What no document may hold, and what turns the direction of a line.
                c if c.is_control()
                    || "\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}".contains(c) =>
                {
                    f.write_char('\u{fffd}')?;
                }
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// Words of ours, in which backquotes stand around what is typed or printed by a program.
fn prose(text: &str) -> String {
    let parts = text.split('`').enumerate();
    // An odd quote at the end, as a name may hold one, stays what it is.
    if text.matches('`').count() % 2 == 1 {
        return Escaped(text).to_string();
    }
    parts.fold(String::new(), |mut prose, (at, part)| {
        let _ = if at % 2 == 1 {
            write!(prose, "<code>{}</code>", Escaped(part))
        } else {
            write!(prose, "{}", Escaped(part))
        };
        prose
    })
}

impl ComplianceReport {
    /// The report as a page, with the headings, links and tables that a reader and a printer need.
    pub fn to_html(&self) -> String {
        let of = self.key.as_deref().or(self.organisation.as_deref()).unwrap_or("the whole installation");
        let title = format!("{} · {of}", self.title);
        let mut page = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
             <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n",
            Escaped(&title)
        );
        self.write_head(&mut page, of);
        self.write_overview(&mut page);
        // Of one key all entries are shown.
        let is_whole = self.key.is_some();
        self.controls.iter().for_each(|control| write_control(&mut page, (control, self.number(control)), is_whole));
        page.push_str("</main>\n</body>\n</html>\n");
        page
    }

    fn write_head(&self, page: &mut String, of: &str) {
        let summary = self.summary;
        let _ = write!(
            page,
            "<header>\n<p class=\"kind\">Evidence of key management</p>\n<h1>{}</h1>\n<dl class=\"facts\">\n\
             <div><dt>Of</dt><dd>{}</dd></div>\n<div><dt>From</dt><dd>{}</dd></div>\n<div><dt>Up to</dt><dd>{}</dd></div>\n\
             <div><dt>Read</dt><dd>{}</dd></div>\n</dl>\n<ul class=\"tiles\">\n",
            Escaped(self.title),
            Escaped(of),
            moment(self.from.0),
            moment(self.to.0),
            moment(self.at.0),
        );
        for (verdict, count) in [
            (ControlStanding::Pass, summary.pass),
            (ControlStanding::Attention, summary.attention),
            (ControlStanding::NotCovered, summary.not_covered),
        ] {
            let _ = writeln!(page, "<li class=\"{}\"><b>{count}</b> {}</li>", class(verdict), verdict.in_words());
        }
        let chain = &self.audit;
        let state = if chain.is_whole { "whole" } else { "broken" };
        let signed = chain.signed_up_to.map_or_else(
            || "signed by nobody".to_owned(),
            |sequence| format!("signed up to entry {sequence} by {}", chain.signed_by.as_deref().unwrap_or_default()),
        );
        let _ = write!(
            page,
            "</ul>\n<p class=\"statement\">{}</p>\n<p class=\"statement\">The audit was read again from entry {} to {} and is {state}; {}. \
             Hash of the last entry: <code>{}</code></p>\n</header>\n",
            Escaped(self.statement),
            chain.first,
            chain.last,
            Escaped(&signed),
            Escaped(&chain.hash),
        );
    }

    /// The number that a control has in its framework. Those of FIPS 140 and of a breach have a word of ours, for
    /// programs alone.
    fn number(&self, control: &ControlReport) -> Option<&'static str> {
        (!matches!(self.framework, Framework::Fips | Framework::Breach)).then_some(control.id)
    }

    fn write_overview(&self, page: &mut String) {
        page.push_str("<nav>\n<h2>Controls</h2>\n<table>\n<thead><tr><th>Control</th><th>About</th><th>Result</th></tr></thead>\n<tbody>\n");
        for control in &self.controls {
            let (name, about) = match self.number(control) {
                Some(number) => (number, Escaped(control.title).to_string()),
                None => (control.title, sentence(control.question)),
            };
            let _ = writeln!(
                page,
                "<tr><td><a href=\"#{}\">{}</a></td><td>{about}</td><td>{}</td></tr>",
                anchor(control.id),
                Escaped(name),
                badge(control.result)
            );
        }
        page.push_str("</tbody>\n</table>\n</nav>\n");
    }
}

fn write_control(page: &mut String, (control, number): (&ControlReport, Option<&str>), is_whole: bool) {
    let number = number.map(|number| format!("<span class=\"number\">{}</span> ", Escaped(number)));
    let _ = write!(
        page,
        "<section id=\"{}\">\n<h2>{}{} {}</h2>\n<p class=\"question\">{}</p>\n",
        anchor(control.id),
        number.unwrap_or_default(),
        Escaped(control.title),
        badge(control.result),
        sentence(control.question)
    );
    if !control.findings.is_empty() {
        page.push_str("<ul class=\"findings\">\n");
        for finding in &control.findings {
            let _ = writeln!(page, "<li>{}</li>", prose(finding));
        }
        page.push_str("</ul>\n");
    }
    if !control.evidence.is_empty() {
        page.push_str("<table class=\"evidence\">\n<tbody>\n");
        for item in &control.evidence {
            let _ = writeln!(page, "<tr><th>{}</th><td>{}</td></tr>", prose(&item.name), prose(&item.value));
        }
        page.push_str("</tbody>\n</table>\n");
    }
    control.listings.iter().for_each(|listing| write_listing(page, listing));
    write_excerpts(page, &control.excerpts, is_whole);
    page.push_str("</section>\n");
}

fn write_listing(page: &mut String, listing: &Listing) {
    let _ = write!(page, "<h3>{}</h3>\n{OPEN}\n<thead><tr>", prose(listing.name));
    for column in listing.columns {
        let _ = write!(page, "<th>{}</th>", Escaped(column));
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for row in &listing.rows {
        page.push_str("<tr>");
        for cell in row {
            write_cell(page, cell);
        }
        page.push_str("</tr>\n");
    }
    page.push_str(CLOSE);
    if listing.more > 0 {
        let _ = writeln!(page, "<p class=\"more\">and {} more</p>", listing.more);
    }
}

/// What is short is easier to read whole; what is long may break anywhere.
fn write_cell(page: &mut String, cell: &str) {
    let is_word = cell.len() <= SHORT && !cell.contains(' ');
    let is_moment = cell.len() == MOMENT && cell.bytes().all(|octet| octet.is_ascii_digit() || b"-: ".contains(&octet));
    let _ = if is_word || is_moment {
        write!(page, "<td class=\"short\">{}</td>", Escaped(cell))
    } else {
        write!(page, "<td>{}</td>", breakable(cell))
    };
}

/// A path, an address or a scope breaks behind its parts sooner than within them.
fn breakable(cell: &str) -> String {
    cell.split_inclusive(['/', '@']).map(|part| Escaped(part).to_string()).collect::<Vec<_>>().join("<wbr/>")
}

fn write_excerpts(page: &mut String, excerpts: &[Excerpt], is_whole: bool) {
    if excerpts.is_empty() {
        return;
    }
    let _ = write!(
        page,
        "<h3>From the audit{}</h3>\n{OPEN}\n<thead><tr><th>entry</th><th>when (UTC)</th><th>what happened</th>\
         <th>to what</th><th>by whom</th><th>hash</th></tr></thead>\n<tbody>\n",
        if is_whole { "" } else { ", the newest of each event" }
    );
    for Excerpt { sequence, at, event, actor, target, outcome, hash } in excerpts {
        let event = if outcome == "done" { event.clone() } else { format!("{event} ({outcome})") };
        page.push_str("<tr>");
        for cell in [&sequence.to_string(), &at.format("%Y-%m-%d %H:%M:%S").to_string(), &event, target, actor] {
            write_cell(page, cell);
        }
        let start = Escaped(hash.get(..12).unwrap_or(hash));
        let _ = writeln!(page, "<td class=\"short\"><code title=\"{}\">{start}</code></td></tr>", Escaped(hash));
    }
    page.push_str(CLOSE);
}

/// Words of ours that begin a line, with a capital letter.
fn sentence(text: &str) -> String {
    let mut rest = text.chars();
    let first = rest.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}", Escaped(rest.as_str()))
}

fn badge(verdict: ControlStanding) -> String {
    format!("<span class=\"badge {}\">{}</span>", class(verdict), verdict.in_words())
}

fn class(verdict: ControlStanding) -> &'static str {
    match verdict {
        ControlStanding::Pass => "pass",
        ControlStanding::Attention => "attention",
        ControlStanding::NotCovered => "not-covered",
    }
}

/// What a control is linked to by: its number without what an address can't hold.
fn anchor(id: &str) -> String {
    let plain = id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
    format!("c-{}", plain.collect::<String>())
}

fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_text_whatever_it_holds() {
        let name = "<script>alert('x')</script> \" & \u{202e}\u{0}";
        let escaped = "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &quot; &amp; \u{fffd}\u{fffd}";
        assert_eq!(Escaped(name).to_string(), escaped);
        assert_eq!(prose("`key.<made>` & more"), "<code>key.&lt;made&gt;</code> &amp; more");
        assert_eq!(prose("a ` alone"), "a ` alone");
        assert_eq!(anchor("Art. 5(1)(c)"), "c-Art--5-1--c-");
    }
}
