//! Waiting for derivations: all that a request needs at once, each once.

use std::net::IpAddr;

use actix_web::rt;
use argus_credentials::{Pending, Refusal};

use crate::http::problem::Problem;
use crate::snapshot::Current;

/// A derivation that a request waits for.
pub(crate) type Derivation = Pending<Current>;

/// How often a request is begun anew. Behind the first time its keys are warm; a third is for one whose secret was
/// replaced meanwhile.
pub(crate) const ROUNDS: usize = 3;

/// Waits until all of them are known to be right or wrong, which is remembered. `source` is where they were presented,
/// if that is known.
#[expect(clippy::vec_box, reason = "they come boxed")]
pub(crate) async fn derive_all(pending: Vec<Box<Derivation>>, source: Option<IpAddr>) -> Result<(), Problem> {
    let waits: Vec<_> = pending.into_iter().map(|pending| rt::spawn(pending.derive(source.map(Into::into)))).collect();
    let mut busy = None;
    for wait in waits {
        if let Ok(Err(Refusal::Busy { retry_after_seconds })) = wait.await {
            busy = busy.max(Some(retry_after_seconds));
        }
    }
    busy.map_or(Ok(()), |seconds| Err(Problem::busy(seconds)))
}
