//! Whether a chain is whole: on an export alone, with nothing of the server that made it.
//!
//! An export is JSON Lines, each line in canonical form (RFC 8785). The first says whose it is, with which keys its
//! checkpoints were signed, where it begins and how far it goes (`begins`, `ends`, both signed). Then come, in their
//! order, `{"entry", "hash", "previous"}` for each entry, `{"digest", "sequence"}` for one that isn't this
//! organisation's, and `{"checkpoint"}` where one was signed. See [`argus_store::audit::link`] for how they hold.

mod report;
mod walk;

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read as _};

use argus_store::audit::{Checkpoint, Digest, ORIGIN, STATEMENT, canonical};
use chrono::{DateTime, Utc};
use serde_json::Value;

pub use report::{Breach, Break, Report};
pub use walk::Walk;

use super::PublicKey;

/// What is known from elsewhere than the export.
#[derive(Debug, Default)]
pub struct Known {
    /// Checkpoints that were kept outside, with the keys that stand beside them.
    pub checkpoints: Vec<Checkpoint>,
    /// The key that must have signed; without it, the keys in the export are taken as they are.
    pub key_id: Option<String>,
}

/// The longest line. An entry of a bulk act has a thousand ids, an import of policies one line for each document.
const LONGEST_LINE: u64 = 64 * 1024 * 1024;

/// Reads an export and says whether it is whole, and if not, where it breaks first.
pub fn verify(export: impl BufRead, known: &Known) -> io::Result<Report> {
    let mut lines = Lines { source: export, ahead: None };
    let mut report = Report::default();
    if let Err(broken) = Verifier::run(&mut lines, known, &mut report)? {
        report.broken = Some(broken);
    }
    Ok(report)
}

/// Reads checkpoints that were kept outside: a line each. `None` for what is none.
pub fn read_checkpoints(text: &str) -> Option<Vec<Checkpoint>> {
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| checkpoint(&serde_json::from_str(line).ok()?))
        .collect()
}

/// A checkpoint from its JSON.
pub(super) fn checkpoint(value: &Value) -> Option<Checkpoint> {
    let text = |member: &str| value.get(member).and_then(Value::as_str);
    let at: DateTime<Utc> = DateTime::parse_from_rfc3339(text("at")?).ok()?.to_utc();
    (text("statement")? == STATEMENT).then_some(())?;
    Some(Checkpoint {
        sequence: value.get("sequence")?.as_i64()?,
        hash: text("hash")?.parse().ok()?,
        at,
        key_id: text("key_id")?.to_owned(),
        signature: text("signature")?.to_owned(),
    })
}

/// Whether an object has these members, and no others. They are in the order of their names.
fn has_members(value: &Value, names: &[&str]) -> Option<()> {
    let members = value.as_object()?;
    let mut found: Vec<&str> = members.keys().map(String::as_str).collect();
    found.sort_unstable();
    (found == names).then_some(())
}

/// Lines, of which the next can be looked at.
struct Lines<R> {
    source: R,
    ahead: Option<Line>,
}

/// A line, as far as it could be read.
#[derive(Clone)]
struct Line {
    text: String,
    value: Option<Value>,
}

impl<R: BufRead> Lines<R> {
    fn next(&mut self) -> io::Result<Option<Line>> {
        match self.ahead.take() {
            Some(line) => Ok(Some(line)),
            None => self.read(),
        }
    }

    fn peek(&mut self) -> io::Result<Option<&Line>> {
        if self.ahead.is_none() {
            self.ahead = self.read()?;
        }
        Ok(self.ahead.as_ref())
    }

    fn read(&mut self) -> io::Result<Option<Line>> {
        let mut octets = Vec::new();
        let read = self.source.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut octets)?;
        if read == 0 {
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&octets).trim_end_matches('\n').to_owned();
        let value: Option<Value> = serde_json::from_str(&text).ok();
        // Another way to write the same is another text: no octet can be changed unseen.
        let value = value.filter(|value| canonical(value).is_ok_and(|same| same == text));
        Ok(Some(Line { text, value }))
    }
}

impl Line {
    /// The number of the entry that it is about.
    fn sequence(&self) -> Option<i64> {
        let value = self.value.as_ref()?;
        value.get("entry").unwrap_or(value).get("sequence")?.as_i64()
    }
}

struct Verifier<'a> {
    known: &'a Known,
    /// The organisation whose entries are shown.
    organisation: Option<Value>,
    keys: BTreeMap<String, PublicKey>,
    /// The hashes that checkpoints from elsewhere promise.
    promised: BTreeMap<i64, Digest>,
    walk: Walk,
    ends: Checkpoint,
}

