//! GDPR: the articles that the management of API keys touches, as controller of what it keeps of people.

use super::{Control, control};
use crate::compliance::theme::{access, alerts, crypto, life, people, trail, watch};

#[rustfmt::skip]
pub(super) const CONTROLS: &[Control] = &[
    control("Art. 5(1)(c)", "Data minimisation", "Is no more kept of people than what keys need?", &[people::minimised]),
    control("Art. 5(1)(e)", "Storage limitation", "Is what identifies somebody kept no longer than needed?", &[people::minimised, trail::kept]),
    control("Art. 5(2)", "Accountability", "Is it on record what was done, by whom?", &[trail::complete, trail::whole]),
    control("Art. 15", "Access by the data subject", "Can somebody get all that is kept of him?", &[people::access]),
    control("Art. 17", "Erasure", "Can somebody be forgotten, with nothing left that names him?", &[people::erasure]),
    control("Art. 25", "Protection by design and by default", "Do keys end, and are they bound, unless somebody says why not?", &[access::expiry, access::conditions]),
    control("Art. 30", "Records of processing", "What is stored of people: where, for what, for how long, how protected?", &[people::register]),
    control("Art. 32", "Security of processing", "Is what is kept protected by cryptography, and access to it controlled?",
        &[crypto::secrets, crypto::transit, crypto::own_keys, access::privileged]),
    control("Art. 33", "Notification of a breach", "Which keys were compromised, what was stopped, and who was told?",
        &[alerts::raised, alerts::responses, watch::incidents, watch::breach, watch::told, life::ended]),
];
