//! Minting and reading are each other's inverse, and nothing else reads as a key.

#![expect(clippy::string_slice, reason = "keys are ASCII")]

use std::collections::HashSet;

use proptest::prelude::*;
use regex::Regex;

use super::*;
use crate::tag::{TagKey, TagKeys, TagVersion};

fn tag_keys() -> TagKeys {
    TagKeys::new(&TagKey::from_octets(TagVersion::FIRST, &[3; 32]), &[]).unwrap()
}

fn minted(environment: Environment) -> String {
    mint(&tag_keys(), environment).unwrap().token.expose().to_owned()
}

#[test]
fn a_minted_key_is_read_back() {
    for environment in [Environment::Live, Environment::Test] {
        let key = mint(&tag_keys(), environment).unwrap();
        let token = key.token.expose();
        let read = PresentedKey::parse(token).unwrap();
        assert_eq!((token.len(), read.environment(), read.id()), (KEY_LENGTH, environment, key.id));
        assert_eq!(token, format!("{}{}{}{}", environment.prefix(), key.id, read.expose_secret(), &token[66..]));
        assert!(tag_keys().verify(&read));
    }
}

#[test]
fn ten_thousand_keys_have_as_many_ids_and_secrets() {
    let keys: Vec<MintedKey> = (0..10_000).map(|_| mint(&tag_keys(), Environment::Live).unwrap()).collect();
    let ids: HashSet<CredentialId> = keys.iter().map(|key| key.id).collect();
    let secrets: HashSet<&str> =
        keys.iter().map(|key| PresentedKey::parse(key.token.expose()).unwrap().expose_secret()).collect();
    assert_eq!((ids.len(), secrets.len()), (10_000, 10_000));
}

/// `cargo bench -p argus-credentials --bench ids` draws ten million.
#[test]
fn a_million_ids_are_a_million() {
    let ids: HashSet<CredentialId> = (0..1_000_000).map(|_| CredentialId::generate().unwrap()).collect();
    assert_eq!(ids.len(), 1_000_000);
}

#[test]
fn every_change_of_one_character_is_refused() {
    let token = minted(Environment::Live);
    for at in 0..token.len() {
        for other in (0..=127_u8).map(char::from).chain(['é', '\u{ff11}']) {
            let mut changed = token.clone();
            changed.replace_range(at..=at, other.encode_utf8(&mut [0; 4]));
            assert_eq!(PresentedKey::parse(&changed).is_ok(), changed == token, "{changed}");
        }
    }
}

#[test]
fn every_lost_doubled_or_swapped_character_is_refused() {
    let token = minted(Environment::Test);
    for at in 0..token.len() {
        let mut lost = token.clone();
        let character = lost.remove(at);
        assert_eq!(PresentedKey::parse(&lost).unwrap_err(), KeyFormError::Length(KEY_LENGTH - 1));
        let mut doubled = token.clone();
        doubled.insert(at, character);
        assert_eq!(PresentedKey::parse(&doubled).unwrap_err(), KeyFormError::Length(KEY_LENGTH + 1));
        let mut swapped = lost;
        swapped.insert((at + 1) % token.len(), character);
        assert_eq!(PresentedKey::parse(&swapped).is_ok(), swapped == token, "{swapped}");
    }
}

#[test]
fn each_fault_is_named() {
    let token = minted(Environment::Live);
    let fault = |text: &str| PresentedKey::parse(text).unwrap_err();
    assert_eq!(fault(""), KeyFormError::Length(0));
    assert_eq!(fault(&format!("{token}\n")), KeyFormError::Length(KEY_LENGTH + 1));
    assert_eq!(fault(&token.replace("live", "prod")), KeyFormError::Prefix);
    assert_eq!(fault(&token.to_uppercase()), KeyFormError::Prefix);
    assert_eq!(fault(&format!("{}-", &token[..KEY_LENGTH - 1])), KeyFormError::Character);
    assert_eq!(fault(&token.replace("live", "test")), KeyFormError::Checksum);
}

#[test]
fn a_checksum_that_anyone_can_compute_does_not_replace_the_tag() {
    let token = minted(Environment::Live);
    for at in [11, 22, 23, 65] {
        let mut forged = token[..CHECKED].to_owned();
        let other = if &token[at..=at] == "A" { "B" } else { "A" };
        forged.replace_range(at..=at, other);
        forged.push_str(str::from_utf8(&checksum(forged.as_bytes())).unwrap());
        let forged = PresentedKey::parse(&forged).unwrap();
        assert!(!tag_keys().verify(&forged), "changed at {at}");
    }
}

