//! The archive of a pack: ZIP (APPNOTE 6.3.10), and of all that ZIP allows one form alone.
//!
//! Nothing is compressed, every file has the same time and mode, no comment, no field that is not needed: of the same
//! files there is one archive, octet for octet, whichever version of the program writes it. What reads it writes it
//! again in its mind and compares, so that no octet beside the files can be another unseen: no second file of a name, no
//! file that one program sees and another doesn't. A library that compresses promises none of that.

use chrono::{DateTime, Datelike as _, Timelike as _, Utc};

/// Files with their names, in their order.
pub(super) type Files<'f> = Vec<(&'f str, &'f [u8])>;

const LOCAL: [u8; 4] = *b"PK\x03\x04";
const LOCAL_SIZE: usize = 30;

/// The most that a size or a place in it can be.
const MOST: usize = u32::MAX as usize;

/// Date and time as MS-DOS had them: from 1980 on, to two seconds.
fn dos(at: DateTime<Utc>) -> [u8; 4] {
    let small = |number: u32| u16::try_from(number).unwrap_or(0);
    let time = small((at.hour() << 11) | (at.minute() << 5) | (at.second() / 2));
    let years = u32::try_from(at.year().clamp(1980, 2107) - 1980).unwrap_or(0);
    let date = small((years << 9) | (at.month() << 5) | at.day());
    let ([a, b], [c, d]) = (time.to_le_bytes(), date.to_le_bytes());
    [a, b, c, d]
}

fn size(octets: usize) -> [u8; 4] {
    u32::try_from(octets).unwrap_or(u32::MAX).to_le_bytes()
}

fn short(number: usize) -> [u8; 2] {
    u16::try_from(number).unwrap_or(u16::MAX).to_le_bytes()
}

/// What local and central headers have in common: version 1.0, UTF-8 names, stored, when, checksum, sizes, name.
fn common(name: &str, content: &[u8], at: DateTime<Utc>) -> Vec<u8> {
    let length = size(content.len());
    [
        &[10, 0, 0, 8, 0, 0][..],
        &dos(at),
        &crc32fast::hash(content).to_le_bytes(),
        &length,
        &length,
        &short(name.len()),
        &[0, 0],
    ]
    .concat()
}

fn local_header(name: &str, content: &[u8], at: DateTime<Utc>) -> Vec<u8> {
    [&LOCAL[..], &common(name, content, at), name.as_bytes()].concat()
}

/// The directory at the end: of each file where it begins, then where the directory does.
fn directory(files: &Files<'_>, at: DateTime<Utc>) -> Vec<u8> {
    let (mut directory, mut begins) = (Vec::new(), 0);
    for (name, content) in files {
        directory.extend_from_slice(b"PK\x01\x02");
        // Made on Unix, by version 1.0.
        directory.extend_from_slice(&[10, 3]);
        directory.extend_from_slice(&common(name, content, at));
        // No comment, the first disk, no text; a plain file that its owner may write and all may read (0100644).
        directory.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 0, 0xa4, 0x81]);
        directory.extend_from_slice(&size(begins));
        directory.extend_from_slice(name.as_bytes());
        begins += LOCAL_SIZE + name.len() + content.len();
    }
    let (count, length) = (short(files.len()), size(directory.len()));
    [&directory[..], b"PK\x05\x06\0\0\0\0", &count, &count, &length, &size(begins), &[0, 0]].concat()
}

/// The archive of these files. `None` where they are more than 4 GiB.
pub(super) fn write(files: &Files<'_>, at: DateTime<Utc>) -> Option<Vec<u8>> {
    let mut archive = Vec::new();
    for (name, content) in files {
        archive.extend_from_slice(&local_header(name, content, at));
        archive.extend_from_slice(content);
    }
    archive.extend_from_slice(&directory(files, at));
    (archive.len() < MOST).then_some(archive)
}

/// The files of an archive.
pub(super) fn read(archive: &[u8]) -> Result<Files<'_>, &'static str> {
    let (mut files, mut rest) = (Files::new(), archive);
    while rest.starts_with(&LOCAL) {
        let (name, content, behind) = read_one(rest).ok_or("a file of the archive can't be read")?;
        if files.iter().any(|(other, _)| *other == name) {
            return Err("two files of the archive have one name");
        }
        files.push((name, content));
        rest = behind;
    }
    Ok(files)
}

fn read_one(archive: &[u8]) -> Option<(&str, &[u8], &[u8])> {
    let (header, rest) = archive.split_at_checked(LOCAL_SIZE)?;
    let length = u32::from_le_bytes(header.get(18..22)?.try_into().ok()?);
    let name = u16::from_le_bytes(header.get(26..28)?.try_into().ok()?);
    let (name, rest) = rest.split_at_checked(name.into())?;
    let (content, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    Some((std::str::from_utf8(name).ok()?, content, rest))
}

/// Whether an archive is the one of its files, made at this time: no octet besides.
pub(super) fn is_exact(archive: &[u8], files: &Files<'_>, at: DateTime<Utc>) -> bool {
    let mut rest = archive;
    for (name, content) in files {
        for part in [&local_header(name, content, at)[..], content] {
            match rest.strip_prefix(part) {
                Some(behind) => rest = behind,
                None => return false,
            }
        }
    }
    rest == directory(files, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_the_same_each_time_and_no_octet_of_it_can_be_another() {
        let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let files: Files<'_> = vec![("a.txt", b"first"), ("b/c.txt", b""), ("d", &[0; 300])];
        let archive = write(&files, at).unwrap();
        assert_eq!(write(&files, at).unwrap(), archive);
        assert_eq!(read(&archive).unwrap(), files);
        assert!(is_exact(&archive, &files, at));
        for place in 0..archive.len() {
            let mut other = archive.clone();
            other[place] ^= 1;
            let found = read(&other);
            let is_seen = found.is_err() || found.is_ok_and(|found| found != files || !is_exact(&other, &found, at));
            assert!(is_seen, "octet {place}");
        }
        let longer = [&archive[..], b"x"].concat();
        assert!(!is_exact(&longer, &read(&longer).unwrap(), at));
        let twice = write(&vec![("a", b"1"), ("a", b"2")], at).unwrap();
        assert_eq!(read(&twice), Err("two files of the archive have one name"));
    }
}
