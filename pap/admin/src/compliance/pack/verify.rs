//! Whether a pack is what was signed, and the audit in it whole: on the pack alone, with nothing of the server.

use std::collections::BTreeMap;
use std::io::BufRead as _;

use argus_store::audit::{Digest, ORIGIN, canonical, link};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use super::{AUDIT, FILES, MANIFEST, REPORT, SIGNATURE, STATEMENT, digest, zip};
use crate::audit::PublicKey;
use crate::audit::verify::{Known, Report, verify};

/// What was found in a pack.
#[derive(Debug, Default, Serialize)]
pub struct PackReport {
    /// What is wrong, the first thing that was found; none where all of it is as it was signed.
    pub broken: Option<String>,
    /// What was asked: the framework, the organisation, the key, the time.
    pub query: Value,
    /// The version of the program that made it.
    pub argus: String,
    /// When it was made.
    pub made_at: Option<DateTime<Utc>>,
    /// The key that signed.
    pub signed_by: Option<String>,
    /// Files that are as they were signed.
    pub files: Vec<String>,
    /// The chain of the audit in it.
    pub audit: Option<Report>,
    /// Entries that the report shows, and that stand in the chain as it shows them.
    pub excerpts: usize,
}

/// Checks a pack, octet for octet. `key_id` is the key that must have signed; without it, the one in the pack is taken
/// as it is.
pub fn verify_pack(archive: &[u8], key_id: Option<&str>) -> PackReport {
    let mut report = PackReport::default();
    report.broken = check(archive, key_id, &mut report).err();
    report
}

fn check(archive: &[u8], key_id: Option<&str>, report: &mut PackReport) -> Result<(), String> {
    let files = zip::read(archive)?;
    let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    let expected: Vec<&str> = FILES.into_iter().chain([MANIFEST, SIGNATURE]).collect();
    if names != expected {
        return Err(format!("it has other files than a pack: {}", names.join(", ").escape_debug()));
    }
    let files: BTreeMap<&str, &[u8]> = files.iter().copied().collect();
    let octets = |name: &str| files.get(name).copied().unwrap_or_default();
    let manifest = read(octets(MANIFEST)).ok_or("the manifest is not in the one form that it has")?;
    check_signature(&manifest, octets(MANIFEST), octets(SIGNATURE), key_id, report)?;
    let text = |member: &str| manifest.get(member).and_then(Value::as_str).unwrap_or_default();
    text("argus").clone_into(&mut report.argus);
    report.query = manifest.get("query").cloned().unwrap_or_default();
    let made = DateTime::parse_from_rfc3339(text("made_at")).map_err(|_| "the manifest has no time")?.to_utc();
    report.made_at = Some(made);
    for (name, content) in names_of(&manifest)?.into_iter().zip(FILES).map(|(said, name)| (said, octets(name))) {
        report.files.push(check_file(name, content)?);
    }
    if !zip::is_exact(archive, &expected.iter().map(|name| (*name, octets(name))).collect(), made) {
        return Err("the archive holds more than its files, or their headers were changed".to_owned());
    }
    let shown: Value = serde_json::from_slice(octets(REPORT)).map_err(|_| "the report is no JSON")?;
    check_audit(octets(AUDIT), &shown, report)
}

/// JSON in canonical form.
fn read(octets: &[u8]) -> Option<Value> {
    let value: Value = serde_json::from_slice(octets).ok()?;
    canonical(&value).is_ok_and(|same| same.as_bytes() == octets).then_some(value)
}

fn check_signature(
    manifest: &Value,
    signed: &[u8],
    signature: &[u8],
    key_id: Option<&str>,
    report: &mut PackReport,
) -> Result<(), String> {
    if manifest.get("statement").and_then(Value::as_str) != Some(STATEMENT) {
        return Err("the manifest is of no pack, or of a newer version of argus".to_owned());
    }
    let signature = read(signature).ok_or("the signature is not in the one form that it has")?;
    let key = signature.get("key").and_then(|jwk| PublicKey::of_jwk(jwk).filter(|key| key.to_jwk() == *jwk));
    let key = key.ok_or("the signature has no key")?;
    let members = signature.as_object().map_or(0, serde_json::Map::len);
    let is_right =
        signature.get("signature").and_then(Value::as_str).is_some_and(|text| key.has_signed_text(signed, text));
    if !is_right || members != 2 {
        return Err("the signature of the manifest is wrong".to_owned());
    }
    if manifest.get("key_id").and_then(Value::as_str) != Some(&*key.id()) {
        return Err("the manifest names another key than the one that signed".to_owned());
    }
    if key_id.is_some_and(|known| known != key.id()) {
        return Err(format!("it is signed by another key: {}", key.id()));
    }
    report.signed_by = Some(key.id());
    Ok(())
}

