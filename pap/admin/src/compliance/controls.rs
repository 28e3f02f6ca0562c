//! The controls, a function each: what it asks, and what of the evidence it looks at.

use std::collections::BTreeMap;
use std::fmt::Display;

use argus_credentials::Iterations;

use super::{Control, ControlResult, Evidence, EvidenceItem};

/// SP 800-132 §5.1: the random part of a salt has at least 128 bits.
const SALT_OCTETS: usize = 16;

/// SP 800-132 §5.3: what is derived has at least 112 bits.
const DERIVED_OCTETS: usize = 14;

/// All controls, in the order of the sections.
pub(crate) fn controls(found: &Evidence) -> Vec<Control> {
    vec![
        cryptographic_module(found),
        random_numbers(found),
        generation(found),
        entry_and_output(found),
        storage(found),
        ownership(found),
        rotation(found),
        zeroisation(found),
        iterations(found),
        salt_length(found),
        self_tests(found),
    ]
}

/// A control that is being put together.
struct Finding(Control);

impl Finding {
    fn new((id, title): (&'static str, &'static str), asks: &'static str, references: &'static [&'static str]) -> Self {
        let (evidence, findings) = (Vec::new(), Vec::new());
        Self(Control { id, title, asks, references, result: ControlResult::Pass, evidence, findings })
    }

    fn with(mut self, name: impl Into<String>, value: impl Display) -> Self {
        self.0.evidence.push(EvidenceItem { name: name.into(), value: value.to_string() });
        self
    }

    /// Fails, and says what to do, where it doesn't hold.
    fn holds(mut self, holds: bool, otherwise: impl Into<String>) -> Control {
        self = self.unless(!holds, otherwise);
        self.0
    }

    fn unless(mut self, fails: bool, otherwise: impl Into<String>) -> Self {
        if fails {
            self.0.result = ControlResult::Fail;
            self.0.findings.push(otherwise.into());
        }
        self
    }
}

/// Digests of what is no secret are made beside the module, and so is what the drivers do to log in to a database.
const BESIDE: &str = "SHA-256 of audit entries, policies and thumbprints; the log-in to PostgreSQL";

fn cryptographic_module(found: &Evidence) -> Control {
    let control = Finding::new(
        ("cryptographic_module", "The cryptographic module"),
        "it is known which module does the cryptography, and one that is made for FIPS 140-3 is in its FIPS mode",
        &["FIPS 140-2 4.1", "ISO/IEC 19790 7.2"],
    );
    let Some(module) = found.module else { return control.holds(false, "stop the program: no module answers") };
    let secrets = if module.is_asked_for { "by the module" } else { "beside it" };
    control
        .with("module", format!("AWS-LC {}", module.library))
        .with("built with the feature fips", yes(module.is_asked_for))
        .with("its branch for FIPS 140-3", module.version.map_or_else(|| "none".to_owned(), |v| v.to_string()))
        .with("in FIPS mode, by its own word", yes(module.is_in_fips_mode))
        .with("its known-answer tests pass now", yes(module.passes_its_tests))
        .with("by the module", "TLS, signatures, AES-256-GCM and HKDF of the master key, the audit's HMAC")
        .with("random numbers, PBKDF2 and HMAC of secrets", secrets)
        .with("beside it", BESIDE)
        .holds(module.is_sound(), "stop the program: its module isn't in FIPS mode, or computes wrong")
}

fn random_numbers(found: &Evidence) -> Control {
    let source = if found.module.is_some_and(|module| module.is_asked_for) {
        "the module's DRBG, which it seeds itself; without it the program doesn't start"
    } else {
        "the operating system's generator, asked for every key; without it the program doesn't start"
    };
    let works = found.self_tests.iter().any(|(name, passes)| *name == "the random number generator" && *passes);
    Finding::new(
        ("random_numbers", "Random numbers"),
        "keys and salts come from an approved source of random bits",
        &["FIPS 140-2 4.7.1", "ISO/IEC 19790 7.9.2"],
    )
    .with("source", source)
    .with("answers now, and never twice alike", yes(works))
    .holds(works, "the generator gives no random bits: stop the program")
}

fn generation(found: &Evidence) -> Control {
    Finding::new(
        ("generation", "Generation of keys"),
        "secrets are drawn at random with at least 128 bits, salts are never used twice",
        &["FIPS 140-2 4.7.2", "ISO/IEC 19790 7.9.3", "SP 800-132 5.1"],
    )
    .with("bits of a secret", 256)
    .with("secrets in use", sum(&found.iterations))
    .with("salts that two secrets have", found.repeated_salts)
    .with("published signing keys", list(&found.signing_keys))
    .holds(found.repeated_salts == 0, "two secrets have one salt: rotate them, and look for a copied database")
}

fn entry_and_output(found: &Evidence) -> Control {
    Finding::new(
        ("entry_and_output", "Entry and output of keys"),
        "no secret and no private key leaves in plain text but for the one showing of a secret",
        &["FIPS 140-2 4.7.4", "ISO/IEC 19790 7.9.5"],
    )
    .with("secrets kept as something else than a PBKDF2-HMAC-SHA-256 hash", found.unreadable_hashes)
    .with("keys kept outside an envelope", found.unsealed)
    .unless(found.unreadable_hashes > 0, "a stored hash can't be read: restore it from a backup, or rotate the key")
    .holds(found.unsealed == 0, "a key of the installation is not sealed: restore the database from a backup")
}

fn storage(found: &Evidence) -> Control {
    let of_another = found.master_keys.iter().filter(|name| Some(*name) != found.master_key.as_ref()).count();
    let sealed = Finding::new(
        ("storage", "Storage of keys"),
        "private and secret keys are kept encrypted: AES-256-GCM under the master key, each bound to its place",
        &["FIPS 140-2 4.7.5", "ISO/IEC 19790 7.9.6"],
    )
    .with("sealed keys by purpose", list(&found.envelopes))
    .with("master key at hand", found.master_key.as_deref().unwrap_or("none"))
    .with("master keys that the envelopes need besides", of_another);
    sealed
        .holds(of_another == 0, "keys are sealed under a master key that isn't here: put it back, or restore a backup")
}

fn ownership(found: &Evidence) -> Control {
    Finding::new(
        ("ownership", "Ownership of keys"),
        "every stored key belongs to somebody who answers for it",
        &["FIPS 140-2 4.7.5", "ISO/IEC 19790 7.9.1"],
    )
    .with("keys in use", found.care.in_use)
    .with("keys without an owner", found.care.without_owner)
    .holds(found.care.without_owner == 0, "keys have no owner: `argus key list` shows them, give each of them one")
}

fn rotation(found: &Evidence) -> Control {
    let newest = found.newest_credential_days.map_or_else(|| "none".to_owned(), |days| format!("{days} days ago"));
    Finding::new(
        ("rotation_interval", "Intervals of rotation"),
        "keys end or are replaced after a time, and whoever lets one live on has said why",
        &["FIPS 140-2 4.7", "ISO/IEC 19790 7.9.1", "SP 800-57 part 1 5.3"],
    )
    .with("newest secret or rotation", newest)
    .with("age of the installation's own keys, in days", list(&found.newest_key_days))
    .with("keys that never end, with no recorded exception", found.care.without_end)
    .with("rotations that are more than a day overdue", found.care.overdue)
    .unless(
        found.care.without_end > 0,
        "keys live for ever and nobody has said why: `argus key list --risk` shows them",
    )
    .holds(found.care.overdue == 0, "rotations are overdue: see that a node that administers is running")
}

fn zeroisation(found: &Evidence) -> Control {
    let (signing, people) = found.destroyed;
    let not_wiped = if found.module.is_some_and(|module| module.is_asked_for) {
        "what the HTTP and TLS libraries keep of a request, until another takes its place"
    } else {
        "buffers of the HTTP and TLS libraries, until something else stands there; with the feature fips, when freed"
    };
    Finding::new(
        ("zeroisation", "Zeroisation"),
        "what isn't needed any more is wiped: in memory when it is let go of, in the database when a key ends",
        &["FIPS 140-2 4.7.6", "ISO/IEC 19790 7.9.7"],
    )
    .with("in memory", "secrets, keys, derived octets and digests, when they are dropped")
    .with("not wiped", not_wiped)
    .with("signing keys whose private part was destroyed", signing)
    .with("people whose key was destroyed", people)
    .with("private parts that should be gone", found.remains)
    .holds(found.remains == 0, "private parts of ended keys are still there: restore the database's constraints")
}

fn iterations(found: &Evidence) -> Control {
    let lowest = found.iterations.keys().next().copied();
    let below = found.iterations.range(..found.new_iterations).map(|(_, count)| count).sum();
    let is_enough = |count: u32| count >= Iterations::PRODUCTION;
    Finding::new(
        ("pbkdf2_iterations", "Iterations of PBKDF2"),
        "secrets are hashed by PBKDF2-HMAC-SHA-256 with 600,000 iterations or more (SP 800-132 asks for 1,000)",
        &["SP 800-132 5.2"],
    )
    .with("secrets by iterations", list(&found.iterations))
    .with("iterations of new hashes", found.new_iterations)
    .with("secrets with fewer than new ones, raised when they are next shown", share(below, sum(&found.iterations)))
    .with("octets that are derived, by secrets", list(&found.lengths))
    .unless(!is_enough(found.new_iterations), "new hashes have fewer iterations than 600,000")
    .unless(
        found.lengths.keys().any(|octets| *octets < DERIVED_OCTETS),
        "a hash is shorter than 112 bits: rotate its key",
    )
    .holds(
        lowest.is_none_or(is_enough),
        "secrets have fewer iterations than 600,000 and are refused: rotate the keys, and the new hash has enough",
    )
}

fn salt_length(found: &Evidence) -> Control {
    let is_short = found.salts.keys().any(|octets| *octets < SALT_OCTETS);
    Finding::new(("salt_length", "Length of salts"), "a salt has at least 128 random bits", &["SP 800-132 5.1"])
        .with("secrets by octets of their salt", list(&found.salts))
        .holds(!is_short, "a salt is shorter than 16 octets: rotate the key, and the new hash has a longer one")
}

fn self_tests(found: &Evidence) -> Control {
    let failed: Vec<&str> = found.self_tests.iter().filter(|(_, passes)| !passes).map(|(name, _)| *name).collect();
    let mut control = Finding::new(
        ("self_tests", "Self-tests"),
        "each primitive gives its known answer: at every start, without which the program ends, and now",
        &["FIPS 140-2 4.9", "ISO/IEC 19790 7.10"],
    );
    for (name, passes) in &found.self_tests {
        control = control.with(*name, if *passes { "gives its known answer" } else { "does not" });
    }
    control.holds(failed.is_empty(), format!("stop the program: {} fails", failed.join(", ")))
}

fn yes(is_so: bool) -> &'static str {
    if is_so { "yes" } else { "no" }
}

