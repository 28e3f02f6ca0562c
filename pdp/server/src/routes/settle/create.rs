//! POST /v1/settle

use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use argus_http::client;
use smallvec::smallvec;

use super::decode::decode;
use super::schema::{SettledBody, SettlementBody};
use crate::http::body::Body;
use crate::http::call::{Call, X_REQUEST_ID};
use crate::http::media::check_json;
use crate::http::problem::{FieldError, Problem};
use crate::http::url;
use crate::journal::{self, JournalFault};
use crate::limits::{SettleFault, Settlement};
use crate::pdp::Shared;

/// Tell what a use came to, for which more was reserved.
///
/// What it didn't come to is given back to the limits of its key. The enforcement point that verified the use tells it,
/// once, and to the node that decided. What is not told within `reserve_seconds` counts as nothing.
#[utoipa::path(
    post, path = "/v1/settle", tag = "decisions",
    request_body(content = SettlementBody, example = json!({
        "decision_id": "0198f0e4-7c1d-7abc-8def-0123456789ab", "cost": 130
    })),
    responses((status = 200, description = "What is given back.", body = SettledBody)),
    extensions(("x-problems" = json!(["invalid-field", "unknown-field", "not-found"])))
)]
pub(in crate::routes) async fn create_settlement(
    request: HttpRequest,
    payload: Payload,
    shared: Data<Shared>,
) -> HttpResponse {
    let call = Call::begin(&request);
    let mut body = Body::new(&request, payload, &shared.settings);
    match settle(&request, &mut body, &shared, &call).await {
        Ok(settled) => respond(&settled, &call),
        Err(problem) => {
            body.drain().await;
            problem.into_response(&call)
        }
    }
}

async fn settle(request: &HttpRequest, body: &mut Body, shared: &Shared, call: &Call) -> Result<SettledBody, Problem> {
    url::refuse_key(request, shared, call)?;
    let client = client(request, &shared.settings.trusted_proxies)?;
    let caller = shared.authenticate(request.headers(), &client, call.now).await;
    let caller = caller.map_err(|refused| shared.refuse_caller(refused))?;
    check_json(request)?;
    body.check_announced()?;
    let bytes = body.read().await?;
    let settlement = decode(&bytes).inspect_err(|_| shared.metrics.body_refused())?;
    let (decision, cost) = (settlement.decision, settlement.cost);
    let settled = shared.gate.settle_reserved(decision.as_u128(), caller.record.key.id, cost, call.now);
    let settled = settled.map_err(|fault| match fault {
        SettleFault::Unknown => Problem::nothing_reserved(),
        SettleFault::Beyond(most) => {
            Problem::fields(vec![FieldError::invalid("/cost", format!("is at most {most}, which was reserved"))])
        }
    })?;
    note(shared, &settled, cost).await.map_err(Problem::journal_away)?;
    Ok(SettledBody { decision_id: decision.to_string(), cost, returned: settled.returned })
}

/// Tells whoever counts what the use came to: at once, or, of a durable key, by the journal.
async fn note(shared: &Shared, settled: &Settlement, cost: u64) -> Result<(), JournalFault> {
    let told = shared.settings.usage.as_deref().zip(settled.of.as_ref());
    let Some(returned) = &settled.journaled else {
        if let Some((usage, of)) = told {
            usage.note_cost(of, cost);
        }
        return Ok(());
    };
    let usage = told.and_then(|(usage, of)| usage.journal_cost(of, cost, shared.glance().places.names(of.address)));
    let ticket = shared.gate.journal(usage.as_deref(), &returned.quotas())?;
    journal::wait(smallvec![ticket]).await
}

fn respond(settled: &SettledBody, call: &Call) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")));
    if let Some(id) = &call.request_id {
        response.insert_header((X_REQUEST_ID, id.clone()));
    }
    response.json(settled)
}
