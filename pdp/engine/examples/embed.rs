//! Deciding inside another program: `cargo run -p argus-engine --example embed`. The README shows what `main` does.
#![expect(clippy::print_stdout, reason = "an example shows what it comes to")]

use std::error::Error;

pub(crate) fn main() -> Result<(), Box<dyn Error>> {
    use argus_engine::{check, compile, evaluate, limits, read, types, value, wire};

    let policy = std::fs::read_to_string("policies/examples/leave/leave.xml")?;
    let request = std::fs::read_to_string("policies/examples/leave/requests/approve.json")?;
    let sources = [read::Source::new("leave.xml", &policy)];
    let (checked, diagnostics) = check::check(&sources, &check::Options::default());
    let program = compile::compile(&checked, 0).ok_or_else(|| format!("refused: {diagnostics:?}"))?;

    let arena = value::Arena::new();
    let environment = evaluate::Environment::at(types::DateTime::parse("2026-11-24T09:30:00Z")?);
    let request = wire::read_json(&request, &arena, &limits::Limits::default())?;
    let response = program.answer(&request, &environment, &arena)?;
    for result in &response.results {
        println!("{}", result.decision); // Permit
    }
    Ok(())
}