impl<'a> Verifier<'a> {
    fn run<R: BufRead>(lines: &mut Lines<R>, known: &'a Known, report: &mut Report) -> io::Result<Result<(), Break>> {
        let Some(head) = lines.next()? else { return Ok(Err(Break::unreadable(0, "the export is empty"))) };
        let mut verifier = match Self::begin(&head, known, report) {
            Ok(verifier) => verifier,
            Err(broken) => return Ok(Err(broken)),
        };
        while let Some(line) = lines.next()? {
            if let Err(broken) = verifier.line(&line, lines, report)? {
                return Ok(Err(broken));
            }
        }
        Ok(verifier.end(report))
    }

    fn begin(head: &Line, known: &'a Known, report: &mut Report) -> Result<Self, Break> {
        let malformed = || Break::unreadable(0, "the first line is no head of an audit export");
        let head = head.value.as_ref().and_then(|value| value.get("export")).ok_or_else(malformed)?;
        has_members(head, &["begins", "ends", "keys", "organisation", "version"]).ok_or_else(malformed)?;
        if head.get("version") != Some(&1.into()) {
            return Err(Break::unreadable(0, "the export is of a newer version of argus"));
        }
        let keys = head.get("keys").and_then(Value::as_array).ok_or_else(malformed)?;
        let keys: Option<BTreeMap<_, _>> = keys
            .iter()
            .map(|jwk| PublicKey::of_jwk(jwk).filter(|key| key.to_jwk() == *jwk).map(|key| (key.id(), key)))
            .collect();
        let keys = keys.ok_or_else(malformed)?;
        let exact = |value: &Value| checkpoint(value).filter(|signed| signed.to_json() == *value);
        let ends = head.get("ends").and_then(exact).ok_or_else(malformed)?;
        let begins = match head.get("begins") {
            Some(Value::Null) | None => None,
            Some(begins) => Some(exact(begins).ok_or_else(malformed)?),
        };
        let organisation = head.get("organisation").filter(|organisation| !organisation.is_null()).cloned();
        report.organisation = organisation.as_ref().and_then(|it| it.get("name")?.as_str()).map(str::to_owned);
        report.key_ids = keys.keys().cloned().collect();
        report.signed_at = Some(ends.at);
        let (sequence, hash) = begins.as_ref().map_or((0, ORIGIN), |begins| (begins.sequence, begins.hash));
        report.first = sequence + 1;
        let promised = known.checkpoints.iter().map(|promised| (promised.sequence, promised.hash)).collect();
        let verifier = Self { known, organisation, keys, promised, walk: Walk::from(sequence, hash), ends };
        for signed in begins.iter().chain([&verifier.ends]).chain(&known.checkpoints) {
            verifier.check_signature(signed)?;
        }
        Ok(verifier)
    }

    fn line<R: BufRead>(
        &mut self,
        line: &Line,
        lines: &mut Lines<R>,
        report: &mut Report,
    ) -> io::Result<Result<(), Break>> {
        let expected = self.walk.sequence() + 1;
        let Some(value) = &line.value else {
            let what = "the line is not in the one form that an export has";
            return Ok(Err(Break::altered(expected, what)));
        };
        if let (Some(signed), Some(())) = (value.get("checkpoint"), has_members(value, &["checkpoint"])) {
            return Ok(self.checkpoint(signed, report));
        }
        let Some(sequence) = line.sequence() else {
            return Ok(Err(Break::altered(expected, "the line is neither an entry nor a checkpoint")));
        };
        if sequence != expected {
            let next = lines.peek()?.and_then(Line::sequence);
            return Ok(Err(out_of_order(expected, sequence, next)));
        }
        Ok(self.step(sequence, value, line, report))
    }

    fn step(&mut self, sequence: i64, value: &Value, line: &Line, report: &mut Report) -> Result<(), Break> {
        if let Some(columns) = value.get("columns").and_then(Value::as_str) {
            let detail = format!("the database says otherwise beside the entry than in it: {columns}");
            return Err(Break::altered(sequence, detail));
        }
        let digest_of = |member: &str| value.get(member).and_then(Value::as_str).and_then(|text| text.parse().ok());
        if let Some(entry) = value.get("entry") {
            if has_members(value, &["entry", "hash", "previous"]).is_none() {
                return Err(Break::altered(sequence, "the line says more than an entry"));
            }
            let is_of_another = |own: &Value| entry.get("organisation") != Some(own);
            if self.organisation.as_ref().is_some_and(is_of_another) {
                return Err(Break::altered(sequence, "the entry is not of the organisation whose export this is"));
            }
            let text = |member: &str| value.get(member).and_then(Value::as_str).unwrap_or_default();
            self.walk.entry(sequence, entry_text(&line.text), (text("previous"), text("hash")))?;
            report.entries += 1;
        } else {
            let digest = has_members(value, &["digest", "sequence"]).and_then(|()| digest_of("digest"));
            let digest = digest.ok_or_else(|| Break::altered(sequence, "the line has no digest"))?;
            self.walk.hidden(sequence, &digest);
            report.hidden += 1;
        }
        report.last = sequence;
        self.check_promise()
    }

