//! ISO/IEC 27001:2022: the controls of annex A that the management of API keys serves.

use super::{Control, control};
use crate::compliance::theme::{access, alerts, change, crypto, life, people, review, trail, watch};

#[rustfmt::skip]
pub(super) const CONTROLS: &[Control] = &[
    control("A.5.15", "Access control", "Does every key grant what was written down, under conditions that were written down?",
        &[access::conditions, access::privileged]),
    control("A.5.16", "Identity management", "Is the whole life of each key on record, from its making to its end?",
        &[access::inventory, life::made]),
    control("A.5.17", "Authentication information", "Are secrets handed out once, kept as slow hashes alone, and renewed?",
        &[crypto::secrets, life::rotation]),
    control("A.5.18", "Access rights", "Are rights reviewed and signed for, changed, and taken away when they are no longer needed?",
        &[life::ended, access::idle, review::signed]),
    control("A.5.24", "Incident management: planning", "Is it settled what is watched, and who hears of what happens to keys?",
        &[alerts::detectors, watch::told]),
    control("A.5.25", "Assessment of events", "Is each alert judged by somebody, and how soon?", &[alerts::raised, alerts::answered]),
    control("A.5.26", "Response to incidents", "Which keys were stopped because something was wrong, and how soon?",
        &[alerts::responses, alerts::renewed, watch::incidents]),
    control("A.5.28", "Collection of evidence", "Can it be proven that the trail was not altered?", &[trail::whole]),
    control("A.5.34", "Privacy", "Is it known what is kept of people, and can it be erased?", &[people::register, people::erasure]),
    control("A.8.2", "Privileged access rights", "Are keys that administer few, hedged and known?", &[access::privileged]),
    control("A.8.3", "Restriction of access to information", "Is access denied unless a scope and all conditions allow it?",
        &[access::scopes, watch::decisions]),
    control("A.8.4", "Access to source code", "Is the source of what decides kept by its digest, and is each change of it on record?",
        &[change::policies]),
    control("A.8.5", "Secure authentication", "Is every use of a key authenticated, are failures on record, is traffic encrypted?",
        &[access::credentials, watch::refusals, crypto::transit]),
    control("A.8.9", "Configuration management", "Is it on record what decides, and since when?", &[change::policies]),
    control("A.8.10", "Deletion of information", "Is what is no longer needed deleted?", &[people::minimised, crypto::destruction]),
    control("A.8.15", "Logging", "Is each act on record with who, what, when and from where, protected and kept?",
        &[trail::complete, trail::whole, trail::kept]),
    control("A.8.16", "Monitoring", "Is the use of keys watched for what is unusual, what was found, and was it answered?",
        &[alerts::detectors, alerts::raised, alerts::answered, watch::decisions, watch::told]),
    control("A.8.17", "Clock synchronisation", "Do the clocks of all nodes agree?", &[trail::clocks]),
    control("A.8.24", "Use of cryptography", "Are approved algorithms used, and do the installation's own keys have a life?",
        &[crypto::module, crypto::own_keys]),
    control("A.8.32", "Change management", "Is each change of what governs access on record?", &[change::administration]),
];
