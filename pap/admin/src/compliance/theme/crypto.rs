//! What protects keys: how secrets are kept, how they travel, how the installation's own keys live.

use argus_store::audit::AuditEvent;

use super::Finding;
use crate::compliance::ControlResult;
use crate::compliance::facts::Facts;

pub(in super::super) fn secrets(facts: &Facts) -> Finding {
    of_fips(facts, &["entry_and_output", "pbkdf2_iterations", "salt_length"])
}

pub(in super::super) fn module(facts: &Facts) -> Finding {
    of_fips(facts, &["cryptographic_module", "random_numbers", "generation", "self_tests"])
}

pub(in super::super) fn own_keys(facts: &Facts) -> Finding {
    of_fips(facts, &["storage", "rotation_interval"])
        .counts(facts, &[AuditEvent::SigningKeyPublished, AuditEvent::SigningKeyRetired, AuditEvent::WrappedKeyCreated])
}

pub(in super::super) fn destruction(facts: &Facts) -> Finding {
    of_fips(facts, &["zeroisation"])
}

/// What the controls of FIPS 140 found. They are of the whole installation.
fn of_fips(facts: &Facts, ids: &[&str]) -> Finding {
    let controls: Vec<_> = facts.fips.iter().filter(|control| ids.contains(&control.id)).collect();
    let mut found = Finding::new();
    for control in controls {
        let fails = control.result == ControlResult::Fail;
        found = found.with(control.asks, if fails { "no" } else { "yes" });
        // They count what other organisations have as well.
        for item in control.evidence.iter().filter(|_| facts.is_of_all()) {
            found = found.with(item.name.clone(), &item.value);
        }
        found = found.attention(fails, || control.findings.join("; "));
    }
    found
}

pub(in super::super) fn transit(facts: &Facts) -> Finding {
    if facts.addresses.is_empty() {
        return Finding::not_covered("the installation doesn't know its own addresses: set ARGUS_PAP_URL and its like");
    }
    let mut found = Finding::new();
    for (name, address) in &facts.addresses {
        let is_open = address.starts_with("http://");
        let how = match (is_open, is_here(address)) {
            (false, _) => "TLS",
            (true, true) => "not encrypted, and reached from this machine alone",
            (true, false) => "not encrypted",
        };
        found = found.with(format!("{name} at {address}"), how);
        found = found.attention(is_open && !is_here(address), || {
            format!("{address} is not encrypted: give it a certificate, or put a proxy with one before it")
        });
    }
    found
}

/// Whether an address leads nowhere but to this machine.
fn is_here(address: &str) -> bool {
    let host = address.split("://").nth(1).unwrap_or_default();
    ["127.", "localhost", "[::1]"].iter().any(|here| host.starts_with(here))
}
