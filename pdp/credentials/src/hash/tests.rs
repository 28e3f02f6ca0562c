//! Known answers, and what is not believed.

#![expect(clippy::string_slice, reason = "hexadecimal digits are ASCII")]

use pbkdf2::{pbkdf2_hmac, sha2::Sha256};

use super::*;

fn quick() -> Hasher {
    Hasher::new(Iterations::new(Iterations::LOWEST_IN_TESTS, Environment::Test).unwrap())
}

fn octets(hexadecimal: &str) -> Vec<u8> {
    (0..hexadecimal.len()).step_by(2).map(|at| u8::from_str_radix(&hexadecimal[at..at + 2], 16).unwrap()).collect()
}

/// RFC 7914 §11, both vectors.
#[test]
fn the_vectors_of_the_standard_are_met() {
    let mut output = [0; 64];
    pbkdf2_hmac::<Sha256>(b"passwd", b"salt", 1, &mut output);
    let expected = "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc\
                    49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783";
    assert_eq!(output.as_slice(), octets(expected));

    let params = Params::new_with_output_len(80_000, 64).unwrap();
    Pbkdf2::new(Algorithm::Pbkdf2Sha256, params).hash_password_into(b"Password", b"NaCl", &mut output);
    let expected = "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56\
                    a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d";
    assert_eq!(output.as_slice(), octets(expected));
}

/// The answer is that of Python: `hashlib.pbkdf2_hmac("sha256", b"argus_test_x", bytes(range(16)), 600000)`.
#[test]
fn six_hundred_thousand_rounds_agree_with_another_implementation() {
    let stored = "$pbkdf2-sha256$i=600000,l=32$AAECAwQFBgcICQoLDA0ODw$FfrsjCMYkBLff2jlL162yHOxsGJHzrQgX8JJyz8AIjw";
    let hash = Hasher::new(Iterations::production()).read(stored).unwrap();
    assert_eq!(hash.iterations().count(), 600_000);
    assert!(hash.matches("argus_test_x"));
    assert_eq!(hash.to_string(), stored);
}

#[test]
fn a_hash_matches_its_text_alone_and_is_salted() {
    let hash = quick().hash("argus_test_secret").unwrap();
    assert!(hash.matches("argus_test_secret"));
    assert!(!hash.matches("argus_test_secreT") && !hash.matches(""));
    assert_ne!(quick().hash("argus_test_secret").unwrap(), hash);
    assert_eq!(quick().read(&hash.to_string()).unwrap(), hash);
}

#[test]
fn live_never_goes_below_six_hundred_thousand() {
    assert_eq!(Iterations::production().count(), 600_000);
    assert_eq!(Iterations::new(600_000, Environment::Live), Ok(Iterations::production()));
    assert!(Iterations::new(10_000_000, Environment::Live).is_ok());
    let error = Iterations::new(599_999, Environment::Live).unwrap_err();
    assert_eq!(
        error.to_string(),
        "599999 iterations are out of bounds: in `live`, from 600000 to 10000000 are allowed"
    );
    assert!(Iterations::new(10_000_001, Environment::Live).is_err());
    assert!(Iterations::new(1_000, Environment::Test).is_ok());
    assert!(Iterations::new(999, Environment::Test).is_err());
}

#[test]
fn a_stored_count_is_believed_only_within_bounds() {
    let weak = quick().hash("secret").unwrap();
    let production = Hasher::new(Iterations::production());
    assert_eq!(production.read(&weak.to_string()), Err(HashError::Iterations(1_000)));
    assert!(production.would_strengthen(&weak) && !quick().would_strengthen(&weak));
    let stored = weak.to_string();
    let with = |count: &str| quick().read(&stored.replace("i=1000", count));
    assert_eq!(with("i=4294967295"), Err(HashError::Iterations(u32::MAX)));
    assert_eq!(with("i=10000001"), Err(HashError::Iterations(10_000_001)));
    assert_eq!(with("i=999"), Err(HashError::Iterations(999)));
    assert_eq!(with("i=4294967296"), Err(HashError::Form));
    assert!(with("i=10000000").is_ok());
}

/// A setting above the floor doesn't orphan the hashes made before it was raised.
#[test]
fn a_raised_count_still_reads_hashes_of_the_floor() {
    let raised = Hasher::new(Iterations::new(700_000, Environment::Live).unwrap());
    let stored = "$pbkdf2-sha256$i=600000,l=32$AAECAwQFBgcICQoLDA0ODw$FfrsjCMYkBLff2jlL162yHOxsGJHzrQgX8JJyz8AIjw";
    let hash = raised.read(stored).unwrap();
    assert!(raised.would_strengthen(&hash));
}

#[test]
fn only_the_one_spelling_is_read() {
    let stored = quick().hash("secret").unwrap().to_string();
    let refused = |from: &str, to: &str| quick().read(&stored.replacen(from, to, 1)).unwrap_err();
    assert_eq!(refused("$pbkdf2-sha256", "pbkdf2-sha256"), HashError::Form);
    assert_eq!(refused("sha256", "sha512"), HashError::Algorithm);
    assert_eq!(refused("sha256", "sha1"), HashError::Algorithm);
    assert_eq!(refused("i=1000", "i=01000"), HashError::Form);
    assert_eq!(refused("i=1000", "i=+1000"), HashError::Form);
    assert_eq!(refused("i=1000,l=32", "i=1000"), HashError::Form);
    assert_eq!(refused("i=1000,l=32", "l=32,i=1000"), HashError::Output);
    assert_eq!(refused("l=32", "l=16"), HashError::Output);
    assert_eq!(refused("l=32", "v=1,l=32"), HashError::Output);
    assert_eq!(quick().read(&format!("{stored}=")), Err(HashError::Form));
    assert_eq!(quick().read(&format!("{stored}$")), Err(HashError::Form));
    assert_eq!(quick().read(""), Err(HashError::Form));
    let (_, output) = stored.rsplit_once('$').unwrap();
    let with_salt = |salt: &str| quick().read(&format!("$pbkdf2-sha256$i=1000,l=32${salt}${output}"));
    assert_eq!(with_salt("c2FsdA"), Err(HashError::Salt(4)));
    assert_eq!(with_salt(&"A".repeat(66)), Err(HashError::Salt(49)));
    assert!(with_salt(&"A".repeat(64)).is_ok());
    assert_eq!(quick().read("$pbkdf2-sha256$i=1000,l=32$AAECAwQFBgcICQoLDA0ODw$AAAA"), Err(HashError::Output));
}

#[test]
fn nothing_that_is_printed_shows_salt_or_hash() {
    let hash = quick().hash("secret").unwrap();
    assert_eq!(format!("{hash:?}"), "StoredHash($pbkdf2-sha256$i=1000,…)");
}