/// What the manifest says of each file, in the order of the files.
fn names_of(manifest: &Value) -> Result<Vec<(&str, &str, u64)>, String> {
    let files = manifest.get("files").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let said: Option<Vec<_>> = files
        .iter()
        .map(|file| {
            let text = |member: &str| file.get(member)?.as_str();
            Some((text("name")?, text("sha256")?, file.get("size_bytes")?.as_u64()?))
        })
        .collect();
    let said = said.filter(|said| said.iter().map(|(name, _, _)| *name).eq(FILES));
    said.ok_or_else(|| "the manifest lists other files than a pack has".to_owned())
}

fn check_file((name, said, size): (&str, &str, u64), content: &[u8]) -> Result<String, String> {
    if digest(content) != said || u64::try_from(content.len()) != Ok(size) {
        return Err(format!("`{name}` is not what was signed"));
    }
    Ok(name.to_owned())
}

/// The chain is whole, it was signed by the same key, and what the report shows of it stands in it.
fn check_audit(lines: &[u8], shown: &Value, report: &mut PackReport) -> Result<(), String> {
    let known = Known { key_id: None, ..Known::default() };
    let found = verify(lines, &known).map_err(|error| format!("the audit can't be read: {error}"))?;
    let broken = found.broken.as_ref().map(|broken| format!("the audit in it is broken: {broken}"));
    let signer = report.signed_by.clone().unwrap_or_default();
    let is_of_it = found.key_ids.contains(&signer);
    report.audit = Some(found);
    if let Some(broken) = broken {
        return Err(broken);
    }
    if !is_of_it {
        return Err("the audit in it was signed by other keys than the pack".to_owned());
    }
    let hashes = hashes(lines);
    for (sequence, hash) in excerpts(shown).ok_or("the report shows an entry without its place")? {
        if hashes.get(&sequence) != Some(&hash) {
            return Err(format!("entry {sequence} stands otherwise in the report than in the audit"));
        }
        report.excerpts += 1;
    }
    Ok(())
}

/// The hashes of the entries of an export that is whole, by their numbers: of one of another organisation, of which it has
/// the digest alone, it comes of that and of the hash before it.
fn hashes(lines: &[u8]) -> BTreeMap<i64, Digest> {
    let (mut all, mut previous) = (BTreeMap::new(), ORIGIN);
    for line in lines.lines().map_while(Result::ok) {
        let Ok(line) = serde_json::from_str::<Value>(&line) else { continue };
        let hash = |path: &str| line.pointer(path).and_then(Value::as_str).and_then(|text| text.parse::<Digest>().ok());
        let number = |path: &str| line.pointer(path).and_then(Value::as_i64);
        if let Some(begins) = hash("/export/begins/hash") {
            previous = begins;
        } else if let (Some(sequence), Some(own)) = (number("/entry/sequence"), hash("/hash")) {
            previous = own;
            all.insert(sequence, own);
        } else if let (Some(sequence), Some(hidden)) = (number("/sequence"), hash("/digest")) {
            previous = link(sequence, &previous, &hidden);
            all.insert(sequence, previous);
        }
    }
    all
}

/// What the controls of a report show of the audit; `None` where that can't be read.
fn excerpts(report: &Value) -> Option<Vec<(i64, Digest)>> {
    let list = |value: &Value, member: &str| value.get(member).and_then(Value::as_array).cloned().unwrap_or_default();
    let all = list(report, "controls").into_iter().flat_map(|control| list(&control, "excerpts"));
    all.map(|one| Some((one.get("sequence")?.as_i64()?, one.get("hash")?.as_str()?.parse().ok()?))).collect()
}