fn sum<K>(counts: &BTreeMap<K, u64>) -> u64 {
    counts.values().sum()
}

/// `3 of 12 (25 %)`, rounded up: none is only said of none.
fn share(some: u64, all: u64) -> String {
    let percent = some.saturating_mul(100).div_ceil(all.max(1));
    format!("{some} of {all} ({percent} %)")
}

/// `600000: 12, 1000: 1`.
fn list<K: Display, V: Display>(counts: &BTreeMap<K, V>) -> String {
    if counts.is_empty() {
        return "none".to_owned();
    }
    counts.iter().map(|(name, count)| format!("{name}: {count}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use argus_credentials::CryptographicModule;
    use argus_store::evidence::KeyCare;

    use super::*;

    const MODULE: CryptographicModule = CryptographicModule {
        library: "1.2.3",
        is_asked_for: false,
        is_in_fips_mode: false,
        version: None,
        passes_its_tests: true,
    };

    fn good() -> Evidence {
        Evidence {
            self_tests: vec![("the random number generator", true), ("SHA-256", true)],
            module: Some(MODULE),
            iterations: BTreeMap::from([(600_000, 3)]),
            salts: BTreeMap::from([(16, 3)]),
            lengths: BTreeMap::from([(32, 3)]),
            new_iterations: 600_000,
            ..Evidence::default()
        }
    }

    fn failed(found: &Evidence) -> Vec<&'static str> {
        controls(found)
            .iter()
            .filter(|control| control.result == ControlResult::Fail)
            .map(|control| control.id)
            .collect()
    }

    #[test]
    fn each_control_fails_by_its_own_evidence() {
        assert_eq!(failed(&good()), [""; 0]);
        let care = |care| Evidence { care, ..good() };
        let module = |module| Evidence { module: Some(module), ..good() };
        let cases: [(Evidence, &[&str]); 15] = [
            (Evidence { module: None, ..good() }, &["cryptographic_module"]),
            (module(CryptographicModule { passes_its_tests: false, ..MODULE }), &["cryptographic_module"]),
            (module(CryptographicModule { is_asked_for: true, ..MODULE }), &["cryptographic_module"]),
            (
                Evidence { self_tests: vec![("the random number generator", false)], ..good() },
                &["random_numbers", "self_tests"],
            ),
            (Evidence { repeated_salts: 1, ..good() }, &["generation"]),
            (Evidence { unreadable_hashes: 1, ..good() }, &["entry_and_output"]),
            (Evidence { unsealed: 1, ..good() }, &["entry_and_output"]),
            (Evidence { master_keys: ["x".to_owned()].into(), ..good() }, &["storage"]),
            (care(KeyCare { without_owner: 1, ..KeyCare::default() }), &["ownership"]),
            (care(KeyCare { without_end: 1, ..KeyCare::default() }), &["rotation_interval"]),
            (care(KeyCare { overdue: 1, ..KeyCare::default() }), &["rotation_interval"]),
            (Evidence { remains: 1, ..good() }, &["zeroisation"]),
            (Evidence { iterations: BTreeMap::from([(599_999, 1), (600_000, 2)]), ..good() }, &["pbkdf2_iterations"]),
            (Evidence { lengths: BTreeMap::from([(13, 1)]), ..good() }, &["pbkdf2_iterations"]),
            (Evidence { salts: BTreeMap::from([(15, 1)]), ..good() }, &["salt_length"]),
        ];
        for (found, expected) in cases {
            assert_eq!(failed(&found), expected);
            for control in controls(&found) {
                assert_eq!(control.findings.is_empty(), control.result == ControlResult::Pass, "{}", control.id);
            }
        }
    }

    #[test]
    fn what_share_of_the_hashes_is_to_be_raised_is_told() {
        let told = |iterations: &[(u32, u64)], new_iterations| {
            let found = Evidence { iterations: iterations.iter().copied().collect(), new_iterations, ..good() };
            let control = super::iterations(&found);
            assert_eq!(control.result, ControlResult::Pass);
            let item = control.evidence.into_iter().find(|item| item.name.starts_with("secrets with fewer")).unwrap();
            item.value
        };
        assert_eq!(told(&[(600_000, 3)], 600_000), "0 of 3 (0 %)");
        assert_eq!(told(&[(600_000, 1), (650_000, 1), (700_000, 998)], 700_000), "2 of 1000 (1 %)");
        assert_eq!(told(&[], 700_000), "0 of 0 (0 %)");
    }

    #[test]
    fn nothing_is_said_that_only_a_laboratory_may_say() {
        let text =
            serde_json::to_string(&super::super::FipsReport::new(chrono::DateTime::UNIX_EPOCH, controls(&good())));
        let text = text.unwrap().to_lowercase();
        assert!(!text.contains("validat") && !text.contains("certif"), "{text}");
    }
}
