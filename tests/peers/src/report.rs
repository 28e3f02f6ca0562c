//! What a person reads: three tables, each number with its unit and its spread. The same values go to JSON as they are.

use std::fmt::{self, Display, Formatter};

use serde::Serialize;

use crate::machine::Machine;
use crate::measure::Spread;
use crate::peers::Form;
use crate::{growth, scale, small};

/// One run: the machine and what was measured on it.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Where.
    pub machine: Machine,
    /// The small policy; empty where not asked for.
    pub small: Vec<small::Row>,
    /// The many policies; empty where not asked for.
    pub scale: Vec<scale::Row>,
    /// Argus by what tells its policies apart; empty where not asked for.
    pub growth: Vec<growth::Row>,
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Machine { cpu, cores, rustc } = &self.machine;
        writeln!(f, "{cpu}, {cores} cores, {rustc}. CPU time; compare within one run only.")?;
        if !self.small.is_empty() {
            write_small(f, &self.small)?;
        }
        if !self.scale.is_empty() {
            write_scale(f, &self.scale)?;
        }
        if !self.growth.is_empty() {
            write_growth(f, &self.growth)?;
        }
        Ok(())
    }
}

fn write_small(f: &mut Formatter<'_>, rows: &[small::Row]) -> fmt::Result {
    writeln!(f, "\nOne small policy, a dozen requests in rotation: time for a decision")?;
    writeln!(
        f,
        "{:<22} {:<14} {:>10} {:>19} {:>8} {:>14} {:>8}",
        "engine", "request", "median", "10 % – 90 %", "samples", "× fastest peer", "× Argus"
    )?;
    for row in rows {
        let Spread { low_ns, median_ns, high_ns, samples } = row.decision;
        writeln!(
            f,
            "{:<22} {:<14} {:>7.0} ns {:>7.0} – {:>6.0} ns {samples:>8} {:>14} {:>8}",
            engine(row.name, row.version),
            match row.form {
                Form::Built => "built before",
                Form::Json => "JSON to JSON",
                Form::Xml => "XML to XML",
            },
            median_ns,
            low_ns,
            high_ns,
            times(row.to_fastest_peer),
            times(row.to_argus),
        )?;
    }
    Ok(())
}

fn write_scale(f: &mut Formatter<'_>, rows: &[scale::Row]) -> fmt::Result {
    writeln!(
        f,
        "\nMany policies, one of which applies, 64 requests spread over them (load, bytes, decision: × Argus)"
    )?;
    writeln!(
        f,
        "{:>8} {:<30} {:>6} {:>11} {:>20} {:>8} {:>8} {:>8} {:>11} {:>24} {:>8} {:>8}",
        "policies",
        "engine",
        "text",
        "load",
        "10 % – 90 %",
        "× Argus",
        "memory",
        "× Argus",
        "decision",
        "10 % – 90 %",
        "× fewest",
        "× Argus"
    )?;
    for row in rows {
        write!(
            f,
            "{:>8} {:<30} {:>4} B {:>8.1} ms {:>7.1} – {:>7.1} ms {:>8} {:>6} B {:>8} ",
            row.policies,
            engine(row.name, row.version),
            row.text_bytes_for_each,
            row.load.median_ns / 1e6,
            row.load.low_ns / 1e6,
            row.load.high_ns / 1e6,
            times(row.load_to_argus),
            row.memory_bytes_for_each,
            times(row.memory_to_argus),
        )?;
        match row.decision {
            Some(Spread { low_ns, median_ns, high_ns, .. }) => writeln!(
                f,
                "{:>8.2} µs {:>9.2} – {:>9.2} µs {:>8} {:>8}",
                median_ns / 1e3,
                low_ns / 1e3,
                high_ns / 1e3,
                times(row.growth),
                times(row.decision_to_argus),
            )?,
            None => writeln!(f, "{:>11} {:>24} {:>8} {:>8}", "–", "–", "–", "–")?,
        }
    }
    Ok(())
}

fn write_growth(f: &mut Formatter<'_>, rows: &[growth::Row]) -> fmt::Result {
    writeln!(f, "\nArgus, many policies of which one applies, by what tells them apart")?;
    writeln!(
        f,
        "{:>8} {:<12} {:<6} {:>11} {:>20} {:>5} {:>14} {:>5}",
        "policies", "by", "shape", "64 requests", "10 % – 90 %", "×", "4096 requests", "×"
    )?;
    for row in rows {
        let Spread { low_ns, median_ns, high_ns, .. } = row.few;
        writeln!(
            f,
            "{:>8} {:<12} {:<6} {:>8.2} µs {:>7.2} – {:>7.2} µs {:>5} {:>11.2} µs {:>5}",
            row.policies,
            row.by,
            if row.nested { "nested" } else { "flat" },
            median_ns / 1e3,
            low_ns / 1e3,
            high_ns / 1e3,
            times(row.few_growth),
            row.many.median_ns / 1e3,
            times(row.many_growth),
        )?;
    }
    Ok(())
}

fn engine(name: &str, version: Option<&str>) -> String {
    version.map_or_else(|| name.to_owned(), |version| format!("{name} {version}"))
}

fn times(ratio: Option<f64>) -> String {
    ratio.map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}"))
}
