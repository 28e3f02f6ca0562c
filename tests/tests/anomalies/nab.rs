//! The series of the Numenta Anomaly Benchmark, from the folder that `ARGUS_NAB` names: `data`, and
//! `labels/combined_windows.json`. Any folder of that form will do.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use argus_insight::anomaly::series::{Parameters, Series};
use chrono::NaiveDateTime;

use super::score::{PROFILES, probation, score, tally};

fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("ARGUS_NAB").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: needs ARGUS_NAB, a folder of series with labels");
    }
    folder
}

fn time(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").unwrap()
}

/// Times and values.
fn read(path: &PathBuf) -> Vec<(NaiveDateTime, f64)> {
    let text = fs::read_to_string(path).unwrap();
    let rows = text.lines().skip(1).filter_map(|line| line.split_once(','));
    rows.map(|(at, value)| (time(at), value.trim().parse().unwrap_or(f64::NAN))).collect()
}

#[test]
fn the_volume_of_labelled_series_is_watched_well_enough() {
    let Some(folder) = folder() else { return };
    let labels = fs::read_to_string(folder.join("labels/combined_windows.json")).unwrap();
    let labels: BTreeMap<String, Vec<(String, String)>> = serde_json::from_str(&labels).unwrap();
    let (mut tallies, mut rows_in_all, mut windows_in_all) = (Vec::new(), 0, 0);
    for (name, windows) in labels {
        let path = folder.join("data").join(&name);
        if !path.exists() {
            continue;
        }
        let rows = read(&path);
        let first_from = |at: NaiveDateTime| rows.partition_point(|row| row.0 < at);
        let last_until = |at: NaiveDateTime| rows.partition_point(|row| row.0 <= at).saturating_sub(1);
        let windows: Vec<_> =
            windows.iter().map(|(first, last)| (first_from(time(first)), last_until(time(last)))).collect();
        let parameters = Parameters::learning(u32::try_from(probation(rows.len())).unwrap());
        let mut series = Series::default();
        let told = rows.iter().map(|row| series.observe(row.1, &parameters).is_told);
        let alarms: Vec<_> = told.enumerate().filter(|(_, is_told)| *is_told).map(|(at, _)| at).collect();
        tallies.push(tally(rows.len(), &windows, &alarms));
        (rows_in_all, windows_in_all) = (rows_in_all + rows.len(), windows_in_all + windows.len());
    }
    println!("{} series, {rows_in_all} rows, {windows_in_all} windows", tallies.len());
    for profile in &PROFILES {
        println!("{}: {:.1}", profile.name, score(&tallies, profile));
    }
    assert!(score(&tallies, &PROFILES[0]) >= 55.0);
}
