//! The decision point of this process, as the administration beside it asks it.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use actix_web::web::Bytes;
use argus_admin::{
    ActiveToken, Applied, Authority, Caller, PastDecision, Replay, Ruling, Supposition, TlsClientAuth, Trial,
    Unauthenticated, Verdict, Waiting,
};
use argus_credentials::Secret;
use argus_credentials::certificate::CertificateChain;
use argus_engine::scope::{Action, ResourcePath, Scope};
use argus_pdp::{
    Act, AssertionRefused, CallerRefused, CertificateMethod, InspectedToken, Method, PastDocument, PastRequest, Pdp,
    Reason, SupposedDecision, SupposedKey, SupposedUse,
};
use argus_store::KeyId;
use chrono::{DateTime, Utc};
use tokio::task::spawn_blocking;
use tracing::{debug, warn};
use zeroize::Zeroizing;

/// The decision point.
pub(super) struct Decisions {
    pub(super) pdp: Pdp,
    /// Whether others ask it for decisions.
    pub(super) is_asked: bool,
}

/// A caller whose key it verified.
struct Verified {
    pdp: Pdp,
    caller: argus_pdp::Caller,
    /// What he was permitted and that was noted. Who asks for an act is asked about more than once as a rule.
    noted: Mutex<Vec<(ResourcePath, Action)>>,
}

impl Verified {
    fn caller(pdp: Pdp, caller: argus_pdp::Caller) -> Arc<dyn Caller> {
        Arc::new(Self { pdp, caller, noted: Mutex::default() })
    }

    /// Whether this is the first time that it is permitted for this request.
    fn is_news(&self, path: &ResourcePath, action: Action) -> bool {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let is_news = noted.iter().all(|(known, done)| known != path || *done != action);
        if is_news {
            noted.push((path.clone(), action));
        }
        is_news
    }
}

impl Authority for Decisions {
    fn authenticate<'a>(
        &'a self,
        authorization: &'a [&'a str],
        certificate: Option<&'a CertificateChain>,
        peer: Option<IpAddr>,
    ) -> Waiting<'a, Result<Arc<dyn Caller>, Unauthenticated>> {
        Box::pin(async move {
            let mut headers = HeaderMap::new();
            for value in authorization {
                // Its octets are wiped when the header is dropped.
                let octets = Bytes::from_owner(Zeroizing::new(value.as_bytes().to_vec()));
                let value = HeaderValue::from_maybe_shared(octets).map_err(|_| Unauthenticated::Malformed)?;
                headers.append(AUTHORIZATION, value);
            }
            let caller = self.pdp.authenticate(&headers, certificate, peer).await.map_err(unauthenticated)?;
            Ok(Verified::caller(self.pdp.clone(), caller))
        })
    }

    fn authenticate_assertion<'a>(
        &'a self,
        assertion: &'a str,
        audiences: &'a [String],
        peer: Option<IpAddr>,
    ) -> Waiting<'a, Result<Arc<dyn Caller>, Unauthenticated>> {
        Box::pin(async move {
            let record = self.pdp.authenticate_assertion(assertion, audiences).await.map_err(unproven)?;
            let caller = argus_pdp::Caller { record, peer };
            Ok(Verified::caller(self.pdp.clone(), caller))
        })
    }

    fn authenticate_certificate(
        &self,
        client: KeyId,
        method: TlsClientAuth,
        certificate: &CertificateChain,
        peer: Option<IpAddr>,
    ) -> Result<Arc<dyn Caller>, Unauthenticated> {
        let method = match method {
            TlsClientAuth::Signed => CertificateMethod::Signed,
            TlsClientAuth::SelfSigned => CertificateMethod::Itself,
        };
        let record = self.pdp.authenticate_certificate(client, method, certificate).map_err(|fault| {
            debug!(key.id = %client, "the certificate of a client is refused: {fault}");
            Unauthenticated::Refused
        })?;
        Ok(Verified::caller(self.pdp.clone(), argus_pdp::Caller { record, peer }))
    }

    fn inspect_token(&self, token: &str) -> Option<ActiveToken> {
        let InspectedToken { record, claims, .. } = self.pdp.inspect_token(token)?;
        Some(ActiveToken {
            key: record.key.id,
            organisation: record.key.organisation.to_string(),
            scopes: record.scopes().to_vec(),
            jti: claims.jti.into(),
            audiences: claims.audiences.into_iter().map(Into::into).collect(),
            issued_at: claims.issued_at,
            not_before: claims.not_before,
            expires_at: claims.expires_at,
            certificate: claims.certificate.map(|thumbprint| thumbprint.to_string()),
        })
    }

    fn settle(&self, sequence: i64) -> Waiting<'_, Applied> {
        Box::pin(async move {
            let (since, pdp) = (Instant::now(), self.pdp.clone());
            // Where it fails, the decision point tries again by itself, and the answer says that it hasn't yet.
            match spawn_blocking(move || pdp.apply_changes()).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => warn!("a change was not taken in at once: {error}"),
                Err(_) => self.pdp.wake(),
            }
            let is_applied = self.pdp.applied_sequence() >= sequence;
            Applied {
                by: (is_applied && self.is_asked).into(),
                of: self.is_asked.into(),
                after: since.elapsed().max(Duration::from_millis(1)),
            }
        })
    }

    fn clock_beyond_use(&self) -> Option<String> {
        self.pdp.clock_beyond_use()
    }

    fn suppose(&self, key: &Supposition, trials: &[Trial]) -> Vec<Verdict> {
        let key = SupposedKey {
            name: key.name.clone(),
            organisation: key.organisation.clone(),
            project: key.project.clone(),
            owner: key.owner.clone(),
            scopes: key.scopes.clone(),
            chain: key.chain.clone(),
            conditions: key.conditions.clone(),
            inherited: key.inherited.clone(),
            project_conditions: key.project_conditions.clone(),
            organisation_conditions: key.organisation_conditions.clone(),
        };
        let uses: Vec<_> = trials.iter().map(supposed_use).collect();
        self.pdp.suppose(&key, &uses).into_iter().map(verdict).collect()
    }

    fn replay(&self, past: &PastDecision<'_>) -> Result<Replay, String> {
        let request = PastRequest { organisation: past.organisation, request: past.request, at: past.at };
        let replayed = match &past.policies {
            None => self.pdp.replay(request),
            Some(then) => {
                let document = |(path, digest, text): &(String, String, Option<String>)| PastDocument {
                    path: path.clone(),
                    digest: digest.clone(),
                    text: text.clone(),
                };
                self.pdp.replay_by(request, &then.digest, then.documents.iter().map(document).collect())
            }
        };
        let replayed = replayed.map_err(|fault| fault.to_string())?;
        Ok(Replay {
            response: replayed.response,
            policy_id: replayed.policy_id,
            policy_version: replayed.policy_version,
            policy_set: replayed.policies.digest.to_string(),
        })
    }

    fn remember(&self, key: &Secret) {
        self.pdp.prime(key);
    }
}