#[test]
fn a_tag_of_every_version_in_use_is_accepted_and_no_other() {
    let [old, new, gone] =
        [1, 2, 3].map(|octet| TagKey::from_octets(TagVersion::from_character(b'0' + octet).unwrap(), &[octet; 32]));
    let minted_by = |key: &TagKey| mint(&TagKeys::new(key, &[]).unwrap(), Environment::Live).unwrap();
    let (by_old, by_new, by_gone) = (minted_by(&old), minted_by(&new), minted_by(&gone));
    let keys = TagKeys::new(&new, &[old]).unwrap();
    let accepts = |key: &MintedKey| keys.verify(&PresentedKey::parse(key.token.expose()).unwrap());
    assert_eq!((accepts(&by_old), accepts(&by_new), accepts(&by_gone)), (true, true, false));
    assert_eq!(keys.minting_version(), new.version());
}

#[test]
fn nothing_that_is_printed_shows_the_secret() {
    let key = mint(&tag_keys(), Environment::Live).unwrap();
    let read = PresentedKey::parse(key.token.expose()).unwrap();
    let shown = format!("{key:?} {read:?} {:?}", tag_keys());
    assert!(!shown.contains(read.expose_secret()) && shown.contains(key.id.as_str()), "{shown}");
}

#[test]
fn the_published_pattern_says_what_the_length_says() {
    assert_eq!(KEY_PATTERN, format!(r"\bargus_(?:live|test)_[0-9A-Za-z]{{{}}}\b", KEY_LENGTH - PREFIX));
}

/// A corpus of what keys are mistaken for: base64, identifiers, digests, other vendors' keys, keys that are cut.
#[test]
fn the_published_pattern_finds_every_key_and_nothing_else() {
    let pattern = Regex::new(KEY_PATTERN).unwrap();
    for _ in 0..1_000 {
        let token = minted(Environment::Live);
        let (whole, body) = (&token[..], &token[PREFIX..]);
        let with_key = [
            format!("ARGUS_KEY={whole}"),
            format!("{{\"key\":\"{whole}\"}}"),
            format!("https://example.org/?key={whole}&page=2"),
            format!("Authorization: Bearer {whole}\r\n"),
            format!("let key='{whole}';"),
        ];
        for text in with_key {
            assert_eq!(pattern.find(&text).map(|found| found.as_str()), Some(whole), "{text}");
            assert!(!redact(&text).contains(&token[PREFIX + ID..]), "{text}");
        }
        let without_key = [
            body.to_owned(),
            format!("{whole}A"),
            whole[..80].to_owned(),
            format!("sk_live_{body}"),
            whole.to_uppercase(),
        ];
        for text in without_key {
            assert_eq!(pattern.find(&text), None, "{text}");
        }
    }
}

#[test]
fn every_key_in_a_text_is_redacted_and_nothing_else() {
    let (first, second) = (minted(Environment::Live), minted(Environment::Test));
    let shown = |token: &str| format!("{}…", &token[..PREFIX + ID]);
    let text = format!("é {first}, argus_live_ argus_test_short argus_live_{second}\n{first}");
    let redacted =
        format!("é {}, argus_live_ argus_test_short argus_live_{}\n{}", shown(&first), shown(&second), shown(&first));
    assert_eq!(redact(&text), redacted);
    assert_eq!(redact(&first[..PREFIX + ID]), first[..PREFIX + ID]);
    assert_eq!(redact(""), "");
}

proptest! {
    #[test]
    fn no_other_text_is_read_as_a_key(text in "(argus_(live|test)_)?[0-9A-Za-z_]{60,90}|.*") {
        prop_assert!(PresentedKey::parse(&text).is_err());
    }

    #[test]
    fn what_is_read_is_spelt_as_it_was_minted(live: bool) {
        let environment = if live { Environment::Live } else { Environment::Test };
        let token = minted(environment);
        prop_assert!(PresentedKey::parse(&token).is_ok());
        prop_assert!(PresentedKey::parse(&token.to_lowercase()).is_err() || token.to_lowercase() == token);
    }
}
