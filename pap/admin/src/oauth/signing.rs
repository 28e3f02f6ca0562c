//! The keys that sign: which is next and when, and the one that signs now, opened.
//!
//! A key is published for long enough that whoever keeps the set of keys for its five minutes knows it before it signs,
//! and stays published until the last token that it signed has ended. What is due is worked out from the rows alone, and
//! again within the transaction that does it: however many nodes look, each step is done once.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use argus_credentials::jwt::Algorithm;
use argus_credentials::signing::{SigningKey, SigningKeyKind};
use argus_store::signing_key::{self, SigningKeyState};
use chrono::{DateTime, TimeDelta, Utc};

use super::{Issuer, IssuerError};

/// How long whoever verifies may keep the set of keys.
pub(crate) const SET_AGE_SECONDS: i64 = 300;

/// How long a key is published before it signs: twice as long as an old set may be kept.
pub(crate) const LEAD_SECONDS: i64 = 2 * SET_AGE_SECONDS;

/// How long a key is published after it has signed its last token: as long as that token is good, and a minute for
/// clocks that differ on either side.
pub(crate) const KEPT_SECONDS: i64 = Issuer::LONGEST_TOKEN_SECONDS as i64 + 120;

/// A step in the life of the signing keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Due {
    /// A new key is to be published.
    Publish,
    /// This one is to sign.
    Sign(String),
    /// This one has no token left to verify.
    Withdraw(String),
}

/// What is due at a time. Before the first token is asked for there is no key, and nothing is due.
pub(crate) fn due(
    keys: &[signing_key::SigningKey],
    (kind, life): (SigningKeyKind, TimeDelta),
    at: DateTime<Utc>,
) -> Vec<Due> {
    let since = |time: Option<DateTime<Utc>>| time.map(|time| at - time);
    let is_over = |time, seconds| since(time).is_some_and(|age| age >= TimeDelta::seconds(seconds));
    let in_state = |state| keys.iter().filter(move |key| key.state == state);
    let mut due = Vec::new();
    let signing = in_state(SigningKeyState::Signing).next();
    match (in_state(SigningKeyState::Published).next(), signing) {
        (Some(next), Some(_)) if !is_over(Some(next.published_at), LEAD_SECONDS) => {}
        (Some(next), _) => due.push(Due::Sign(next.kid.clone())),
        (None, Some(signing)) => {
            let is_old = since(signing.signing_at).is_some_and(|age| age >= life);
            if is_old || signing.algorithm != kind.algorithm().as_str() {
                due.push(Due::Publish);
            }
        }
        (None, None) => {}
    }
    let ended = in_state(SigningKeyState::Retired).filter(|key| is_over(key.retired_at, KEPT_SECONDS));
    due.extend(ended.map(|key| Due::Withdraw(key.kid.clone())));
    due
}

/// The key that signs, opened. It is dropped, and so wiped, when another signs in its place: within a minute, where
/// another node has seen to that.
#[derive(Default)]
pub(crate) struct Signing {
    opened: Mutex<Option<Arc<SigningKey>>>,
    /// Whoever makes the first key makes it for all who wait.
    pub(crate) first: tokio::sync::Mutex<()>,
}

impl Signing {
    /// The key of this row, from memory where it is there.
    pub(crate) fn open(&self, row: &signing_key::SigningKey, issuer: &Issuer) -> Result<Arc<SigningKey>, IssuerError> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = opened.as_ref().filter(|key| key.kid() == row.kid) {
            return Ok(Arc::clone(key));
        }
        let unreadable = || argus_credentials::signing::SigningError::NotSigned { kid: row.kid.clone() };
        let algorithm = Algorithm::parse(&row.algorithm).ok_or_else(unreadable)?;
        let envelope = row.envelope.as_deref().ok_or_else(unreadable)?;
        let key = Arc::new(SigningKey::unwrap(envelope, &row.kid, algorithm, issuer.master_key()?)?);
        *opened = Some(Arc::clone(&key));
        Ok(key)
    }

    /// Lets go of any key but this one: what signs no more is no longer at hand.
    pub(crate) fn keep_only(&self, kid: Option<&str>) {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.take_if(|key| Some(key.kid()) != kid);
    }
}

