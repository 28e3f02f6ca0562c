//! One line of a journal: a checksum, a blank, and what is counted of one use, as JSON.

use argus_store::quota::QuotaPeriod;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use smallvec::SmallVec;

/// What a use took from quotas; less than nothing where it gave back.
pub(crate) type QuotaUses = SmallVec<[(QuotaPeriod, i64); 2]>;

/// What is counted of one use.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Record<'r> {
    /// What whoever counts wants to be told again.
    #[serde(rename = "use", borrow, skip_serializing_if = "Option::is_none")]
    pub(super) usage: Option<&'r RawValue>,
    /// Each with its bucket, the length of its window and the end of its period, in seconds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) quotas: Vec<(String, i64, i64, i64)>,
}

/// Writes a line.
pub(super) fn write(usage: Option<&RawValue>, quotas: &[(QuotaPeriod, i64)]) -> Vec<u8> {
    let quotas = quotas.iter().map(|(of, used)| (of.bucket.clone(), of.window_seconds, of.ends_at, *used));
    // Texts and numbers can always be written.
    let json = serde_json::to_vec(&Record { usage, quotas: quotas.collect() }).unwrap_or_default();
    let mut line = format!("{:08x} ", crc32fast::hash(&json)).into_bytes();
    line.extend_from_slice(&json);
    line.push(b'\n');
    line
}

/// Reads a line, which is given without its end. `None` where it isn't as it was written.
pub(super) fn read(line: &[u8]) -> Option<Record<'_>> {
    let (sum, json) = line.split_at_checked(8)?;
    let json = json.strip_prefix(b" ")?;
    let sum = u32::from_str_radix(std::str::from_utf8(sum).ok()?, 16).ok()?;
    if crc32fast::hash(json) != sum {
        return None;
    }
    serde_json::from_slice(json).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> Vec<u8> {
        let usage = RawValue::from_string(r#"{"action":"read\n"}"#.into()).unwrap();
        let period = QuotaPeriod { bucket: "key:daily".into(), window_seconds: 86_400, ends_at: 1_800_000_000 };
        write(Some(&usage), &[(period, -3)])
    }

    #[test]
    fn what_is_written_is_read() {
        let line = line();
        let line = line.strip_suffix(b"\n").unwrap();
        let record = read(line).unwrap();
        assert_eq!(record.usage.unwrap().get(), r#"{"action":"read\n"}"#);
        assert_eq!(record.quotas, [("key:daily".to_owned(), 86_400, 1_800_000_000, -3)]);
        let nothing = write(None, &[]);
        let nothing = read(nothing.strip_suffix(b"\n").unwrap()).unwrap();
        assert!(nothing.usage.is_none() && nothing.quotas.is_empty());
    }

    #[test]
    fn a_line_that_is_cut_off_or_changed_is_none() {
        let whole = line();
        let whole = whole.strip_suffix(b"\n").unwrap();
        for end in 0..whole.len() {
            assert!(read(&whole[..end]).is_none(), "cut off at {end}");
        }
        for at in 0..whole.len() {
            let mut changed = whole.to_vec();
            changed[at] ^= 1;
            assert!(read(&changed).is_none(), "changed at {at}");
        }
    }
}
