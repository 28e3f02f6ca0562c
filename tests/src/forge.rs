//! Keys that were never issued: right in form, with the id of a credential that exists, and a checksum that anyone can
//! compute.

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Where the secret begins: after `argus_live_` and the credential's id.
const SECRET: usize = 11 + 12;
const CHECKSUM: usize = 6;

/// Forges a key like a right one, with another secret for each number.
pub fn forged(key: &str, number: u64) -> String {
    let mut text = key.as_bytes()[..key.len() - CHECKSUM].to_vec();
    let mut number = number + 1;
    for character in text.iter_mut().skip(SECRET).take(11) {
        let value = ALPHABET.iter().position(|one| one == character).unwrap() + (number % 62) as usize;
        *character = ALPHABET[value % 62];
        number /= 62;
    }
    let mut checksum = crc32(&text);
    let mut digits = [0; CHECKSUM];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[(checksum % 62) as usize];
        checksum /= 62;
    }
    text.extend_from_slice(&digits);
    String::from_utf8(text).unwrap()
}

/// CRC-32 of ISO 3309, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}

#[cfg(test)]
mod tests {
    use super::{crc32, forged};

    #[test]
    fn the_checksum_is_the_usual_one() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn a_forged_key_differs_only_where_it_was_forged() {
        let key = "argus_live_4fT0nWq9ZxLkHqAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1Zk30aPq20xYz12";
        let other = forged(key, 7);
        assert_eq!((other.len(), &other[..23]), (key.len(), &key[..23]));
        assert_ne!(other, forged(key, 8));
    }
}
