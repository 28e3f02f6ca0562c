//! Ten million ids of credentials, none of them twice, and how fast they are drawn:
//! `cargo bench -p argus-credentials --bench ids`.

use std::{collections::HashSet, error::Error, io::Write, time::Instant};

use argus_credentials::CredentialId;

const IDS: usize = 10_000_000;

fn main() -> Result<(), Box<dyn Error>> {
    // `cargo test --all-targets` runs this too, without the argument that `cargo bench` gives.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let since = Instant::now();
    let mut ids = HashSet::with_capacity(IDS);
    for number in 1..=IDS {
        if !ids.insert(CredentialId::generate()?) {
            return Err(format!("id {number} was drawn before").into());
        }
    }
    writeln!(std::io::stdout(), "{} ids drawn in {:.1?}, none twice", ids.len(), since.elapsed())?;
    Ok(())
}
