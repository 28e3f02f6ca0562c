//! What is done about an anomaly without anybody's asking, as the policy of the key's organisation says.

use argus_credentials::CredentialId;
use argus_store::anomaly::{self, Anomaly, Response};
use argus_store::key::{self, Revocation, RevocationCause};
use argus_store::plan::{self, Maximum};
use argus_store::{Act, Conn, StoreError, organisation};
use chrono::{DateTime, Utc};
use tracing::{info, warn};

/// Why, as the audit and the key's owner are told; behind it comes what was seen.
const REASON: &str = "detected threat";

/// Does what the policy says, and notes that it was done. A key that has ended meanwhile needs no answer; an organisation
/// whose plan has none gets none.
pub(super) fn respond(conn: &mut Conn, at: DateTime<Utc>, anomaly: &Anomaly) -> Result<Response, StoreError> {
    let found = organisation::find(conn, anomaly.organisation_id)?;
    let wanted = match found {
        Some(found) if plan::has_now(conn, &found, Maximum::AnomalyResponses, at)? => {
            found.policy.response_to(anomaly.detector, anomaly.severity)
        }
        _ => Response::Notify,
    };
    let response = match act(conn, at, anomaly, wanted) {
        Ok(true) => wanted,
        Ok(false) | Err(StoreError::NotPossible { .. }) => Response::Notify,
        Err(fault) => return Err(fault),
    };
    anomaly::respond(conn, at, anomaly.id, response)?;
    if response != Response::Notify {
        info!(
            key.id = %anomaly.key_id, anomaly.id = %anomaly.id,
            "{REASON} ({}): by policy, {response} of key {}", anomaly.detector, anomaly.key_path()
        );
    }
    Ok(response)
}

/// Whether it was done.
fn act(conn: &mut Conn, at: DateTime<Utc>, anomaly: &Anomaly, response: Response) -> Result<bool, StoreError> {
    let act = Act::of_argus(anomaly.organisation_id, at, format!("anomaly {}", anomaly.id));
    let reason = format!("{REASON}: {}", anomaly.explanation);
    let why = Revocation { cause: RevocationCause::Threat, reason };
    let done = match response {
        Response::Suspend => key::suspend_for(conn, &act, anomaly.key_id, &why)?.is_some(),
        Response::Revoke => key::revoke(conn, &act, anomaly.key_id, &why)?.is_some(),
        Response::Rotate => {
            let Ok(id) = CredentialId::generate() else {
                warn!("no rotation is opened about {}: the system gives no randomness", anomaly.key_path());
                return Ok(false);
            };
            key::open_rotation(conn, &act, anomaly.key_id, &id.to_string())?.is_some()
        }
        _ => true,
    };
    Ok(done)
}
