//! XML names: which characters they are made of, and where the prefix ends.

/// A name as it was found.
pub(super) struct RawName {
    /// One past its last byte.
    pub(super) end: usize,
    /// Where its only colon is.
    pub(super) colon: Option<usize>,
    /// Whether it is a name at all, with at most one colon inside.
    pub(super) good: bool,
}

const START: u8 = 1;
const INSIDE: u8 = 2;
const COLON: u8 = 3;
const HIGH: u8 = 4;

static NAME: [u8; 256] = table();

#[expect(clippy::indexing_slicing, reason = "evaluated at compile time")]
const fn table() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0_u8;
    loop {
        table[byte as usize] = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => START,
            b'0'..=b'9' | b'-' | b'.' => INSIDE,
            b':' => COLON,
            0x80.. => HIGH,
            _ => 0,
        };
        if byte == u8::MAX {
            return table;
        }
        byte += 1;
    }
}

#[inline]
#[expect(clippy::indexing_slicing, reason = "the table has a place for each byte")]
fn class(byte: u8) -> u8 {
    NAME[byte as usize]
}

/// The name that starts here. It ends at the first byte that can't be part of one.
#[inline]
pub(super) fn scan(text: &str, start: usize) -> RawName {
    let bytes = text.as_bytes();
    let mut good = is_start(bytes, start);
    let mut colon = None;
    let mut end = start;
    loop {
        end += ordinary_prefix(bytes.get(end..).unwrap_or_default());
        match bytes.get(end).map(|byte| class(*byte)) {
            Some(COLON) => {
                // The part after the colon starts a name, too.
                good &= colon.is_none() && is_start(bytes, end + 1);
                colon = Some(end);
                end += 1;
            }
            Some(HIGH) => return scan_all(text, start),
            _ => return RawName { end, colon, good },
        }
    }
}

#[inline]
fn is_start(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_some_and(|byte| class(*byte) == START)
}

#[inline]
fn ordinary_prefix(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| matches!(class(**byte), START | INSIDE)).count()
}

// The same for names beyond ASCII.
#[cold]
fn scan_all(text: &str, start: usize) -> RawName {
    let rest = text.get(start..).unwrap_or("");
    let length = rest.find(|c: char| c != ':' && !is_name_character(c)).unwrap_or(rest.len());
    let name = rest.get(..length).unwrap_or("");
    let mut parts = name.split(':');
    let good = parts.all(|part| part.starts_with(is_name_start)) && name.matches(':').count() <= 1;
    RawName { end: start + length, colon: name.find(':').map(|at| start + at), good }
}

const fn is_name_start(character: char) -> bool {
    matches!(character,
        'a'..='z' | 'A'..='Z' | '_' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
        | '\u{10000}'..='\u{EFFFF}')
}

const fn is_name_character(character: char) -> bool {
    is_name_start(character)
        || matches!(character,
            '0'..='9' | '-' | '.' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}
