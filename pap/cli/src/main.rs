//! `argus`: the program.
fn main() {}