impl Caller for Verified {
    fn key_id(&self) -> KeyId {
        self.caller.record.key.id
    }

    fn organisation(&self) -> &str {
        &self.caller.record.key.organisation
    }

    fn scopes(&self) -> Vec<Scope> {
        self.caller.record.scopes().to_vec()
    }

    fn is_narrowed(&self) -> bool {
        self.caller.record.is_narrowed()
    }

    fn presents_secret(&self) -> bool {
        self.caller.record.method == Method::ApiKey
    }

    fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.caller.record.expires_at()
    }

    fn unmet_condition(&self) -> Option<&'static str> {
        self.pdp.unmet_condition(&self.caller).map(Reason::as_str)
    }

    fn may(&self, organisation: &str, path: &ResourcePath, action: Action) -> Ruling {
        let act = Act { organisation, path: path.as_str(), action: action.as_str() };
        let decided = self.pdp.authorise(&self.caller, &act);
        if decided.is_permitted && self.is_news(path, action) {
            self.pdp.note_act(&self.caller, &act);
        }
        Ruling { is_permitted: decided.is_permitted, decision_id: decided.decision_id.to_string() }
    }
}

fn supposed_use(trial: &Trial) -> SupposedUse<'_> {
    let known = &trial.surroundings;
    SupposedUse {
        action: trial.action.as_str(),
        resource: trial.resource.as_str(),
        ip: known.ip,
        country: known.country.as_deref(),
        network: known.network.as_deref(),
        device_compliant: known.device_compliant,
        at: known.at,
    }
}

fn verdict(decision: SupposedDecision) -> Verdict {
    Verdict { refused: decision.refused.map(Reason::as_str), matched_scope: decision.matched_scope }
}

fn unauthenticated(refused: CallerRefused) -> Unauthenticated {
    match refused {
        CallerRefused::Missing => Unauthenticated::Missing,
        CallerRefused::Malformed => Unauthenticated::Malformed,
        CallerRefused::Refused(_) => Unauthenticated::Refused,
        CallerRefused::Busy { retry_after_seconds } => Unauthenticated::Busy { retry_after_seconds },
        CallerRefused::StoreAway => Unauthenticated::StoreAway,
    }
}

fn unproven(refused: AssertionRefused) -> Unauthenticated {
    match refused {
        AssertionRefused::Fault(_) | AssertionRefused::Key(_) => Unauthenticated::Refused,
        AssertionRefused::Busy { retry_after_seconds } => Unauthenticated::Busy { retry_after_seconds },
        AssertionRefused::StoreAway => Unauthenticated::StoreAway,
    }
}
