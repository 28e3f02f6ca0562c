//! Which bytes mean what: one table, so that each byte of a text is looked at once.

/// What a byte of character data or of an attribute's value is to the reader.
pub(super) const PLAIN: u8 = 0;
/// A space.
pub(super) const SPACE: u8 = 1;
/// A tab or a line feed.
pub(super) const BREAK: u8 = 2;
/// A carriage return, to be read as a line feed.
pub(super) const RETURN: u8 = 3;
/// `&`.
pub(super) const AMPERSAND: u8 = 4;
/// `<`.
pub(super) const LESS: u8 = 5;
/// `>`, which may not end `]]>`.
pub(super) const GREATER: u8 = 6;
/// The first byte of U+F000 to U+FFFF, of which two are no characters.
pub(super) const LAST_PLANE: u8 = 7;
/// A control character.
pub(super) const CONTROL: u8 = 8;

static CLASSES: [u8; 256] = classes();

#[expect(clippy::indexing_slicing, reason = "evaluated at compile time")]
const fn classes() -> [u8; 256] {
    let mut table = [PLAIN; 256];
    let mut control = 0;
    while control < 0x20 {
        table[control] = CONTROL;
        control += 1;
    }
    table[b' ' as usize] = SPACE;
    table[b'\t' as usize] = BREAK;
    table[b'\n' as usize] = BREAK;
    table[b'\r' as usize] = RETURN;
    table[b'&' as usize] = AMPERSAND;
    table[b'<' as usize] = LESS;
    table[b'>' as usize] = GREATER;
    table[0xEF] = LAST_PLANE;
    table
}

/// The class of a byte.
#[inline]
#[expect(clippy::indexing_slicing, reason = "the table has a place for each byte")]
pub(super) fn class(byte: u8) -> u8 {
    CLASSES[byte as usize]
}

/// XML's white space.
#[inline]
pub(super) const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Whether U+FFFE or U+FFFF starts here.
#[inline]
pub(super) fn is_no_character(bytes: &[u8], at: usize) -> bool {
    matches!(bytes.get(at..at + 3), Some([0xEF, 0xBF, 0xBE | 0xBF]))
}

/// Whether XML 1.0 allows this character in a document.
pub(super) const fn is_allowed(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// How a character that can't be printed is named in a message.
pub(super) fn code_point(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

// Marks the bytes of a word that equal `byte`. False marks occur only above a true one.
const fn equal(word: u64, byte: u8) -> u64 {
    let difference = word ^ (ONES * byte as u64);
    difference.wrapping_sub(ONES) & !difference & HIGHS
}

/// How many of the first bytes are ASCII that needs no second look: printable, and none of `&`, `<` and `stop`.
/// Eight at a time.
#[inline]
pub(super) fn plain_prefix(bytes: &[u8], stop: u8) -> usize {
    let mut length = 0;
    for chunk in bytes.chunks_exact(8) {
        let word = chunk.try_into().map_or(0, u64::from_le_bytes);
        let special = word // beyond ASCII
            | (word.wrapping_sub(ONES * 0x20) & !word) // below the space
            | equal(word, b'&')
            | equal(word, b'<')
            | equal(word, stop);
        let special = special & HIGHS;
        if special != 0 {
            return length + (special.trailing_zeros() / 8) as usize;
        }
        length += 8;
    }
    length
}

/// How many of the first bytes are spaces, in steps of eight.
#[inline]
pub(super) fn spaces_prefix(bytes: &[u8]) -> usize {
    const SPACES: u64 = u64::from_ne_bytes(*b"        ");
    let is_blank = |chunk: &&[u8]| (*chunk).try_into().is_ok_and(|chunk| u64::from_ne_bytes(chunk) == SPACES);
    8 * bytes.chunks_exact(8).take_while(is_blank).count()
}
