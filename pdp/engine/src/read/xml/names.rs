//! XML names: which characters they are made of, and where the prefix ends.

use super::characters::{HIGHS, ONES};

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
    let mut length = 0;
    for chunk in bytes.chunks_exact(8) {
        let letters = letters_prefix(chunk.try_into().map_or(0, u64::from_le_bytes));
        length += letters;
        if letters < 8 {
            break;
        }
    }
    let rest = bytes.get(length..).unwrap_or_default();
    length + rest.iter().take_while(|byte| matches!(class(**byte), START | INSIDE)).count()
}

// How many of a word's first bytes are ASCII letters: most names are nothing else.
#[inline]
const fn letters_prefix(word: u64) -> usize {
    // As small letters, each byte below 0x80, so that no sum runs over into the next.
    let small = (word | (ONES * 0x20)) & !HIGHS;
    let from_a = small + ONES * (0x80 - b'a' as u64);
    let past_z = small + ONES * (0x7F - b'z' as u64);
    let others = (!from_a | past_z | word) & HIGHS;
    (others.trailing_zeros() / 8) as usize
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_letters_ends_where_a_bytewise_search_ends() {
        for byte in 0..=u8::MAX {
            for place in 0..8 {
                let mut word = *b"azAZmMbY";
                if let Some(one) = word.get_mut(place) {
                    *one = byte;
                }
                let plainly = word.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
                assert_eq!(letters_prefix(u64::from_le_bytes(word)), plainly, "{word:?}");
            }
        }
    }
}
