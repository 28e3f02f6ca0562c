//! PCI DSS 4.0.1: the requirements that the management of API keys serves. Keys are its system and application accounts.

use super::{Control, control};
use crate::compliance::theme::{access, change, crypto, life, trail, watch};

#[rustfmt::skip]
pub(super) const CONTROLS: &[Control] = &[
    control("3.6.1", "Keys that protect data are themselves protected", "Are private and secret keys kept sealed, each bound to its place?",
        &[crypto::own_keys]),
    control("3.7.1", "Strong keys are generated", "Do keys come from an approved generator, with enough bits?", &[crypto::module]),
    control("3.7.4", "Keys are changed at the end of their cryptoperiod", "Are signing keys and secrets replaced in time?",
        &[life::rotation, crypto::own_keys]),
    control("3.7.5", "Keys are retired, replaced or destroyed", "Are keys that ended or are suspected beyond use?",
        &[life::ended, crypto::destruction]),
    control("4.2.1", "Strong cryptography in transit", "Does all traffic that carries keys go through TLS?", &[crypto::transit]),
    control("7.2.2", "Access is given by job and least privilege", "Does each key grant no more than it was made for?", &[access::scopes, access::privileged]),
    control("7.2.5", "Application and system accounts have least privilege", "Are keys with wide grants few and hedged?", &[access::privileged, access::conditions]),
    control("7.2.5.1", "Their access is reviewed periodically", "Was every key in use made, changed or renewed not too long ago?", &[access::reviewed]),
    control("7.3.3", "Access is denied by default", "Is what no scope and policy permits refused?", &[watch::decisions]),
    control("8.2.6", "Inactive accounts are disabled within 90 days", "Is there a key in use that nobody has used for 90 days?", &[access::idle]),
    control("8.3.2", "Authentication factors are unreadable in storage and transit", "Are secrets hashed where they are kept and encrypted where they travel?",
        &[crypto::secrets, crypto::transit]),
    control("8.3.4", "Invalid attempts are limited", "Are failed attempts on record and limited?", &[watch::refusals, access::limits]),
    control("8.6.1", "Interactive use of system accounts is controlled", "Does somebody answer for each key, and is its use bound to places?", &[access::inventory, access::conditions]),
    control("8.6.2", "Secrets stand in no code or file", "Were keys that were found where they don't belong revoked?", &[watch::incidents]),
    control("8.6.3", "Secrets are changed periodically and on suspicion", "Does each key get a new secret often enough?", &[life::rotation, access::expiry]),
    control("10.2.1", "Acts are logged", "Are all administrative acts and refusals on record?", &[trail::events]),
    control("10.2.2", "Log entries say enough", "Does each entry say who, what, when, with which outcome, from where and about what?", &[trail::complete]),
    control("10.3", "Logs are protected from change", "Can it be proven that no entry was changed or taken out?", &[trail::whole]),
    control("10.5.1", "Logs are kept for twelve months", "How far back does the trail reach?", &[trail::kept]),
    control("10.6", "Clocks are synchronised", "Do the clocks of all nodes agree?", &[trail::clocks]),
    control("10.7", "Failures of controls are noticed", "Does somebody hear of what fails?", &[watch::told]),
    control("6.5.1", "Changes follow procedures", "Is each change of what governs access on record with who made it?", &[change::administration]),
];
