//! Every case of the public conformance suite, as XML and as JSON: through the library, and through `argus eval`.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a panic is a failed test; the table is to be seen")]

use argus_tests::conformance::{KNOWN, Way, folder, run_all};

#[test]
fn every_conformance_case_passes_through_the_library() {
    every_case_passes(Way::Library);
}

#[test]
fn every_conformance_case_passes_through_argus_eval() {
    every_case_passes(Way::Program);
}

fn every_case_passes(way: Way) {
    let Some(folder) = folder() else {
        println!("skipped: needs ARGUS_CONFORMANCE");
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "CI runs the conformance cases");
        return;
    };
    let (table, failures) = run_all(&folder, way).unwrap();
    for known in KNOWN {
        println!("believed to be wrong: {}: {} ({})", known.id, known.reason, known.section);
    }
    println!("{way:?}\n\n{table}");
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}
