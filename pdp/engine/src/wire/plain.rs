//! How far a text runs before the next byte that means something.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// How many bytes stand before the first of `stops`, or before the first control character where `CONTROLS`: eight
/// at a time, since most of a request is identifiers of fifty characters.
#[inline]
pub(super) fn plain_length<const N: usize, const CONTROLS: bool>(bytes: &[u8], stops: [u8; N]) -> usize {
    let (words, tail) = bytes.as_chunks::<8>();
    for (count, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // Each term sets the high bit of a byte that is a stop. Above the lowest such bit others may be set falsely.
        let mut found = if CONTROLS { word.wrapping_sub(ONES * 0x20) & !word } else { 0 };
        for stop in stops {
            let zero = word ^ (ONES * u64::from(stop));
            found |= zero.wrapping_sub(ONES) & !zero;
        }
        if found & HIGH != 0 {
            return count * 8 + (found & HIGH).trailing_zeros() as usize / 8;
        }
    }
    let stop = tail.iter().position(|byte| stops.contains(byte) || (CONTROLS && *byte < 0x20));
    words.len() * 8 + stop.unwrap_or(tail.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_length_stops_where_a_bytewise_search_stops() {
        for length in 0..20 {
            for stop in ["\"", "\\", "\n", "\u{1f}", "", "é\""] {
                let text = format!("{}{stop}{}", "x".repeat(length), "\u{7f}é!\"tail, long enough");
                let plainly = text.bytes().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
                assert_eq!(Some(plain_length::<2, true>(text.as_bytes(), [b'"', b'\\'])), plainly, "{text:?}");
                let plainly = text.bytes().position(|byte| byte == b'"');
                assert_eq!(Some(plain_length::<1, false>(text.as_bytes(), [b'"'])), plainly, "{text:?}");
            }
        }
    }
}
