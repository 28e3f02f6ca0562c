//! Waiting for what has to be known before subjects are: all that a request needs at once, each once.

use std::net::IpAddr;

use actix_web::rt;
use argus_credentials::Refusal;

use crate::authentication::Waiting;
use crate::http::problem::Problem;

/// How often a request is begun anew. Behind the first time its keys are warm; a third is for one whose secret was
/// replaced meanwhile.
pub(crate) const ROUNDS: usize = 3;

/// Waits until all of them are known to be right or wrong, which is remembered. `source` is where they were presented,
/// if that is known.
pub(crate) async fn wait_for_all(waiting: Vec<Waiting>, source: Option<IpAddr>) -> Result<(), Problem> {
    let waits: Vec<_> = waiting.into_iter().map(|waiting| rt::spawn(waiting.wait(source))).collect();
    let mut busy = None;
    for wait in waits {
        if let Ok(Err(Refusal::Busy { retry_after_seconds })) = wait.await {
            busy = busy.max(Some(retry_after_seconds));
        }
    }
    busy.map_or(Ok(()), |seconds| Err(Problem::busy(seconds)))
}
