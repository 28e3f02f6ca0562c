//! The README's example of embedding is the example `embed`, and that runs.

#![expect(clippy::unwrap_used, reason = "a test that can't be set up fails")]

use std::path::Path;

#[path = "../examples/embed.rs"]
mod embed;

/// The lines of the example's `main`, from the first on to its `Ok(())`, as they stand in a text.
fn body_of_main(example: &str) -> String {
    let (_, body) = example.split_once("pub(crate) fn main() -> Result<(), Box<dyn Error>> {\n").unwrap();
    let (body, _) = body.split_once("    Ok(())\n}").unwrap();
    body.lines().flat_map(|line| [line.strip_prefix("    ").unwrap_or(line), "\n"]).collect()
}

#[test]
fn the_readme_shows_an_example_that_runs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let shown = format!("```rust\n{}```\n", body_of_main(include_str!("../examples/embed.rs")));
    assert!(readme.contains(&shown), "the README should show:\n{shown}");

    // The example names files as from the root of the repository. No other test runs in this process.
    std::env::set_current_dir(root).unwrap();
    embed::main().unwrap();
}
