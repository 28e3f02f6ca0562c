//! SOC 2: the common criteria that the management of API keys serves.

use super::{Control, control};
use crate::compliance::theme::{access, alerts, change, crypto, life, review, trail, watch};

#[rustfmt::skip]
pub(super) const CONTROLS: &[Control] = &[
    control("CC6.1", "Logical access is restricted to what is known",
        "Is every key on record with somebody who answers for it, and is no secret kept in a form that can be used?",
        &[access::inventory, crypto::secrets]),
    control("CC6.2", "Access is given and taken away by those entitled to",
        "Is there a record of who made, suspended and ended each key, by which decision?",
        &[life::made, life::ended]),
    control("CC6.3", "Access follows from roles and least privilege, and is reviewed",
        "Are wide grants few and hedged, are all grants reviewed each quarter, and is that signed and carried out?",
        &[access::privileged, review::signed]),
    control("CC6.5", "What is no longer needed is made unusable",
        "Are ended keys and retired private keys beyond use, with nothing of them left?",
        &[life::overdue_ends, crypto::destruction]),
    control("CC6.6", "Threats from outside the boundary are held off",
        "Are keys bound to the places they may be used from, and to limits?",
        &[access::conditions, access::limits]),
    control("CC6.7", "Information is protected while it moves",
        "Does all traffic that carries keys go through TLS?",
        &[crypto::transit]),
    control("CC6.8", "Nothing unauthorised takes effect",
        "Is what decides over access on record, and does the record show each change of it?",
        &[change::policies]),
    control("CC7.1", "Changes that open a weakness are detected",
        "Would a key without an end, an owner or a rotation be noticed, and is the use of each watched?",
        &[access::expiry, life::rotation, alerts::detectors]),
    control("CC7.2", "Anomalies are watched for",
        "Do detectors watch, what did they find, are decisions and refusals counted, and is the trail of acts whole?",
        &[alerts::detectors, alerts::raised, watch::decisions, watch::refusals, trail::whole]),
    control("CC7.3", "Events are evaluated",
        "Does somebody hear of what happens to keys, and how soon does somebody answer an alert?",
        &[alerts::answered, watch::told]),
    control("CC7.4", "Incidents are responded to",
        "Which keys were stopped because something was wrong, by whom or by which policy, and how soon?",
        &[alerts::responses, alerts::answered, watch::incidents, watch::told]),
    control("CC8.1", "Changes are authorised and documented",
        "Is each change of policies, organisations and projects on record with who made it?",
        &[change::administration, trail::complete]),
];