    /// What a checkpoint from elsewhere says of this place.
    fn check_promise(&self) -> Result<(), Break> {
        let sequence = self.walk.sequence();
        match self.promised.get(&sequence) {
            Some(hash) if *hash != self.walk.hash() => Err(Break::rewritten(sequence)),
            _ => Ok(()),
        }
    }

    fn checkpoint(&self, value: &Value, report: &mut Report) -> Result<(), Break> {
        let sequence = self.walk.sequence();
        let signed = checkpoint(value).filter(|signed| signed.to_json() == *value);
        let signed = signed.ok_or_else(|| Break::altered(sequence, "a checkpoint can't be read"))?;
        self.check_signature(&signed)?;
        report.checkpoints += 1;
        match signed.sequence {
            same if same == sequence && signed.hash == self.walk.hash() => Ok(()),
            same if same == sequence => Err(Break::rewritten(sequence)),
            later if later > sequence => Err(truncated(sequence, &signed)),
            _ => Err(Break::new(sequence, Breach::Reordered, "a checkpoint stands behind its place")),
        }
    }

    fn check_signature(&self, signed: &Checkpoint) -> Result<(), Break> {
        let forged = |detail: String| Err(Break::new(signed.sequence, Breach::Forged, detail));
        if self.known.key_id.as_ref().is_some_and(|id| *id != signed.key_id) {
            return forged(format!(
                "the checkpoint at {} is signed by another key: {}",
                signed.sequence, signed.key_id
            ));
        }
        match self.keys.get(&signed.key_id) {
            Some(key) if key.has_signed(signed) => Ok(()),
            Some(_) => forged(format!("the signature of the checkpoint at {} is wrong", signed.sequence)),
            None => forged(format!("the key of the checkpoint at {} is not among the keys", signed.sequence)),
        }
    }

    fn end(&self, report: &mut Report) -> Result<(), Break> {
        let sequence = self.walk.sequence();
        if sequence < self.ends.sequence {
            return Err(truncated(sequence, &self.ends));
        }
        if sequence > self.ends.sequence {
            return Err(Break::new(
                sequence,
                Breach::Spliced,
                "there are more entries than the last checkpoint knows of",
            ));
        }
        if self.walk.hash() != self.ends.hash {
            return Err(Break::rewritten(sequence));
        }
        let beyond = self.known.checkpoints.iter().filter(|promised| promised.sequence > sequence);
        // One that was signed after the export was made may well know more.
        let (before, after): (Vec<_>, Vec<_>) = beyond.partition(|promised| promised.at <= self.ends.at);
        report.later_checkpoints = after.len();
        before.first().map_or(Ok(()), |promised| Err(truncated(sequence, promised)))
    }
}

/// How long it is what follows the entry in its line: two hashes of 64 digits, with their names.
const TAIL: usize = ",\"hash\":\"\",\"previous\":\"\"}".len() + 2 * 64;

/// The text of the entry in a line in canonical form, where `entry` is the first member: the octets that were hashed.
fn entry_text(line: &str) -> &str {
    let behind = line.strip_prefix("{\"entry\":").unwrap_or(line);
    behind.get(..behind.len().saturating_sub(TAIL)).unwrap_or(behind)
}

fn out_of_order(expected: i64, found: i64, next: Option<i64>) -> Break {
    if found < expected {
        return Break::new(found, Breach::Reordered, format!("entry {found} stands behind entry {}", expected - 1));
    }
    if next.is_some_and(|next| next < found) {
        let detail = format!("entry {found} stands where entry {expected} belongs");
        return Break::new(expected, Breach::Reordered, detail);
    }
    let detail = match found - expected {
        1 => format!("entry {expected} is gone"),
        _ => format!("the entries {expected} to {} are gone", found - 1),
    };
    Break::new(expected, Breach::Removed, detail)
}

fn truncated(sequence: i64, promised: &Checkpoint) -> Break {
    let detail =
        format!("the chain ends at entry {sequence}, and had come to {} when it was signed", promised.sequence);
    Break::new(sequence + 1, Breach::Truncated, detail)
}