impl fmt::Debug for Signing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signing(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RSA: SigningKeyKind = SigningKeyKind::Rsa3072;

    fn minute(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + 60 * minute, 0).unwrap()
    }

    fn key(kid: &str, state: SigningKeyState, from: i64) -> signing_key::SigningKey {
        let times = |then| (state == then).then(|| minute(from));
        signing_key::SigningKey {
            kid: kid.to_owned(),
            algorithm: "RS256".to_owned(),
            public_jwk: String::new(),
            envelope: None,
            state,
            published_at: minute(from),
            signing_at: times(SigningKeyState::Signing),
            retired_at: times(SigningKeyState::Retired),
            gone_at: None,
        }
    }

    fn at(keys: &[signing_key::SigningKey], kind: SigningKeyKind, time: i64) -> Vec<Due> {
        due(keys, (kind, TimeDelta::minutes(100)), minute(time))
    }

    #[test]
    fn a_key_that_has_signed_for_long_enough_gets_a_successor() {
        let signing = [key("old", SigningKeyState::Signing, 0)];
        assert_eq!(at(&signing, RSA, 99), []);
        assert_eq!(at(&signing, RSA, 100), [Due::Publish]);
        assert_eq!(at(&signing, SigningKeyKind::P256, 1), [Due::Publish], "another algorithm is wanted");
        assert_eq!(at(&[], RSA, 100), []);
    }

    #[test]
    fn a_successor_signs_when_every_set_that_lacks_it_has_ended() {
        let keys = [key("old", SigningKeyState::Signing, 0), key("new", SigningKeyState::Published, 100)];
        assert_eq!(at(&keys, RSA, 109), []);
        assert_eq!(at(&keys, RSA, 110), [Due::Sign("new".to_owned())]);
        assert_eq!(
            at(&keys[1..], RSA, 100),
            [Due::Sign("new".to_owned())],
            "without a key that signs nothing is waited for"
        );
    }

    #[test]
    fn a_key_is_withdrawn_when_its_last_token_has_ended() {
        let keys = [key("old", SigningKeyState::Retired, 0), key("new", SigningKeyState::Signing, 0)];
        assert_eq!(at(&keys, RSA, 16), []);
        assert_eq!(at(&keys, RSA, 17), [Due::Withdraw("old".to_owned())]);
    }

    #[test]
    fn a_key_that_signs_no_more_is_let_go_of() {
        let master = Arc::new(argus_credentials::MasterKey::generate().unwrap());
        let made = SigningKey::generate(SigningKeyKind::P256).unwrap();
        let row = signing_key::SigningKey {
            algorithm: "ES256".to_owned(),
            envelope: Some(made.wrap(&master).unwrap()),
            ..key(made.kid(), SigningKeyState::Signing, 0)
        };
        let (signing, issuer) = (Signing::default(), Issuer::new(None, Some(master)));
        let opened = Arc::downgrade(&signing.open(&row, &issuer).unwrap());
        signing.keep_only(Some(&row.kid));
        assert!(opened.upgrade().is_some());
        signing.keep_only(Some("another"));
        assert!(opened.upgrade().is_none(), "its private part is still there");
        let opened = Arc::downgrade(&signing.open(&row, &issuer).unwrap());
        signing.keep_only(None);
        assert!(opened.upgrade().is_none());
    }

    #[test]
    fn a_clock_that_goes_back_hurries_nothing() {
        let keys = [key("old", SigningKeyState::Signing, 50), key("new", SigningKeyState::Published, 60)];
        assert_eq!(at(&keys, RSA, 0), []);
    }
}
