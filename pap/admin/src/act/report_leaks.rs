//! Leaked keys: whoever found some sends them here, and they are refused everywhere.
//!
//! No permission is asked for but to be known: the whole key is the proof. Its issuer tag can't be made by who knows
//! an id alone, so nobody's key is stopped by a guess; and a key that is sent here is known to one more than it should
//! be, whoever sends it.

use std::time::Duration;

use argus_credentials::{PresentedKey, Secret};
use argus_store::key::{self, Revocation, RevocationCause};
use argus_store::{Conn, KeyId, StoreError, credential};
use serde::Serialize;
use tracing::warn;
use utoipa::ToSchema;

use super::in_force::{InForce, wait};
use crate::body::{Body, Fields};
use crate::repeat::Keep;
use crate::{Admin, AdminError, Answer, Call, FaultCode};

/// What became of the reported keys.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LeaksReported {
    /// One for each, in their order.
    pub results: Vec<LeakResult>,
    /// Who knows.
    #[serde(flatten)]
    pub in_force: InForce,
}

/// What became of one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LeakResult {
    /// What it came to.
    pub outcome: LeakOutcome,
    /// The key, where one was stopped.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub key_id: Option<KeyId>,
}

/// What a report came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeakOutcome {
    /// The key is revoked by this report.
    Revoked,
    /// It had ended already.
    AlreadyEnded,
    /// No key of this installation.
    Unknown,
}

/// What the body says.
struct Asked {
    keys: Vec<Secret>,
    source: String,
    patience: Duration,
}

/// The most keys in one report.
const MOST: usize = 100;

/// The longest word on where they were found.
const LONGEST_SOURCE: usize = 300;

impl Admin {
    /// Revokes keys that were found where they don't belong. Needs nothing but the keys themselves.
    pub async fn report_leaks(&self, call: &Call, body: Body) -> Result<LeaksReported, AdminError> {
        let Asked { keys, source, patience } = read(Fields::of(body))?;
        let tag_keys = self.tag_keys();
        let known: Vec<Option<String>> = keys
            .iter()
            .map(|text| {
                PresentedKey::parse(text.expose())
                    .ok()
                    .filter(|key| tag_keys.verify(key))
                    .map(|key| key.id().to_string())
            })
            .collect();
        let reason = format!("reported as leaked: {source}");
        let (at, of_act) = (self.now(), call.clone());
        let work = move |conn: &mut Conn| {
            let mut results = Vec::with_capacity(known.len());
            for credential in &known {
                results.push(stop(conn, credential.as_deref(), &reason, |owner| of_act.act(owner, at))?);
            }
            Ok(results)
        };
        let keep =
            |results: &Vec<LeakResult>| Keep::Answer(Answer::of(200, &reported(results.clone(), InForce::default())));
        let (results, sequence) = self.act(call, work, keep).await?;
        for id in results.iter().filter(|result| result.outcome == LeakOutcome::Revoked).filter_map(|it| it.key_id) {
            warn!(key.id = %id, request.id = call.request_id(), "revoked a key that was reported as leaked");
        }
        let applied = self.settle(sequence).await;
        Ok(reported(results, self.wait_everywhere(applied, patience).await))
    }
}

fn reported(results: Vec<LeakResult>, in_force: InForce) -> LeaksReported {
    LeaksReported { results, in_force }
}

fn stop(
    conn: &mut Conn,
    credential: Option<&str>,
    reason: &str,
    act: impl FnOnce(argus_store::OrganisationId) -> argus_store::Act,
) -> Result<LeakResult, StoreError> {
    let unknown = LeakResult { outcome: LeakOutcome::Unknown, key_id: None };
    let Some(credential) = credential else { return Ok(unknown) };
    let Some(found) = credential::find(conn, credential)? else { return Ok(unknown) };
    let Some(key) = key::find(conn, found.key_id)? else { return Ok(unknown) };
    if key.state.has_ended() {
        return Ok(LeakResult { outcome: LeakOutcome::AlreadyEnded, key_id: Some(key.id) });
    }
    let revocation = Revocation { cause: RevocationCause::Leak, reason: reason.to_owned() };
    key::revoke(conn, &act(key.organisation_id), key.id, &revocation)?;
    Ok(LeakResult { outcome: LeakOutcome::Revoked, key_id: Some(key.id) })
}

fn read(mut fields: Fields) -> Result<Asked, AdminError> {
    let keys: Vec<Secret> = fields.texts("keys").into_iter().map(|(_, text)| Secret::new(text)).collect();
    if keys.is_empty() || keys.len() > MOST {
        let detail = format!("a report has 1 to {MOST} keys, this has {}", keys.len());
        fields.fault("keys", FaultCode::InvalidField, detail, None);
    }
    let source = fields.text("source").map_or_else(|| "not said where".to_owned(), |text| text.trim().to_owned());
    if source.is_empty() || source.chars().count() > LONGEST_SOURCE || source.chars().any(char::is_control) {
        let detail = format!("a source has 1 to {LONGEST_SOURCE} characters, in one line");
        fields.fault("source", FaultCode::InvalidField, detail, None);
    }
    let patience = wait(&mut fields);
    fields.finish()?;
    // A source that quotes the key would keep it.
    Ok(Asked { keys, source: argus_credentials::redact(&source).into_owned(), patience })
}
