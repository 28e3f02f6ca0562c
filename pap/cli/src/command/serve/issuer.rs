//! The server as an issuer of access tokens: its name, how long they are good, and the clock of its signing keys.

use std::sync::Arc;
use std::time::Duration;

use argus_admin::{Admin, Issuer};
use argus_credentials::MasterKey;
use argus_credentials::signing::SigningKeyKind;
use argus_pdp::TagKeySource;
use chrono::TimeDelta;
use tokio::time::{MissedTickBehavior, interval};
use tracing::{info, warn};

use super::failure::settings as failure;
use crate::failure::Failure;

/// How often is looked whether another key is to sign.
const EVERY: Duration = Duration::from_mins(1);

/// The shortest life of a token: less, and clients do little else than ask for another.
const SHORTEST_TOKEN_SECONDS: u32 = 60;

/// The longest that one key may sign, in days.
const LONGEST_KEY_DAYS: u32 = 3_650;

/// The settings of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tokens {
    seconds: u32,
    key_kind: SigningKeyKind,
    key_days: u32,
}

impl Tokens {
    /// Reads what is set.
    pub(super) fn read(seconds: Option<u32>, kind: Option<&str>, days: Option<u32>) -> Result<Self, Failure> {
        let seconds = seconds.unwrap_or(Issuer::DEFAULT_TOKEN_SECONDS);
        let longest = Issuer::LONGEST_TOKEN_SECONDS;
        if !(SHORTEST_TOKEN_SECONDS..=longest).contains(&seconds) {
            let message = format!("an access token can't be good for {seconds} s");
            let help = format!("set {SHORTEST_TOKEN_SECONDS} to {longest} with --token-seconds (ARGUS_TOKEN_SECONDS)");
            return Err(failure(message).help(help));
        }
        let key_days = days.unwrap_or(Issuer::DEFAULT_KEY_DAYS);
        if !(1..=LONGEST_KEY_DAYS).contains(&key_days) {
            let help = format!("set 1 to {LONGEST_KEY_DAYS} with --signing-key-days (ARGUS_SIGNING_KEY_DAYS)");
            return Err(failure(format!("a signing key can't sign for {key_days} days")).help(help));
        }
        let key_kind = kind.map(read_kind).transpose()?.unwrap_or_default();
        Ok(Self { seconds, key_kind, key_days })
    }

    /// The issuer of this name.
    pub(super) fn issuer(self, url: Option<&str>, master_key: Option<Arc<MasterKey>>) -> Issuer {
        Issuer {
            token_seconds: self.seconds,
            key_kind: self.key_kind,
            key_life: TimeDelta::days(self.key_days.into()),
            ..Issuer::new(url.map(str::to_owned), master_key)
        }
    }
}

fn read_kind(text: &str) -> Result<SigningKeyKind, Failure> {
    text.parse().map_err(|error: argus_credentials::signing::UnknownSigningKind| {
        let kinds = SigningKeyKind::ALL.map(SigningKeyKind::as_str).join(", ");
        failure(error.to_string()).help(format!("set one of {kinds} with --signing-key (ARGUS_SIGNING_KEY)"))
    })
}

/// The master key, where this node has one.
pub(super) fn master_key(source: &TagKeySource) -> Option<Arc<MasterKey>> {
    match source {
        TagKeySource::Wrapped(master_key) => Some(Arc::clone(master_key)),
        _ => None,
    }
}

/// Refuses a name that clients could not build addresses from (RFC 8414 §2).
pub(super) fn check_name(url: &str) -> Result<(), Failure> {
    if url.contains(['?', '#']) {
        return Err(failure(format!("`{url}` is no issuer: it has a query or a fragment"))
            .help("write a plain address with --issuer (ARGUS_ISSUER)"));
    }
    Ok(())
}

/// Keeps the signing keys in time, until the server ends.
pub(super) async fn keep_signing_keys(admin: Admin) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut is_failing = false;
    loop {
        ticks.tick().await;
        let kept = admin.keep_signing_keys().await;
        // What goes on is told when it begins and when it ends.
        match &kept {
            Ok(()) if is_failing => info!("the signing keys are kept in time again"),
            Err(error) if !is_failing => {
                warn!("the signing keys are not kept in time, and it is tried again: {error}");
            }
            _ => {}
        }
        is_failing = kept.is_err();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_not_be_is_refused_with_the_setting_that_says_so() {
        for (tokens, setting) in [
            (Tokens::read(Some(901), None, None), "--token-seconds"),
            (Tokens::read(Some(59), None, None), "--token-seconds"),
            (Tokens::read(None, Some("rsa-1024"), None), "--signing-key"),
            (Tokens::read(None, None, Some(0)), "--signing-key-days"),
        ] {
            assert!(tokens.unwrap_err().to_text().contains(setting), "{setting}");
        }
        let usual = Tokens::read(None, None, None).unwrap();
        assert_eq!(usual, Tokens { seconds: 600, key_kind: SigningKeyKind::Rsa3072, key_days: 90 });
        assert!(check_name("https://argus.example/x?y").is_err() && check_name("https://argus.example/x").is_ok());
    }
}
