//! A report as comma-separated values (RFC 4180): a line for the result of each control and for all that was found.

use super::ComplianceReport;
use super::report::{ControlReport, Excerpt};
use crate::csv::quoted;

impl ComplianceReport {
    /// The report as CSV.
    pub fn to_csv(&self) -> String {
        let mut text = "framework,control,result,kind,name,value\r\n".to_owned();
        for control in &self.controls {
            let mut line = |kind: &str, name: &str, value: &str| {
                let result = control.result.in_words();
                let cells = [self.framework.as_str(), control.id, result, kind, name, value].map(quoted);
                text.push_str(&(cells.join(",") + "\r\n"));
            };
            add(control, &mut line);
        }
        text
    }
}

fn add(control: &ControlReport, line: &mut impl FnMut(&str, &str, &str)) {
    line("question", control.title, control.question);
    for item in &control.evidence {
        line("evidence", &item.name, &item.value);
    }
    for finding in &control.findings {
        line("finding", "", finding);
    }
    for listing in &control.listings {
        for row in &listing.rows {
            let cells = listing.columns.iter().zip(row).map(|(column, cell)| format!("{column}: {cell}"));
            line("listing", listing.name, &cells.collect::<Vec<_>>().join("; "));
        }
        if listing.more > 0 {
            line("listing", listing.name, &format!("and {} more", listing.more));
        }
    }
    for Excerpt { sequence, at, event, actor, target, outcome, hash } in &control.excerpts {
        let name = format!("audit entry {sequence}");
        line("excerpt", &name, &format!("{} {event} {outcome}: {target}, by {actor}; hash {hash}", at.to_rfc3339()));
    }
}
