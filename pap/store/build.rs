//! Builds again when a migration is added: the macro that embeds the folder sees only the files that it read.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
