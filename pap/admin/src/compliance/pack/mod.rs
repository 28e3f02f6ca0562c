//! A pack: a report in all its forms, what was asked, and the entries of the audit that bear it out, in one archive that
//! is signed by the key of the audit's checkpoints, and is checked without a server.
//!
//! `manifest.json` has the SHA-256 of each file, in canonical form (RFC 8785); `manifest.sig.json` the Ed25519 signature
//! of its octets. What it says of itself (`statement`) keeps the signature from meaning a checkpoint.

mod make;
mod verify;
mod zip;

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

pub(crate) use make::make;
pub use verify::{PackReport, verify_pack};

/// What keeps a signature from meaning something else elsewhere.
const STATEMENT: &str = "argus evidence pack 1";

const MANIFEST: &str = "manifest.json";
const SIGNATURE: &str = "manifest.sig.json";
const AUDIT: &str = "audit.jsonl";
const REPORT: &str = "report.json";

/// What a pack has besides its manifest and the signature, in this order.
const FILES: [&str; 5] = ["query.json", "report.html", REPORT, "report.csv", AUDIT];

/// The SHA-256 of a file, in hexadecimal digits.
fn digest(content: &[u8]) -> String {
    Sha256::digest(content).iter().fold(String::new(), |mut digits, octet| {
        let _ = write!(digits, "{octet:02x}");
        digits
    })
}
