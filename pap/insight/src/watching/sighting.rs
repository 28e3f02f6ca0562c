//! What nodes tell the watcher, as octets in a text: a form, then postcard, in base64.

use std::collections::HashMap;

use argus_store::KeyId;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::anomaly::{Network, NetworkKind, Observation, Outcome, Place};

/// The first octet. A change of what is told is a new form.
const FORM: u8 = 1;

/// The form in which whose networks they are comes behind. It is written where one is out of the ordinary: a program that
/// knows the first form alone reads all else.
const WITH_KINDS: u8 = 2;

/// Uses of one key that are alike in everything.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// When the first was asked for, in seconds since 1970.
    pub at: i64,
    /// How many.
    pub count: u32,
    /// How they ended.
    pub outcome: Ended,
    /// A hash of the credential; 0 where it isn't told.
    pub credential: u64,
    /// A hash of the resource.
    pub resource: u64,
    /// The action.
    pub action: String,
    /// What the client calls itself, without its version.
    pub client: Option<String>,
    /// A hash of the address; 0 where it isn't known.
    pub address: u64,
    /// The country of the address.
    pub country: Option<String>,
    /// The number of its autonomous system.
    pub asn: Option<u32>,
    /// Latitude, longitude and accuracy in kilometres.
    pub place: Option<(f32, f32, f32)>,
    /// The id of the first decision.
    pub decision: u128,
    /// Whose network the address is in.
    #[serde(skip)]
    pub kind: NetworkKind,
}

/// How uses ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Ended {
    /// Permitted.
    Permitted,
    /// Denied to the holder of the key.
    Denied,
    /// With a wrong secret.
    WrongSecret,
    /// With a credential that was taken from the key.
    Retired,
}

/// Actions that can do great harm: they are told of when a key uses one for the first time.
const POWERFUL: [&str; 2] = ["admin", "delete"];

/// What is wrong with a sighting.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SightingFault {
    /// A newer program wrote it.
    #[error("it has form {0}, and this program knows those up to {WITH_KINDS}")]
    Form(u8),
    /// It is damaged.
    #[error("it can't be read: {0}")]
    Damaged(String),
}

/// As it is kept.
pub fn encode(seen: &[(KeyId, Vec<Seen>)]) -> Result<String, SightingFault> {
    let kinds: Vec<u8> = seen.iter().flat_map(|(_, all)| all).map(|seen| number(seen.kind)).collect();
    let is_plain = kinds.iter().all(|kind| *kind == 0);
    let octets = if is_plain {
        postcard::to_extend(seen, vec![FORM])
    } else {
        postcard::to_extend(&(seen, kinds), vec![WITH_KINDS])
    };
    Ok(STANDARD.encode(octets.map_err(|error| SightingFault::Damaged(error.to_string()))?))
}

/// Reads what [`encode`] wrote.
pub fn decode(text: &str) -> Result<Vec<(KeyId, Vec<Seen>)>, SightingFault> {
    let damaged = |error: String| SightingFault::Damaged(error);
    let octets = STANDARD.decode(text).map_err(|error| damaged(error.to_string()))?;
    match octets.split_first() {
        Some((&FORM, rest)) => postcard::from_bytes(rest).map_err(|error| damaged(error.to_string())),
        Some((&WITH_KINDS, rest)) => {
            let read = postcard::from_bytes::<(Vec<(KeyId, Vec<Seen>)>, Vec<u8>)>(rest);
            let (mut keys, kinds) = read.map_err(|error| damaged(error.to_string()))?;
            let all = keys.iter_mut().flat_map(|(_, all)| all);
            all.zip(kinds).for_each(|(seen, kind)| seen.kind = of_number(kind));
            Ok(keys)
        }
        Some((form, _)) => Err(SightingFault::Form(*form)),
        None => Err(damaged("it is empty".to_owned())),
    }
}

fn number(kind: NetworkKind) -> u8 {
    match kind {
        NetworkKind::Ordinary => 0,
        NetworkKind::Hosting => 1,
        NetworkKind::Anonymiser => 2,
    }
}

fn of_number(number: u8) -> NetworkKind {
    match number {
        1 => NetworkKind::Hosting,
        2 => NetworkKind::Anonymiser,
        _ => NetworkKind::Ordinary,
    }
}

impl Seen {
    /// Shows it to a watch. `ids` are those of the key's credentials, by their hashes.
    pub(super) fn show<T>(&self, ids: &HashMap<u64, String>, to: impl FnOnce(&Observation<'_>) -> T) -> T {
        let text = |hash: u64| if hash == 0 { String::new() } else { format!("{hash:016x}") };
        let (credential, resource, address) = (text(self.credential), text(self.resource), text(self.address));
        let decision = uuid(self.decision);
        to(&Observation {
            at: self.at,
            count: self.count,
            outcome: match self.outcome {
                Ended::Permitted => Outcome::Permitted,
                Ended::Denied => Outcome::Denied,
                Ended::WrongSecret => Outcome::WrongSecret,
                Ended::Retired => Outcome::RetiredCredential,
            },
            credential: &credential,
            credential_id: ids.get(&self.credential).map(String::as_str),
            resource: &resource,
            action: &self.action,
            powerful: POWERFUL.contains(&self.action.as_str()),
            client: self.client.as_deref(),
            network: Network {
                address: &address,
                country: self.country.as_deref(),
                asn: self.asn,
                kind: self.kind,
                place: self.place.map(|(latitude, longitude, radius)| Place {
                    latitude: latitude.into(),
                    longitude: longitude.into(),
                    radius_km: radius.into(),
                }),
            },
            request: &decision,
        })
    }
}

/// The id of a decision as it is written elsewhere.
fn uuid(number: u128) -> String {
    let hex = format!("{number:032x}");
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_read_back_and_what_is_damaged_is_refused() {
        let key: KeyId = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        let seen = Seen {
            at: 1_800_000_000,
            count: 3,
            outcome: Ended::Denied,
            credential: 0,
            resource: 7,
            action: "read".to_owned(),
            client: Some("curl".to_owned()),
            address: 9,
            country: Some("DE".to_owned()),
            asn: Some(64_500),
            place: Some((52.5, 13.4, 20.0)),
            decision: 0x0189_0a5d_ac96_774b_bcce_b302_099a_8057,
            kind: NetworkKind::Ordinary,
        };
        let text = encode(&[(key, vec![seen.clone()])]).unwrap();
        assert_eq!(
            (STANDARD.decode(&text).unwrap()[0], decode(&text).unwrap()),
            (FORM, vec![(key, vec![seen.clone()])])
        );
        let hidden = Seen { kind: NetworkKind::Anonymiser, ..seen.clone() };
        let both =
            [(key, vec![seen.clone(), hidden.clone()]), (key, vec![Seen { kind: NetworkKind::Hosting, ..hidden }])];
        assert_eq!(decode(&encode(&both).unwrap()).unwrap(), both);
        seen.show(&HashMap::new(), |told| {
            assert_eq!((told.request, told.credential), ("01890a5d-ac96-774b-bcce-b302099a8057", ""));
            assert_eq!(told.resource, "0000000000000007");
        });
        for text in ["", "AA==", "AQX/", "AgX/", "no base64"] {
            decode(text).unwrap_err();
        }
    }
}
