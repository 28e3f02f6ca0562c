//! Every case of the public conformance suite, through the library, as XML and as JSON.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a panic is a failed test; the table is to be seen")]

use argus_tests::conformance::{Door, KNOWN, Table, failure, folder, manifest};

#[test]
fn every_conformance_case_passes_in_both_forms() {
    let Some(folder) = folder() else {
        println!("skipped: needs ARGUS_CONFORMANCE");
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "CI runs the conformance cases");
        return;
    };
    let (mut table, mut failures) = (Table::default(), Vec::new());
    for case in &manifest(&folder).unwrap() {
        let known = KNOWN.iter().find(|known| known.id == case.id);
        for door in [Door::Xml, Door::Json] {
            let failure = failure(case, door).unwrap();
            table.add(case, door, failure.is_none());
            match (failure, known) {
                (Some(failure), None) => failures.push(failure),
                (Some(_), Some(known)) => println!("{}, as {door}: {} ({})", known.id, known.reason, known.section),
                (None, Some(known)) => failures.push(format!("{} as {door} passes, yet is listed as wrong", known.id)),
                (None, None) => {}
            }
        }
    }
    println!("{table}");
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}
